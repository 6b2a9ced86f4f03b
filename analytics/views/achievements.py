"""All badges: those in the learner's hands, and the others with how far along they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.selectors.standing import standing_of
from gamification.kinds import Metric
from gamification.selectors.achievements import available_badges, held_badges
from gamification.selectors.days import in_weeks, streak_calendar
from gamification.selectors.profile import profile
from gamification.selectors.today import shown_to
from learning.policies import policy

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from learning.models import User

WEEKS = 6


@policy("badges.read")
@require_safe
@login_required
def achievements(request: HttpRequest) -> HttpResponse:
    """Level and streak, then what is earned, the newest on top, then what is nearest to being earned."""
    learner, now = cast("User", request.user), timezone.now()
    state, today, shown = profile(learner, at=now), learner.day_at(now), shown_to(learner)
    days = WEEKS * 7 - 6 + today.weekday()
    context = {
        "standing": standing_of(state, learner, now),
        "shown": shown,
        "pieces": shown,
        "streak": state,
        "weeks": in_weeks(streak_calendar(learner, today=today, days=days)) if shown.streaks else [],
        "earned": held_badges(learner) if shown.badges else [],
        "available": sorted((_meter(b) for b in available_badges(learner)), key=lambda b: -b["share"]),
    }
    return render(request, "analytics/achievements.html", context)


def _meter(badge: dict[str, Any]) -> dict[str, Any]:
    share = badge["current"] / badge["target"]
    return {**badge, "share": share, "is_time": badge["metric"] == Metric.DAY_SECONDS}
