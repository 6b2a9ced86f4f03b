"""Reading what was told."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from learning.models import User
from notifications.kinds import EventKind
from notifications.models import LiveEvent, Notification
from notifications.services.stream import of_notification, publish


@transaction.atomic
def read(notification: Notification, *, at: dt.datetime) -> bool:
    """Mark it as read; whether this call was the one. The first reading stays. Other open pages are told."""
    if not Notification.objects.unread().filter(pk=notification.pk).update(read_at=at):
        return False
    notification.read_at = at
    publish([of_notification(notification, at=at)])
    return True


@transaction.atomic
def read_all(learner: User, *, at: dt.datetime) -> int:
    """Mark everything as read that is there now; returns how many there were. Again: none."""
    count = Notification.objects.of(learner).unread().update(read_at=at)
    if count:
        everything = {"id": None, "read_all_at": at}
        publish([LiveEvent(person=learner, kind=EventKind.NOTIFICATION, data=everything, created_at=at)])
    return count
