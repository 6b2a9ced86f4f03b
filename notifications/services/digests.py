"""Digests: mails that can wait go out together, in the morning of whoever wants it so, one a day at most."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from learning.models import User
from learning.zones import zone
from notifications.kinds import KINDS, Channel, DeliveryState, Digest, Kind
from notifications.models import Delivery, Manner
from notifications.selectors.preferences import manner_of
from notifications.services.routing import put_on_the_way

MORNING = dt.time(8)


def hold(delivery: Delivery, manner: Manner) -> bool:
    """Leave it for its recipient's digest, where they want one and it can wait; whether it does."""
    can_wait = delivery.channel == Channel.EMAIL and KINDS[Kind(delivery.kind)].is_digestible
    if delivery.at_once or not can_wait or manner.digest == Digest.OFF:
        return False
    Delivery.objects.filter(pk=delivery.pk).on_the_way().update(
        state=DeliveryState.DEFERRED, is_held=True, error="Waits for the digest."
    )
    return True


def due_after(told: dt.datetime, digest: str, zone_name: str) -> dt.datetime:
    """The morning on which something that was told then goes out: the next one, or the next Monday's."""
    local = told.astimezone(zone(zone_name))
    days = 0 if local.time() < MORNING else 1
    if digest == Digest.WEEKLY:
        days += (7 - (local + dt.timedelta(days=days)).weekday()) % 7
    day = local.date() + dt.timedelta(days=days)
    return dt.datetime.combine(day, MORNING, tzinfo=zone(zone_name)).astimezone(dt.UTC)


def send_digests(*, at: dt.datetime) -> int:
    """Make the digests whose morning has come; how many. Twice on a person's day makes one."""
    waiting = Delivery.objects.filter(is_held=True, digest=None)
    people = User.objects.filter(pk__in=waiting.values("recipient")).select_related("notification_manner")
    return sum(_send(person, at=at) for person in people.iterator(chunk_size=500))


@transaction.atomic
def _send(person: User, *, at: dt.datetime) -> bool:
    manner, name = manner_of(person), person.zone_at(at)
    held = Delivery.objects.of(person).filter(is_held=True, digest=None, created_at__lte=at)
    oldest = held.order_by("created_at").values_list("created_at", flat=True).first()
    if oldest is None or (manner.digest != Digest.OFF and due_after(oldest, manner.digest, name) > at):
        return False
    digest = Delivery(
        recipient=person, kind=Kind.DIGEST, channel=Channel.EMAIL, key=str(person.day_at(at)), title="", created_at=at
    )
    if not put_on_the_way([digest]):
        return False  # this day has had its digest
    return bool(held.update(digest=digest))
