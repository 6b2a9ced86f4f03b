"""Addresses in messages: of this site, whole, and those that act without signing in, signed for one purpose."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from learning.models import User

SALT = "notifications.unsubscribe"


@dataclass(frozen=True)
class Unsubscription:
    """Who wants to hear no more of what, by which channel: all that the link can do."""

    person: int
    kind: str
    channel: str


def whole(path: str) -> str:
    """The path as an address that works from anywhere."""
    return f"{settings.SITE_URL}{path}"


def unsubscribe_url(person: User, kind: str, channel: str) -> str:
    """The address that turns this kind off by this channel. It does not run out: old mails must be stoppable too."""
    token = signing.dumps([person.pk, kind, channel], salt=SALT, compress=False)
    return whole(reverse("notifications:unsubscribe", args=[token]))


def read_unsubscription(token: str) -> Unsubscription | None:
    """What the link says; None for one that we did not sign for this purpose."""
    try:
        person, kind, channel = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Unsubscription(person, kind, channel)
