"""Learners as those who teach read about them: reasons with their receipts, small bars, moments."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.kinds.risk import Measure
from analytics.selectors.outcomes import After
from analytics.selectors.risk import FlagShown
from analytics.templatetags.course_figures import hours
from learning.models import Course, User
from learning.selectors.names import name_for_teachers

register = template.Library()
WEEK = dt.timedelta(days=7)
BAR, GAP, TALL = 6, 2, 24


@register.filter
def receipt(flag: FlagShown) -> str:
    """ "9 days since the last activity; others after as long in the course: 1." """
    value, said = _number(flag.value), _said(flag)
    if flag.median is None:
        return said % {"n": value}
    others = _("others who have been here as long: %(n)s") % {"n": _number(flag.median)}
    return f"{said % {'n': value}}; {others}"


def _said(flag: FlagShown) -> str:
    count = int(flag.value)
    if flag.measure is Measure.DAYS_SILENT:
        return ngettext("%(n)s day since the last activity", "%(n)s days since the last activity", count)
    if flag.measure is Measure.DAYS_WITHOUT_COMPLETION:
        return ngettext("%(n)s day of work without a lesson done", "%(n)s days of work without a lesson done", count)
    if flag.measure is Measure.FAILED_ATTEMPTS:
        return ngettext("%(n)s failed attempt in 14 days", "%(n)s failed or abandoned attempts in 14 days", count)
    if flag.measure is Measure.QUESTIONS_ON_A_TOPIC:
        return ngettext("%(n)s question on one topic", "%(n)s questions on one topic in 14 days", count)
    return _("%(n)s %% of the expected time in 14 days")


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


@register.filter
def ago(moment: dt.datetime | None) -> SafeString | str:
    """Near: "2 hours ago", with the exact moment on hover. Beyond a week: the date."""
    if moment is None:
        return _("never")
    local, gone = timezone.localtime(moment), timezone.now() - moment
    exact = date_format(local, "j M Y, H:i")
    if gone < dt.timedelta(minutes=1):
        said = _("just now")
    elif gone < WEEK:
        said = _("%(time)s ago") % {"time": timesince(moment, depth=1)}
    else:
        said = date_format(local, "j M Y")
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, said)


@register.filter
def came_of_it(after: After | None) -> str:
    """What a learner did after something was done for them, in a sentence."""
    if after is None:
        return ""
    when = _("In the 14 days after") if after.is_over else _("Since then")
    if not after.seconds and not after.lessons:
        return f"{when}: {_('no study')}" if after.is_over else f"{when}: {_('no study yet')}"
    days = ngettext("%(n)d day with study", "%(n)d days with study", after.active_days) % {"n": after.active_days}
    done = ngettext("%(n)d lesson done", "%(n)d lessons done", after.lessons) % {"n": after.lessons}
    return f"{when}: {days}, {hours(after.seconds)}, {done}"


@register.simple_tag
def fortnight(activity: list[int]) -> SafeString | str:
    """Fourteen small bars, with the sum in words for who does not see them; nothing where it is private."""
    if not activity:
        return ""
    most = max([*activity, 1800])
    bars = ((n * (BAR + GAP), *_bar(seconds, most)) for n, seconds in enumerate(activity))
    drawn = format_html_join("", '<rect x="{}" y="{}" width="6" height="{}" rx="1"/>', bars)
    days = sum(1 for seconds in activity if seconds)
    words = ngettext("%(n)d day of study in 14 days", "%(n)d days of study in 14 days", days) % {"n": days}
    width = len(activity) * (BAR + GAP) - GAP
    return format_html(
        '<svg class="ca-bars" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">{}</svg>',
        width, TALL, width, TALL, f"{words}, {hours(sum(activity))}", drawn,
    )  # fmt: skip


def _bar(seconds: int, most: int) -> tuple[float, float]:
    """Top and height; a day without study is a line on the ground."""
    height = max(2.0, round((TALL - 2) * seconds / most, 1)) if seconds else 1.0
    return TALL - height, height


@register.filter
def hour_of_day(hour: int | None) -> str:
    """`19` as "19:00–20:00"."""
    return "–" if hour is None else f"{hour:02d}:00–{(hour + 1) % 24:02d}:00"


@register.simple_tag
def name_here(learner: User, course: Course) -> str:
    """A learner's name, or in a course that shows none, their alias."""
    return name_for_teachers(learner, course)


@register.simple_tag
def share(part: Any, whole: Any) -> str:
    """ "3 of 4"; a dash of nothing."""
    return _("%(part)s of %(whole)s") % {"part": part, "whole": whole} if whole else "–"
