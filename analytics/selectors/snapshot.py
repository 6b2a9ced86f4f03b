"""How a course stands now. In a course of thousands it is counted at most three times a minute, for everybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.core.cache import cache
from django.db.models import Q

from analytics.metrics import Standing, count_standing
from analytics.metrics.standing import ACTIVE_DAYS
from learning.models import Course, LessonView, StudyTime
from learning.selectors.teaching import learners_of
from learning.zones import day_at

# Below it, each look counts: what happened a moment ago is in every number.
MANY_LEARNERS = 2000
KEPT_SECONDS = 20
# A week back nothing comes late any more; it is asked for by its day.
PAST_KEPT_SECONDS = 24 * 60 * 60
# What changes with days, not with what happens now.
SLOW_KEPT_SECONDS = 15 * 60
Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Snapshot:
    """The standing, and how many were active in the seven days before the last seven."""

    standing: Standing
    active_before: int


def snapshot(course: Course, *, at: dt.datetime) -> Snapshot:
    return kept_for_many(f"analytics:standing:{course.pk}", lambda: _count(course, at=at), learners=_learners)


def _count(course: Course, *, at: dt.datetime) -> Snapshot:
    standing = count_standing(course, at=at)
    before = kept_for_many(
        f"analytics:active_before:{course.pk}:{day_at(at, course.time_zone)}",
        lambda: _active_before(course, at=at),
        learners=lambda _before: standing.learners,
        seconds=PAST_KEPT_SECONDS,
    )
    return Snapshot(standing, before)


def _learners(found: Snapshot) -> int:
    return found.standing.learners


def kept_for_many(
    key: str, count: Callable[[], Kept], *, learners: Callable[[Kept], int], seconds: int = KEPT_SECONDS
) -> Kept:
    """What `count` comes to; of a course with many learners, what it came to up to so many seconds ago."""
    found = cache.get(key)
    if found is not None:
        return found
    counted = count()
    if learners(counted) >= MANY_LEARNERS:
        cache.set(key, counted, seconds)
    return counted


def _active_before(course: Course, *, at: dt.datetime) -> int:
    last = day_at(at, course.time_zone) - dt.timedelta(days=ACTIVE_DAYS)
    days = (last - dt.timedelta(days=ACTIVE_DAYS - 1), last)
    studied = StudyTime.objects.filter(course=course, course_day__range=days).values("learner")
    viewed = LessonView.objects.filter(lesson__course=course, course_day__range=days).values("learner")
    return learners_of(course).filter(Q(learner__in=studied) | Q(learner__in=viewed)).count()
