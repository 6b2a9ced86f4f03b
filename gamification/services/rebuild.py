"""Active days, streaks, XP and badges, made anew from facts: set-wise, in one pass each, in batches."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from django.db import transaction
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from gamification.kinds import ACTIVE_DAY_SECONDS
from gamification.models import ActiveDay, Profile, XPEntry
from gamification.selectors.days import Calendars
from gamification.services.batches import BATCH, batches
from gamification.services.rewards import rebuild_rewards
from gamification.walk import walk
from learning.models import LearningSession, StudyTime, User

# So many totals are held at once: whoever earns something in that moment waits for no more than them.
HELD = 500


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
    """Run, longest, freezes and last day of every learner, in a walk over their active days."""
    learners = ActiveDay.objects.order_by("learner_id").values_list("learner_id", flat=True).distinct()
    for batch in batches(learners.iterator(chunk_size=BATCH), HELD):
        _walk_again(batch)
    for batch in batches(streaks_without_days().values_list("pk", flat=True).iterator(chunk_size=BATCH), HELD):
        _end_without_days(batch)


def streaks_without_days() -> QuerySet[Profile]:
    """Totals that tell of a streak where there is no active day."""
    told = Q(run__gt=0) | Q(longest_streak__gt=0) | Q(freezes__gt=0) | Q(last_active_day__isnull=False)
    return Profile.objects.filter(told).exclude(Exists(ActiveDay.objects.filter(learner=OuterRef("pk"))))


@transaction.atomic
def _walk_again(learners: list[int]) -> None:
    hold_profiles(learners)
    rows = ActiveDay.objects.filter(learner__in=learners).order_by("learner_id", "day").values_list("learner_id", "day")
    days = {learner: [day for _, day in group] for learner, group in groupby(rows, key=lambda row: row[0])}
    Profile.objects.bulk_create(
        _profiles(days),
        update_conflicts=True,
        unique_fields=["learner"],
        update_fields=["run", "longest_streak", "last_active_day", "freezes", "begun_on", "ended_on"],
    )


@transaction.atomic
def _end_without_days(learners: list[int]) -> None:
    hold_profiles(learners)
    streaks_without_days().filter(pk__in=learners).update(
        run=0, longest_streak=0, last_active_day=None, freezes=0, begun_on=None, ended_on=None
    )


def hold_profiles(learners: list[int]) -> None:
    """Hold these totals before counting, made where they are missing.

    Whoever adds a day or a payment writes the fact and then the total, in one transaction, and waits for the total
    while it is held: what is counted then has all that is in the total, and what waits is added to what was counted.
    """
    Profile.objects.bulk_create([Profile(learner_id=pk) for pk in learners], ignore_conflicts=True)
    rows = Profile.objects.filter(pk__in=learners).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))


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


def rebuild_xp() -> None:
    """The shown total is the sum of the ledger."""
    for batch in batches(wrong_xp().values_list("pk", flat=True).iterator(chunk_size=BATCH), HELD):
        _sum_again(batch)


def wrong_xp() -> QuerySet[User]:
    """Learners who are shown another total than the sum of their ledger; `paid` is what it should be."""
    shown = Coalesce(F("gamification__xp"), 0)
    return User.objects.annotate(paid=_paid(to="pk"), shown=shown).exclude(paid=F("shown"))


def _paid(*, to: str) -> Coalesce:
    entries = XPEntry.objects.filter(learner=OuterRef(to)).order_by().values("learner")
    total = entries.annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


@transaction.atomic
def _sum_again(learners: list[int]) -> None:
    hold_profiles(learners)
    Profile.objects.filter(pk__in=learners).update(xp=_paid(to="learner"))
