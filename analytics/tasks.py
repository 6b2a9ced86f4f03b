"""What the clock runs on this floor. Each may run twice."""

from __future__ import annotations

import datetime as dt

from analytics.services import rollups
from analytics.services.digest import tell_instructors
from analytics.services.lines import place_all, place_changed
from analytics.services.risk import judge_courses
from learning.jobs import job


@job("analytics.judge_courses", queue="reports")
def judge_days_that_are_over(at: dt.datetime) -> dict[int, int]:
    """Who may need help, course by course, once its day is over."""
    return judge_courses(at=at)


@job("analytics.tell_instructors", queue="reports")
def tell_who_teaches(at: dt.datetime) -> int:
    """How many of their learners may need help, told on Monday morning."""
    return tell_instructors(at=at)


@job("analytics.place_students")
def place_students(at: dt.datetime) -> int:
    """The order of the lists of learners, where it has changed."""
    return place_changed()


@job("analytics.place_all_students", queue="reports")
def place_all_students(at: dt.datetime) -> int:
    """The same for all, names included."""
    return place_all()


@job("analytics.close_course_days", lease=dt.timedelta(minutes=15))
def close_course_days(at: dt.datetime) -> int:
    """Days that are over in their course's zone, and days that something came late for."""
    return rollups.close_days(at=at)
