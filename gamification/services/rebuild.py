"""Active days, streaks, XP and badges, made anew from facts: set-wise, in one pass each, in batches."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from django.db import transaction
from django.db.models import IntegerField, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from gamification.kinds import ACTIVE_DAY_SECONDS
from gamification.models import ActiveDay, Profile, XPEntry
from gamification.selectors.days import Calendars
from gamification.services.batches import BATCH, batches
from gamification.services.rewards import rebuild_rewards
from gamification.walk import walk
from learning.models import LearningSession, StudyTime, User


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
    """Run, longest, freezes and last day of every learner, in one walk over the active days."""
    rows = ActiveDay.objects.order_by("learner_id", "day").values_list("learner_id", "day")
    walks = groupby(rows.iterator(chunk_size=BATCH), key=lambda row: row[0])
    for batch in batches((learner, [day for _, day in days]) for learner, days in walks):
        Profile.objects.bulk_create(
            _profiles(dict(batch)),
            update_conflicts=True,
            unique_fields=["learner"],
            update_fields=["run", "longest_streak", "last_active_day", "freezes", "begun_on", "ended_on"],
        )
    Profile.objects.exclude(learner__in=ActiveDay.objects.values("learner")).update(
        run=0, longest_streak=0, last_active_day=None, freezes=0, begun_on=None, ended_on=None
    )


def _profiles(days: dict[int, list[dt.date]]) -> list[Profile]:
    calendars, found = Calendars.of(days), []
    for learner in User.objects.filter(pk__in=days):
        run = walk(days[learner.pk], calendars[learner])
        found.append(
            Profile(
                learner=learner,
                run=run.length,
                longest_streak=run.longest,
                last_active_day=run.last_day,
                freezes=run.freezes,
                begun_on=run.first_day,
            )
        )
    return found


@transaction.atomic
def rebuild_xp() -> None:
    """The shown total is the sum of the ledger."""
    paid = XPEntry.objects.filter(learner=OuterRef("learner")).order_by().values("learner")
    total = Subquery(paid.annotate(total=Sum("amount")).values("total"), output_field=IntegerField())
    missing = XPEntry.objects.exclude(learner__in=Profile.objects.values("learner")).order_by()
    ids = missing.values_list("learner_id", flat=True).distinct()
    Profile.objects.bulk_create([Profile(learner_id=pk) for pk in ids], ignore_conflicts=True)
    Profile.objects.update(xp=Coalesce(total, 0))
