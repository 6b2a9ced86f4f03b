"""XP and badges made from facts, for all learners: what was never paid is paid, what is due is granted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from gamification.kinds import SESSION_MILESTONES, STREAK_MILESTONES, Metric, Rule
from gamification.models import Badge, EarnedBadge, Milestone, Profile, XPEntry, XPRule
from gamification.selectors.moments import moments
from gamification.services.batches import BATCH, batches
from learning.kinds import LessonKind
from learning.models import Enrollment, LessonProgress
from learning.zones import day_starts


def rebuild_rewards() -> None:
    """Every completion has its XP and every badge that is due has its holder. Again: no change.

    What is there stays as it is. What is missing is paid by the rules of now, at the instant and on the day of the
    completion; a badge is granted with the instant at which it was earned, as near as facts tell.
    """
    pay_completions()
    grant_earned_badges()
    note_passed_milestones()


@transaction.atomic
def pay_completions() -> None:
    """XP for completed lessons and courses that have none."""
    for batch in batches(unpaid()):
        XPEntry.objects.bulk_create(batch, ignore_conflicts=True)


def unpaid() -> Iterator[XPEntry]:
    """What the rules of now pay for completions that were never paid, not stored yet."""
    amounts = dict(XPRule.objects.filter(is_active=True, amount__gt=0).values_list("key", "amount"))
    yield from _for_lessons(amounts)
    yield from _for_courses(amounts)


def _for_lessons(amounts: dict[str, int]) -> Iterator[XPEntry]:
    done = _unpaid(LessonProgress.objects.filter(completed_at__isnull=False), "lesson").order_by("completed_at", "pk")
    rows = done.values_list("learner_id", "lesson__kind", "source", "completed_at", "completed_day")
    for learner, kind, source, at, day in rows.iterator(chunk_size=BATCH):
        rule = Rule.PRACTICE if kind == LessonKind.PRACTICE else Rule.LESSON
        if rule in amounts:
            yield _entry(learner, rule, amounts[rule], source, at=at, day=day)


def _for_courses(amounts: dict[str, int]) -> Iterator[XPEntry]:
    if Rule.COURSE not in amounts:
        return
    done = _unpaid(Enrollment.objects.filter(completed_at__isnull=False), "course").order_by("completed_at", "pk")
    rows: Any = done.select_related("learner").iterator(chunk_size=BATCH)
    for place in rows:
        at, day = place.completed_at, place.learner.day_at(place.completed_at)
        yield _entry(place.learner_id, Rule.COURSE, amounts[Rule.COURSE], place.source, at=at, day=day)


def _unpaid(done: QuerySet, what: str) -> QuerySet:
    """Whatever rule paid for it: a lesson whose kind was changed afterwards is not paid again."""
    source = Concat(Value(f"{what}:"), Cast(f"{what}_id", CharField()))
    paid = XPEntry.objects.filter(learner=OuterRef("learner"), source=OuterRef("source"))
    return done.annotate(source=source).exclude(Exists(paid))


def _entry(learner: int, rule: Rule, amount: int, source: str, *, at: dt.datetime, day: dt.date) -> XPEntry:
    return XPEntry(learner_id=learner, rule=rule, amount=amount, source=source, created_at=at, day=day)


@transaction.atomic
def grant_earned_badges() -> None:
    """Badges that facts say are due; the streaks must have been counted before."""
    for batch in batches(badges_due()):
        EarnedBadge.objects.bulk_create(batch, ignore_conflicts=True)


def badges_due() -> Iterator[EarnedBadge]:
    """Every badge that facts say is due, held or not, as it would be granted."""
    offered: dict[tuple[str, str], dict[int, list[Badge]]] = {}
    for badge in Badge.objects.filter(is_active=True):
        offered.setdefault((badge.metric, badge.scope), {}).setdefault(badge.threshold, []).append(badge)
    for (metric, scope), by_threshold in offered.items():
        yield from _due(metric, scope, by_threshold)


@transaction.atomic
def note_passed_milestones() -> None:
    """Totals that were passed, and how far each running streak is: noted, and never told, since that is long ago."""
    for batch in batches(_passed()):
        Milestone.objects.bulk_create(batch, ignore_conflicts=True)


def _passed() -> Iterator[Milestone]:
    for learner, _, total, at in moments(Metric.SESSIONS, SESSION_MILESTONES):
        yield Milestone(learner_id=learner, key=f"sessions_{total}", value=total, passed_at=at)
    runs = Profile.objects.filter(run__gte=min(STREAK_MILESTONES), begun_on__isnull=False).select_related("learner")
    for profile in runs.iterator(chunk_size=BATCH):
        length = max(mark for mark in STREAK_MILESTONES if mark <= profile.run)
        if profile.last_active_day:
            at = day_starts(profile.last_active_day, profile.learner.time_zone)
            key, scope = f"streak_{length}", str(profile.begun_on)
            yield Milestone(learner_id=profile.pk, key=key, scope=scope, value=length, passed_at=at)


def _due(metric: str, scope: str, by_threshold: dict[int, list[Badge]]) -> Iterator[EarnedBadge]:
    for learner, place, threshold, at in moments(metric, by_threshold, scope):
        for badge in by_threshold[threshold]:
            yield EarnedBadge(
                learner_id=learner,
                badge=badge,
                scope=place.scope,
                course_id=place.course,
                category_id=place.category,
                earned_at=at,
            )
