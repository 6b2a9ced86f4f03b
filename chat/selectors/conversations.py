"""What a learner sees of their own conversations."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from django.utils.translation import gettext as _

from chat.models import Conversation, ConversationRead
from learning.models import Course, Lesson, User

READINGS = 20


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


def readings_of(conversation: Conversation) -> list[ConversationRead]:
    """Who else opened it, the last ones first."""
    return list(conversation.readings.select_related("reader").order_by("-at", "-id")[:READINGS])


def name_of(person: User | None) -> str:
    """How a learner is told who wrote or read: by the name that the course shows."""
    return person.name if person else _("An instructor")


def lesson_of(viewer: User, course: Course, pk: int) -> Lesson | None:
    """The lesson of this course, as far as this person may know of it."""
    return Lesson.objects.of(viewer).filter(course=course, pk=pk).first()


def course_of(viewer: User, pk: int) -> Course | None:
    """The course, as far as this person may know of it."""
    return Course.objects.of(viewer).filter(pk=pk).first()
