"""Active days and the streak that they make."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection, transaction

from gamification.models import ActiveDay, Profile
from gamification.selectors.days import active_days, calendar_of, joined_on, run_of
from gamification.walk import DAYS_PER_FREEZE, MOST_FREEZES, ONE_DAY, Run, at_dawn, walk
from learning.models import User
from learning.once import insert_once

# The ordinary case in one statement, whatever runs beside it: the first day of all, or the one after the last.
_GROW = f"""
INSERT INTO gamification_profile AS p (learner_id, xp, run, longest_streak, last_active_day, freezes, begun_on)
VALUES (%s, 0, 1, 1, %s, 0, %s)
ON CONFLICT (learner_id) DO UPDATE SET
  run = CASE WHEN p.last_active_day = %s THEN p.run + 1 ELSE 1 END,
  longest_streak = CASE WHEN p.last_active_day = %s AND p.run + 1 > p.longest_streak THEN p.run + 1
                        WHEN p.longest_streak < 1 THEN 1 ELSE p.longest_streak END,
  freezes = CASE WHEN %s AND p.last_active_day = %s AND (p.run + 1) %% {DAYS_PER_FREEZE} = 0
                      AND p.freezes < {MOST_FREEZES} THEN p.freezes + 1 ELSE p.freezes END,
  begun_on = CASE WHEN p.last_active_day = %s THEN p.begun_on ELSE EXCLUDED.begun_on END,
  last_active_day = EXCLUDED.last_active_day, ended_on = NULL
WHERE p.last_active_day IS NULL OR p.last_active_day = %s
RETURNING run, longest_streak, freezes, begun_on
"""  # noqa: S608  (only our own numbers are filled in)


@dataclass(frozen=True)
class Streak:
    """The streak after a day was added: what it is on the learner's today, the longest, and the day it began."""

    current: int
    longest: int
    began: dt.date


@transaction.atomic
def mark_active(*, learner: User, day: dt.date, at: dt.datetime) -> Streak | None:
    """Make `day` an active day of this learner; None when it was one already.

    A day in the past joins what it joins: a freeze that covered it is held again.
    """
    if not insert_once(ActiveDay(learner=learner, day=day, time_zone=learner.zone_at(at))):
        return None
    run = _grow(learner, day)
    if run:
        return Streak(run.length, run.longest, run.first_day or day)
    return _join(learner, day, today=max(learner.day_at(at), day))


def _grow(learner: User, day: dt.date) -> Run | None:
    """The run with the next day added; None when a calendar must be asked."""
    earns = day >= joined_on(learner)
    new, eve = (connection.ops.adapt_datefield_value(d) for d in (day, day - ONE_DAY))
    with connection.cursor() as cursor:
        cursor.execute(_GROW, [learner.pk, new, new, eve, eve, earns, eve, eve, eve])
        row = cursor.fetchone()
    return Run(row[0], row[1], row[2], day, _date(row[3])) if row else None


def _date(value: dt.date | str | None) -> dt.date | None:
    """SQLite answers raw statements in words."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def _join(learner: User, day: dt.date, *, today: dt.date) -> Streak:
    """After a gap the walk goes on from the last active day; a day before that one needs the whole walk."""
    profile = Profile.objects.select_for_update().get(pk=learner.pk)
    calendar, old = calendar_of(learner), run_of(profile)
    if old.last_day and old.last_day < day:
        run = walk([day], calendar, start=old)
    else:
        run = walk(active_days(learner), calendar)
    _keep(profile, run)
    return Streak(at_dawn(run, today, calendar).length, run.longest, run.first_day or day)


def lock_totals(learner: User) -> None:
    """What this learner does at once elsewhere waits until this transaction ends, and then counts it."""
    insert_once(Profile(learner=learner))
    Profile.objects.select_for_update().get(pk=learner.pk)


def _keep(profile: Profile, run: Run) -> None:
    profile.run, profile.longest_streak, profile.freezes = run.length, run.longest, run.freezes
    profile.last_active_day, profile.begun_on, profile.ended_on = run.last_day, run.first_day, None
    profile.save(update_fields=["run", "longest_streak", "freezes", "last_active_day", "begun_on", "ended_on"])


@transaction.atomic
def rebuild_streak(learner: User) -> Run:
    """The streak totals from the active days and pauses alone."""
    insert_once(Profile(learner=learner))
    profile = Profile.objects.select_for_update().get(pk=learner.pk)
    run = walk(active_days(learner), calendar_of(learner))
    _keep(profile, run)
    return run
