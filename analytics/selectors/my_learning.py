"""A learner's courses with the next step in each; a fixed number of queries however many there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import F

from learning.kinds import LessonKind
from learning.models import Certificate, Enrollment, Lesson, LessonProgress
from learning.selectors.outline import new_since_finished

if TYPE_CHECKING:
    from learning.models import User


@dataclass
class MyCourse:
    """One course of a learner. `resume` is the last opened unfinished lesson, `next_lesson` the first undone one."""

    enrollment: Enrollment
    next_lesson: Lesson | None = None
    resume: Lesson | None = None
    resume_at: float = 0
    minutes_left: int = 0
    certificate: Certificate | None = None
    _seen: float = field(default=0, repr=False)

    @property
    def state(self) -> str:
        if self.enrollment.completed_at:
            return "completed"
        return "in_progress" if self.enrollment.last_accessed_at else "not_started"

    @property
    def main_lesson(self) -> Lesson | None:
        return self.resume or self.next_lesson

    @property
    def other_lesson(self) -> Lesson | None:
        """The next lesson where it is another one than the lesson to resume."""
        differs = self.resume and self.next_lesson and self.resume.pk != self.next_lesson.pk
        return self.next_lesson if differs else None

    @property
    def new_lessons(self) -> int:
        return new_since_finished(self.enrollment)


def my_courses(learner: User) -> list[MyCourse]:
    """Current courses, the last used first."""
    enrollments = (
        Enrollment.objects.of(learner)
        .select_related("course", "course__category", "certificate")
        .order_by(F("last_accessed_at").desc(nulls_last=True), "-started_at", "-id")
    )
    courses = {e.course_id: MyCourse(e, certificate=getattr(e, "certificate", None)) for e in enrollments}
    _add_steps(learner, courses)
    return list(courses.values())


def _add_steps(learner: User, courses: dict[int, MyCourse]) -> None:
    progress = {p.lesson_id: p for p in _progress(learner, courses)}
    for lesson in _lessons(courses):
        mine = courses[lesson.course_id]
        lesson.course = mine.enrollment.course
        done = progress.get(lesson.pk)
        if done is None or done.completed_at is None:
            _add_step(mine, lesson, done)


def _add_step(mine: MyCourse, lesson: Lesson, progress: LessonProgress | None) -> None:
    if lesson.is_required:
        mine.minutes_left += lesson.estimated_minutes
        mine.next_lesson = mine.next_lesson or lesson
    seen = progress.last_seen_at.timestamp() if progress and progress.last_seen_at else 0
    if progress and seen > mine._seen:
        mine._seen, mine.resume = seen, lesson
        mine.resume_at = progress.position if lesson.kind == LessonKind.VIDEO else 0


def _lessons(courses: dict[int, MyCourse]) -> list[Lesson]:
    wanted = Lesson.objects.published().filter(course__in=courses).in_order()
    return list(
        wanted.only("id", "course_id", "module_id", "slug", "title", "kind", "is_required", "estimated_minutes")
    )


def _progress(learner: User, courses: dict[int, MyCourse]) -> list[LessonProgress]:
    mine = LessonProgress.objects.filter(learner=learner, lesson__course__in=courses)
    return list(mine.only("id", "lesson_id", "completed_at", "last_seen_at", "position"))
