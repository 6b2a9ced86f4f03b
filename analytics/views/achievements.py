"""All badges: those in the learner's hands, and the others with how far along they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.selectors.standing import standing
from gamification.kinds import Metric
from gamification.selectors.achievements import available_badges, earned_badges
from learning.models import Course
from learning.policies import policy

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from learning.models import User


@require_safe
@policy("badges.read")
@login_required
def achievements(request: HttpRequest) -> HttpResponse:
    """Earned first, the newest on top; then what is nearest to being earned."""
    learner = cast("User", request.user)
    earned = earned_badges(learner)
    context = {
        "standing": standing(learner, timezone.now()),
        "earned": _with_courses(earned),
        "available": sorted((_meter(b) for b in available_badges(learner)), key=lambda b: -b["share"]),
    }
    return render(request, "analytics/achievements.html", context)


def _with_courses(earned: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A badge that is earned once per course says in which."""
    wanted = {badge["course"] for badge in earned if badge["course"]}
    titles = dict(Course.objects.filter(pk__in=wanted).values_list("pk", "title")) if wanted else {}
    return [{**badge, "course_title": titles.get(badge["course"], "")} for badge in earned]


def _meter(badge: dict[str, Any]) -> dict[str, Any]:
    share = badge["current"] / badge["target"]
    return {**badge, "share": share, "is_time": badge["metric"] == Metric.DAY_SECONDS}
