"""Where a learner stands in a lesson, and what is still missing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Max

from learning.kinds import VIDEO_COVERAGE_NEEDED, LessonKind, LessonStatus, Missing, ProgressState
from learning.models import PracticeAttempt

if TYPE_CHECKING:
    from learning.beats import Place
    from learning.models import Lesson, LessonProgress


def lesson_state(progress: LessonProgress | None, lesson: Lesson, *, best_score: float | None = None) -> ProgressState:
    """The state of one lesson; for practice, give the learner's best score."""
    return state_of(
        lesson=lesson,
        lesson_id=lesson.pk,
        seconds=progress.seconds if progress else 0,
        coverage=float(progress.coverage) if progress and progress.coverage is not None else None,
        position=progress.position if progress else 0,
        completed_at=progress.completed_at if progress else None,
        touched=bool(progress and progress.last_seen_at),
        best_score=best_score,
    )


def state_of(
    *,
    lesson: Lesson | Place,
    lesson_id: int,
    seconds: int,
    coverage: float | None,
    position: float,
    completed_at: dt.datetime | None,
    touched: bool,
    best_score: float | None,
) -> ProgressState:
    """The same from loose values, for whoever has no model instances at hand."""
    if lesson.kind == LessonKind.VIDEO:
        coverage = coverage or 0.0
    begun = LessonStatus.IN_PROGRESS if touched else LessonStatus.NOT_STARTED
    status = LessonStatus.COMPLETED if completed_at else begun
    missing = [] if completed_at else what_is_missing(lesson, seconds=seconds, coverage=coverage, best_score=best_score)
    return ProgressState(lesson_id, status, seconds, coverage, position, completed_at, missing)


def what_is_missing(
    lesson: Lesson | Place, *, seconds: int, coverage: float | None, best_score: float | None
) -> list[Missing]:
    """What the lesson's rule still asks for: minimum time, coverage of the video, a passed practice."""
    if lesson.kind == LessonKind.VIDEO and (coverage or 0) < VIDEO_COVERAGE_NEEDED:
        return [Missing("coverage", coverage or 0, VIDEO_COVERAGE_NEEDED)]
    if lesson.kind == LessonKind.PRACTICE:
        return [Missing("practice", best_score or 0, lesson.pass_mark)]
    if lesson.kind == LessonKind.TEXT and seconds < lesson.min_seconds:
        return [Missing("seconds", seconds, lesson.min_seconds)]
    return []


def best_score(*, learner: int, lesson: int) -> float | None:
    """The best score among finished attempts, 0-100; None before the first."""
    best = (
        PracticeAttempt.objects.finished().filter(learner=learner, lesson=lesson).aggregate(best=Max("score"))["best"]
    )
    return None if best is None else float(best)
