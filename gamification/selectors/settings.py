"""What a learner has chosen, for the settings page and the API."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from gamification.models import Pause, Preferences
from gamification.models.pauses import VACATION_DAYS_A_YEAR
from gamification.selectors.days import make_calendar
from gamification.selectors.today import Shown, today_of
from gamification.walk import ONE_DAY
from learning.models import User


@dataclass(frozen=True)
class Chosen:
    """Goals, switches, alias, tomorrow's rest days, vacations that are not over, and days of them left this year."""

    daily_goal: int
    weekly_goal: int
    shown: Shown
    alias: str | None
    rest_days: frozenset[int]
    vacations: list[Pause]
    vacation_days_left: int


def settings_of(learner: User, *, at: dt.datetime) -> Chosen:
    """Three queries."""
    day = learner.day_at(at)
    today = today_of(learner, day=day)
    alias = Preferences.objects.filter(learner=learner).values_list("alias", flat=True).first()
    pauses = list(Pause.objects.filter(learner=learner).order_by("first_day"))
    vacations = [p for p in pauses if p.kind == Pause.Kind.VACATION]
    return Chosen(
        daily_goal=today.daily_goal,
        weekly_goal=today.weekly_goal,
        shown=today.shown,
        alias=alias,
        rest_days=make_calendar(learner, pauses).rest_days_on(day + ONE_DAY),
        vacations=[p for p in vacations if p.last_day and p.last_day >= day],
        vacation_days_left=VACATION_DAYS_A_YEAR - sum(p.days_in(day.year) for p in vacations),
    )
