"""Leaving notifications, and reading them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from learning.models import User
from learning.once import insert_new
from notifications.models import Notification


def notify(rows: Sequence[Notification]) -> list[Notification]:
    """Leave these in their learners' inboxes, in one statement; returns those that were not told before.

    The same again leaves nothing. It joins the caller's transaction, so that what was rolled back was never told.
    """
    return insert_new(rows, told_apart_by=("learner_id", "kind", "key"))


def read(notification: Notification, *, at: dt.datetime) -> bool:
    """Mark it as read; whether this call was the one. The first reading stays."""
    return Notification.objects.unread().filter(pk=notification.pk).update(read_at=at) == 1


def read_all(learner: User, *, at: dt.datetime) -> int:
    """Mark everything as read that is there now; returns how many there were. Again: none."""
    return Notification.objects.of(learner).unread().update(read_at=at)
