"""A learner's courses with the next step in each; a fixed number of queries however many there are."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from django.db.models import F

from analytics.selectors.path import Step, following, resume, seconds_left, steps
from learning.kinds import LessonKind
from learning.models import Certificate, Enrollment, User
from learning.selectors.outline import new_since_finished


@dataclass(frozen=True)
class MyCourse:
    """One course of a learner. `resume` is the last opened unfinished lesson, `next_step` the first undone one."""

    enrollment: Enrollment
    path: list[Step]
    certificate: Certificate | None

    @property
    def is_finished(self) -> bool:
        return self.enrollment.completed_at is not None

    @property
    def resume(self) -> Step | None:
        return resume(self.path)

    @property
    def next_step(self) -> Step | None:
        return following(self.path)

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


def my_courses(learner: User) -> list[MyCourse]:
    """Current courses, the last used first; two queries."""
    enrollments = list(
        Enrollment.objects.of(learner)
        .select_related("course", "certificate")
        .order_by(F("last_accessed_at").desc(nulls_last=True), "-started_at", "-id")
    )
    paths = steps(learner, [e.course_id for e in enrollments])
    return [MyCourse(e, paths.get(e.course_id, []), getattr(e, "certificate", None)) for e in enrollments]
