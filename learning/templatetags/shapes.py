"""Progress as shapes: rings and the stones of an outline. The number always stands beside them as text."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from learning.kinds import LessonStatus

register = template.Library()

_STONE = "M2 12.4C2 7.6 6.2 3.6 12.3 3.6S22 7.3 22 12.2s-4.3 8.2-10.3 8.2S2 17 2 12.4z"


def status_word(status: str) -> str:
    """How a lesson's status is called."""
    words = {
        LessonStatus.NOT_STARTED: _("Not started"),
        LessonStatus.IN_PROGRESS: _("Started"),
        LessonStatus.COMPLETED: _("Completed"),
    }
    return words[LessonStatus(status)]


@register.simple_tag
def ring(percent: float, kind: str = "") -> SafeString:
    """A ring filled to `percent`; the words belong into the page beside or inside it."""
    filled = max(0.0, min(float(percent), 100.0))
    return format_html(
        '<svg class="ring {}" viewBox="0 0 120 120" aria-hidden="true" focusable="false">'
        '<circle class="ring-track" cx="60" cy="60" r="52"/>'
        '<circle class="ring-fill" cx="60" cy="60" r="52" pathLength="100" stroke-dasharray="{} 100" data-ring/></svg>',
        kind,
        f"{filled:.2f}",
    )


@register.simple_tag
def stone(status: str) -> SafeString:
    """The stone of a lesson on the path: empty, half or filled with a check, and the word for those who hear it."""
    return format_html(
        '<span class="stone stone-{}" data-stone><svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '{}</svg><span class="sr-only" data-stone-word>{}</span></span>',
        status,
        mark_safe(
            f'<path class="stone-body" d="{_STONE}"/>'
            '<path class="stone-half" d="M2 12.4C2.2 17 6 20.4 11.7 20.4S22 17 22 12.2z"/>'
            '<path class="stone-check" d="m7.5 12.4 3 3 6-6.5"/>'
        ),
        status_word(status),
    )
