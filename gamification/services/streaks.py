"""Active days and the streak that they make."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from gamification.kinds import Run, alive, follows, run_of
from gamification.models import ActiveDay, Profile
from gamification.selectors.days import Calendar, calendar_of
from learning.models import User
from learning.once import insert_once


@dataclass(frozen=True)
class Streak:
    """The streak after a day was added, and whether that day was new."""

    current: int
    longest: int
    is_new_day: bool


@transaction.atomic
def mark_active(*, learner: User, day: dt.date, at: dt.datetime) -> Streak | None:
    """Make `day` an active day of this learner; None when it was one already. A day in the past joins what it joins."""
    if not insert_once(ActiveDay(learner=learner, day=day, time_zone=learner.zone_at(at))):
        return None
    insert_once(Profile(learner=learner))
    profile = Profile.objects.select_for_update().get(pk=learner.pk)
    calendar = calendar_of(learner)
    _apply(profile, _grown(profile, day, calendar) or run_of(_days(learner), calendar.is_absent))
    profile.save(update_fields=["run", "longest_streak", "last_active_day"])
    today = learner.day_at(at)
    current = alive(profile.run, profile.last_active_day, max(today, day), calendar.is_absent)
    return Streak(current, profile.longest_streak, True)


def _grown(profile: Profile, day: dt.date, calendar: Calendar) -> Run | None:
    """The run with one newer day added; None when the day is older and all must be walked."""
    last = profile.last_active_day
    if last is None:
        return Run(1, 1, day)
    if day < last:
        return None
    run = profile.run + 1 if follows(day, last, calendar.is_absent) else 1
    return Run(run, max(run, profile.longest_streak), day)


def _apply(profile: Profile, run: Run) -> None:
    profile.run, profile.longest_streak, profile.last_active_day = run.last, run.longest, run.last_day


def _days(learner: User) -> list[dt.date]:
    return list(ActiveDay.objects.filter(learner=learner).values_list("day", flat=True))


@transaction.atomic
def rebuild_streak(learner: User) -> Run:
    """The streak totals from the active days alone."""
    insert_once(Profile(learner=learner))
    profile = Profile.objects.select_for_update().get(pk=learner.pk)
    run = run_of(_days(learner), calendar_of(learner).is_absent)
    _apply(profile, run)
    profile.save(update_fields=["run", "longest_streak", "last_active_day"])
    return run
