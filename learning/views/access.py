"""Who stands where before a course or lesson: learner, guest of a preview, its instructor, or outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render

from learning.models import Course, Enrollment, Lesson, Question
from learning.selectors.outline import enrollment_of, is_closed_to

if TYPE_CHECKING:
    from learning.models.courses import Viewer


class Standing(StrEnum):
    """`LEARNER` is tracked; `GUEST` reads a free preview; `PREVIEW` is an instructor's look; `OUTSIDE` is invited."""

    LEARNER = "learner"
    GUEST = "guest"
    PREVIEW = "preview"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Visit:
    """Somebody before a lesson that exists for them."""

    course: Course
    lesson: Lesson
    enrollment: Enrollment | None
    standing: Standing

    @property
    def is_tracked(self) -> bool:
        return self.standing is Standing.LEARNER


View = Callable[..., HttpResponseBase]


def with_course(view: View) -> View:
    """Give the view the course of its address: 404 for whom it does not exist, with reasons where it was theirs."""

    @wraps(view)
    def wrapper(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        course = Course.objects.of(request.user).select_related("category").filter(slug=slug).first()
        if course:
            return view(request, course, *args, **kwargs)
        if is_closed_to(request.user, slug):
            return render(request, "learning/course_closed.html", status=404)
        raise Http404

    return wrapper


def visit(viewer: Viewer, course: Course, slug: str) -> Visit:
    """Where the viewer stands before the lesson; Http404 when it does not exist for them."""
    lesson = _lessons().filter(course=course, slug=slug).first()
    if lesson is None:
        raise Http404
    lesson.course = course
    enrollment = enrollment_of(viewer, course)
    return Visit(course, lesson, enrollment, _standing(viewer, course, lesson, enrollment))


def _lessons() -> QuerySet[Lesson]:
    """Lessons with their module and `questions_count`."""
    counted = Question.objects.filter(lesson=OuterRef("pk")).order_by().values("lesson").annotate(n=Count("pk"))
    return Lesson.objects.select_related("module").annotate(questions_count=Coalesce(Subquery(counted.values("n")), 0))


def _standing(viewer: Viewer, course: Course, lesson: Lesson, enrollment: Enrollment | None) -> Standing:
    if enrollment and course.is_published and lesson.is_published:
        return Standing.LEARNER
    if course.is_managed_by(viewer):
        return Standing.PREVIEW
    if not lesson.is_published:
        raise Http404
    return Standing.GUEST if lesson.is_preview else Standing.OUTSIDE
