"""Where an instructor stands: a course of theirs, a range of days, an instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics.kinds.ranges import BadRange, Range
from learning.exceptions import Unknown
from learning.models import Course, Enrollment, User
from learning.zones import day_at


@dataclass(frozen=True)
class Place:
    """What every page and endpoint about a course begins with.

    `problem` is set where the address asked for a range that can't be; the usual one stands in for it.
    """

    viewer: User
    course: Course
    range: Range
    at: dt.datetime
    problem: BadRange | None = None

    @property
    def today(self) -> dt.date:
        return self.range.today

    def key(self, what: str) -> str:
        """Under which something about the course in this range is kept, for everybody who may see it."""
        return f"analytics:{what}:{self.course.pk}:{self.range.first}:{self.range.last}"


def find_place(viewer: User, course: int, query: Mapping[str, Any], *, at: dt.datetime) -> Place:
    """The place, for the course's instructors and for staff. Raises Unknown for everybody else."""
    found = Course.objects.managed_by(viewer).filter(pk=course).select_related("rollup").first()
    if found is None:
        raise Unknown
    try:
        asked = Range.of(query, zone=found.time_zone, opened=lambda: opened_on(found, at=at), at=at)
    except BadRange as problem:
        return Place(viewer, found, Range.usual(zone=found.time_zone, at=at), at, problem)
    return Place(viewer, found, asked, at)


def opened_on(course: Course, *, at: dt.datetime) -> dt.date:
    """The course's first day: that of its first enrolment; today while there is none."""
    enrollments = Enrollment.objects.filter(course=course).order_by("started_at")
    first = enrollments.values_list("started_at", flat=True).first()
    return day_at(min(first, at) if first else at, course.time_zone)
