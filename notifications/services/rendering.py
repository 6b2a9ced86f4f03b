"""A delivery in the words and the form of its channel, from one source: title, text, one action, and why."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.channels import Rendered
from notifications.kinds import KINDS, Channel, Kind
from notifications.models import Delivery
from notifications.rendering.links import unsubscribe_url, whole
from notifications.selectors.wording import words_of


@dataclass(frozen=True)
class Part:
    """One thing of a digest."""

    title: str
    body: str
    url: str


def render(delivery: Delivery) -> Rendered:
    """As it leaves now, in its recipient's language."""
    with translation.override(delivery.recipient.language):
        return _render(delivery)


def _render(delivery: Delivery) -> Rendered:
    parts = _carried(delivery) if delivery.kind == Kind.DIGEST else []
    title, body = _digest_words(len(parts)) if parts else words_of(delivery)
    url = whole(delivery.url) if delivery.url else ""
    if delivery.channel != Channel.EMAIL:
        return Rendered(delivery.kind, title, body, "", url, _why(delivery))
    why = _why(delivery)
    context = {
        "title": title,
        "paragraphs": [part for part in body.replace("\r", "").split("\n\n") if part.strip()],
        "parts": parts,
        "url": url,
        "why": why,
        "language": delivery.recipient.language,
        "less": unsubscribe_url(delivery.recipient, delivery.kind, delivery.channel),
        "settings": whole(reverse("notifications:preferences")),
    }
    text = render_to_string("notifications/mail.txt", context).strip() + "\n"
    return Rendered(delivery.kind, title, text, render_to_string("notifications/mail.html", context), url, why)


def _carried(digest: Delivery) -> list[Part]:
    """What a digest is made of, oldest first."""
    found = digest.carries.on_the_way().select_related("recipient").order_by("created_at", "pk")
    return [Part(*words_of(one), whole(one.url) if one.url else "") for one in found]


def _digest_words(count: int) -> tuple[str, str]:
    return ngettext("%(n)d thing that waited for you", "%(n)d things that waited for you", count) % {"n": count}, ""


def _why(delivery: Delivery) -> str:
    """Why did I get this?"""
    if delivery.at_once:
        return _("You get this because you asked for a sample.")
    meaning = str(KINDS[Kind(delivery.kind)].sentence)
    return _("You get this because your settings say so for: %(meaning)s") % {"meaning": meaning}
