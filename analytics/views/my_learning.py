"""My learning: the learner's own page, whole, in parts, and as what changed since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from analytics.kinds import Card
from analytics.selectors.dashboard import Overview, overview
from analytics.selectors.figures import Figure, figures, goal_state, next_milestone, studied
from analytics.selectors.stamp import stamp
from gamification.selectors.days import StreakDay, in_weeks, streak_calendar
from gamification.selectors.today import Shown
from learning import zones
from learning.policies import policy

if TYPE_CHECKING:
    import datetime as dt

    from analytics.selectors.layout import Placed
    from analytics.selectors.my_learning import MyCourse
    from gamification.selectors.profile import ProfileState
    from learning.models import User

RANGES = (30, 90)
SHOWN = {
    "all": _("All"),
    "in_progress": _("In progress"),
    "completed": _("Completed"),
    "not_started": _("Not started"),
}
SORTS = {"recent": _("Last opened"), "progress": _("Progress"), "name": _("Name")}
PARTS = {"activity": "analytics/dashboard/activity.html", "my-courses": "analytics/dashboard/courses.html"}
MORE_COURSES = 3
WEEKS = 5


@dataclass(frozen=True)
class Drawn:
    """How a card is drawn. What is not `is_live` has live parts of its own, beside a chart or filters that stay."""

    key: str
    template: str
    width: str = "side"
    is_live: bool = True


DRAWN = {
    Card.TODAY: Drawn("today", "analytics/dashboard/today.html"),
    Card.CHALLENGES: Drawn("challenges", "gamification/challenges.html", "wide"),
    Card.BADGES: Drawn("badges", "analytics/dashboard/badges.html"),
    Card.FIGURES: Drawn("figures", "analytics/dashboard/figures.html", "full"),
    Card.ACTIVITY: Drawn("activity", "analytics/dashboard/activity.html", "wide", is_live=False),
    Card.STREAK: Drawn("streak", "gamification/streak.html"),
    Card.COURSES: Drawn("courses", "analytics/dashboard/courses.html", "full", is_live=False),
}


@dataclass(frozen=True)
class Choice:
    """What the address asks for; what it asks wrongly is as if it had not asked."""

    days: int
    show: str
    sort: str

    @classmethod
    def of(cls, query: QueryDict) -> Choice:
        days, show, sort = query.get("days"), query.get("show", ""), query.get("sort", "")
        return cls(
            days=90 if days == "90" else 30,
            show=show if show in SHOWN else "all",
            sort=sort if sort in SORTS else "recent",
        )


@require_safe
@policy("dashboard.read")
@login_required
def my_learning(request: HttpRequest) -> HttpResponse:
    """The page, or the one part of it that htmx asks for."""
    learner, now = cast("User", request.user), timezone.now()
    htmx = getattr(request, "htmx", None)
    part = PARTS.get(htmx.target or "") if htmx and not htmx.history_restore_request else None
    # The stamp comes first: what happens while the page is made is then shown by the next look, not missed.
    stamped = stamp(learner, at=now)
    context = {
        "stamp": stamped.word,
        "tour_asked": "tour" in request.GET,
        **_context(learner, now, Choice.of(request.GET), stamped.layout),
    }
    answer = render(request, part or "analytics/my_learning.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@require_safe
@policy("dashboard.read")
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The page's changing parts, or 304 while nothing has happened; 401 once the session is gone."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    learner, now = request.user, timezone.now()
    stamped = stamp(learner, at=now)
    tag = f'"{stamped.word}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    context = _context(learner, now, Choice.of(request.GET), stamped.layout)
    answer = render(request, "analytics/dashboard/body.html", context)
    answer["ETag"] = tag
    return answer


def _context(learner: User, now: dt.datetime, choice: Choice, layout: list[Placed]) -> dict[str, Any]:
    found = overview(learner, at=now, days=choice.days)
    cards = _cards(layout, found)
    going_on = [c for c in found.courses if not c.is_finished and c.main_step]
    state = found.state
    return {
        "cards": [DRAWN[card] for card in cards],
        "challenges": found.state["challenges"],
        "streak": found.profile,
        "weeks": _weeks(learner, found.profile, now) if Card.STREAK in cards else [],
        "standing": found.standing,
        "hour": now.astimezone(zones.zone(learner.zone_at(now))).hour,
        "zone": learner.zone_at(now).replace("_", " "),
        "state": state,
        "pieces": found.shown,
        "figures": _wanted(figures(state, zone=learner.zone_at(now)), found.shown),
        "daily": goal_state(state["goals"]["daily_progress"], state["goals"]["daily_goal"]),
        "weekly": goal_state(state["goals"]["weekly_progress"], state["goals"]["weekly_goal"]),
        "milestone": next_milestone(state["sessions"]["total_sessions"]),
        "studied": studied(state["activity"]),
        "has_courses": bool(found.courses),
        "current": going_on[0] if going_on else None,
        "more": going_on[1 : 1 + MORE_COURSES],
        "courses": _sorted(_shown(found.courses, choice.show), choice.sort),
        "choice": choice,
        "ranges": RANGES,
        "shown": [(key, word, len(_shown(found.courses, key))) for key, word in SHOWN.items()],
        "sorts": SORTS.items(),
    }


def _cards(layout: list[Placed], found: Overview) -> list[Card]:
    """In the learner's order, without what they have hidden or switched off."""
    pieces = found.shown
    empty = {
        Card.CHALLENGES: not pieces.challenges or not found.state["challenges"],
        Card.BADGES: not pieces.badges,
        Card.STREAK: not pieces.streaks,
    }
    return [placed.card for placed in layout if not placed.is_hidden and not empty.get(placed.card)]


def _weeks(learner: User, state: ProfileState, now: dt.datetime) -> list[list[StreakDay]]:
    today = learner.day_at(now)
    days = WEEKS * 7 - 6 + today.weekday()
    return in_weeks(streak_calendar(learner, today=today, days=days, calendar=state.calendar))


def _wanted(all_figures: list[Figure], pieces: Shown) -> list[Figure]:
    """Without those of pieces that the learner has switched off."""
    off = {key for key, on in (("streak", pieces.streaks), ("badges", pieces.badges)) if not on}
    return [figure for figure in all_figures if figure.key not in off]


def _shown(courses: list[MyCourse], show: str) -> list[MyCourse]:
    return courses if show == "all" else [c for c in courses if _state(c) == show]


def _state(mine: MyCourse) -> str:
    if mine.is_finished:
        return "completed"
    return "in_progress" if mine.is_started else "not_started"


def _sorted(courses: list[MyCourse], sort: str) -> list[MyCourse]:
    """They come by last access; sorting is stable, so that order stays among equals."""
    if sort == "name":
        return sorted(courses, key=lambda c: c.enrollment.course.title.casefold())
    if sort == "progress":
        return sorted(courses, key=lambda c: c.enrollment.percent, reverse=True)
    return courses
