"""The arithmetic of streaks: a walk over a learner's days, one after the other. No database here.

An active day lengthens the run. A day that never existed for the learner, a rest day, a day of vacation and one with an
amnesty change nothing. Any other day is missed: a held freeze covers it, else the run ends there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from learning.zones import existed

ONE_DAY = dt.timedelta(days=1)
DAYS_PER_FREEZE = 7
MOST_FREEZES = 2


class DayState(StrEnum):
    """What a learner's day was to their streak. `open` is today, not active yet; `before` lies before their first."""

    ACTIVE = "active"
    FROZEN = "frozen"
    REST = "rest"
    VACATION = "vacation"
    AMNESTY = "amnesty"
    MISSED = "missed"
    ABSENT = "absent"
    OPEN = "open"
    BEFORE = "before"


Span = tuple[dt.date, dt.date]
"""First and last day, both in it."""


@dataclass(frozen=True)
class Calendar:
    """What is asked of a learner on which day.

    `skipped` are dates that they never had, flying east. `rest` are their plans of rest days, each with the day it
    begins on and its weekdays (Monday is 0), oldest first. Freezes are earned from the day `since` on, the one on which
    they joined: what was brought along from elsewhere counts as active days and earns none. Without `since`: none.
    """

    time_zone: str = "UTC"
    skipped: frozenset[dt.date] = frozenset()
    rest: tuple[tuple[dt.date, frozenset[int]], ...] = ()
    vacations: tuple[Span, ...] = ()
    amnesties: tuple[Span, ...] = ()
    since: dt.date | None = None

    def is_absent(self, day: dt.date) -> bool:
        """No clock of this learner ever showed the date."""
        return day in self.skipped or not existed(day, self.time_zone)

    def rest_days_on(self, day: dt.date) -> frozenset[int]:
        """The weekdays that were free by the plan of that day."""
        begun = [weekdays for first, weekdays in self.rest if first <= day]
        return begun[-1] if begun else frozenset()

    def pause_on(self, day: dt.date) -> DayState | None:
        """Why nothing is asked on this day; None when it is a day like others."""
        if self.is_absent(day):
            return DayState.ABSENT
        if any(first <= day <= last for first, last in self.vacations):
            return DayState.VACATION
        if day.weekday() in self.rest_days_on(day):
            return DayState.REST
        if any(first <= day <= last for first, last in self.amnesties):
            return DayState.AMNESTY
        return None

    def earns_freezes_on(self, day: dt.date) -> bool:
        return self.since is not None and day >= self.since


@dataclass(frozen=True)
class Run:
    """A streak after some day: its active days, the longest of all, the freezes held, its last and first active day."""

    length: int = 0
    longest: int = 0
    freezes: int = 0
    last_day: dt.date | None = None
    first_day: dt.date | None = None

    def with_active(self, day: dt.date, *, earns: bool) -> Run:
        """One active day more; every seventh one of a run earns a freeze, while fewer than two are held."""
        length = self.length + 1
        earned = earns and length % DAYS_PER_FREEZE == 0 and self.freezes < MOST_FREEZES
        first = self.first_day if self.length else day
        return Run(length, max(self.longest, length), self.freezes + earned, day, first)

    def with_missed(self) -> Run:
        """A freeze covers it; without one the run is over."""
        return replace(self, freezes=self.freezes - 1) if self.freezes else replace(self, length=0)


NOTHING = Run()
PLAIN = Calendar()


def walk(days: Iterable[dt.date], calendar: Calendar = PLAIN, *, start: Run = NOTHING) -> Run:
    """The run after its last active day. Days may come in any order and more than once, all later than `start`."""
    run = start
    for day in sorted(set(days)):
        run = at_dawn(run, day, calendar).with_active(day, earns=calendar.earns_freezes_on(day))
    return run


def at_dawn(run: Run, day: dt.date, calendar: Calendar = PLAIN) -> Run:
    """The run as it stands when `day` begins: the days since the last active one are over."""
    now = run
    for _, _, now in passed(run, day, calendar):
        if not now.length:
            break
    return now


def passed(run: Run, until: dt.date, calendar: Calendar = PLAIN) -> Iterator[tuple[dt.date, DayState, Run]]:
    """Each day after the last active one and before `until`: what it was, and the run after it."""
    day = run.last_day + ONE_DAY if run.last_day else until
    while day < until:
        state = calendar.pause_on(day)
        if state is None:
            state = DayState.FROZEN if run.length and run.freezes else DayState.MISSED
            run = run.with_missed()
        yield day, state, run
        day += ONE_DAY


def day_states(
    days: Iterable[dt.date], calendar: Calendar, *, first: dt.date, today: dt.date
) -> dict[dt.date, DayState]:
    """What every day from `first` to `today` was."""
    active, run = set(days), NOTHING
    found: dict[dt.date, DayState] = {}
    for day in sorted({*active, today}):
        gap = list(passed(run, day, calendar))
        found.update((date, state) for date, state, _ in gap)
        run = gap[-1][2] if gap else run
        if day in active:
            found[day] = DayState.ACTIVE
            run = run.with_active(day, earns=calendar.earns_freezes_on(day))
    found.setdefault(today, calendar.pause_on(today) or DayState.OPEN)
    wanted = (first + ONE_DAY * n for n in range((today - first).days + 1))
    return {day: found.get(day, DayState.BEFORE) for day in wanted}
