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

from chat.kinds import Role
from chat.models import Message
from gamification.kinds import ACTIVE_DAY_SECONDS, Metric
from gamification.models import ActiveDay, Profile
from gamification.selectors.days import Calendars
from gamification.selectors.metrics import EARLY_HOURS, EVERYWHERE, FAST_COURSE, NIGHT_HOURS, Place
from gamification.walk import NOTHING, Calendar, walk
from learning.models import Category, Enrollment, LearningSession, LessonProgress, LessonView, StudyTime, User
from learning.zones import day_starts

Reached = Iterator[tuple[int, Place, int, dt.datetime]]
"""Learner, where it was counted, threshold, instant."""
Rows = Iterator[tuple[int, int | None, dt.datetime]]
"""Learner, course or category (None: everywhere), instant; by learner and place, oldest first."""
Days = dict[tuple[int, dt.date], dt.datetime]
CHUNK = 500


def moments(metric: str, thresholds: Collection[int], scope: str = "site") -> Reached:
    """Every learner, place and threshold of this metric that was reached, with the instant. Without facts: nothing."""
    wanted = set(thresholds)
    return _REACHED[metric](wanted, scope) if metric in _REACHED and wanted else iter(())


def _nth(rows: Rows, thresholds: Collection[int], scope: str = "site") -> Reached:
    """The instant of the n-th row of each learner and place, for each n asked for."""
    for (learner, where), group in groupby(rows, key=lambda row: row[:2]):
        for n, (*_, at) in enumerate(group, 1):
            if n in thresholds:
                yield learner, _place(scope, where), n, at


def _place(scope: str, where: int | None) -> Place:
    return Place(**{scope: where}) if where else EVERYWHERE


def _stream(rows: Any, instant: str, scope: str, course: str) -> Rows:
    """Rows by learner and place; `course` leads from a row to its course."""
    if scope == "site":
        found = rows.order_by("learner_id", instant, "pk").values_list("learner_id", instant)
        return ((learner, None, at) for learner, at in found.iterator(chunk_size=2000))
    where = course if scope == "course" else f"{course}__category"
    placed = rows.filter(**{f"{where}__isnull": False}).order_by("learner_id", where, instant, "pk")
    return placed.values_list("learner_id", where, instant).iterator(chunk_size=2000)


def _completions(scope: str, hours: Collection[int] = ()) -> Rows:
    rows = LessonProgress.objects.filter(completed_at__isnull=False)
    return _stream(rows.filter(completed_hour__in=hours) if hours else rows, "completed_at", scope, "lesson__course")


def _finished(scope: str, *, fast: bool = False) -> Rows:
    rows = Enrollment.objects.filter(completed_at__isnull=False)
    rows = rows.filter(completed_at__lte=F("started_at") + FAST_COURSE) if fast else rows
    return _stream(rows, "completed_at", scope, "course")


def _asked() -> Any:
    """Questions by whom they are from, in the word that facts of learning use."""
    return Message.objects.filter(role=Role.USER).annotate(learner_id=F("asker"))


def _categories(scope: str) -> Rows:
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
            yield learner, category if scope == "category" else None, at


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
            yield from ((learner, EVERYWHERE, mark, at) for learner, at in first.items())


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


def _records(calendar: Calendar, days: Iterable[Any], made_active: Days) -> Rows:
    """One moment for each day on which the longest run grew."""
    run = NOTHING
    for learner, day, zone in days:
        longest, run = run.longest, walk([day], calendar, start=run)
        if run.longest > longest:
            yield learner, None, made_active.get((learner, day)) or day_starts(day, zone)


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


_REACHED: dict[str, Callable[[Collection[int], str], Reached]] = {
    Metric.LESSONS: lambda marks, scope: _nth(_completions(scope), marks, scope),
    Metric.NIGHT: lambda marks, scope: _nth(_completions(scope, NIGHT_HOURS), marks, scope),
    Metric.EARLY: lambda marks, scope: _nth(_completions(scope, EARLY_HOURS), marks, scope),
    Metric.ENROLLMENTS: lambda marks, scope: _nth(
        _stream(Enrollment.objects.all(), "started_at", scope, "course"), marks, scope
    ),
    Metric.COURSES: lambda marks, scope: _nth(_finished(scope), marks, scope),
    Metric.FAST_COURSE: lambda marks, scope: _nth(_finished(scope, fast=True), marks, scope),
    Metric.SESSIONS: lambda marks, scope: _nth(
        _stream(LearningSession.objects.all(), "at", scope, "lesson__course"), marks, scope
    ),
    Metric.QUESTIONS: lambda marks, scope: _nth(
        _stream(_asked(), "created_at", scope, "conversation__course"), marks, scope
    ),
    Metric.CATEGORIES: lambda marks, scope: _nth(_categories(scope), marks, scope),
    Metric.STREAK: lambda marks, scope: _streaks(marks),
    Metric.DAY_SECONDS: lambda marks, scope: _best_days(marks),
}
