"""What a learner sees of their own conversations."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from chat.models import Conversation
from learning.models import Course, User


class Group(StrEnum):
    """How long ago somebody last wrote, by the learner's own days."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    LAST_7_DAYS = "last_7_days"
    OLDER = "older"


def group_of(conversation: Conversation, asker: User, *, at: dt.datetime) -> Group:
    """Where a conversation stands in its learner's list at `at`."""
    days = (asker.day_at(at) - asker.day_at(conversation.last_message_at)).days
    if days <= 0:
        return Group.TODAY
    if days == 1:
        return Group.YESTERDAY
    return Group.LAST_7_DAYS if days <= 7 else Group.OLDER


def course_of(viewer: User, pk: int) -> Course | None:
    """The course, as far as this person may know of it."""
    return Course.objects.of(viewer).filter(pk=pk).first()
