"""What a course's learners ask: counts for those who manage the course, words for those whom they were told.

Who teaches the course asks as a learner there, and is in none of these numbers.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Count, Exists, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from chat.kinds import Role
from chat.models import Message, MessageQuerySet
from chat.models.conversations import UNHELPFUL
from learning.models import Course, User

# Clocks of all zones stand whole quarters of an hour from UTC.
QUARTER = 15 * 60


@dataclass(frozen=True)
class Between:
    """A stretch of time of one course."""

    course: Course
    start: dt.datetime
    end: dt.datetime


def questions_of(course: Course) -> MessageQuerySet:
    """What its learners asked."""
    return _of_learners(Message.objects.filter(role=Role.USER), course)


def unhelpful_answers_of(course: Course) -> MessageQuerySet:
    """Answers that did not help: not found in the course, not helpful to who asked, or failed."""
    return _of_learners(Message.objects.filter(UNHELPFUL), course)


def hours(between: Between) -> list[tuple[int, int, int]]:
    """Weekday (1 is Monday), hour and number of questions, in the course's zone; only where there are any."""
    zone, counted = ZoneInfo(between.course.time_zone), Counter[tuple[int, int]]()
    rows = within(questions_of(between.course), between).order_by()
    for quarter, n in rows.values_list(QuarterHour("created_at")).annotate(n=Count("pk")):
        local = dt.datetime.fromtimestamp(quarter * QUARTER, zone)
        counted[local.isoweekday(), local.hour] += n
    return sorted((*when, n) for when, n in counted.items())


def askers(between: Between, *, most: int) -> list[Asker]:
    """Who asked most, the first of them first."""
    rows = within(questions_of(between.course), between).values("asker", "asker__display_name").annotate(n=Count("pk"))
    return [Asker(*row) for row in rows.order_by("-n", "asker").values_list("asker", "asker__display_name", "n")[:most]]


def waiting(course: Course) -> MessageQuerySet:
    """Sent to the instructor, or not helped by the assistant, and not answered by anybody since."""
    return _open(questions_of(course), course)


def waiting_told(course: Course, viewer: User) -> MessageQuerySet:
    """Those that wait and whose words this person may read, the one that waits longest first."""
    return _open(told_questions(course, viewer), course).order_by("created_at", "pk")


def told_questions(course: Course, viewer: User) -> MessageQuerySet:
    """Questions whose words this person may read, the newest first; `is_answered` says by an instructor."""
    told = _of_learners(Message.objects.told_to(viewer), course).annotate(is_answered=_has_reply())
    return told.select_related("asker", "answer", "conversation", "lesson").order_by("-created_at", "-pk")


@dataclass(frozen=True)
class Asker:
    """How much one learner asked."""

    id: int
    name: str
    questions: int


class QuarterHour(Func):
    """The number of an instant's quarter of an hour since 1970: questions are counted by it in the database."""

    output_field = BigIntegerField()
    template = f"FLOOR(EXTRACT(EPOCH FROM %(expressions)s) / {QUARTER})::bigint"

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return super().as_sql(
            compiler, connection, template=f"CAST(strftime('%%%%s', %(expressions)s) AS INTEGER) / {QUARTER}", **more
        )


def number(rows: QuerySet) -> Coalesce:
    """How many rows of one course there are, to be asked together with other numbers in one statement."""
    counted = rows.order_by().values("course").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def within(rows: MessageQuerySet, between: Between) -> MessageQuerySet:
    return rows.filter(created_at__gte=between.start, created_at__lt=between.end)


def _of_learners(rows: MessageQuerySet, course: Course) -> MessageQuerySet:
    teaches = Course.instructors.through.objects.filter(course_id=course.pk).values("user_id")
    return rows.filter(course=course).exclude(asker__in=teaches)


def _open(questions: MessageQuerySet, course: Course) -> MessageQuerySet:
    """Those of the questions that wait for somebody who teaches the course."""
    unhelped = unhelpful_answers_of(course).order_by().values("answers")
    sent = questions_of(course).sent_to_instructors().order_by().values("pk")
    return questions.filter(~_has_reply(), pk__in=unhelped.union(sent))


def _has_reply() -> Exists:
    return Exists(Message.objects.filter(replies_to=OuterRef("pk")))
