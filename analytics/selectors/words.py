"""What a course's numbers say in sentences: titles of charts, and what one could do."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

STAGE_NAMES = {
    "enrolled": gettext_lazy("Enrolled"),
    "started": gettext_lazy("Started"),
    "p25": gettext_lazy("Reached 25 %"),
    "p50": gettext_lazy("Reached 50 %"),
    "p75": gettext_lazy("Reached 75 %"),
    "completed": gettext_lazy("Completed"),
}
WEEKDAYS = [gettext_lazy(day) for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")]
# Of fewer people a step is not called the worst: one of them would decide.
FEWEST = 5
_ADVICE = {
    "started": gettext_lazy(
        "They enrolled and never began. Greet them with one short first lesson, and write to those who have not begun."
    ),
    "p25": gettext_lazy("They leave in the first quarter. Look at its lessons: is one long, or does one ask too much?"),
    "p50": gettext_lazy("They leave in the second quarter. See which lesson of it is left unfinished most often."),
    "p75": gettext_lazy("They leave in the third quarter. Remind them how little is left, and offer help with it."),
    "completed": gettext_lazy("They stop just before the end. Say what is missing, and what they get for it."),
}


@dataclass(frozen=True)
class Stage:
    """A bar of the funnel. `lost` are those of the stage before who did not come here."""

    key: str
    name: Any
    count: int
    percent: float
    lost: int
    is_worst: bool
    advice: Any


def funnel(stages: list[dict[str, Any]]) -> list[Stage]:
    """The stages, the one with the greatest share of loss marked, and what to do about it."""
    lost = [0] + [a["count"] - b["count"] for a, b in pairwise(stages)]
    shares = [
        n / before["count"] if n > 0 and before["count"] >= FEWEST else 0.0
        for n, before in zip(lost[1:], stages, strict=False)
    ]
    worst = 1 + shares.index(max(shares)) if any(shares) else -1
    return [
        Stage(
            one["stage"],
            STAGE_NAMES[one["stage"]],
            one["count"],
            one["percent"],
            lost[n],
            n == worst,
            _ADVICE.get(one["stage"], "") if n == worst else "",
        )
        for n, one in enumerate(stages)
    ]


def engagement_title(series: list[dict[str, Any]]) -> str:
    enrolled = sum(one["enrollments"] for one in series)
    busiest = max((one["active"] for one in series), default=0)
    if not enrolled and not busiest:
        return _("Nobody enrolled or was active in these days")
    first = ngettext("%(n)d learner enrolled", "%(n)d learners enrolled", enrolled) % {"n": enrolled}
    return _("%(enrolled)s, and on the busiest day %(n)d were active") % {"enrolled": first, "n": busiest}


def calendar_title(heatmap: list[dict[str, Any]]) -> str:
    days = sum(1 for one in heatmap if one["seconds"] or one["lessons"])
    said = ngettext("Somebody learned on %(n)d of %(all)d days", "Somebody learned on %(n)d of %(all)d days", days)
    return said % {"n": days, "all": len(heatmap)}


def hours_title(hours: list[dict[str, Any]]) -> str:
    if not hours:
        return _("No study time in these days")
    best = max(hours, key=lambda one: one["seconds"])
    said = _("Most study happens on %(day)s from %(hour)02d:00 to %(next)02d:00")
    return said % {"day": WEEKDAYS[best["weekday"]], "hour": best["hour"], "next": (best["hour"] + 1) % 24}


def distribution_title(distribution: list[dict[str, Any]]) -> str:
    everybody = sum(one["count"] for one in distribution)
    if not everybody:
        return _("Nobody is enrolled yet")
    under_way = everybody - distribution[0]["count"] - distribution[-1]["count"]
    said = ngettext("%(n)d of %(all)d learner is under way", "%(n)d of %(all)d learners are under way", everybody)
    return said % {"n": under_way, "all": everybody}
