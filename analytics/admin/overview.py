"""Overview: the course's health in a minute."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics.admin.base import PAGES, course_page, page
from analytics.selectors import words
from analytics.selectors.overview import overview as course_overview
from analytics.selectors.places import Place
from analytics.selectors.risk import first_to_help
from analytics.selectors.snapshot import kept_for_many
from analytics.selectors.top import TopSort, top_learners
from analytics.selectors.trends import Trend, is_good
from analytics.selectors.usage import brief_usage

TOP = 5
# Where the people behind a card are, in the list of students.
PEOPLE = {
    "total_students": "filter=all",
    "active_students": "filter=active",
    "average_progress": "filter=all&sort=progress",
    "total_seconds": "filter=all&sort=time_spent",
    "completion_rate": "filter=completed",
    "average_days_to_complete": "filter=completed",
}
# The list has a filter of the same name for each stage but the first.
STAGES = {"enrolled": "filter=all"}


@course_page("overview", at="", tab=_("Overview"), order=10)
def overview(request: HttpRequest, place: Place) -> HttpResponse:
    state = course_overview(place)
    context = {
        "state": state,
        "cards": [_card(key, value, state, place) for key, value in state["stats"].items()],
        "funnel": [(stage, STAGES.get(stage.key, f"filter={stage.key}")) for stage in words.funnel(state["funnel"])],
        "titles": {
            "series": words.engagement_title(state["series"]),
            "calendar": words.calendar_title(state["heatmap"]),
            "hours": words.hours_title(state["hours"]),
            "distribution": words.distribution_title(state["distribution"]),
        },
        "clock": range(24),
        "usage": kept_for_many(
            place.key("usage"), lambda: brief_usage(place), learners=lambda _usage: state["stats"]["total_students"]
        ),
        "first": first_to_help(place),
        "help": reverse("admin:course_help", args=[place.course.pk]) if "help" in PAGES else "",
        **_top(request.GET, place, state["stats"]["total_students"]),
        "people": _students(place) if "students" in PAGES else "",
        "is_empty": not state["stats"]["total_students"],
    }
    return page(request, place, "admin/course/overview.html", context, name="overview")


def _card(key: str, value: float | None, state: dict[str, Any], place: Place) -> dict[str, Any]:
    trend = Trend(**state["trends"][key])
    good = is_good(key, trend)
    return {
        "key": key,
        "value": value,
        "trend": trend,
        "mood": "even" if good is None else "good" if good else "bad",
        "url": f"{_students(place)}?{PEOPLE[key]}" if "students" in PAGES else "",
    }


def _students(place: Place) -> str:
    return reverse("admin:course_students", args=[place.course.pk])


def _top(query: QueryDict, place: Place, learners: int) -> dict[str, Any]:
    said = query.get("top", "")
    sort = TopSort(said) if said in TopSort.values else TopSort.ENGAGED
    found = kept_for_many(
        f"analytics:top:{place.course.pk}:{sort}",
        lambda: top_learners(place.course, sort=sort, most=TOP),
        learners=lambda _found: learners,
    )
    return {"top": found, "top_sort": sort, "top_sorts": TopSort.choices}
