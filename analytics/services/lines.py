"""Keeping the order of each course's list of learners."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from analytics.models import StudentLine
from learning.models import Course, Enrollment
from learning.selectors.names import name_for_teachers

BATCH = 1000
NAME = 120
FIELDS = ["name", "percent", "seconds", "active_at"]


def place(enrollments: QuerySet[Enrollment]) -> int:
    """Write the lines of these enrolments as they are now; how many there were. Again: the same lines."""
    last, count = 0, 0
    rows = enrollments.select_related("learner", "course").order_by("pk")
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        StudentLine.objects.bulk_create(
            [_line(enrollment) for enrollment in batch],
            update_conflicts=True,
            unique_fields=["enrollment"],
            update_fields=FIELDS,
        )
        last, count = batch[-1].pk, count + len(batch)
    return count


def place_changed() -> int:
    """The lines of those whose enrolment says something else than their line."""
    active = Coalesce("last_accessed_at", "started_at")
    said = Q(line=None) | ~Q(percent=F("line__percent")) | ~Q(seconds=F("line__seconds"))
    return place(Enrollment.objects.alias(active=active).filter(said | ~Q(active=F("line__active_at"))))


def place_all() -> int:
    """All lines: also of those who have changed their name."""
    return place(Enrollment.objects.all())


def place_course(course: Course) -> int:
    """A course's lines: its learners are called otherwise from now on."""
    return place(Enrollment.objects.filter(course=course))


def _line(enrollment: Enrollment) -> StudentLine:
    active_at: dt.datetime = enrollment.last_accessed_at or enrollment.started_at
    return StudentLine(
        enrollment=enrollment,
        course_id=enrollment.course_id,
        name=name_for_teachers(enrollment.learner, enrollment.course).casefold()[:NAME],
        percent=enrollment.percent,
        seconds=enrollment.seconds,
        active_at=active_at,
    )
