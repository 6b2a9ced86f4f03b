"""Active days, streaks, XP and badges, made anew from facts: set-wise, in one pass each, in batches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import IntegerField, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from gamification.kinds import ACTIVE_DAY_SECONDS, run_of
from gamification.models import ActiveDay, Profile, XPEntry
from gamification.selectors.days import Calendar
from gamification.services.batches import BATCH, batches
from gamification.services.rewards import rebuild_rewards
from learning.models import LearningSession, StudyTime, ZoneChange


def rebuild_gamification() -> None:
    """Everything that is cached on this floor. Again: no change."""
    rebuild_active_days()
    rebuild_streaks()
    rebuild_rewards()
    rebuild_xp()


def rebuild_active_days() -> None:
    """Every learner's day with a session or 10 minutes of study is an active day; none is ever taken away."""
    studied = StudyTime.objects.order_by().values_list("learner_id", "day", "learner__time_zone")
    long_enough = studied.annotate(total=Sum("seconds")).filter(total__gte=ACTIVE_DAY_SECONDS)
    finished = LearningSession.objects.order_by().values_list("learner_id", "day", "learner__time_zone").distinct()
    for rows in (long_enough.values_list("learner_id", "day", "learner__time_zone"), finished):
        for batch in batches(rows.iterator(chunk_size=BATCH)):
            days = [ActiveDay(learner_id=learner, day=day, time_zone=zone) for learner, day, zone in batch]
            ActiveDay.objects.bulk_create(days, ignore_conflicts=True)


def rebuild_streaks() -> None:
    """Run, longest and last day of every learner, in one walk over the active days."""
    skipped = _skipped_days()
    rows = ActiveDay.objects.order_by("learner_id", "day").values_list("learner_id", "learner__time_zone", "day")
    walks = groupby(rows.iterator(chunk_size=BATCH), key=lambda row: row[:2])
    for batch in batches(_profiles(walks, skipped)):
        Profile.objects.bulk_create(
            batch,
            update_conflicts=True,
            unique_fields=["learner"],
            update_fields=["run", "longest_streak", "last_active_day"],
        )
    Profile.objects.exclude(learner__in=ActiveDay.objects.values("learner")).update(
        run=0, longest_streak=0, last_active_day=None
    )


def _profiles(walks: Iterable[tuple[Any, Iterator[Any]]], skipped: dict[int, set[dt.date]]) -> Iterator[Profile]:
    for (learner, zone), rows in walks:
        calendar = Calendar(zone, frozenset(skipped.get(learner, ())))
        run = run_of((day for _, _, day in rows), calendar.is_absent)
        yield Profile(learner_id=learner, run=run.last, longest_streak=run.longest, last_active_day=run.last_day)


def _skipped_days() -> dict[int, set[dt.date]]:
    skipped: dict[int, set[dt.date]] = {}
    for learner, day in ZoneChange.objects.exclude(skipped_day=None).values_list("learner_id", "skipped_day"):
        if day:
            skipped.setdefault(learner, set()).add(day)
    return skipped


@transaction.atomic
def rebuild_xp() -> None:
    """The shown total is the sum of the ledger."""
    paid = XPEntry.objects.filter(learner=OuterRef("learner")).order_by().values("learner")
    total = Subquery(paid.annotate(total=Sum("amount")).values("total"), output_field=IntegerField())
    missing = XPEntry.objects.exclude(learner__in=Profile.objects.values("learner")).order_by()
    ids = missing.values_list("learner_id", flat=True).distinct()
    Profile.objects.bulk_create([Profile(learner_id=pk) for pk in ids], ignore_conflicts=True)
    Profile.objects.update(xp=Coalesce(total, 0))
