"""Where a learner stands in a lesson, and what still stands between them and its completion."""

from __future__ import annotations

from learning.kinds import VIDEO_COVERAGE_NEEDED, LessonKind, LessonStatus, Missing, ProgressState
from learning.models import Lesson, LessonProgress


def lesson_state(progress: LessonProgress | None, lesson: Lesson, *, best_score: float | None = None) -> ProgressState:
    """The state of one lesson; `best_score` is of the learner's finished attempts, for practice lessons."""
    coverage = progress.coverage if progress else None
    state = ProgressState(
        lesson=lesson.pk,
        status=progress.status if progress else LessonStatus.NOT_STARTED,
        seconds=progress.seconds if progress else 0,
        coverage=float(coverage or 0) if lesson.kind == LessonKind.VIDEO else None,
        position=progress.position if progress else 0,
        completed_at=progress.completed_at if progress else None,
    )
    if state.completed_at is None:
        state.missing.extend(_missing(lesson, state, best_score or 0))
    return state


def _missing(lesson: Lesson, state: ProgressState, best_score: float) -> list[Missing]:
    needs = {
        LessonKind.TEXT: Missing("seconds", state.seconds, lesson.min_seconds),
        LessonKind.VIDEO: Missing("coverage", state.coverage or 0, VIDEO_COVERAGE_NEEDED),
        LessonKind.PRACTICE: Missing("practice", best_score, lesson.pass_mark),
    }
    need = needs[LessonKind(lesson.kind)]
    return [need] if need.have < need.need else []
