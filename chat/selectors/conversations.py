"""What a learner sees of their own conversations."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext as _

from chat.models import Conversation, ConversationQuerySet, ConversationRead, Message, MessageQuerySet
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


def newest_after(rows: ConversationQuerySet, last: Conversation | None) -> ConversationQuerySet:
    """The last conversation first, those after `last`: the same work on every page."""
    if last is not None:
        at = last.last_message_at
        later = Q(last_message_at__lt=at) | Q(last_message_at=at, id__lt=last.pk)
        rows = rows.filter(later, last_message_at__lte=at)
    return rows.order_by("-last_message_at", "-id")


def newest_before(rows: MessageQuerySet, first: Message | None) -> MessageQuerySet:
    """The newest message first, those before `first`."""
    if first is not None:
        at = first.created_at
        earlier = Q(created_at__lt=at) | Q(created_at=at, id__lt=first.pk)
        rows = rows.filter(earlier, created_at__lte=at)
    return rows.order_by("-created_at", "-id")
