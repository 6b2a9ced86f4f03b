"""Addresses that take nothing any more: nothing goes there, and whose they are hears of it in the app."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from learning.models import User
from notifications.channels import CHANNELS
from notifications.kinds import Channel, Kind
from notifications.services.telling import Message, tell


@transaction.atomic
def lose_address(person: User, channel: str, address: str, reason: str, *, at: dt.datetime) -> None:
    """This address of a person refuses our messages for good. Said again it changes nothing."""
    disable = getattr(CHANNELS[channel], "disable", None)
    shown = disable(person=person, address=address, reason=reason, at=at) if disable else ""
    if shown:
        tell([_about(person, channel, shown, at=at)])


def note_bounce(address: str, reason: str, *, at: dt.datetime) -> bool:
    """A mail came back, or was complained about; whether the address is somebody's."""
    person = User.objects.filter(email=User.objects.normalize_email(address)).first()
    if person is None or not person.email:
        return False
    lose_address(person, Channel.EMAIL, "", reason, at=at)
    return True


def _about(person: User, channel: str, address: str, *, at: dt.datetime) -> Message:
    with translation.override(person.language):
        return Message(
            person=person,
            kind=Kind.ADDRESS,
            key=f"{channel}:{hashlib.sha256(address.encode()).hexdigest()[:16]}:{at:%Y-%m-%d}",
            title=_("Our messages do not reach %(address)s") % {"address": address},
            body=_("Its server refuses them. Nothing goes there until you change it or say that it works."),
            url=reverse("notifications:preferences"),
            words={"address": address},
            at=at,
        )
