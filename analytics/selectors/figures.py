"""The dashboard's numbers with what they mean, and the sentences made from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SESSION_MILESTONES = (10, 25, 50, 100, 200, 500)
CLOSE_FROM = 0.6
MOST_STONES = 6


@dataclass(frozen=True)
class Figure:
    """One number: `form` is number, time or percent; `meaning` is its definition with range and zone."""

    key: str
    label: str
    value: float
    form: str
    icon: str
    note: str
    meaning: str


def figures(state: dict[str, Any], *, zone: str) -> list[Figure]:
    """The five cards, from the dashboard as API.md fixes it."""
    stats = state["stats"]
    finished, longest = stats["completed_courses"], stats["longest_streak"]
    return [
        Figure(
            "courses", _("Courses"), stats["total_courses"], "number", "book",
            ngettext("%(n)d finished", "%(n)d finished", finished) % {"n": finished},
            _("Courses that you are enrolled in now. Those that you left are not counted."),
        ),
        Figure(
            "time", _("Study time"), stats["total_seconds"], "time", "clock", _("since you joined"),
            _("Time with a lesson open, in view and in use: an estimate. All your courses, from the first day on."),
        ),
        Figure(
            "badges", _("Badges"), stats["achievements_count"], "number", "award", _("earned so far"),
            _("Badges that you have earned, from the first day on. They stay."),
        ),
        Figure(
            "streak", _("Streak"), stats["current_streak"], "days", "flame",
            ngettext("longest: %(n)d day", "longest: %(n)d days", longest) % {"n": longest},
            _("Days in a row with a finished session or 10 minutes of study, up to today in %(zone)s.")
            % {"zone": zone.replace("_", " ")},
        ),
        Figure(
            "completion", _("Average progress"), stats["average_completion"], "percent", "level",
            _("over your courses"),
            _("The mean progress of the courses that you are enrolled in, each from its required lessons, as of now."),
        ),
    ]  # fmt: skip


@dataclass(frozen=True)
class Goal:
    """How far a goal is: `status` is done, close or open; `stones`, while few, says for each unit if it is reached."""

    done: int
    target: int
    status: str
    stones: list[str]

    @property
    def left(self) -> int:
        return max(0, self.target - self.done)

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 is only said when the goal is reached."""
        return 100 * self.done // self.target


def goal_state(done: int, target: int) -> Goal:
    status = "done" if done >= target else "close" if done >= CLOSE_FROM * target else "open"
    stones = ["completed" if n < done else "not_started" for n in range(target)] if target <= MOST_STONES else []
    return Goal(done, target, status, stones)


def next_milestone(sessions: int) -> int | None:
    """The next round number of sessions; None beyond the last one."""
    return next((m for m in SESSION_MILESTONES if m > sessions), None)


@dataclass(frozen=True)
class Studied:
    """What a range of days comes to."""

    days: int
    of: int
    seconds: int
    sessions: int
    best_seconds: int


def studied(activity: list[dict[str, Any]]) -> Studied:
    """A day counts with any credited second or finished session."""
    return Studied(
        days=sum(1 for day in activity if day["seconds"] or day["sessions"]),
        of=len(activity),
        seconds=sum(day["seconds"] for day in activity),
        sessions=sum(day["sessions"] for day in activity),
        best_seconds=max((day["seconds"] for day in activity), default=0),
    )
