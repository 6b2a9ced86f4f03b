"""A course's page, taking it up and leaving it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learning.kinds import Effect
from learning.models import Certificate, Course, Enrollment
from learning.policies import policy
from learning.selectors.outline import enrollment_of, new_since_finished, next_stone, outline
from learning.services import enrollment as places
from learning.views.access import with_course
from learning.views.next_page import next_page


@policy("course.read", "course.draft")
@require_safe
@with_course
def course(request: HttpRequest, course: Course) -> HttpResponse:
    return render(request, "learning/course.html", _course_context(request, course))


def _course_context(request: HttpRequest, course: Course) -> dict[str, Any]:
    enrollment = enrollment_of(request.user, course)
    is_preview = not course.is_published
    manages = is_preview or (
        request.user.is_authenticated and enrollment is None and course.is_managed_by(request.user)
    )
    parts = outline(course, request.user, with_drafts=manages)
    return {
        "course": course,
        "enrollment": enrollment,
        "manages": manages,
        "is_preview": is_preview,
        "parts": parts,
        "teachers": course.instructors.order_by("id"),
        "next_stop": next_stone(parts),
        "new_lessons": new_since_finished(enrollment) if enrollment else 0,
        "certificate": _certificate(enrollment),
    }


def _certificate(enrollment: Enrollment | None) -> Certificate | None:
    if enrollment is None or enrollment.completed_at is None:
        return None
    return Certificate.objects.filter(enrollment=enrollment).first()


@policy("course.enrol", "course.draft")
@require_POST
@with_course
def enroll(request: HttpRequest, course: Course) -> HttpResponse:
    """Take up the course, or come back to it. Drafts have no learners."""
    if not course.is_published:
        raise Http404
    if not request.user.is_authenticated:
        return redirect_to_login(course.get_absolute_url())
    _place, is_new, effects = places.enroll(learner=request.user, course=course, at=timezone.now())
    if is_new:
        messages.success(request, _("You are in. Start whenever you like; Cairn keeps your place."))
    tell(request, effects)
    return redirect(next_page(request, course.get_absolute_url()))


@policy("course.leave")
@require_POST
@with_course
def leave(request: HttpRequest, course: Course) -> HttpResponse:
    """Out of the course; everything is kept for a return."""
    if not request.user.is_authenticated:
        return redirect_to_login(course.get_absolute_url())
    if places.leave(learner=request.user, course=course, at=timezone.now()):
        messages.info(request, _("You have left the course. What you did is kept, should you come back."))
    return redirect(next_page(request, course.get_absolute_url()))


def tell(request: HttpRequest, effects: list[Effect]) -> None:
    """Show what an act earned on the next page."""
    for effect in effects:
        if effect.kind == "achievement":
            messages.success(request, _("Badge earned: %(title)s") % {"title": effect.title}, extra_tags="achievement")
