"""A learner's calendar: which days were never theirs, and on which nothing is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from gamification.models import ActiveDay, Pause, Profile
from gamification.walk import Calendar, DayState, Run, day_states
from learning.models import User, ZoneChange
from learning.zones import day_at

Moves = Sequence[ZoneChange]


def calendar_of(learner: User) -> Calendar:
    """Everything that this learner's walk needs; one query, two for who has ever moved to another zone."""
    return make_calendar(learner, Pause.objects.for_learner(learner.pk).order_by("first_day"), learner.moves())


def make_calendar(learner: User, pauses: Iterable[Pause], moves: Moves = ()) -> Calendar:
    """The calendar from rows that were read already: pauses by their first day, moves by their instant."""
    pauses = list(pauses)
    rest = [(p.first_day, p.rest_days) for p in pauses if p.kind == Pause.Kind.REST and p.first_day]
    vacations = [
        (p.first_day, p.last_day) for p in pauses if p.kind == Pause.Kind.VACATION and p.first_day and p.last_day
    ]
    return Calendar(
        time_zone=learner.time_zone,
        skipped=frozenset(move.skipped_day for move in moves if move.skipped_day),
        rest=tuple(sorted(rest, key=lambda plan: plan[0])),
        vacations=tuple(vacations),
        amnesties=tuple(_days_of(p.starts_at, p.ends_at, learner, moves) for p in pauses if p.starts_at and p.ends_at),
        since=joined_on(learner),
    )


def joined_on(learner: User) -> dt.date:
    """The date (UTC) from which on this learner earns freezes."""
    return learner.date_joined.astimezone(dt.UTC).date()


def run_of(profile: Profile) -> Run:
    """The run as it was after the last active day."""
    return Run(profile.run, profile.longest_streak, profile.freezes, profile.last_active_day, profile.begun_on)


def _days_of(first: dt.datetime, end: dt.datetime, learner: User, moves: Moves) -> tuple[dt.date, dt.date]:
    """The learner's days that the time reaches into, in the zone that was theirs then."""
    last = end - dt.timedelta(microseconds=1)
    return day_at(first, _zone_at(learner, moves, first)), day_at(last, _zone_at(learner, moves, last))


def _zone_at(learner: User, moves: Moves, instant: dt.datetime) -> str:
    return next((move.old_zone for move in moves if move.effective_at > instant), learner.time_zone)


@dataclass(frozen=True)
class Calendars:
    """The calendars of many learners, from three queries however many they are."""

    pauses: Mapping[int, list[Pause]] = field(default_factory=dict)
    for_all: Sequence[Pause] = ()
    moves: Mapping[int, list[ZoneChange]] = field(default_factory=dict)

    @classmethod
    def of(cls, learners: Iterable[int]) -> Calendars:
        ids = list(learners)
        pauses: dict[int, list[Pause]] = {}
        for pause in Pause.objects.filter(learner__in=ids).order_by("first_day"):
            pauses.setdefault(pause.learner_id or 0, []).append(pause)
        moves: dict[int, list[ZoneChange]] = {}
        for move in ZoneChange.objects.filter(learner__in=ids).order_by("effective_at"):
            moves.setdefault(move.learner_id, []).append(move)
        return cls(pauses, list(Pause.objects.filter(learner=None)), moves)

    def __getitem__(self, learner: User) -> Calendar:
        own = self.pauses.get(learner.pk, [])
        return make_calendar(learner, [*own, *self.for_all], self.moves.get(learner.pk, ()))


def active_days(learner: User) -> list[dt.date]:
    return list(ActiveDay.objects.filter(learner=learner).order_by("day").values_list("day", flat=True))


@dataclass(frozen=True)
class StreakDay:
    """One day of the streak's calendar."""

    day: dt.date
    state: DayState | None

    @property
    def words(self) -> str:
        return str(_WORDS[self.state]) if self.state else ""


def streak_calendar(learner: User, *, today: dt.date, days: int, calendar: Calendar | None = None) -> list[StreakDay]:
    """What each of the last `days` days was, oldest first; one query, and the calendar's unless it was read already."""
    first = today - dt.timedelta(days=days - 1)
    states = day_states(active_days(learner), calendar or calendar_of(learner), first=first, today=today)
    return [StreakDay(day, state) for day, state in states.items()]


def in_weeks(days: Sequence[StreakDay]) -> list[list[StreakDay]]:
    """The days as rows from Monday to Sunday; what lies outside has no state."""
    first, last = days[0].day, days[-1].day
    before = [StreakDay(first - dt.timedelta(days=n), None) for n in range(first.weekday(), 0, -1)]
    after = [StreakDay(last + dt.timedelta(days=n), None) for n in range(1, 7 - last.weekday())]
    whole = [*before, *days, *after]
    return [whole[n : n + 7] for n in range(0, len(whole), 7)]


_WORDS = {
    DayState.ACTIVE: _("active"),
    DayState.FROZEN: _("covered by a freeze"),
    DayState.REST: _("rest day"),
    DayState.VACATION: _("vacation"),
    DayState.AMNESTY: _("the platform was down"),
    DayState.MISSED: _("not active"),
    DayState.ABSENT: _("never came: you crossed the date line"),
    DayState.OPEN: _("today, still open"),
    DayState.BEFORE: _("before your first day"),
}
