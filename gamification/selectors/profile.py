"""A learner's level, XP, streak, sessions and goals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gamification.kinds import LevelState, level_of
from gamification.models import Profile
from gamification.selectors.days import Calendars, calendar_of, run_of
from gamification.selectors.today import Today
from gamification.walk import Calendar, Run, at_dawn
from learning.models import User


class Tonight(StrEnum):
    """What today is to the streak, until the learner's midnight."""

    KEPT = "kept"  # active today
    AT_RISK = "at_risk"  # alive, and over at midnight
    COVERED = "covered"  # alive, and a freeze will cover today
    PAUSED = "paused"  # a rest day, vacation or amnesty: nothing is asked
    NONE = "none"  # no streak to keep


@dataclass(frozen=True)
class ProfileState:
    """What a learner has come to. `current_streak` and `freezes` are what they are on the learner's today.

    `calendar` is there where it was needed to say so.
    """

    level: LevelState
    current_streak: int
    longest_streak: int
    last_active_day: dt.date | None
    freezes: int = 0
    tonight: Tonight = Tonight.NONE
    calendar: Calendar | None = None


def profile(learner: User, *, at: dt.datetime) -> ProfileState:
    """One query; one or two more (the calendar) for who was not active yet today."""
    return state_of(Profile.objects.filter(learner=learner).first() or Profile(), learner, at=at)


def state_of(totals: Profile, learner: User, *, at: dt.datetime) -> ProfileState:
    """The same from totals that were read already."""
    today, run, calendar = learner.day_at(at), run_of(totals), None
    tonight = Tonight.KEPT if run.last_day == today else Tonight.NONE
    if run.length and run.last_day and run.last_day < today:
        calendar = calendar_of(learner)
        run = at_dawn(run, today, calendar)
        tonight = _tonight(run, calendar, today)
    return ProfileState(
        level_of(totals.xp), run.length, totals.longest_streak, totals.last_active_day, run.freezes, tonight, calendar
    )


def streaks_now(rows: Collection[Profile], *, at: dt.datetime) -> dict[int, int]:
    """The streak of each as its learner sees it, on their own today; three queries however many they are."""
    calendars = Calendars.of(row.learner_id for row in rows)
    return {row.pk: _alive(row, calendars[row.learner], at) for row in rows}


def _alive(totals: Profile, calendar: Calendar, at: dt.datetime) -> int:
    return at_dawn(run_of(totals), totals.learner.day_at(at), calendar).length


def _tonight(run: Run, calendar: Calendar, today: dt.date) -> Tonight:
    if not run.length:
        return Tonight.NONE
    if calendar.pause_on(today):
        return Tonight.PAUSED
    return Tonight.COVERED if run.freezes else Tonight.AT_RISK


def session_stats(today: Today, state: ProfileState) -> dict[str, Any]:
    """`stats` as API.md fixes them."""
    return {
        "total_sessions": today.total,
        "today_sessions": today.today,
        "weekly_sessions": today.week,
        "current_streak": state.current_streak,
        "longest_streak": state.longest_streak,
        "average_score": today.average_score,
    }
