"""What must be true on this floor: what is over is forgotten, and inboxes tell of what exists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet

from gamification.services.batches import BATCH, batches
from learning.doctor import Found, check
from learning.models import Certificate
from notifications.kinds import Kind
from notifications.models import Announcement, LiveEvent, Notification
from notifications.services.announcements import go_on
from notifications.services.stream import KEPT, forget_events

# The daily job may be late by a day before anybody needs to hear of it.
LATE_JOB = dt.timedelta(days=1)
# Everybody of a large site is told within minutes.
LATE_SENDING = dt.timedelta(hours=6)


@check(
    "notifications.events",
    "live events that are kept longer than they are needed: does the clock run?",
    is_warning=True,
    repair=lambda at: forget_events(at=at),
)
def events(at: dt.datetime) -> Found:
    """The newest one stays, however old it is: it is the place where a quiet stream goes on."""
    newest = LiveEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
    return Found.rows(LiveEvent.objects.filter(created_at__lt=at - KEPT - LATE_JOB).exclude(pk=newest or 0))


@check(
    "notifications.announcements",
    "announcements whose time is over and that nobody sends: does the outbox move?",
    is_warning=True,
    repair=lambda at: go_on(_held_up(at), at=at),
)
def announcements(at: dt.datetime) -> Found:
    return Found.rows(_held_up(at))


def _held_up(at: dt.datetime) -> QuerySet[Announcement]:
    return Announcement.objects.under_way().filter(send_at__lt=at - LATE_SENDING)


@check("notifications.certificates", "notifications of certificates that do not exist", is_warning=True)
def certificates(at: dt.datetime) -> Found:
    return Found.each(_of_no_certificate())


def _of_no_certificate() -> Iterator[int]:
    rows = Notification.objects.filter(kind=Kind.CERTIFICATE).order_by("pk").values_list("pk", "key")
    for batch in batches(rows.iterator(chunk_size=BATCH)):
        known = Certificate.objects.filter(uuid__in=[UUID(key) for _, key in batch]).values_list("uuid", flat=True)
        there = {str(uuid) for uuid in known}
        yield from (pk for pk, key in batch if key not in there)
