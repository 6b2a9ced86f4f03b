"""Days in time zones: which calendar date an instant has for a person, and where a date begins."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

_NAME = re.compile(r"^[A-Za-z0-9_+\-/]{1,64}$")


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """The IANA names that a person may choose."""
    return frozenset(n for n in available_timezones() if not n.startswith(("posix/", "right/")) and n != "localtime")


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA zone; a path never reaches ZoneInfo."""
    return bool(_NAME.match(name)) and name in zone_names()


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone called `name`; a stored name that is unknown today reads as UTC."""
    return ZoneInfo(name) if is_zone(name) else ZoneInfo("UTC")


def day_at(instant: dt.datetime, name: str) -> dt.date:
    """The calendar date of `instant` in the zone."""
    return instant.astimezone(zone(name)).date()


def day_starts(day: dt.date, name: str) -> dt.datetime:
    """The first instant (UTC) of `day` in the zone: 01:00 where 00:00 does not exist."""
    # Read with the offset from before it, a 00:00 that falls into a gap is the very instant the gap ends.
    return dt.datetime.combine(day, dt.time(), tzinfo=zone(name)).astimezone(dt.UTC)


def existed(day: dt.date, name: str) -> bool:
    """Whether the zone had that date: Apia had no 30 December 2011."""
    noon = dt.datetime.combine(day, dt.time(12), tzinfo=zone(name))
    return day_at(noon.astimezone(dt.UTC), name) == day
