"""My learning, the counters in the header, and the progress in one course."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from analytics.selectors.my_learning import my_courses
from analytics.selectors.standing import standing
from learning import zones
from learning.models import Course, Enrollment
from learning.selectors.outline import new_since_finished, next_stone, outline, stops_of

if TYPE_CHECKING:
    from learning.models import User


@login_required
@require_safe
def my_learning(request: HttpRequest) -> HttpResponse:
    learner, now = cast("User", request.user), timezone.now()
    courses = my_courses(learner)
    context = {
        "standing": standing(learner, now),
        "hour": now.astimezone(zones.zone(learner.zone_at(now))).hour,
        "courses": courses,
        "current": next((c for c in courses if c.state != "completed" and c.main_lesson), None),
    }
    return render(request, "analytics/my_learning.html", context)


@never_cache
@require_safe
def counters(request: HttpRequest) -> HttpResponse:
    """Streak and XP for the header of pages that know neither; empty for visitors."""
    if not request.user.is_authenticated:
        return HttpResponse("")
    return render(request, "components/counters.html", {"standing": standing(request.user, timezone.now())})


@login_required
@require_safe
def course_progress(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the learner stands in one course; whoever is not enrolled is led to the course."""
    learner = cast("User", request.user)
    course = Course.objects.of(learner).filter(slug=slug).first()
    if course is None:
        raise Http404
    enrollment = Enrollment.objects.of(learner).select_related("certificate").filter(course=course).first()
    if enrollment is None:
        return redirect(course)
    parts = outline(course, learner)
    stops = stops_of(parts)
    context = {
        "course": course,
        "enrollment": enrollment,
        "certificate": getattr(enrollment, "certificate", None),
        "parts": parts,
        "next_stop": next_stone(parts),
        "new_lessons": new_since_finished(enrollment),
        "minutes_left": sum(s.lesson.estimated_minutes for s in stops if s.lesson.is_required and not s.is_completed),
        "optional_done": sum(s.is_completed for s in stops if not s.lesson.is_required),
    }
    return render(request, "analytics/course_progress.html", context)
