"""A course day by day: what is counted, and on top of it, live, the days that are not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db import connection

from analytics.kinds.ranges import Range
from analytics.metrics.days import COURSE_DAY, Window, as_day, completed_sql, days_sql, hours_sql
from analytics.metrics.standing import days as in_days
from analytics.metrics.standing import percent
from analytics.models import Rollup
from learning.models import Course

ONE_DAY = dt.timedelta(days=1)
# A calendar shows twelve weeks, or the range where that is longer.
CALENDAR_DAYS = 84


@dataclass(frozen=True)
class Day:
    """Sums and counts of one day, or of several. `required` are completions of lessons that count today."""

    enrollments: int = 0
    active: int = 0
    seconds: int = 0
    course_completions: int = 0
    seconds_to_complete: int = 0
    questions: int = 0
    lessons: int = 0
    required: int = 0

    def __add__(self, other: Day) -> Day:
        return Day(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Day)))


NOTHING = Day()


@dataclass(frozen=True)
class Until:
    """Where the course stood at the end of a day: everything that happened until then."""

    day: Day
    required_lessons: int

    @property
    def learners(self) -> int:
        return self.day.enrollments

    @property
    def completion_rate(self) -> float:
        return percent(self.day.course_completions, self.learners)

    @property
    def average_progress(self) -> float:
        return min(percent(self.day.required, self.learners * self.required_lessons), 100.0)

    @property
    def days_to_complete(self) -> float | None:
        return in_days(self.day.seconds_to_complete, self.day.course_completions)


@dataclass(frozen=True)
class History:
    """The days of a range with something on them, and the sum of all that was before."""

    range: Range
    before: Day
    days: dict[dt.date, Day]
    required_lessons: int

    def on(self, day: dt.date) -> Day:
        return self.days.get(day, NOTHING)

    def until(self) -> Iterator[tuple[dt.date, Day, Until]]:
        """Each day of the range, and where the course stood at its end."""
        so_far = self._at_start()
        for day in self.range:
            so_far = so_far + self.on(day)
            yield day, self.on(day), Until(so_far, self.required_lessons)

    def at_start(self) -> Until:
        """Where the course stood when the range began."""
        return Until(self._at_start(), self.required_lessons)

    def at_end(self) -> Until:
        return Until(sum((self.on(day) for day in self.range), self._at_start()), self.required_lessons)

    def total(self) -> Day:
        """What lies in the range."""
        return sum((self.on(day) for day in self.range), NOTHING)

    def calendar(self) -> Iterator[tuple[dt.date, Day]]:
        """The last twelve weeks of the range, or all of it where it is longer."""
        first = min(self.range.first, self.range.last - (CALENDAR_DAYS - 1) * ONE_DAY)
        return ((first + n * ONE_DAY, self.on(first + n * ONE_DAY)) for n in range((self.range.last - first).days + 1))

    def _at_start(self) -> Day:
        """The calendar may reach further back than the range."""
        return sum((day for date, day in self.days.items() if date < self.range.first), self.before)


def window_of(course: Course, days: Range) -> tuple[Window, dt.date]:
    """What has to be read live, and the first day that is not counted."""
    rollup: Rollup | None = getattr(course, "rollup", None)
    counted = rollup.open_from if rollup else None
    open_from = counted or dt.date(1970, 1, 2)
    return Window([course.pk], course.time_zone, open_from, days.last, is_whole=counted is None), open_from


# `day` is the date, or nothing for all that lies before the first one that is asked for.
_HISTORY = """
SELECT CASE WHEN day < %(since)s THEN NULL ELSE day END AS day, {sums} FROM (
  SELECT day, {columns}, 0 AS lessons, 0 AS required FROM analytics_courseday
  WHERE course_id = %(course)s AND day <= %(last)s AND day < %(first)s
  UNION ALL
  SELECT day, {columns}, 0, 0 FROM ({live}) live
  UNION ALL
  SELECT d.day, {zeros}, d.completions, CASE WHEN l.is_required AND l.is_published THEN d.completions ELSE 0 END
  FROM analytics_lessonday d JOIN learning_lesson l ON l.id = d.lesson_id
  WHERE l.course_id = %(course)s AND d.day <= %(last)s AND d.day < %(first)s
  UNION ALL
  SELECT c.day, {zeros}, c.n, CASE WHEN l.is_required AND l.is_published THEN c.n ELSE 0 END
  FROM ({completed}) c JOIN learning_lesson l ON l.id = c.lesson_id
) parts GROUP BY 1
"""


def history(course: Course, days: Range) -> History:
    """One statement, whatever the range."""
    window, _ = window_of(course, days)
    since = min(days.first, days.last - (CALENDAR_DAYS - 1) * ONE_DAY)
    statement = _HISTORY.format(
        sums=", ".join(f"SUM({name})" for name in (*COURSE_DAY, "lessons", "required")),
        columns=", ".join(COURSE_DAY),
        zeros=", ".join("0" for _ in COURSE_DAY),
        live=days_sql(window),
        completed=completed_sql(window),
    )
    since_value = connection.ops.adapt_datefield_value(since)
    rows = _rows(statement, {**window.params, "course": course.pk, "since": since_value})
    sums = [(day, Day(*(int(value or 0) for value in values))) for day, *values in rows]
    before = sum((one for day, one in sums if day is None), NOTHING)
    return History(days, before, {as_day(day): one for day, one in sums if day is not None}, course.required_lessons)


_HOURS = """
SELECT {weekday} AS weekday, hour, SUM(seconds), SUM(questions) FROM (
  SELECT day, hour, seconds, questions FROM analytics_coursehour
  WHERE course_id = %(course)s AND day >= %(since)s AND day <= %(last)s AND day < %(first)s
  UNION ALL
  SELECT day, hour, seconds, questions FROM ({live}) live
) parts GROUP BY 1, 2 ORDER BY 1, 2
"""
_WEEKDAY = {
    "postgresql": "EXTRACT(ISODOW FROM day)::int - 1",
    "sqlite": "(CAST(strftime('%%w', day) AS integer) + 6) %% 7",
}


@dataclass(frozen=True)
class Hour:
    """Monday is 0; the hour is of the course's zone."""

    weekday: int
    hour: int
    seconds: int
    questions: int


def hours(course: Course, days: Range) -> list[Hour]:
    """When people learn and ask, within the range. Hours in which nobody did are left out."""
    window, open_from = window_of(course, days)
    window = replace(window, first=max(open_from, days.first))
    statement = _HOURS.format(weekday=_WEEKDAY[connection.vendor], live=hours_sql(window))
    since = connection.ops.adapt_datefield_value(days.first)
    rows = _rows(statement, {**window.params, "course": course.pk, "since": since})
    return [Hour(*(int(value) for value in row)) for row in rows if row[2] or row[3]]


def _rows(statement: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()
