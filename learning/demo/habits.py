"""How people learn: on which days, for how long, at what time, and when they stop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

DAYS = 90
Span = tuple[int, int]


@dataclass(frozen=True)
class Habit:
    """One way of learning. Chances are of a day; `minutes` are of one sitting; days count from enrolling."""

    name: str
    share: int
    weekday: float
    weekend: float
    minutes: Span
    courses: Span = (1, 2)
    enrolled: Span = (10, DAYS - 1)  # days before the last one
    stays: Span | None = None  # then gone for good
    away: Span | None = None  # gone for so many days, and then back
    lessons: Span = (1, 2)  # most of one sitting
    twice: float = 0.1  # a second sitting on the same day
    again: float = 0.0  # on a day with nothing new left: practise or read again
    practises: float = 0.35  # and then: practise rather than read
    gives_up: float = 0.0  # after a lesson: this course is not for them
    leaves: float = 0.0  # says so when going


HABITS = (
    Habit(
        "devoted", 6, 0.97, 0.95, (12, 26), (3, 3), enrolled=(25, DAYS - 1), lessons=(1, 1), again=0.97, practises=0.93
    ),
    Habit("regular", 21, 0.6, 0.42, (9, 24), (2, 3), again=0.45, gives_up=0.02),
    Habit("weekender", 12, 0.04, 0.7, (18, 48), (1, 3), lessons=(1, 3), again=0.25, twice=0.2, gives_up=0.07),
    Habit("crammer", 9, 0.85, 0.9, (40, 150), (1, 2), stays=(2, 5), lessons=(3, 9), twice=0.5, gives_up=0.07),
    Habit("finisher", 10, 0.38, 0.28, (10, 30), (1, 2), gives_up=0.01),
    Habit("dropper", 21, 0.42, 0.3, (5, 16), stays=(3, 24), lessons=(1, 1), gives_up=0.22, leaves=0.2),
    Habit("returner", 8, 0.5, 0.4, (10, 26), (1, 3), enrolled=(50, DAYS - 1), away=(18, 40), gives_up=0.04),
    Habit("newcomer", 7, 0.7, 0.6, (8, 22), (1, 1), enrolled=(1, 6)),
    Habit("onlooker", 6, 0, 0, (0, 0), (1, 1), enrolled=(1, DAYS - 1)),  # enrolled, and never began
)

# When people sit down: hour of day, how far around it, and how many people are like that. 24 and more is past midnight.
HOURS = (
    (5.8, 0.5, 6),
    (8.2, 0.6, 16),
    (10.6, 0.8, 7),
    (12.7, 0.5, 16),
    (16.0, 1.2, 16),
    (20.2, 1.0, 36),
    (23.1, 0.8, 10),
)
EARLIEST, LATEST = 4.5, 25.5


@dataclass(frozen=True)
class Temper:
    """One person: a habit, the hours that are theirs, how fast they read, how well they answer."""

    habit: Habit
    hours: tuple[tuple[float, float], ...]
    tempo: float
    skill: float
    curiosity: float


def somebodys_temper(dice: Random) -> Temper:
    habit = dice.choices(HABITS, weights=[h.share for h in HABITS])[0]
    usual, other = dice.choices(HOURS, weights=[weight for *_, weight in HOURS], k=2)
    return Temper(
        habit=habit,
        hours=(usual[:2], usual[:2], usual[:2], other[:2]),
        tempo=dice.triangular(0.75, 2.3, 1.2),
        skill=dice.triangular(0.5, 0.98, 0.82),
        curiosity=dice.random(),
    )


@dataclass(frozen=True)
class Sitting:
    """An hour of day, in hours from midnight, and how long and for how many lessons this person means to stay."""

    day: dt.date
    hour: float
    minutes: int
    lessons: int


def first_day(temper: Temper, today: dt.date, dice: Random) -> dt.date:
    """The day of enrolling: any day, and more of them lately."""
    low, high = temper.habit.enrolled
    ago = dice.choice((dice.randint(low, high), dice.randint(low, high), round(dice.triangular(low, high, low))))
    return today - dt.timedelta(days=ago)


def sittings(temper: Temper, first: dt.date, today: dt.date, dice: Random) -> Iterator[Sitting]:
    """When this person sits down, from the day of enrolling to today, in order."""
    habit = temper.habit
    stays = dice.randint(*habit.stays) if habit.stays else DAYS
    gap = _gap(habit, dice)
    for n in range((today - first).days + 1):
        day = first + dt.timedelta(days=n)
        if n >= stays or n in gap:
            continue
        chance = habit.weekend if day.weekday() >= 5 else habit.weekday
        if n == 0:
            chance = 0.0 if habit.name == "onlooker" else max(chance, 0.8)
        if habit.name == "dropper":
            chance *= 1 - 0.6 * n / stays
        if dice.random() < chance:
            yield from _of_a_day(temper, day, dice)


def _gap(habit: Habit, dice: Random) -> range:
    if not habit.away:
        return range(0)
    begins = dice.randint(6, 18)
    return range(begins, begins + dice.randint(*habit.away))


def _of_a_day(temper: Temper, day: dt.date, dice: Random) -> Iterator[Sitting]:
    times = 2 if dice.random() < temper.habit.twice else 1
    hours = sorted(min(LATEST, max(EARLIEST, dice.gauss(*dice.choice(temper.hours)))) for _ in range(times))
    for hour in hours:
        minutes, lessons = round(dice.triangular(*temper.habit.minutes)), dice.randint(*temper.habit.lessons)
        yield Sitting(day, hour, minutes, lessons)
