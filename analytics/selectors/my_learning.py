"""A learner's courses with the next step in each; a fixed number of queries however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from django.db.models import F

from analytics.selectors.path import Step, following, resume, seconds_left, steps
from learning.kinds import CourseState, LessonKind
from learning.models import Certificate, Enrollment, User
from learning.selectors.outline import new_since_finished


@dataclass(frozen=True)
class MyCourse:
    """One course of a learner. `resume` is the last opened unfinished lesson, `next_step` the first undone one."""

    enrollment: Enrollment
    path: list[Step]
    certificate: Certificate | None
    resume: Step | None
    next_step: Step | None

    @property
    def is_finished(self) -> bool:
        return self.enrollment.completed_at is not None

    @property
    def is_started(self) -> bool:
        return bool(self.enrollment.last_accessed_at or self.enrollment.completed_lessons)

    @property
    def main_step(self) -> Step | None:
        return self.resume or self.next_step

    @property
    def other_step(self) -> Step | None:
        """The next lesson where it is another one than the lesson to resume."""
        return self.next_step if self.resume and self.resume != self.next_step else None

    @property
    def resume_at(self) -> float:
        """The second to resume a video at; 0 for everything else."""
        here = self.resume
        return here.position if here and here.kind == LessonKind.VIDEO else 0

    @property
    def minutes_left(self) -> int:
        return ceil(seconds_left(self.path) / 60)

    @property
    def new_lessons(self) -> int:
        return new_since_finished(self.enrollment)


def enrollments_of(learner: User) -> list[Enrollment]:
    """All of a learner's enrolments, left ones too, the last used first; one query."""
    return list(
        Enrollment.objects.filter(learner=learner)
        .select_related("course", "certificate")
        .order_by(F("last_accessed_at").desc(nulls_last=True), "-started_at", "-id")
    )


def my_courses(learner: User, enrollments: Iterable[Enrollment]) -> list[MyCourse]:
    """The current ones in open courses, in the order given; one query, none for courses with nothing left to do."""
    current = [e for e in enrollments if e.left_at is None and e.course.state == CourseState.PUBLISHED]
    paths = steps(learner, [e.course_id for e in current if e.completed_at is None or new_since_finished(e)])
    return [_mine(e, paths.get(e.course_id, [])) for e in current]


def _mine(enrollment: Enrollment, path: list[Step]) -> MyCourse:
    return MyCourse(enrollment, path, getattr(enrollment, "certificate", None), resume(path), following(path))
