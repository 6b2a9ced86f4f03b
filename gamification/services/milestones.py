"""Milestones: numbers passed, each told once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from django.db import transaction

from gamification.kinds import SESSION_MILESTONES, STREAK_MILESTONES, Passed
from gamification.models import EarnedBadge, Milestone
from gamification.selectors.today import Shown, Today
from gamification.services.streaks import Streak
from gamification.signals import MilestonesPassed, milestones_passed
from learning.models import User
from learning.once import insert_new

MANY_IN_A_DAY = 5


@transaction.atomic
def pass_milestones(
    *,
    learner: User,
    day: dt.date,
    at: dt.datetime,
    shown: Shown,
    today: Today | None = None,
    streak: Streak | None = None,
    earned: Collection[EarnedBadge] = (),
) -> list[Milestone]:
    """Note what this act passed, in one statement, and announce it; returns what is to be celebrated.

    `today` counts after a new session; `streak` is the one that a new active day made. What was passed before is noted
    no second time; what is not `shown` is noted and not told. What a badge says already is no news for the inbox.
    """
    found = [*_of_sessions(today, day), *_of_streak(streak)]
    rows = [Milestone(learner=learner, key=p.key, scope=p.scope, value=p.value, passed_at=at) for p in found]
    passed = [m for m in insert_new(rows, told_apart_by=("key", "scope")) if shown.streaks or not m.is_of_a_streak]
    celebrated = passed if shown.toasts else []
    twins = {f"{e.badge.metric}:{e.badge.threshold}" for e in earned}
    news = [m for m in passed if _is_news(m, twins)]
    if celebrated or news:
        milestones_passed.announce(MilestonesPassed(learner, celebrated, news, at))
    return celebrated


def _of_sessions(today: Today | None, day: dt.date) -> Iterator[Passed]:
    if today is None or not today.today:
        return
    year, week, _ = day.isocalendar()
    yield Passed("first_session", str(day), 1)
    if today.today >= today.daily_goal:
        yield Passed("daily_goal", str(day), today.daily_goal)
    if today.today >= MANY_IN_A_DAY:
        yield Passed("five_in_a_day", str(day), MANY_IN_A_DAY)
    if today.week >= today.weekly_goal:
        yield Passed("weekly_goal", f"{year}-W{week:02}", today.weekly_goal)
    if total := _highest(SESSION_MILESTONES, today.total):
        yield Passed(f"sessions_{total}", "", total)


def _of_streak(streak: Streak | None) -> Iterator[Passed]:
    if streak and (length := _highest(STREAK_MILESTONES, streak.current)):
        yield Passed(f"streak_{length}", str(streak.began), length)


def _highest(marks: Collection[int], reached: int) -> int:
    return max((mark for mark in marks if mark <= reached), default=0)


def _is_news(milestone: Milestone, twins: Collection[str]) -> bool:
    """Worth a row in the inbox: the days and totals that are rare, where no badge tells the same."""
    kind, _, _ = milestone.key.rpartition("_")
    if kind == "streak":
        return f"longest_streak:{milestone.value}" not in twins
    if kind == "sessions":
        return f"sessions:{milestone.value}" not in twins
    return milestone.key == "weekly_goal"
