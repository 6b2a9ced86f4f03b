"""Changing what somebody hears."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from learning.models import User
from notifications.kinds import KINDS, Channel, Digest, Kind
from notifications.models import Choice, DeadAddress, Manner


@dataclass(frozen=True)
class Quiet:
    """Hours without messages, by the clock where somebody lives."""

    start: dt.time
    end: dt.time


@transaction.atomic
def choose(person: User, matrix: Mapping[str, Mapping[str, bool]]) -> None:
    """Set these fields of the matrix. Mandatory ones stay on; what is as its kind says anyway is not written."""
    fields = [(Kind(kind), Channel(channel), on) for kind, row in matrix.items() for channel, on in row.items()]
    for kind, channel, is_on in fields:
        if channel not in KINDS[kind].mandatory:
            _set(person, kind, channel, is_on=is_on)


def _set(person: User, kind: Kind, channel: Channel, *, is_on: bool) -> None:
    mine = Choice.objects.of(person).filter(kind=kind, channel=channel)
    if is_on is (channel in KINDS[kind].default):
        mine.delete()
    else:
        Choice.objects.update_or_create(person=person, kind=kind, channel=channel, defaults={"is_on": is_on})


def set_manner(person: User, *, quiet: Quiet | None, digest: Digest, daily_cap: int | None) -> None:
    """When this person wants to be written to."""
    Manner.objects.update_or_create(
        person=person,
        defaults={
            "quiet_from": quiet.start if quiet else None,
            "quiet_to": quiet.end if quiet else None,
            "digest": digest,
            "daily_cap": daily_cap,
        },
    )


def hear_no_more(person: User, kind: Kind, channel: Channel) -> None:
    """Turn one kind off by one channel; a digest is everything that may wait for one. Again: it stays off."""
    kinds = [k for k, meaning in KINDS.items() if meaning.is_digestible] if kind == Kind.DIGEST else [kind]
    choose(person, {one: {channel: False} for one in kinds})


def trust_again(person: User) -> int:
    """Forget that addresses of this person took nothing; returns how many there were."""
    return DeadAddress.objects.filter(person=person).delete()[0]
