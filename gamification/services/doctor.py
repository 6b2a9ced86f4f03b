"""What must be true on this floor: XP, active days, streaks; and what is due and was never paid or granted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import chain, groupby
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Sum

from gamification.kinds import ACTIVE_DAY_SECONDS
from gamification.models import ActiveDay, EarnedBadge, Profile
from gamification.selectors.days import Calendars, run_of
from gamification.services.batches import BATCH, batches
from gamification.services.rebuild import (
    rebuild_active_days,
    rebuild_streaks,
    rebuild_xp,
    streaks_without_days,
    wrong_xp,
)
from gamification.services.rewards import badges_due, unpaid
from gamification.walk import walk
from learning.doctor import Found, check
from learning.models import LearningSession, StudyTime, User


@check("gamification.xp", "learners whose XP is not the sum of their ledger", repair=lambda at: rebuild_xp())
def xp(at: dt.datetime) -> Found:
    return Found.rows(wrong_xp())


def rebuild_days(at: dt.datetime) -> None:
    rebuild_active_days()
    rebuild_streaks()


@check("gamification.active_days", "days of learning that are no active days, by their learner", repair=rebuild_days)
def active_days(at: dt.datetime) -> Found:
    studied = StudyTime.objects.order_by().values("learner", "day").annotate(total=Sum("seconds"))
    long_enough = _without_day(studied.filter(total__gte=ACTIVE_DAY_SECONDS))
    finished = _without_day(LearningSession.objects.order_by().values("learner", "day")).distinct()
    missing = chain(long_enough, finished)
    return Found.each(learner for learner, _ in missing)


def _without_day(rows: QuerySet[Any]) -> Any:
    known = ActiveDay.objects.filter(learner=OuterRef("learner"), day=OuterRef("day"))
    return rows.exclude(Exists(known)).values_list("learner", "day")


@check(
    "gamification.streaks",
    "learners whose streak is not the walk over their active days",
    repair=lambda at: rebuild_streaks(),
)
def streaks(at: dt.datetime) -> Found:
    """Every number that the walk says: the run, its first and last day, the longest, and the freezes held."""
    return Found.each(_other_than_walked()) + Found.rows(streaks_without_days())


def _other_than_walked() -> Iterator[int]:
    """Days and totals come from one statement each: what is going on meanwhile is in both or in neither."""
    totals = ("run", "longest_streak", "freezes", "last_active_day", "begun_on")
    rows = ActiveDay.objects.order_by("learner_id", "day").values_list(
        "learner_id", *(f"learner__gamification__{name}" for name in totals), "day"
    )
    walks = groupby(rows.iterator(chunk_size=BATCH), key=lambda row: row[:-1])
    for batch in batches(((kept, [row[-1] for row in days]) for kept, days in walks), 500):
        ids = [kept[0] for kept, _ in batch]
        people, calendars = User.objects.in_bulk(ids), Calendars.of(ids)
        for (learner, *kept), days in batch:
            profile = Profile(learner_id=learner, **dict(zip(totals, kept, strict=True)))
            if learner in people and walk(days, calendars[people[learner]]) != run_of(profile):
                yield learner


@check(
    "gamification.unpaid",
    "completions without XP, by their learner: `manage.py rebuild_gamification` pays them",
    is_warning=True,
)
def unpaid_completions(at: dt.datetime) -> Found:
    return Found.each(entry.learner_id for entry in unpaid())


@check(
    "gamification.badges",
    "badges that are due and not granted, by their learner: `manage.py rebuild_gamification` grants them",
    is_warning=True,
)
def badges(at: dt.datetime) -> Found:
    return Found.each(_not_granted())


def _not_granted() -> Iterator[int]:
    for batch in batches(badges_due(), 500):
        held = EarnedBadge.objects.filter(learner__in={earned.learner_id for earned in batch})
        known = set(held.values_list("learner_id", "badge_id", "scope"))
        yield from (e.learner_id for e in batch if (e.learner_id, e.badge_id, e.scope) not in known)
