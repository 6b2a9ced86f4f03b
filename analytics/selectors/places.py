"""Where an instructor stands: a course of theirs, a range of days, an instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics.kinds.ranges import BadRange, Period, Range
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


def find_place(viewer: User, course: int, query: Mapping[str, Any], *, at: dt.datetime) -> Place:
    """The place, for the course's instructors and for staff. Raises Unknown for everybody else."""
    found = Course.objects.managed_by(viewer).filter(pk=course).select_related("rollup").first()
    if found is None:
        raise Unknown
    opened = opened_on(found, at=at) if _looks_back(query) else day_at(at, found.time_zone)
    try:
        return Place(viewer, found, Range.of(query, zone=found.time_zone, opened=opened, at=at), at)
    except BadRange as problem:
        usual = Range.usual(zone=found.time_zone, opened=opened, at=at)
        return Place(viewer, found, usual, at, problem)


def _looks_back(query: Mapping[str, Any]) -> bool:
    """Whether the range asked for may reach back to the course's first day, which is looked up only then."""
    return query.get("period") == Period.ALL or bool(query.get("start_date") or query.get("end_date"))


def opened_on(course: Course, *, at: dt.datetime) -> dt.date:
    """The course's first day: that of its first enrolment; today while there is none."""
    enrollments = Enrollment.objects.filter(course=course).order_by("started_at")
    first = enrollments.values_list("started_at", flat=True).first()
    return day_at(min(first, at) if first else at, course.time_zone)
