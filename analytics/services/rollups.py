"""Counting a course's days that are over, from the facts. Again: the same rows."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Min, Q, QuerySet, Sum

from analytics.metrics.days import COURSE_DAY, COURSE_HOUR, LESSON_DAY, Window, days_sql, hours_sql, lessons_sql
from analytics.models import CourseDay, CourseHour, LessonDay, Rollup
from learning.models import Course, Enrollment, Lesson
from learning.selectors.teaching import out_of_numbers
from learning.zones import day_at

ONE_DAY = dt.timedelta(days=1)
# A beat kept offline comes up to 72 hours late: so many days are counted again each night.
LATE_DAYS = 3
BATCH = 100
FEW = 1000


@dataclass(frozen=True)
class Due:
    """A course whose days have to be counted, from when, and on what they rest. `anew`: all that was counted goes."""

    course: int
    zone: str
    first: dt.date
    last: dt.date
    basis: str
    anew: bool


def close_days(*, at: dt.datetime) -> int:
    """Count what is over and not counted yet, what came late, and what rests on something that changed.

    Returns how many courses were looked after. Days that were missed are caught up with in one run.
    """
    done = 0
    for batch in _batches(Course.objects.order_by("pk").values_list("pk", flat=True)):
        due = [one for one in _due(batch, at=at) if one]
        for window, some in _windows(due):
            _count(window, some)
            done += len(some)
    return done


def rebuild(*, at: dt.datetime, courses: Iterable[int] | None = None, told: Callable[[int, int], None]) -> int:
    """Count all days of these courses (or of all) anew; `told(done, of)` after each course."""
    keys = list(Course.objects.order_by("pk").values_list("pk", flat=True) if courses is None else courses)
    done = 0
    for batch in _batches(keys):
        for one in _due(batch, at=at, anew=True):
            if one:
                _count(_window([one], is_whole=True), [one])
            done += 1
            told(done, len(keys))
    return done


def reopen(course: int, day: dt.date) -> bool:
    """Something came late for this day: it is read live, and counted again by the next run. Later days say nothing."""
    is_later = Q(stale_from=None) | Q(stale_from__gt=day)
    return bool(Rollup.objects.filter(is_later, course=course, closed_until__gte=day).update(stale_from=day))


# --- what has to be counted ---------------------------------------------------------------------------------------
def _due(courses: Sequence[int], *, at: dt.datetime, anew: bool = False) -> Iterator[Due | None]:
    """For each course what there is to count, None where there is nothing."""
    rollups = Rollup.objects.in_bulk(list(courses))
    opened = dict(
        Enrollment.objects.filter(course__in=courses).order_by().values_list("course").annotate(Min("started_at"))
    )
    zones = dict(Course.objects.filter(pk__in=courses).values_list("pk", "time_zone"))
    waiting = [pk for pk in courses if _is_due(rollups.get(pk), zones[pk], opened.get(pk), at=at, anew=anew)]
    bases = bases_of(waiting, zones)
    for pk in courses:
        if pk not in bases:
            yield None
            continue
        rollup, last = rollups.get(pk), day_at(at, zones[pk]) - ONE_DAY
        first = day_at(opened[pk], zones[pk]) - ONE_DAY  # a fact of its first day may lie on the eve, elsewhere
        is_new = anew or rollup is None or rollup.closed_until is None or rollup.basis != bases[pk]
        if rollup and rollup.open_from and not is_new:
            first = max(first, min(rollup.open_from, rollup.open_from - LATE_DAYS * ONE_DAY))
        yield Due(pk, zones[pk], first, last, bases[pk], is_new)


def _is_due(rollup: Rollup | None, zone: str, opened: dt.datetime | None, *, at: dt.datetime, anew: bool) -> bool:
    yesterday = day_at(at, zone) - ONE_DAY
    if opened is None or day_at(opened, zone) > yesterday:
        return False
    if anew or rollup is None or rollup.closed_until is None:
        return True
    return rollup.closed_until < yesterday or rollup.stale_from is not None


def bases_of(courses: Sequence[int], zones: dict[int, str]) -> dict[int, str]:
    """What the counted days of these courses rest on, beside the facts: three statements for all of them."""
    said: dict[int, list[str]] = {pk: [zones[pk]] for pk in courses}
    left = Enrollment.objects.filter(course__in=courses).exclude(left_at=None)
    teaching = Course.instructors.through.objects.filter(course__in=courses)
    lessons = Lesson.objects.filter(course__in=courses)
    for word, rows, key in (("left", left, "pk"), ("teaching", teaching, "user"), ("lessons", lessons, "pk")):
        # How many, their sum, and a sum of squares, so that one set is hardly taken for another.
        sums = (
            rows.order_by()
            .values_list("course")
            .annotate(n=Count(key), total=Sum(key), squares=Sum(F(key) * F(key) % 1_000_003))
        )
        for pk, *numbers in sums:
            said[pk].append(f"{word}:{numbers}")
    return {pk: hashlib.sha256("|".join(words).encode()).hexdigest() for pk, words in said.items()}


def _windows(due: Iterable[Due]) -> Iterator[tuple[Window, list[Due]]]:
    """Courses of one zone with the same days to count are counted together; what is counted anew, alone."""
    together: dict[tuple[str, dt.date, dt.date, int], list[Due]] = defaultdict(list)
    for one in due:
        together[(one.zone, one.first, one.last, one.course if one.anew else 0)].append(one)
    for (*_days, alone), some in together.items():
        yield _window(some, is_whole=bool(alone)), some


def _window(some: Sequence[Due], *, is_whole: bool) -> Window:
    """Of courses that share zone and days."""
    one = some[0]
    absent, lessons = (_absent(one.course), _lessons(one.course)) if is_whole else (None, None)
    return Window([due.course for due in some], one.zone, one.first, one.last, is_whole, absent, lessons)


def _absent(course: int) -> list[int] | None:
    """Who left the course or teaches it, where they are few."""
    return _few(out_of_numbers(course))


def _lessons(course: int) -> list[int] | None:
    """The lessons of the course, where they are few."""
    return _few(Lesson.objects.filter(course=course).order_by("pk").values_list("pk", flat=True))


def _few(keys: QuerySet[Any, int]) -> list[int] | None:
    found = list(keys[: FEW + 1])
    return found if len(found) <= FEW else None


def _batches(keys: Iterable[int]) -> Iterator[list[int]]:
    keys = list(keys)
    return (keys[n : n + BATCH] for n in range(0, len(keys), BATCH))


# --- counting -----------------------------------------------------------------------------------------------------
@transaction.atomic
def _count(window: Window, due: Sequence[Due]) -> None:
    """The rollups are held first: what comes late meanwhile waits, and reopens its day afterwards."""
    courses = list(window.courses)
    Rollup.objects.bulk_create([Rollup(course_id=pk) for pk in courses], ignore_conflicts=True)
    list(Rollup.objects.select_for_update().filter(pk__in=courses).order_by("pk"))
    anew = [one.course for one in due if one.anew]
    of_days = Q(course__in=courses, day__range=(window.first, window.last)) | Q(course__in=anew)
    CourseDay.objects.filter(of_days).delete()
    CourseHour.objects.filter(of_days).delete()
    lessons = Lesson.objects.filter(course__in=courses).values("pk")
    anew_lessons = Lesson.objects.filter(course__in=anew).values("pk")
    LessonDay.objects.filter(
        Q(lesson__in=lessons, day__range=(window.first, window.last)) | Q(lesson__in=anew_lessons)
    ).delete()
    _insert("analytics_courseday", ("course_id", "day", *COURSE_DAY), days_sql(window), window)
    _insert("analytics_coursehour", ("course_id", "day", "hour", *COURSE_HOUR), hours_sql(window), window)
    _insert("analytics_lessonday", ("lesson_id", "day", *LESSON_DAY), lessons_sql(window), window)
    for one in due:
        Rollup.objects.filter(pk=one.course).update(closed_until=window.last, stale_from=None, basis=one.basis)


def _insert(table: str, columns: Sequence[str], select: str, window: Window) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) {select}", window.params)
