"""The counters in the header, and the progress in one course."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from analytics.selectors.progress import course_progress as progress
from analytics.selectors.standing import standing
from gamification.selectors.today import shown_to
from learning.kinds import LessonStatus
from learning.models import Course, Enrollment
from learning.policies import policy
from learning.selectors.outline import is_closed_to, new_since_finished

if TYPE_CHECKING:
    from learning.models import User


@require_safe
@policy("header.read")
@never_cache
def counters(request: HttpRequest) -> HttpResponse:
    """Streak and XP for the header of pages that know neither; empty for visitors."""
    if not request.user.is_authenticated:
        return HttpResponse("")
    return render(
        request,
        "components/counters.html",
        {"standing": standing(request.user, timezone.now()), "pieces": shown_to(request.user)},
    )


@require_safe
@policy("progress.read")
@login_required
def course_progress(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the learner stands in one course; whoever is not enrolled is led to the course."""
    learner = cast("User", request.user)
    course = Course.objects.of(learner).filter(slug=slug).first()
    if course is None and is_closed_to(learner, slug):
        return render(request, "learning/course_closed.html", status=404)
    if course is None:
        raise Http404
    enrollment = Enrollment.objects.of(learner).select_related("certificate").filter(course=course).first()
    if enrollment is None:
        return redirect(course)
    now = timezone.now()
    found = progress(learner, enrollment, at=now)
    path = [lesson for module in found["modules"] for lesson in module["lessons"]]
    context = {
        "course": course,
        "enrollment": enrollment,
        "certificate": getattr(enrollment, "certificate", None),
        "modules": [_fold(module) for module in found["modules"]],
        "stats": found["stats"],
        "minutes_left": ceil(found["stats"]["seconds_left"] / 60),
        "next_lesson": _next(path),
        "new_lessons": new_since_finished(enrollment),
        "optional_done": sum(_is_done(lesson) for lesson in path if not lesson["is_required"]),
    }
    return render(request, "analytics/course_progress.html", context)


def _fold(module: dict[str, Any]) -> dict[str, Any]:
    """A module with what its line says: how many of its required lessons (of all, where none is) are completed."""
    counted = [lesson for lesson in module["lessons"] if lesson["is_required"]] or module["lessons"]
    done = sum(_is_done(lesson) for lesson in counted)
    untouched = all(lesson["status"] == LessonStatus.NOT_STARTED for lesson in counted)
    begun = LessonStatus.NOT_STARTED if untouched else LessonStatus.IN_PROGRESS
    status = LessonStatus.COMPLETED if done == len(counted) else begun
    seconds = sum(lesson["seconds"] for lesson in module["lessons"])
    return {**module, "done": done, "total": len(counted), "status": status, "seconds": seconds}


def _next(path: list[dict[str, Any]]) -> dict[str, Any] | None:
    open_lessons = [lesson for lesson in path if not _is_done(lesson)]
    required = [lesson for lesson in open_lessons if lesson["is_required"]]
    return next(iter(required or open_lessons), None)


def _is_done(lesson: dict[str, Any]) -> bool:
    return lesson["status"] == LessonStatus.COMPLETED
