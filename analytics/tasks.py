"""What the clock runs on this floor. Each may run twice."""

from __future__ import annotations

import datetime as dt

from analytics.services.lines import place_all, place_changed
from analytics.services.risk import judge_courses
from learning.jobs import job


@job("analytics.judge_courses", queue="reports")
def judge_days_that_are_over(at: dt.datetime) -> dict[int, int]:
    """Who may need help, course by course, once its day is over."""
    return judge_courses(at=at)


@job("analytics.place_students")
def place_students(at: dt.datetime) -> int:
    """The order of the lists of learners, where it has changed."""
    return place_changed()


@job("analytics.place_all_students", queue="reports")
def place_all_students(at: dt.datetime) -> int:
    """The same for all, names included."""
    return place_all()
