"""A course's lessons: how each is doing, which of them lose people, and in which minute."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from analytics.kinds.ranges import Range
from analytics.metrics.days import LESSON_DAY, lessons_sql
from analytics.metrics.standing import percent
from analytics.selectors.history import window_of
from analytics.selectors.places import Place
from analytics.selectors.snapshot import SLOW_KEPT_SECONDS, kept_for_many
from chat.kinds import Role
from chat.models import Message
from learning.kinds import LessonKind
from learning.models import Course, Lesson, LessonView
from learning.selectors.teaching import out_of_numbers

DROPPED_AFTER = dt.timedelta(days=14)
# Of fewer people a lesson is not called a problem.
FEWEST = 5
DROPS_MANY = 20.0
COMPLETED_BY_FEW = 50.0
TAKES_LONG = 2.0


@dataclass(frozen=True)
class Flag:
    """A problem of a lesson in a word, and what one could do about it."""

    key: str
    word: Any
    advice: Any


FLAGS = {
    "drop_off": Flag(
        "drop_off",
        _("Loses people"),
        _("Many stop here and do not come back. See what it asks for before it explains; split it if it is long."),
    ),
    "low_completion": Flag(
        "low_completion",
        _("Seldom completed"),
        _("Most who open it do not complete it. Is it clear what completes it, and is its time or pass mark fair?"),
    ),
    "slow": Flag(
        "slow",
        _("Takes longer than said"),
        _("People need more than twice the minutes that you estimate. Correct the estimate, or shorten the lesson."),
    ),
}


@dataclass(frozen=True)
class LessonFigures:
    """One line of the table. Views, viewers, completions and time lie in the range; the rates are of now."""

    id: int
    title: str
    module: str
    module_id: int
    kind: str
    is_published: bool
    minutes: int
    views: int = 0
    viewers: int = 0
    completions: int = 0
    seconds: int = 0
    started: int = 0
    completed: int = 0
    dropped: int = 0
    seconds_ever: int = 0
    flags: list[str] = field(default_factory=list)

    @property
    def completion_rate(self) -> float:
        return min(percent(self.completed, self.started), 100.0)

    @property
    def drop_off_rate(self) -> float:
        return min(percent(self.dropped, self.started), 100.0)

    @property
    def average_seconds(self) -> int:
        """Over the viewers of the range."""
        return round(self.seconds / self.viewers) if self.viewers else 0

    @property
    def said(self) -> list[Flag]:
        return [FLAGS[key] for key in self.flags]


def lesson_figures(place: Place) -> list[LessonFigures]:
    """Every lesson in order. Four statements, whatever the course."""
    return kept_for_many(
        place.key("lessons"),
        lambda: _all(place.course, place.range, at=place.at),
        learners=lambda found: max((one.started for one in found), default=0),
    )


def figures_of(place: Place, lesson: Lesson) -> LessonFigures:
    """One of them; it may be newer than what is kept."""
    kept = next((one for one in lesson_figures(place) if one.id == lesson.pk), None)
    return kept or next(one for one in _all(place.course, place.range, at=place.at) if one.id == lesson.pk)


def _all(course: Course, days: Range, *, at: dt.datetime) -> list[LessonFigures]:
    lessons = Lesson.objects.filter(course=course).in_order().select_related("module")
    sums = _sums(course, days)
    viewers = None if days.is_everything else _viewers(course, days)
    dropped = kept_for_many(
        f"analytics:dropped:{course.pk}",
        lambda: dropped_by_lesson(course, at=at),
        learners=lambda _dropped: max((one.started for one in sums.values()), default=0),
        seconds=SLOW_KEPT_SECONDS,
    )
    return [_figures(lesson, sums.get(lesson.pk), viewers, dropped) for lesson in lessons]


def _figures(lesson: Lesson, sums: Any, viewers: dict[int, int] | None, dropped: dict[int, int]) -> LessonFigures:
    found = sums or _Sums()
    return with_flags(
        LessonFigures(
            id=lesson.pk,
            title=lesson.title,
            module=lesson.module.title,
            module_id=lesson.module_id,
            kind=lesson.kind,
            is_published=lesson.is_published,
            minutes=lesson.estimated_minutes,
            views=found.views,
            viewers=found.started if viewers is None else viewers.get(lesson.pk, 0),
            completions=found.completions,
            seconds=found.seconds,
            started=found.started,
            completed=found.completed,
            seconds_ever=found.seconds_ever,
            dropped=dropped.get(lesson.pk, 0),
        )
    )


def with_flags(one: LessonFigures) -> LessonFigures:
    """What is wrong with it, the worst first. Nothing is said about a lesson that fewer than five have started."""
    if one.started < FEWEST:
        return one
    checks = {
        "drop_off": one.drop_off_rate >= DROPS_MANY,
        "low_completion": one.completion_rate < COMPLETED_BY_FEW,
        "slow": bool(one.minutes) and one.seconds_ever / one.started > TAKES_LONG * one.minutes * 60,
    }
    one.flags.extend(key for key, is_so in checks.items() if is_so)
    return one


@dataclass(frozen=True)
class _Sums:
    views: int = 0
    completions: int = 0
    seconds: int = 0
    started: int = 0
    completed: int = 0
    seconds_ever: int = 0


_SUMS = """
SELECT lesson_id,
  SUM(CASE WHEN day >= %(since)s THEN views ELSE 0 END),
  SUM(CASE WHEN day >= %(since)s THEN completions ELSE 0 END),
  SUM(CASE WHEN day >= %(since)s THEN seconds ELSE 0 END),
  SUM(new_viewers), SUM(completions), SUM(seconds)
FROM (
  SELECT d.lesson_id, d.day, d.views, d.new_viewers, d.completions, d.seconds
  FROM analytics_lessonday d JOIN learning_lesson l ON l.id = d.lesson_id
  WHERE l.course_id = %(course)s AND d.day <= %(last)s AND d.day < %(first)s
  UNION ALL
  SELECT lesson_id, day, {columns} FROM ({live}) live
) parts GROUP BY 1
"""


def _sums(course: Course, days: Range) -> dict[int, _Sums]:
    """Of the range, and of all time up to its end."""
    window, _open_from = window_of(course, days)
    statement = _SUMS.format(live=lessons_sql(window), columns=", ".join(LESSON_DAY))
    since = connection.ops.adapt_datefield_value(days.first)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**window.params, "course": course.pk, "since": since})
        return {row[0]: _Sums(*(int(value or 0) for value in row[1:])) for row in cursor.fetchall()}


def _viewers(course: Course, days: Range) -> dict[int, int]:
    """Distinct learners in the range: they can't be added up from days, so they are counted."""
    views = LessonView.objects.filter(lesson=OuterRef("pk"), course_day__range=(days.first, days.last))
    # Lesson by lesson: each fits into memory to be sorted, all at once would not.
    counted = views.exclude(learner__in=out_of_numbers(course.pk))
    one = counted.order_by().values("lesson").annotate(n=Count("learner", distinct=True))
    lessons = Lesson.objects.filter(course=course).order_by()
    return dict(lessons.values_list("pk", Coalesce(Subquery(one.values("n")), 0)))


# Of each unfinished learner who has been away: the furthest lesson that they touched, where it is not completed.
_DROPPED = """
SELECT lesson_id, COUNT(*) FROM (
  SELECT p.lesson_id, p.completed_at,
    ROW_NUMBER() OVER (PARTITION BY p.learner_id ORDER BY m.position DESC, m.id DESC, l.position DESC, l.id DESC) AS n
  FROM learning_enrollment e
  JOIN learning_lessonprogress p ON p.learner_id = e.learner_id
  JOIN learning_lesson l ON l.id = p.lesson_id AND l.course_id = e.course_id
  JOIN learning_module m ON m.id = l.module_id
  WHERE e.course_id = %(course)s AND e.left_at IS NULL AND e.completed_at IS NULL AND e.last_accessed_at < %(since)s
    AND p.last_seen_at IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM learning_course_instructors i
                    WHERE i.course_id = e.course_id AND i.user_id = e.learner_id)
) furthest WHERE n = 1 AND completed_at IS NULL GROUP BY 1
"""


def dropped_by_lesson(course: Course, *, at: dt.datetime) -> dict[int, int]:
    """Learners who started it, have not completed it, touched no later one, and have been away for 14 days."""
    since = connection.ops.adapt_datetimefield_value(at - DROPPED_AFTER)
    with connection.cursor() as cursor:
        cursor.execute(_DROPPED, {"course": course.pk, "since": since})
        return dict(cursor.fetchall())


# --- one lesson, minute by minute ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Minute:
    """One minute of a video: how often it was played, played again, and stopped in."""

    minute: int
    plays: int
    rewatches: int
    stops: int
    questions: int = 0

    @property
    def rewatch_rate(self) -> float:
        return percent(self.rewatches, self.plays)


def minutes_of(lesson: Lesson, asked: Counter[int]) -> list[Minute]:
    """Every minute of a video, also those that nobody has reached."""
    if lesson.kind != LessonKind.VIDEO:
        return []
    rows = {row.minute: (row.plays, row.rewatches, row.stops) for row in lesson.played_minutes.all()}
    last = max([*rows, -(-lesson.duration_seconds // 60) - 1], default=-1)
    return [Minute(n, *rows.get(n, (0, 0, 0)), questions=asked[n]) for n in range(last + 1)]


MOST_ANSWERS = 1000


def questions_about(lesson: Lesson) -> tuple[int, Counter[int]]:
    """How many of the course's last thousand questions were answered from this lesson first, and from which minute."""
    questions = Message.objects.filter(role=Role.USER, course=lesson.course_id).order_by("-created_at")
    count, minutes = 0, Counter[int]()
    for citations in questions.values_list("answer__citations", flat=True)[:MOST_ANSWERS]:
        first = citations[0] if citations else {}
        if first.get("lesson") != lesson.pk:
            continue
        count += 1
        if first.get("second") is not None:
            minutes[int(first["second"]) // 60] += 1
    return count, minutes


def stand_out(minutes: Sequence[Minute]) -> dict[str, Minute | None]:
    """The minute that is watched again most, and the one that most stop in; only where enough people were there.

    Everybody stops in the last minute, so that one is not asked.
    """
    played = [one for one in minutes if one.plays >= FEWEST]
    again = max((one for one in played if one.rewatches), key=lambda one: one.rewatches, default=None)
    stopped = max((one for one in played[:-1] if one.stops), key=lambda one: one.stops, default=None)
    asked = max((one for one in minutes if one.questions), key=lambda one: one.questions, default=None)
    return {"again": again, "stopped": stopped, "asked": asked}
