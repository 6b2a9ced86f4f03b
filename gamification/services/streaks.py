"""Active days and the streak that they make."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection, transaction

from gamification.kinds import Run, alive, run_of
from gamification.models import ActiveDay, Profile
from gamification.selectors.days import Calendar, calendar_of
from learning.models import User
from learning.once import insert_once

# The newest day joins the run when nothing that existed lies between it and the day before; one statement, any race.
_GROW = """
INSERT INTO gamification_profile AS p (learner_id, xp, run, longest_streak, last_active_day) VALUES (%s, 0, 1, 1, %s)
ON CONFLICT (learner_id) DO UPDATE SET
  run = CASE WHEN p.last_active_day >= %s THEN p.run + 1 ELSE 1 END,
  longest_streak = CASE WHEN p.last_active_day >= %s AND p.run + 1 > p.longest_streak THEN p.run + 1
                        WHEN p.longest_streak < 1 THEN 1 ELSE p.longest_streak END,
  last_active_day = EXCLUDED.last_active_day
WHERE p.last_active_day IS NULL OR p.last_active_day < EXCLUDED.last_active_day
RETURNING run, longest_streak
"""


@dataclass(frozen=True)
class Streak:
    """The streak after a day was added: what it is on the learner's today, and the longest."""

    current: int
    longest: int


@transaction.atomic
def mark_active(*, learner: User, day: dt.date, at: dt.datetime) -> Streak | None:
    """Make `day` an active day of this learner; None when it was one already. A day in the past joins what it joins."""
    if not insert_once(ActiveDay(learner=learner, day=day, time_zone=learner.zone_at(at))):
        return None
    calendar = calendar_of(learner)
    run = _grow(learner, day, calendar) or rebuild_streak(learner)
    current = alive(run.last, run.last_day, max(learner.day_at(at), day), calendar.is_absent)
    return Streak(current, run.longest)


def _grow(learner: User, day: dt.date, calendar: Calendar) -> Run | None:
    """The run with one newer day added; None when the day is older than the newest and all must be walked."""
    before = day - dt.timedelta(days=1)
    while calendar.is_absent(before):
        before -= dt.timedelta(days=1)
    new, joins = (connection.ops.adapt_datefield_value(d) for d in (day, before))
    with connection.cursor() as cursor:
        cursor.execute(_GROW, [learner.pk, new, joins, joins])
        row = cursor.fetchone()
    return Run(row[0], row[1], day) if row else None


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
