"""When a learner's number reached what a badge asks for, found from facts, for all learners at once.

A fact of study is one of an hour, so the moment at which a day's total was reached is known from below: not before the
hour began, not before the learner's day, not before their first view of that day, and then as many seconds later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import groupby, islice
from typing import Any

from django.db.models import Count, F, Min, Q, Sum

from gamification.kinds import ACTIVE_DAY_SECONDS, Metric
from gamification.models import ActiveDay, Profile
from gamification.selectors.days import Calendars
from gamification.selectors.metrics import EARLY_HOURS, FAST_COURSE, NIGHT_HOURS
from gamification.walk import NOTHING, Calendar, walk
from learning.models import Category, Enrollment, LearningSession, LessonProgress, LessonView, StudyTime, User
from learning.zones import day_starts

Reached = Iterator[tuple[int, int, dt.datetime]]
"""Learner, threshold, instant."""
Days = dict[tuple[int, dt.date], dt.datetime]
CHUNK = 500


def moments(metric: str, thresholds: Collection[int]) -> Reached:
    """Every learner and threshold of this metric that was reached, with the instant. What has no facts: nothing."""
    wanted = set(thresholds)
    return _REACHED[metric](wanted) if metric in _REACHED and wanted else iter(())


def _nth(rows: Iterable[Any], thresholds: Collection[int]) -> Reached:
    """The instant of the n-th row of each learner, for each n asked for. Rows come by learner, oldest first."""
    for learner, group in groupby(rows, key=lambda row: row[0]):
        for n, (_, at) in enumerate(group, 1):
            if n in thresholds:
                yield learner, n, at


def _stream(rows: Any, instant: str) -> Iterator[tuple[int, dt.datetime]]:
    return rows.order_by("learner_id", instant, "pk").values_list("learner_id", instant).iterator(chunk_size=2000)


def _completions(hours: Collection[int] = ()) -> Iterator[tuple[int, dt.datetime]]:
    rows = LessonProgress.objects.filter(completed_at__isnull=False)
    return _stream(rows.filter(completed_hour__in=hours) if hours else rows, "completed_at")


def _finished(*, fast: bool = False) -> Iterator[tuple[int, dt.datetime]]:
    rows = Enrollment.objects.filter(completed_at__isnull=False)
    return _stream(rows.filter(completed_at__lte=F("started_at") + FAST_COURSE) if fast else rows, "completed_at")


def _categories() -> Iterator[tuple[int, dt.datetime]]:
    """The completion that was the last one of a category with at least two published courses."""
    published = Q(courses__state="published")
    offered = dict(
        Category.objects.annotate(n=Count("courses", filter=published)).filter(n__gte=2).values_list("pk", "n")
    )
    rows = Enrollment.objects.filter(
        completed_at__isnull=False, course__category__in=offered, course__state="published"
    ).order_by("learner_id", "completed_at", "pk")
    done: dict[int, int] = {}
    reader: int | None = None
    for learner, category, at in rows.values_list("learner_id", "course__category", "completed_at"):
        if learner != reader:
            reader, done = learner, {}
        done[category] = done.get(category, 0) + 1
        if at and done[category] == offered[category]:
            yield learner, at


def _best_days(thresholds: Collection[int]) -> Reached:
    reaching = StudyTime.objects.order_by().values("learner_id", "day").annotate(total=Sum("seconds"))
    for mark in thresholds:
        learners = (
            reaching.filter(total__gte=mark).order_by("learner_id").values_list("learner_id", flat=True).distinct()
        )
        for chunk in _chunks(learners):
            first: dict[int, dt.datetime] = {}
            for (learner, _), at in sorted(_crossings(chunk, mark).items()):
                first.setdefault(learner, at)
            yield from ((learner, mark, at) for learner, at in first.items())


def _streaks(thresholds: Collection[int]) -> Reached:
    """The day on which a run was first so long, at the moment that made it an active day."""
    holders = Profile.objects.filter(longest_streak__gte=min(thresholds)).order_by("learner_id")
    for chunk in _chunks(holders.values_list("learner_id", flat=True)):
        made_active = _active_since(chunk)
        rows = ActiveDay.objects.filter(learner__in=chunk).order_by("learner_id", "day")
        people, calendars = User.objects.in_bulk(chunk), Calendars.of(chunk)
        walk = rows.values_list("learner_id", "day", "time_zone")
        for learner, days in groupby(walk, key=lambda row: row[0]):
            yield from _nth(_records(calendars[people[learner]], days, made_active), thresholds)


def _records(calendar: Calendar, days: Iterable[Any], made_active: Days) -> Iterator[tuple[int, dt.datetime]]:
    """One moment for each day on which the longest run grew."""
    run = NOTHING
    for learner, day, zone in days:
        longest, run = run.longest, walk([day], calendar, start=run)
        if run.longest > longest:
            yield learner, made_active.get((learner, day)) or day_starts(day, zone)


def _active_since(learners: list[int]) -> Days:
    """The first session of each day, or the moment at which its study time was long enough, if that came first."""
    found = _crossings(learners, ACTIVE_DAY_SECONDS)
    sessions = LearningSession.objects.filter(learner__in=learners).order_by().values_list("learner_id", "day")
    for learner, day, at in sessions.annotate(first=Min("at")):
        found[learner, day] = min(found.get((learner, day), at), at)
    return found


def _crossings(learners: list[int], mark: int) -> Days:
    """When each day's study time came to `mark` seconds."""
    views = LessonView.objects.filter(learner__in=learners).order_by().values_list("learner_id", "day")
    opened = {(learner, day): at for learner, day, at in views.annotate(first=Min("at"))}
    rows = StudyTime.objects.filter(learner__in=learners).values_list("learner_id", "day", "learner__time_zone", "hour")
    hours = rows.annotate(total=Sum("seconds")).order_by("learner_id", "day", "hour")
    found: Days = {}
    for (learner, day, zone), group in groupby(hours, key=lambda row: row[:3]):
        floor = max(filter(None, (opened.get((learner, day)), day_starts(day, zone))))
        if at := _crossing(((hour, total) for *_, hour, total in group), mark, floor):
            found[learner, day] = at
    return found


def _crossing(hours: Iterable[tuple[dt.datetime, int]], mark: int, floor: dt.datetime) -> dt.datetime | None:
    before = 0
    for hour, seconds in hours:
        if before + seconds >= mark:
            return max(hour, floor) + dt.timedelta(seconds=mark - before)
        before += seconds
    return None


def _chunks(learners: Any) -> Iterator[list[int]]:
    ids = learners.iterator(chunk_size=CHUNK)
    while chunk := list(islice(ids, CHUNK)):
        yield chunk


_REACHED: dict[str, Callable[[Collection[int]], Reached]] = {
    Metric.LESSONS: lambda marks: _nth(_completions(), marks),
    Metric.NIGHT: lambda marks: _nth(_completions(NIGHT_HOURS), marks),
    Metric.EARLY: lambda marks: _nth(_completions(EARLY_HOURS), marks),
    Metric.ENROLLMENTS: lambda marks: _nth(_stream(Enrollment.objects.all(), "started_at"), marks),
    Metric.COURSES: lambda marks: _nth(_finished(), marks),
    Metric.FAST_COURSE: lambda marks: _nth(_finished(fast=True), marks),
    Metric.SESSIONS: lambda marks: _nth(_stream(LearningSession.objects.all(), "at"), marks),
    Metric.CATEGORIES: lambda marks: _nth(_categories(), marks),
    Metric.STREAK: _streaks,
    Metric.DAY_SECONDS: _best_days,
}
