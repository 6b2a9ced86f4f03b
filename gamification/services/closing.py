"""Closing days that are over: what a freeze covered is told, what ended is noted. For all learners, in batches.

What a learner is shown never waits for this: it is worked out from the last active day and the calendar. Run twice, or
not for three days, it comes to the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from gamification.models import Preferences, Profile
from gamification.selectors.days import Calendars, run_of
from gamification.signals import FreezesUsed, FreezeUse, StreakAtRisk, StreaksAtRisk, freezes_used, streaks_at_risk
from gamification.walk import ONE_DAY, Calendar, DayState, at_dawn, passed
from learning.models import User
from learning.zones import day_at, zone

BATCH = 2000
EVENING = range(18, 22)
Told = TypeVar("Told", FreezeUse, StreakAtRisk)


@dataclass
class Closed:
    """What a run came to: days that a freeze covered, and streaks that ended."""

    frozen: int = 0
    ended: int = 0


def close_days(*, at: dt.datetime) -> Closed:
    """Close every learner's day that is over at `at` and was not closed before, zone by zone."""
    done = Closed()
    for name in _zones():
        yesterday = day_at(at, name) - ONE_DAY
        open_runs = _alive(name).filter(Q(closed_through=None) | Q(closed_through__lt=yesterday))
        for batch in _by_key(open_runs.filter(last_active_day__lt=yesterday)):
            _close(batch, at=at, done=done)
    return done


def _zones() -> list[str]:
    return list(User.objects.order_by("time_zone").values_list("time_zone", flat=True).distinct())


def _alive(zone_name: str) -> QuerySet[Profile]:
    return Profile.objects.filter(learner__time_zone=zone_name, ended_on=None, run__gt=0).select_related("learner")


def _by_key(rows: QuerySet[Profile]) -> Iterator[list[Profile]]:
    """Batches by primary key: what was closed falls out of the query, and nothing is met twice."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


@transaction.atomic
def _close(batch: list[Profile], *, at: dt.datetime, done: Closed) -> None:
    calendars = Calendars.of(p.pk for p in batch)
    closed: dict[dt.date, list[int]] = {}
    ended: dict[dt.date, list[int]] = {}
    uses: list[FreezeUse] = []
    for profile in batch:
        yesterday = profile.learner.day_at(at) - ONE_DAY
        end, used = _walk(profile, calendars[profile.learner], yesterday)
        closed.setdefault(yesterday, []).append(profile.pk)
        uses += used
        if end:
            ended.setdefault(end, []).append(profile.pk)
    _note(closed, ended)
    done.frozen += len(uses)
    done.ended += sum(map(len, ended.values()))
    uses = _wanted(uses)
    if uses:
        freezes_used.announce(FreezesUsed(uses, at))


def _wanted(told: list[Told]) -> list[Told]:
    """Without those who want to hear nothing of streaks; one query where there is anything to tell."""
    ids = {one.learner.pk for one in told}
    off = set(Preferences.objects.filter(learner__in=ids, streaks=False).values_list("pk", flat=True)) if ids else ()
    return [one for one in told if one.learner.pk not in off]


def _walk(profile: Profile, calendar: Calendar, yesterday: dt.date) -> tuple[dt.date | None, list[FreezeUse]]:
    """The day on which the run ended, if it did, and the freezes used on days that were not closed before."""
    uses: list[FreezeUse] = []
    for day, state, run in passed(run_of(profile), yesterday + ONE_DAY, calendar):
        if state is DayState.MISSED:
            return day, uses
        if state is DayState.FROZEN and (profile.closed_through is None or day > profile.closed_through):
            uses.append(FreezeUse(profile.learner, day, run.length, run.freezes))
    return None, uses


def _note(closed: dict[dt.date, list[int]], ended: dict[dt.date, list[int]]) -> None:
    """Guarded: a learner whose late beat arrived meanwhile has another last active day, and is met again."""
    for day, ids in closed.items():
        Profile.objects.filter(pk__in=ids, last_active_day__lt=day).update(closed_through=day)
    for day, ids in ended.items():
        Profile.objects.filter(pk__in=ids, last_active_day__lt=day).update(ended_on=day)


def warn_of_risk(*, at: dt.datetime) -> int:
    """Tell in the evening whose streak ends at midnight; how many were found. The same day is told once."""
    found = 0
    for name in _zones():
        local = at.astimezone(zone(name))
        if local.hour not in EVENING:
            continue
        for batch in _by_key(_alive(name).filter(last_active_day__lt=local.date())):
            found += _warn(batch, at=at)
    return found


@transaction.atomic
def _warn(batch: list[Profile], *, at: dt.datetime) -> int:
    calendars = Calendars.of(p.pk for p in batch)
    risks: list[StreakAtRisk] = []
    for profile in batch:
        today, calendar = profile.learner.day_at(at), calendars[profile.learner]
        run = at_dawn(run_of(profile), today, calendar)
        if run.length and not run.freezes and calendar.pause_on(today) is None:
            risks.append(StreakAtRisk(profile.learner, today, run.length))
    risks = _wanted(risks)
    if risks:
        streaks_at_risk.announce(StreaksAtRisk(risks, at))
    return len(risks)
