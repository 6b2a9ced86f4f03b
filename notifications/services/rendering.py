"""A delivery in the words and the form of its channel, from one source: title, text, one action, and why."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.channels import Rendered
from notifications.kinds import KINDS, Channel, Kind
from notifications.models import Delivery
from notifications.rendering.links import unsubscribe_url, whole


def render(delivery: Delivery) -> Rendered:
    """As it leaves now, in its recipient's language."""
    with translation.override(delivery.recipient.language):
        return _render(delivery)


def _render(delivery: Delivery) -> Rendered:
    why = _why(delivery)
    url = whole(delivery.url) if delivery.url else ""
    if delivery.channel != Channel.EMAIL:
        return Rendered(delivery.kind, delivery.title, delivery.body, "", url, why)
    context = {
        "delivery": delivery,
        "title": delivery.title,
        "paragraphs": [part for part in delivery.body.split("\n\n") if part.strip()],
        "url": url,
        "why": why,
        "language": delivery.recipient.language,
        "less": unsubscribe_url(delivery.recipient, delivery.kind, delivery.channel),
        "settings": whole(reverse("learning:settings")),
        "is_optional": Channel.EMAIL not in KINDS[Kind(delivery.kind)].mandatory,
    }
    text = render_to_string("notifications/mail.txt", context).strip() + "\n"
    return Rendered(delivery.kind, delivery.title, text, render_to_string("notifications/mail.html", context), url, why)


def _why(delivery: Delivery) -> str:
    """Why did I get this?"""
    if delivery.at_once:
        return _("You get this because you asked for a sample.")
    meaning = str(KINDS[Kind(delivery.kind)].sentence)
    return _("You get this because your settings say so for: %(meaning)s") % {"meaning": meaning}
