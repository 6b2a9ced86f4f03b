"""The range of an instructor's page: whole days of the course's zone, chosen by a button or by two dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from learning.zones import day_at, day_starts


class Period(models.TextChoices):
    """What a range is called in an address."""

    WEEK = "7d", gettext_lazy("7 days")
    MONTH = "30d", gettext_lazy("30 days")
    QUARTER = "90d", gettext_lazy("90 days")
    ALL = "all", gettext_lazy("All time")
    CUSTOM = "custom", gettext_lazy("Dates")


DAYS = {Period.WEEK: 7, Period.MONTH: 30, Period.QUARTER: 90}
USUAL = Period.MONTH


class BadRange(ValueError):
    """The address asks for a range that can't be; `field` says with which of its words."""

    def __init__(self, field: str, detail: str) -> None:
        self.field, self.detail = field, detail
        super().__init__(detail)


@dataclass(frozen=True)
class Range:
    """Days `first` to `last`, both included, in `zone`. The last is never after today."""

    period: Period
    first: dt.date
    last: dt.date
    zone: str
    today: dt.date

    @classmethod
    def of(cls, query: Mapping[str, Any], *, zone: str, opened: Callable[[], dt.date], at: dt.datetime) -> Range:
        """What `period`, or `start_date` and `end_date`, ask for; 30 days where nothing is asked.

        `opened` says the course's first day, the beginning of all time, and is asked only then. Raises BadRange.
        """
        today = day_at(at, zone)
        if query.get("start_date") or query.get("end_date"):
            first, last = _date(query, "start_date") or opened(), _date(query, "end_date") or today
            if first > last:
                raise BadRange("end_date", _("Must not be before the start."))
            last = min(last, today)
            return cls(Period.CUSTOM, min(max(first, opened()), last), last, zone, today)
        period = _period(query.get("period") or USUAL)
        if period is Period.ALL:
            return cls(period, min(opened(), today), today, zone, today)
        return cls(period, today - dt.timedelta(days=DAYS[period] - 1), today, zone, today)

    @classmethod
    def usual(cls, *, zone: str, at: dt.datetime) -> Range:
        return cls.of({}, zone=zone, opened=lambda: day_at(at, zone), at=at)

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[dt.date]:
        return (self.first + dt.timedelta(days=n) for n in range(len(self)))

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    @property
    def is_everything(self) -> bool:
        return self.period is Period.ALL

    @property
    def starts(self) -> dt.datetime:
        """The first instant of the range."""
        return day_starts(self.first, self.zone)

    @property
    def ends(self) -> dt.datetime:
        """The first instant after it."""
        return day_starts(self.last + dt.timedelta(days=1), self.zone)

    @property
    def query(self) -> str:
        """How an address asks for it."""
        if self.period is Period.CUSTOM:
            return f"start_date={self.first}&end_date={self.last}"
        return f"period={self.period.value}"


def _period(said: str) -> Period:
    if said in set(Period) - {Period.CUSTOM}:
        return Period(said)
    raise BadRange("period", _("Must be 7d, 30d, 90d or all."))


def _date(query: Mapping[str, Any], field: str) -> dt.date | None:
    said = query.get(field)
    if not said:
        return None
    try:
        found = parse_date(str(said))
    except ValueError:
        found = None
    # A day at the edge of the calendar has no neighbours to reckon with.
    if found is None or not dt.date.min.year + 1 < found.year < dt.date.max.year:
        raise BadRange(field, _("Must be a date: 2026-03-14."))
    return found
