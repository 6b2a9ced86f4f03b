"""What the facts say of a course's days: one statement for days, one for hours, one for lessons.

The same statements fill the rollups (analytics.services.rollups) and are read live for the days that no rollup has yet,
so a page says the same before and after the night. Each gathers its facts side by side and adds them up by day: nothing
is joined with anything that has rows of its own, so nothing is counted twice. Facts of people who left or who teach
the course are left out; they stay where they are, and count again on return.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from learning.zones import day_starts, zone

COURSE_DAY = ("enrollments", "active", "seconds", "course_completions", "seconds_to_complete", "questions")
COURSE_HOUR = ("seconds", "questions")
LESSON_DAY = ("views", "new_viewers", "completions", "seconds")

# Who is in none of a course's numbers.
OUT = """
out_of_it AS (
  SELECT course_id, learner_id FROM learning_enrollment WHERE course_id IN ({courses}) AND left_at IS NOT NULL
  UNION
  SELECT course_id, user_id FROM learning_course_instructors WHERE course_id IN ({courses})
)
"""
COUNTS = "NOT EXISTS (SELECT 1 FROM out_of_it o WHERE o.course_id = {course} AND o.learner_id = {learner})"

# Days as the facts have them where they are stored; else the date of the instant in the course's zone.
STUDIED = """
SELECT t.course_id, t.course_day AS day, t.learner_id, t.seconds FROM learning_studytime t
WHERE t.course_id IN ({courses}) AND t.course_day BETWEEN %(first)s AND %(last)s
UNION ALL
SELECT {lesson_course}, v.course_day, v.learner_id, 0 FROM learning_lessonview v {viewed_of}
  AND v.course_day BETWEEN %(first)s AND %(last)s
UNION ALL
SELECT {lesson_course}, {completed_day}, p.learner_id, 0 FROM learning_lessonprogress p {completed_of}
  AND p.completed_at >= %(starts)s AND p.completed_at < %(ends)s
"""
ENROLLED = """
SELECT e.course_id, {started_day} AS day, COUNT(*) AS n FROM learning_enrollment e
WHERE e.course_id IN ({courses}) AND e.started_at >= %(starts)s AND e.started_at < %(ends)s AND {enrolled_counts}
GROUP BY 1, 2
"""
FINISHED = """
SELECT e.course_id, {finished_day} AS day, COUNT(*) AS n, SUM({taken}) AS taken FROM learning_enrollment e
WHERE e.course_id IN ({courses}) AND e.completed_at >= %(starts)s AND e.completed_at < %(ends)s AND {enrolled_counts}
GROUP BY 1, 2
"""
COMPLETED = """
SELECT p.lesson_id, {completed_day} AS day, COUNT(*) AS n FROM learning_lessonprogress p {completed_of}
  AND p.completed_at >= %(starts)s AND p.completed_at < %(ends)s AND {learner_counts}
GROUP BY 1, 2
"""
ASKED = """
SELECT m.course_id, {asked_day} AS day, {asked_hour} AS hour, COUNT(*) AS n FROM chat_message m
WHERE m.course_id IN ({courses}) AND m.role = 'user' AND m.created_at >= %(starts)s AND m.created_at < %(ends)s
  AND {asker_counts}
GROUP BY 1, 2, 3
"""

# Whether a view is the learner's first of the lesson: of some days each is looked for, of all they are numbered.
VIEWED = """
SELECT v.lesson_id, v.course_day AS day, v.learner_id, v.at, {number} AS n FROM learning_lessonview v {viewed_of}
  AND v.course_day BETWEEN %(first)s AND %(last)s AND {viewer_counts}
"""
NUMBER = "ROW_NUMBER() OVER (PARTITION BY v.learner_id, v.lesson_id ORDER BY v.at)"
LOOKED_FOR = """NOT EXISTS (SELECT 1 FROM learning_lessonview b WHERE b.learner_id = viewed.learner_id
  AND b.lesson_id = viewed.lesson_id AND b.at < viewed.at)"""

DAYS = """
WITH {out}
SELECT course_id, day, SUM(enrollments) AS enrollments, SUM(active) AS active, SUM(seconds) AS seconds,
  SUM(course_completions) AS course_completions, SUM(seconds_to_complete) AS seconds_to_complete,
  SUM(questions) AS questions
FROM (
  SELECT {acting_course} AS course_id, a.day, 0 AS enrollments, COUNT(DISTINCT a.learner_id) AS active,
    SUM(a.seconds) AS seconds, 0 AS course_completions, 0 AS seconds_to_complete, 0 AS questions
  FROM ({studied}) a WHERE {acting_counts} GROUP BY 1, 2
  UNION ALL
  SELECT course_id, day, n, 0, 0, 0, 0, 0 FROM ({enrolled}) enrolled
  UNION ALL
  SELECT course_id, day, 0, 0, 0, n, taken, 0 FROM ({finished}) finished
  UNION ALL
  SELECT course_id, day, 0, 0, 0, 0, 0, n FROM ({asked}) asked
) parts
GROUP BY 1, 2
"""

HOURS = """
WITH {out}
SELECT course_id, day, hour, SUM(seconds) AS seconds, SUM(questions) AS questions FROM (
  SELECT t.course_id, t.day, {studied_hour} AS hour, t.seconds, 0 AS questions FROM (
    SELECT t.course_id, t.course_day AS day, t.hour, SUM(t.seconds) AS seconds FROM learning_studytime t
    WHERE t.course_id IN ({courses}) AND t.course_day BETWEEN %(first)s AND %(last)s AND {studying_counts}
    GROUP BY 1, 2, 3
  ) t
  UNION ALL
  SELECT course_id, day, hour, 0, n FROM ({asked}) asked
) parts
GROUP BY 1, 2, 3
"""

LESSONS = """
WITH {out}
SELECT lesson_id, day, SUM(views) AS views, SUM(new_viewers) AS new_viewers, SUM(completions) AS completions,
  SUM(seconds) AS seconds
FROM (
  SELECT lesson_id, day, COUNT(*) AS views, SUM(CASE WHEN {is_first} THEN 1 ELSE 0 END) AS new_viewers,
    0 AS completions, 0 AS seconds
  FROM ({viewed}) viewed GROUP BY 1, 2
  UNION ALL
  SELECT lesson_id, day, 0, 0, n, 0 FROM ({completed}) completed
  UNION ALL
  SELECT t.lesson_id, t.course_day, 0, 0, 0, SUM(t.seconds) FROM learning_studytime t
  WHERE t.course_id IN ({courses}) AND t.lesson_id IS NOT NULL AND t.course_day BETWEEN %(first)s AND %(last)s
    AND {studying_counts}
  GROUP BY 1, 2
) parts
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Window:
    """Some courses of one zone, and days of theirs, first and last included.

    `is_whole`: nothing was before them. `absent` names who is in none of the numbers, of one course and where they are
    few: a list is quicker to look through, millions of times, than a table. None: the statement looks for them.
    `lessons` names the lessons of one course, for the same reason.
    """

    courses: Sequence[int]
    zone: str
    first: dt.date
    last: dt.date
    is_whole: bool = False
    absent: Sequence[int] | None = None
    lessons: Sequence[int] | None = None

    @property
    def params(self) -> dict[str, Any]:
        """For the statements, as this database takes them."""
        ops = connection.ops
        return {
            "first": ops.adapt_datefield_value(self.first),
            "last": ops.adapt_datefield_value(self.last),
            "starts": ops.adapt_datetimefield_value(day_starts(self.first, self.zone)),
            "ends": ops.adapt_datetimefield_value(day_starts(self.last + dt.timedelta(days=1), self.zone)),
        }


def days_sql(window: Window) -> str:
    """course_id, day, and COURSE_DAY of each day on which there was anything."""
    return _sql(DAYS, window)


def hours_sql(window: Window) -> str:
    """course_id, day, hour of day in the course's zone, and COURSE_HOUR."""
    return _sql(HOURS, window)


def lessons_sql(window: Window) -> str:
    """lesson_id, day and LESSON_DAY."""
    return _sql(LESSONS, window)


def completed_sql(window: Window) -> str:
    """lesson_id, day, and how many learners completed the lesson on it."""
    return _sql("WITH {out} {completed}", window)


def as_day(value: dt.date | str) -> dt.date:
    """SQLite says days as text."""
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def _sql(statement: str, window: Window) -> str:
    """The statement for these courses. What is put in is numbers and names of zones that exist, nothing typed."""
    is_pg = connection.vendor == "postgresql"
    day, hour = (_day_pg, _hour_pg) if is_pg else (_day_sqlite, _hour_sqlite)
    name = zone(window.zone).key
    only = None if window.lessons is None else str(int(window.courses[0]))
    words = {
        "courses": _numbers(window.courses),
        # Of one course its number is written down: a sort or a hash need not look at it, row after row.
        "lesson_course": only or "l.course_id",
        "acting_course": only or "a.course_id",
        "viewed_of": _of_lessons(window, "v"),
        "completed_of": _of_lessons(window, "p"),
        "completed_day": day("p.completed_at", name),
        "started_day": day("e.started_at", name),
        "finished_day": day("e.completed_at", name),
        "asked_day": day("m.created_at", name),
        "asked_hour": hour("m.created_at", name),
        "number": NUMBER if window.is_whole else "0",
        "is_first": "n = 1" if window.is_whole else LOOKED_FOR,
        "studied_hour": hour("t.hour", name),
        "taken": _TAKEN_PG if is_pg else _TAKEN_SQLITE,
        "enrolled_counts": _counts(window, "e.course_id", "e.learner_id"),
        "acting_counts": _counts(window, "a.course_id", "a.learner_id"),
        "asker_counts": _counts(window, "m.course_id", "m.asker_id"),
        "studying_counts": _counts(window, "t.course_id", "t.learner_id"),
        "viewer_counts": _counts(window, only or "l.course_id", "v.learner_id"),
        "learner_counts": _counts(window, only or "l.course_id", "p.learner_id"),
    }
    parts = {
        "out": OUT.format(**words),
        "studied": STUDIED.format(**words),
        "viewed": VIEWED.format(**words),
        "enrolled": ENROLLED.format(**words),
        "finished": FINISHED.format(**words),
        "completed": COMPLETED.format(**words),
        "asked": ASKED.format(**words),
    }
    return statement.format(**words, **parts)


def _of_lessons(window: Window, fact: str) -> str:
    """That a fact which names a lesson belongs to these courses."""
    if window.lessons is None:
        return f"JOIN learning_lesson l ON l.id = {fact}.lesson_id WHERE l.course_id IN ({_numbers(window.courses)})"
    return f"WHERE {fact}.lesson_id IN ({_numbers(window.lessons)})"


def _counts(window: Window, course: str, learner: str) -> str:
    if window.absent is None:
        return COUNTS.format(course=course, learner=learner)
    return f"{learner} NOT IN ({_numbers(window.absent)})" if window.absent else "1 = 1"


def _numbers(keys: Sequence[int]) -> str:
    return ", ".join(str(int(pk)) for pk in keys) or "NULL"


_TAKEN_PG = "EXTRACT(EPOCH FROM e.completed_at - e.started_at)::bigint"
_TAKEN_SQLITE = "django_timestamp_diff(e.completed_at, e.started_at) / 1000000"


def _day_pg(column: str, name: str) -> str:
    return f"({column} AT TIME ZONE '{name}')::date"


def _hour_pg(column: str, name: str) -> str:
    return f"EXTRACT(HOUR FROM {column} AT TIME ZONE '{name}')::int"


def _day_sqlite(column: str, name: str) -> str:
    return f"django_datetime_cast_date({column}, '{name}', 'UTC')"


def _hour_sqlite(column: str, name: str) -> str:
    return f"django_datetime_extract('hour', {column}, '{name}', 'UTC')"
