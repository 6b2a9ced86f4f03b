"""What a metric is, and the list of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from analytics.kinds.ranges import Range


class Unit(StrEnum):
    COUNT = "count"
    PERCENT = "percent"
    SECONDS = "seconds"
    DAYS = "days"
    RATIO = "ratio"


class Better(StrEnum):
    """Which way is good news."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


@dataclass(frozen=True)
class Metric:
    """One number about a course. `over_range`: it lies inside the chosen days; else it is the state of now."""

    key: str
    label: Any
    unit: Unit
    definition: Any
    better: Better = Better.UP
    over_range: bool = False

    def explained(self, days: Range) -> str:
        """The definition, with the days and the zone that it is counted in."""
        zone = days.zone.replace("_", " ")
        if not self.over_range:
            return f"{self.definition} {_('As of now; days in %(zone)s.') % {'zone': zone}}"
        said = _("From %(first)s to %(last)s, days in %(zone)s.")
        return f"{self.definition} {said % {'first': days.first, 'last': days.last, 'zone': zone}}"


METRICS: dict[str, Metric] = {}


def metric(key: str, label: Any, unit: Unit, definition: Any, **more: Any) -> Metric:
    """Put a metric into the registry; a key has one meaning."""
    if key in METRICS:
        raise ValueError(f"There is a metric {key} already.")
    METRICS[key] = Metric(key, label, unit, definition, **more)
    return METRICS[key]


_t = gettext_lazy

# --- cards: the state of now, over current enrolments without the course's own instructors ----------------------
LEARNERS = metric(
    "total_students",
    _t("Learners"),
    Unit.COUNT,
    _t("People who are enrolled now. Who left is not counted, and is again on return; who teaches here never is."),
)
ACTIVE = metric(
    "active_students",
    _t("Active learners"),
    Unit.COUNT,
    _t("Learners who opened or worked in a lesson of the course today or on one of the six days before."),
)
PROGRESS = metric(
    "average_progress",
    _t("Average progress"),
    Unit.PERCENT,
    _t("Required lessons that learners have completed, of all that they have to complete."),
)
TIME = metric(
    "total_seconds",
    _t("Study time"),
    Unit.SECONDS,
    _t("Time that learners had a lesson open, in view and in use, since the course began: an estimate."),
)
COMPLETION = metric(
    "completion_rate",
    _t("Completion rate"),
    Unit.PERCENT,
    _t("Learners who completed every required lesson, of all who are enrolled."),
)
DAYS_TO_COMPLETE = metric(
    "average_days_to_complete",
    _t("Days to complete"),
    Unit.DAYS,
    _t("Days from enrolment to completion, on average over those who completed."),
    better=Better.NEITHER,
)

# --- inside the range -------------------------------------------------------------------------------------------
ACTIVE_BY_DAY = metric(
    "active",
    _t("Active learners by day"),
    Unit.COUNT,
    _t("Learners who opened or worked in a lesson on that day; an idle day has none. Enrolments are of that day too."),
    over_range=True,
)
SECONDS_IN_RANGE = metric(
    "seconds",
    _t("Study time in these days"),
    Unit.SECONDS,
    _t("Time that learners had a lesson open, in view and in use: an estimate, by the hour in which it was spent."),
    over_range=True,
)
FUNNEL = metric(
    "funnel",
    _t("How far learners come"),
    Unit.COUNT,
    _t("Each learner counts in every stage up to the highest progress that they ever had; who completed, in all."),
)
DISTRIBUTION = metric(
    "distribution",
    _t("Learners by progress"),
    Unit.COUNT,
    _t("Learners by their progress now. Nothing done and everything done stand for themselves."),
    better=Better.NEITHER,
)

# --- lessons ----------------------------------------------------------------------------------------------------
VIEWS = metric(
    "views",
    _t("Views"),
    Unit.COUNT,
    _t("Openings of the lesson by a learner who has not had it open in the last 30 minutes."),
    over_range=True,
)
VIEWERS = metric("viewers", _t("Viewers"), Unit.COUNT, _t("Learners who opened the lesson."), over_range=True)
COMPLETIONS = metric(
    "completions", _t("Completions"), Unit.COUNT, _t("Learners who completed the lesson."), over_range=True
)
LESSON_RATE = metric(
    "lesson_completion_rate",
    _t("Rate"),
    Unit.PERCENT,
    _t("Learners who have completed the lesson, of all who have ever opened it."),
)
AVERAGE_SECONDS = metric(
    "average_seconds",
    _t("Average time"),
    Unit.SECONDS,
    _t("Study time in the lesson for each of its viewers: an estimate."),
    better=Better.NEITHER,
    over_range=True,
)
DROP_OFF = metric(
    "drop_off_rate",
    _t("Drop-off"),
    Unit.PERCENT,
    _t(
        "Learners who began the lesson, have not completed it, have touched no later one and have been away from the "
        "course for 14 days; of all who began it."
    ),
    better=Better.DOWN,
)
