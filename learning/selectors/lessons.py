"""One lesson as a reader gets it: who may open it, and what stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Max

from learning.exceptions import NotEnrolled, Unknown
from learning.kinds import LessonKind, ProgressState
from learning.models import Enrollment, Lesson, LessonProgress, PracticeAttempt
from learning.selectors.outline import enrollment_of
from learning.selectors.progress import lesson_state

if TYPE_CHECKING:
    from learning.models.courses import Viewer


@dataclass(frozen=True)
class PracticeSummary:
    """What a practice lesson asks for and how the reader has done; never an answer."""

    questions_count: int
    pass_mark: int
    attempts: int
    best_score: float | None


@dataclass(frozen=True)
class OpenLesson:
    """A lesson that this reader may read. Without an enrolment it is a preview, and nothing is tracked."""

    lesson: Lesson
    enrollment: Enrollment | None
    practice: PracticeSummary | None
    progress: ProgressState | None


def open_lesson(viewer: Viewer, lesson_id: int) -> OpenLesson:
    """The lesson for this reader, or Unknown, or NotEnrolled. Opening records nothing."""
    lesson = Lesson.objects.of(viewer).select_related("course", "module").filter(pk=lesson_id).first()
    if lesson is None:
        raise Unknown
    enrollment = enrollment_of(viewer, lesson.course)
    if enrollment is None and not (lesson.is_preview or lesson.course.is_managed_by(viewer)):
        raise NotEnrolled
    practice = _practice(viewer, lesson) if lesson.kind == LessonKind.PRACTICE else None
    return OpenLesson(lesson, enrollment, practice, _progress(viewer, lesson, practice) if enrollment else None)


def _practice(viewer: Viewer, lesson: Lesson) -> PracticeSummary:
    mine = PracticeAttempt.objects.of(viewer).finished().filter(lesson=lesson)
    done = mine.aggregate(attempts=Count("pk"), best=Max("score"))
    best = None if done["best"] is None else float(done["best"])
    return PracticeSummary(lesson.questions.count(), lesson.pass_mark, done["attempts"], best)


def _progress(viewer: Viewer, lesson: Lesson, practice: PracticeSummary | None) -> ProgressState:
    row = LessonProgress.objects.filter(learner=viewer.pk, lesson=lesson).first()
    return lesson_state(row, lesson, best_score=practice.best_score if practice else None)
