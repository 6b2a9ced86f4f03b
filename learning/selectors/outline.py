"""A course's outline: modules and lessons in order, with where the viewer stands in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from learning.kinds import CourseState, LessonStatus
from learning.models import Course, Enrollment, Lesson, LessonProgress, Module

if TYPE_CHECKING:
    from learning.models.courses import Viewer


@dataclass(frozen=True)
class Stop:
    """One lesson of an outline. `lesson` carries no text: load it by its id."""

    lesson: Lesson
    status: LessonStatus
    seconds: int
    progress: LessonProgress | None

    @property
    def is_completed(self) -> bool:
        return self.status == LessonStatus.COMPLETED


@dataclass(frozen=True)
class Part:
    """One module of an outline, with the minutes of its lessons."""

    module: Module
    stops: list[Stop]

    @property
    def minutes(self) -> int:
        return sum(s.lesson.estimated_minutes for s in self.stops)

    @property
    def counted(self) -> list[Stop]:
        """The lessons that progress is counted from: the required ones, or all of a part that has none."""
        return [s for s in self.stops if s.lesson.is_required] or self.stops

    @property
    def completed(self) -> int:
        return sum(s.is_completed for s in self.counted)

    @property
    def total(self) -> int:
        return len(self.counted)


def outline(course: Course, viewer: Viewer, *, with_drafts: bool = False) -> list[Part]:
    """The parts of a course that have lessons to show; two queries. Drafts only for an instructor's preview."""
    lessons = Lesson.objects.filter(course=course).select_related("module").defer("body", "html").in_order()
    if not with_drafts:
        lessons = lessons.published()
    progress = {}
    if viewer.is_authenticated:
        mine = LessonProgress.objects.filter(learner=viewer.pk, lesson__course=course)
        progress = {p.lesson_id: p for p in mine}
    parts: dict[int, Part] = {}
    for lesson in lessons:
        lesson.course = course
        part = parts.setdefault(lesson.module_id, Part(lesson.module, []))
        part.stops.append(_stop(lesson, progress.get(lesson.pk)))
    return list(parts.values())


def _stop(lesson: Lesson, progress: LessonProgress | None) -> Stop:
    if progress is None:
        return Stop(lesson, LessonStatus.NOT_STARTED, 0, None)
    return Stop(lesson, progress.status, progress.seconds, progress)


def enrollment_of(viewer: Viewer, course: Course) -> Enrollment | None:
    """The viewer's current place in the course, if they have one."""
    if not viewer.is_authenticated:
        return None
    return Enrollment.objects.current().filter(learner=viewer.pk, course=course).first()


def is_closed_to(viewer: Viewer, slug: str) -> bool:
    """Whether the viewer has a place in a course that is taken off the catalogue, for a while or for good."""
    if not viewer.is_authenticated:
        return False
    mine = Enrollment.objects.current().filter(learner=viewer.pk, course__slug=slug)
    return mine.exclude(course__state=CourseState.PUBLISHED).exists()


def stops_of(parts: list[Part]) -> list[Stop]:
    """All lessons of the outline, one after another."""
    return [stop for part in parts for stop in part.stops]


def around(parts: list[Part], lesson: Lesson) -> tuple[Stop | None, Stop | None]:
    """The lessons before and after this one; None at the ends."""
    stops = stops_of(parts)
    here = next((n for n, stop in enumerate(stops) if stop.lesson.pk == lesson.pk), None)
    if here is None:
        return None, None
    return (stops[here - 1] if here else None), (stops[here + 1] if here + 1 < len(stops) else None)


def next_stone(parts: list[Part]) -> Stop | None:
    """Where to go on: the first required lesson that is not completed, else the first optional one."""
    open_stops = [stop for stop in stops_of(parts) if not stop.is_completed]
    required = [stop for stop in open_stops if stop.lesson.is_required]
    return next(iter(required or open_stops), None)


def new_since_finished(enrollment: Enrollment) -> int:
    """Required lessons that were added after this learner had finished the course."""
    if enrollment.completed_at is None:
        return 0
    return enrollment.required_lessons - enrollment.completed_lessons
