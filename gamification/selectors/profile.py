"""A learner's level, XP, streak, sessions and goals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Avg, Count, Q

from gamification.kinds import DAILY_GOAL, WEEKLY_GOAL, LevelState, level_of
from gamification.models import Profile
from gamification.selectors.days import calendar_of, run_of
from gamification.walk import Calendar, Run, at_dawn
from learning.kinds import percent_hundredths
from learning.models import LearningSession, PracticeAttempt, User


class Tonight(StrEnum):
    """What today is to the streak, until the learner's midnight."""

    KEPT = "kept"  # active today
    AT_RISK = "at_risk"  # alive, and over at midnight
    COVERED = "covered"  # alive, and a freeze will cover today
    PAUSED = "paused"  # a rest day, vacation or amnesty: nothing is asked
    NONE = "none"  # no streak to keep


@dataclass(frozen=True)
class ProfileState:
    """What a learner has come to. `current_streak` and `freezes` are what they are on the learner's today."""

    level: LevelState
    current_streak: int
    longest_streak: int
    last_active_day: dt.date | None
    freezes: int = 0
    tonight: Tonight = Tonight.NONE


def profile(learner: User, *, at: dt.datetime) -> ProfileState:
    """One query; one or two more (the calendar) for who was not active yet today."""
    return state_of(Profile.objects.filter(learner=learner).first() or Profile(), learner, at=at)


def state_of(totals: Profile, learner: User, *, at: dt.datetime) -> ProfileState:
    """The same from totals that were read already."""
    today, run = learner.day_at(at), run_of(totals)
    tonight = Tonight.KEPT if run.last_day == today else Tonight.NONE
    if run.length and run.last_day and run.last_day < today:
        calendar = calendar_of(learner)
        run = at_dawn(run, today, calendar)
        tonight = _tonight(run, calendar, today)
    return ProfileState(
        level_of(totals.xp), run.length, totals.longest_streak, totals.last_active_day, run.freezes, tonight
    )


def _tonight(run: Run, calendar: Calendar, today: dt.date) -> Tonight:
    if not run.length:
        return Tonight.NONE
    if calendar.pause_on(today):
        return Tonight.PAUSED
    return Tonight.COVERED if run.freezes else Tonight.AT_RISK


@dataclass(frozen=True)
class SessionCounts:
    """Sessions in all, on the learner's today, and in their ISO week (from Monday)."""

    total: int
    today: int
    week: int


def session_counts(learner: User, *, today: dt.date) -> SessionCounts:
    monday = today - dt.timedelta(days=today.weekday())
    counts = LearningSession.objects.filter(learner=learner).aggregate(
        total=Count("pk"),
        today=Count("pk", filter=Q(day=today)),
        week=Count("pk", filter=Q(day__gte=monday, day__lte=today)),
    )
    return SessionCounts(**counts)


def average_score(learner: User) -> float | None:
    """The mean over scored attempts, 0-100 with two decimals; None when there are none."""
    mean = PracticeAttempt.objects.finished().filter(learner=learner, score__isnull=False).aggregate(mean=Avg("score"))
    return None if mean["mean"] is None else round(float(mean["mean"]), 2)


def session_stats(learner: User, *, at: dt.datetime, state: ProfileState | None = None) -> dict[str, Any]:
    """`stats` as API.md fixes them; who has the profile at hand passes it."""
    counts = session_counts(learner, today=learner.day_at(at))
    state = state or profile(learner, at=at)
    return {
        "total_sessions": counts.total,
        "today_sessions": counts.today,
        "weekly_sessions": counts.week,
        "current_streak": state.current_streak,
        "longest_streak": state.longest_streak,
        "average_score": average_score(learner),
    }


def goals(today_sessions: int, weekly_sessions: int) -> dict[str, Any]:
    """`goals` as API.md fixes them; a percentage may pass 100."""
    return {
        "daily_goal": DAILY_GOAL,
        "daily_progress": today_sessions,
        "daily_percentage": percent_hundredths(today_sessions, DAILY_GOAL) / 100,
        "weekly_goal": WEEKLY_GOAL,
        "weekly_progress": weekly_sessions,
        "weekly_percentage": percent_hundredths(weekly_sessions, WEEKLY_GOAL) / 100,
    }
