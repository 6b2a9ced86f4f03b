"""Goals of sessions, which a learner may change at any time."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from gamification.models import Goal
from gamification.models.goals import SESSIONS
from gamification.services.streaks import lock_totals
from gamification.signals import StandingChanged, standing_changed
from learning.models import User


@transaction.atomic
def set_session_goals(*, learner: User, at: dt.datetime, daily: int | None = None, weekly: int | None = None) -> None:
    """So many sessions a day and a week from now on; what is not said stays. The caller has checked 1 to 500."""
    lock_totals(learner)
    for period, target in ((Goal.Period.DAILY, daily), (Goal.Period.WEEKLY, weekly)):
        if target is not None:
            Goal.objects.update_or_create(
                learner=learner,
                metric=SESSIONS,
                period=period,
                status=Goal.Status.ACTIVE,
                defaults={"target_value": target},
                create_defaults={"target_value": target, "start_date": learner.day_at(at), "created_at": at},
            )
    if daily is not None or weekly is not None:
        standing_changed.announce(StandingChanged(learner, at))
