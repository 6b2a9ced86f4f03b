"""What the clock runs: named jobs, each at most once per slot of its schedule.

`CELERY_BEAT_SCHEDULE` is the one list. Where a broker is configured, beat asks for each job when it is time; where none
is, the relay does. Asking writes a row of the outbox whose key is the job and the slot: a second beat, a second relay
or a late repeat finds the row there and asks for nothing more, and a job whose process dies is done again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from celery import shared_task
from celery.schedules import crontab
from celery.schedules import schedule as interval
from django.conf import settings
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from learning import outbox

# A job that fails is tried for an hour; the next slot comes anyway.
PATIENCE = dt.timedelta(hours=1)
# Longer than any month: the last time that a crontab struck is found by walking back.
LONGEST_WALK_DAYS = 400

Job = Callable[[dt.datetime], Any]


def job(name: str, *, queue: str = "default", lease: dt.timedelta = dt.timedelta(minutes=5)) -> Callable[[Job], Job]:
    """Make the function a job: it gets the instant, and may run twice. Its place in the schedule says `task: name`."""

    def register(run: Job) -> Job:
        outbox.handles(name, queue=queue, lease=lease, patience=PATIENCE)(lambda key, payload: run(timezone.now()))

        @shared_task(name=name)
        def asked_by_beat(*args: Any, **kwargs: Any) -> bool:
            return ask(name, at=timezone.now())

        return run

    return register


def ask(name: str, *, at: dt.datetime, when: Any = None) -> bool:
    """Ask for the job of the slot that `at` lies in; False when it was asked for before."""
    when = when or _schedule_of(name)
    slot = slot_of(when, at) if when is not None else at.replace(microsecond=0)
    return bool(outbox.put_many(name, {f"{name}@{slot:%Y-%m-%dT%H:%M:%SZ}": {}}, at=at))


def run_now(name: str, *, at: dt.datetime) -> bool:
    """Ask for the job at once, whatever its schedule says; once a second. False where there is no such job."""
    if name not in outbox.known_kinds():
        return False
    outbox.put_many(name, {f"{name}@by-hand:{at:%Y-%m-%dT%H:%M:%SZ}": {}}, at=at)
    return True


class Clock:
    """Asks for the jobs of the schedule where no beat does. It remembers what it asked for, so most looks ask nothing.

    The first look asks for the latest slot of each job: what was missed while nothing ran is made good, once.
    """

    def __init__(self) -> None:
        self._asked: dict[str, dt.datetime] = {}

    def strike(self, *, at: dt.datetime) -> list[str]:
        """Ask for what is due; returns the jobs that nobody had asked for."""
        known = outbox.known_kinds()
        jobs: list[dict[str, Any]] = [
            entry for entry in settings.CELERY_BEAT_SCHEDULE.values() if entry["task"] in known
        ]
        due = [entry for entry in jobs if self._is_new(entry, at=at)]
        return [entry["task"] for entry in due if ask(entry["task"], at=at, when=entry["schedule"])]

    def _is_new(self, entry: dict[str, Any], *, at: dt.datetime) -> bool:
        slot = slot_of(entry["schedule"], at)
        if self._asked.get(entry["task"]) == slot:
            return False
        self._asked[entry["task"]] = slot
        return True


def _schedule_of(name: str) -> Any:
    """The schedule as it is in the database, where staff may have changed it, else the one of the settings."""
    stored = PeriodicTask.objects.filter(task=name, enabled=True).select_related("interval", "crontab").first()
    if stored:
        return stored.schedule
    return next((e["schedule"] for e in settings.CELERY_BEAT_SCHEDULE.values() if e["task"] == name), None)


def slot_of(when: Any, at: dt.datetime) -> dt.datetime:
    """The latest instant, not after `at`, at which this schedule strikes. Intervals are counted from 1970, UTC."""
    if isinstance(when, crontab):
        return _latest_strike(when, at)
    period: Any = when.run_every if isinstance(when, interval) else when  # type: ignore[attr-defined]
    seconds = max(1.0, period.total_seconds() if isinstance(period, dt.timedelta) else float(period))
    return dt.datetime.fromtimestamp(at.timestamp() // seconds * seconds, dt.UTC)


def _latest_strike(when: Any, at: dt.datetime) -> dt.datetime:
    local = at.astimezone(getattr(when, "tz", dt.UTC) or dt.UTC).replace(second=0, microsecond=0)
    for back in range(LONGEST_WALK_DAYS):
        day = local.date() - dt.timedelta(days=back)
        if not _strikes_on(when, day):
            continue
        latest = (local.hour, local.minute) if back == 0 else (23, 59)
        times = [(h, m) for h in when.hour for m in when.minute if (h, m) <= latest]
        if times:
            hour, minute = max(times)
            struck = dt.datetime.combine(day, dt.time(hour, minute), tzinfo=local.tzinfo)
            return struck.astimezone(dt.UTC)
    return at.astimezone(dt.UTC).replace(second=0, microsecond=0)  # a crontab that never strikes was asked for by hand


def _strikes_on(when: Any, day: dt.date) -> bool:
    return day.isoweekday() % 7 in when.day_of_week and day.day in when.day_of_month and day.month in when.month_of_year
