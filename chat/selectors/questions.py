"""What a course's learners ask: counts for those who manage the course, words for those whom they were told.

Who teaches the course asks as a learner there, and is in none of these numbers.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Count, Exists, Func, OuterRef

from chat.kinds import Role
from chat.models import Message, MessageQuerySet
from chat.models.conversations import UNHELPFUL
from learning.models import Course, User

# Clocks of all zones stand whole quarters of an hour from UTC.
QUARTER = 15 * 60


@dataclass(frozen=True)
class Figures:
    """How many questions a range has, from how many people, and how many of the answers did not help."""

    questions: int
    askers: int
    unanswered: int


@dataclass(frozen=True)
class Waiting:
    """Questions that nobody has answered. `told` are those whose words this person may read, the oldest first; of the
    others there is only their number."""

    told: MessageQuerySet
    hidden: int


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


def figures(between: Between) -> Figures:
    asked = within(questions_of(between.course), between)
    counted = asked.aggregate(questions=Count("pk"), askers=Count("asker", distinct=True))
    return Figures(**counted, unanswered=within(unhelpful_answers_of(between.course), between).count())


def hours(between: Between) -> list[tuple[int, int, int]]:
    """Weekday (1 is Monday), hour and number of questions, in the course's zone; only where there are any."""
    zone, counted = ZoneInfo(between.course.time_zone), Counter[tuple[int, int]]()
    rows = within(questions_of(between.course), between).order_by()
    for quarter, n in rows.values_list(QuarterHour("created_at")).annotate(n=Count("pk")):
        local = dt.datetime.fromtimestamp(quarter * QUARTER, zone)
        counted[local.isoweekday(), local.hour] += n
    return sorted((*when, n) for when, n in counted.items())


def askers(between: Between, *, most: int) -> list[tuple[int, int]]:
    """Who asked most, and how many questions."""
    rows = within(questions_of(between.course), between).order_by().values_list("asker").annotate(n=Count("pk"))
    return list(rows.order_by("-n", "asker")[:most])


def waiting(course: Course, viewer: User) -> Waiting:
    """Sent to the instructor, or not helped by the assistant, and not answered by anybody since."""
    told = _open(told_questions(course, viewer), course).order_by("created_at", "pk")
    return Waiting(told, _open(questions_of(course), course).count() - told.count())


def told_questions(course: Course, viewer: User) -> MessageQuerySet:
    """Questions whose words this person may read, the newest first."""
    told = _of_learners(Message.objects.told_to(viewer), course)
    return told.select_related("asker", "answer", "conversation", "lesson").order_by("-created_at", "-pk")


class QuarterHour(Func):
    """The number of an instant's quarter of an hour since 1970: questions are counted by it in the database."""

    output_field = BigIntegerField()
    template = f"FLOOR(EXTRACT(EPOCH FROM %(expressions)s) / {QUARTER})::bigint"

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return super().as_sql(
            compiler, connection, template=f"CAST(strftime('%%%%s', %(expressions)s) AS INTEGER) / {QUARTER}", **more
        )


def within(rows: MessageQuerySet, between: Between) -> MessageQuerySet:
    return rows.filter(created_at__gte=between.start, created_at__lt=between.end)


def _of_learners(rows: MessageQuerySet, course: Course) -> MessageQuerySet:
    teaches = Course.instructors.through.objects.filter(course_id=course.pk).values("user_id")
    return rows.filter(course=course).exclude(asker__in=teaches)


def _open(questions: MessageQuerySet, course: Course) -> MessageQuerySet:
    """Those of the questions that wait for somebody who teaches the course."""
    unhelped = unhelpful_answers_of(course).order_by().values("answers")
    sent = questions_of(course).sent_to_instructors().order_by().values("pk")
    return questions.filter(~Exists(Message.objects.filter(replies_to=OuterRef("pk"))), pk__in=unhelped.union(sent))
