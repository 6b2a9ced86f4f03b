"""Days and streaks of learners who move, against clocks that are simply watched: no arithmetic of days at all."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from gamification.selectors.days import calendar_of
from gamification.walk import walk
from learning.services.people import change_time_zone
from learning.zones import zone_names

SEED, TRIPLES = 7, 1000
FIRST, LAST = (dt.datetime(year, 1, 1, tzinfo=dt.UTC) for year in (2024, 2029))
LOOK = dt.timedelta(minutes=15)
BEFORE, AFTER = dt.timedelta(days=2), dt.timedelta(days=4)
ZONES = sorted(name for name in zone_names() if "/" in name and not name.startswith("Etc/"))


def test_days_and_streaks_of_a_thousand_moves_are_what_the_clocks_said(alice):
    """A zone, an instant and another zone, among them every change of any clock from 2024 to 2028."""
    dice, changes = Random(SEED), every_change_of_a_clock()
    moves = [(name, at + LOOK * dice.randint(-100, 100), dice.choice(ZONES)) for name, at in changes]
    while len(moves) < TRIPLES:
        moves.append((dice.choice(ZONES), FIRST + LOOK * dice.randrange((LAST - FIRST) // LOOK), dice.choice(ZONES)))
    for old, at, new in moves:
        acts = sorted(at + LOOK * dice.randint(-BEFORE // LOOK, AFTER // LOOK - 1) for _ in range(6))
        seen = watched(old, new, at)
        days, run = as_cairn_says(alice.user, old, new, at, acts)
        assert days == [seen[act] for act in acts], (old, at, new)
        assert run == as_watched(list(seen.values()), days), (old, at, new, days)
    print(f"triples={len(moves)} clock_changes={len(changes)} seed={SEED}")


def as_cairn_says(user, old: str, new: str, at: dt.datetime, acts: list[dt.datetime]) -> tuple[list[dt.date], int]:
    """The day of each act at the moment it is done, and the streak that they make."""
    user.zone_changes.all().delete()
    user.time_zone, user.time_zone_from, user.previous_time_zone = old, None, ""
    user.save()
    before = [user.day_at(act) for act in acts if act < at]
    moved = change_time_zone(user, new, at=at)
    days = before + [moved.day_at(act) for act in acts if act >= at]
    return days, walk(days, calendar_of(moved)).length


def watched(old: str, new: str, at: dt.datetime) -> dict[dt.datetime, dt.date]:
    """The date on the learner's clock at every look. They set it when both zones' clocks have left the day of the move."""
    seen, here, there = {}, ZoneInfo(old), ZoneInfo(new)
    today, arrived = at.astimezone(here).date(), False
    now = at - BEFORE
    while now < at + AFTER:
        dates = now.astimezone(here).date(), now.astimezone(there).date()
        arrived = arrived or (now >= at and min(dates) > today)
        seen[now] = dates[arrived]
        now += LOOK
    return seen


def as_watched(seen: list[dt.date], days: list[dt.date]) -> int:
    """How many active dates stand one after the other at the end, of the dates that came."""
    came, active, run = list(dict.fromkeys(seen)), set(days), 0
    for date in reversed(came[: came.index(max(active)) + 1]):
        if date not in active:
            break
        run += 1
    return run


@lru_cache(maxsize=1)
def every_change_of_a_clock() -> list[tuple[str, dt.datetime]]:
    """Each instant at which some zone's offset changes, once for all zones that change alike."""
    found: dict[tuple[dt.datetime, dt.timedelta | None, dt.timedelta | None], str] = {}
    weeks = [FIRST + dt.timedelta(days=5) * n for n in range((LAST - FIRST) // dt.timedelta(days=5) + 1)]
    for name in ZONES:
        zone = ZoneInfo(name)
        for low, high in pairwise(weeks):
            if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
                at = _narrowed(zone, low, high)
                found.setdefault((at, low.astimezone(zone).utcoffset(), high.astimezone(zone).utcoffset()), name)
    return [(name, at) for (at, *_), name in found.items()]


def _narrowed(zone: ZoneInfo, low: dt.datetime, high: dt.datetime) -> dt.datetime:
    while high - low > LOOK:
        middle = low + (high - low) // LOOK // 2 * LOOK
        same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
        low, high = (middle, high) if same else (low, middle)
    return high
