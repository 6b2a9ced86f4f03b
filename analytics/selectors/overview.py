"""A course at a glance, as its page and its endpoint show it."""

from __future__ import annotations

from typing import Any

from analytics.metrics import BINS
from analytics.selectors.history import History, history, hours
from analytics.selectors.places import Place
from analytics.selectors.snapshot import kept_for_many, snapshot
from analytics.selectors.trends import as_api, trends


def overview(place: Place) -> dict[str, Any]:
    """What API.md calls `analytics/`: the state of now, and what happened in the range."""
    return kept_for_many(
        place.key("overview"), lambda: _overview(place), learners=lambda state: state["stats"]["total_students"]
    )


def _overview(place: Place) -> dict[str, Any]:
    now = snapshot(place.course, at=place.at)
    found = history(place.course, place.range)
    return {
        "stats": now.standing.stats,
        "trends": as_api(trends(place, found, now)),
        "series": _series(found),
        "funnel": [{"stage": stage, "count": n, "percent": share} for stage, n, share in now.standing.funnel],
        "heatmap": [{"date": day, "seconds": one.seconds, "lessons": one.lessons} for day, one in found.calendar()],
        "hours": [
            {"weekday": one.weekday, "hour": one.hour, "seconds": one.seconds}
            for one in hours(place.course, place.range)
            if one.seconds
        ],
        "distribution": [{"bin": name, "count": n} for name, n in zip(BINS, now.standing.bins, strict=True)],
    }


def _series(found: History) -> list[dict[str, Any]]:
    return [
        {
            "date": date,
            "enrollments": day.enrollments,
            "total_enrollments": until.learners,
            "active": day.active,
            "lessons_completed": day.lessons,
            "course_completions": day.course_completions,
            "completion_rate": until.completion_rate,
            "average_progress": until.average_progress,
            "questions": day.questions,
            "seconds": day.seconds,
        }
        for date, day, until in found.until()
    ]
