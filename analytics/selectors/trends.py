"""Which way the cards go: what accumulates, from the range's start to its end; a window, against the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analytics.metrics import METRICS, Better, Unit
from analytics.selectors.history import History, Until
from analytics.selectors.places import Place
from analytics.selectors.snapshot import Snapshot

# Of fewer people nothing is said: one more or less would be a leap.
FEWEST = 5


@dataclass(frozen=True)
class Trend:
    """`change` is in percent, or in percentage points (`points`) for rates; None where nothing can be said."""

    value: float | None
    previous: float | None
    change: float | None
    unit: str

    @property
    def way(self) -> str:
        if not self.change:
            return "flat"
        return "up" if self.change > 0 else "down"


def trends(place: Place, found: History, now: Snapshot) -> dict[str, Trend]:
    """One for each card. None of them changes over all time."""
    start, end = found.at_start(), found.at_end()
    pairs: dict[str, tuple[float | None, float | None, int]] = {
        "total_students": (end.learners, start.learners, start.learners),
        "active_students": (now.standing.active, now.active_before, now.standing.learners),
        "average_progress": (end.average_progress, start.average_progress, start.learners),
        "total_seconds": (end.day.seconds, start.day.seconds, start.learners),
        "completion_rate": (end.completion_rate, start.completion_rate, start.learners),
        "average_days_to_complete": (end.days_to_complete, start.days_to_complete, _finishers(start)),
    }
    known = not place.range.is_everything
    return {key: _trend(METRICS[key].unit, *pair, known=known) for key, pair in pairs.items()}


def _finishers(until: Until) -> int:
    return until.day.course_completions


def _trend(unit: Unit, value: float | None, previous: float | None, people: int, *, known: bool) -> Trend:
    said = "points" if unit is Unit.PERCENT else "percent"
    if not known or people < FEWEST or value is None or previous is None:
        return Trend(value, previous if known else None, None, said)
    if unit is Unit.PERCENT:
        return Trend(value, previous, round(value - previous, 2), said)
    return Trend(value, previous, round(100 * (value - previous) / previous, 1) if previous else None, said)


def is_good(key: str, trend: Trend) -> bool | None:
    """Whether the way it goes is good news; None where it is neither."""
    better = METRICS[key].better
    if trend.way == "flat" or better is Better.NEITHER:
        return None
    return (trend.way == "up") is (better is Better.UP)


def as_api(found: dict[str, Trend]) -> dict[str, Any]:
    return {key: vars(one) for key, one in found.items()}
