"""A learner's level, XP, streak, sessions and goals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, Q

from gamification.kinds import DAILY_GOAL, WEEKLY_GOAL, LevelState, alive, level_of
from gamification.models import Profile
from gamification.selectors.days import calendar_of
from learning.kinds import percent_hundredths
from learning.models import LearningSession, PracticeAttempt, User


@dataclass(frozen=True)
class ProfileState:
    """What a learner has come to. `current_streak` is what it is on the learner's today."""

    level: LevelState
    current_streak: int
    longest_streak: int
    last_active_day: dt.date | None


def profile(learner: User, *, at: dt.datetime) -> ProfileState:
    """One query, two for who has moved between time zones."""
    totals = Profile.objects.filter(learner=learner).first() or Profile()
    current = alive(totals.run, totals.last_active_day, learner.day_at(at), calendar_of(learner).is_absent)
    return ProfileState(level_of(totals.xp), current, totals.longest_streak, totals.last_active_day)


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
