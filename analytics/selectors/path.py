"""A learner's way through their courses: what is next, where to resume, how much is left at their pace."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from django.db.models import FilteredRelation, Q

from learning.models import Lesson, User

# Below this many completed lessons with study time a pace says nothing; then the author's minutes stand.
PACE_NEEDS = 2
SLOWEST, FASTEST = 3.0, 0.3


@dataclass(frozen=True)
class Step:
    """One published lesson of a course as one learner finds it; it carries no text."""

    lesson: int
    title: str
    slug: str
    module: int
    kind: str
    is_required: bool
    minutes: int
    seconds: int
    position: float
    completed_at: dt.datetime | None
    completed_day: dt.date | None
    last_seen_at: dt.datetime | None


def steps(learner: User, courses: Iterable[int]) -> dict[int, list[Step]]:
    """The published lessons of these courses in order, with this learner's progress: one query for all."""
    rows = (
        Lesson.objects.published()
        .filter(course__in=list(courses))
        .annotate(mine=FilteredRelation("progress", condition=Q(progress__learner=learner.pk)))
        .in_order()
        .values_list(
            "course_id", "pk", "title", "slug", "module_id", "kind", "is_required", "estimated_minutes",
            "mine__seconds", "mine__position", "mine__completed_at", "mine__completed_day", "mine__last_seen_at",
        )
    )  # fmt: skip
    found: dict[int, list[Step]] = defaultdict(list)
    for course, *head, seconds, position, completed_at, completed_day, seen in rows:
        step = Step(*head, seconds or 0, position or 0.0, completed_at, completed_day, seen)  # type: ignore
        found[course].append(step)
    return found


def pace(path: Iterable[Step]) -> float:
    """How long this learner takes for what an author calls a minute: 1.0 until there is enough to tell."""
    timed = [s for s in path if s.completed_at and s.seconds and s.minutes]
    if len(timed) < PACE_NEEDS:
        return 1.0
    return min(SLOWEST, max(FASTEST, sum(s.seconds for s in timed) / (60 * sum(s.minutes for s in timed))))


def seconds_left(path: list[Step]) -> int:
    """Estimated seconds to the end of the required lessons at the learner's pace, less what was spent on them."""
    tempo = pace(path)
    open_steps = [s for s in path if s.is_required and not s.completed_at]
    return ceil(sum(max(0.0, s.minutes * 60 * tempo - s.seconds) for s in open_steps))


def resume(path: list[Step]) -> Step | None:
    """The unfinished lesson that was open last."""
    touched = [s for s in path if s.last_seen_at and not s.completed_at]
    return max(touched, key=lambda s: s.last_seen_at, default=None)  # type: ignore[arg-type,return-value]


def following(path: list[Step]) -> Step | None:
    """The first lesson that is not completed: required ones first."""
    open_steps = [s for s in path if not s.completed_at]
    return next((s for s in open_steps if s.is_required), open_steps[0] if open_steps else None)
