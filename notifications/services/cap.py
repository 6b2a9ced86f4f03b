"""At most so many messages a day: each takes a place before it goes, and no two take the same one."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from learning.once import insert_once
from learning.zones import day_starts
from notifications.kinds import Kind
from notifications.models import Delivery, Manner
from notifications.selectors.sending import Wait


def take_a_place(delivery: Delivery, *, at: dt.datetime) -> Wait | None:
    """Count it for its recipient's day, once; when the day is full, until when it waits instead."""
    if delivery.at_once or delivery.kind == Kind.DIGEST:
        return None
    person = delivery.recipient
    today = person.day_at(at)
    if delivery.counted_on == today:
        return None  # an earlier attempt took the place
    insert_once(Manner(person=person))
    with transaction.atomic():
        cap = Manner.objects.select_for_update().get(person=person).daily_cap
        counted = Delivery.objects.filter(recipient=person, counted_on=today)
        if cap is None or counted.count() < cap:
            Delivery.objects.filter(pk=delivery.pk).update(counted_on=today)
            return None
    return Wait(day_starts(today + dt.timedelta(days=1), person.zone_at(at)), "The day's messages are spent.")
