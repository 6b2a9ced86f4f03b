"""A learner's calendar: which dates never existed for them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from learning.models import User
from learning.services.people import absent_days
from learning.zones import existed


@dataclass(frozen=True)
class Calendar:
    """Dates that no clock of this learner ever showed are no gaps in a streak."""

    time_zone: str
    skipped: frozenset[dt.date]

    def is_absent(self, day: dt.date) -> bool:
        return day in self.skipped or not existed(day, self.time_zone)


def calendar_of(learner: User) -> Calendar:
    """One query, and none for who never moved."""
    skipped = absent_days(learner) if learner.time_zone_from else set()
    return Calendar(learner.time_zone, frozenset(skipped))
