"""A short word that changes whenever something on a learner's page does: one read, so that asking often is cheap."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.db.models import Count, Max, QuerySet, Subquery, Sum

from gamification.models import EarnedBadge
from learning.models import LearningSession, PracticeAttempt, User


def stamp(learner: User, *, at: dt.datetime) -> str:
    """Built from the learner's totals and newest facts, and from their day: at midnight a goal begins anew."""
    totals = (
        User.objects.filter(pk=learner.pk)
        .annotate(
            courses=Count("enrollments"),
            left=Count("enrollments__left_at"),
            finished=Count("enrollments__completed_at"),
            seconds=Sum("enrollments__seconds"),
            done=Sum("enrollments__completed_lessons"),
            required=Sum("enrollments__required_lessons"),
            opened=Max("enrollments__last_accessed_at"),
            badge=_newest(EarnedBadge.objects.order_by("-earned_at", "-pk"), learner),
            session=_newest(LearningSession.objects.order_by("-day", "-pk"), learner),
            attempt=_newest(PracticeAttempt.objects.finished().order_by("-day", "-finished_at"), learner),
        )
        .values_list(
            "courses", "left", "finished", "seconds", "done", "required", "opened", "badge", "session", "attempt",
            "gamification__xp", "gamification__run", "gamification__last_active_day", "clock__credited_until",
        )
        .first()
    )  # fmt: skip
    words = (learner.pk, learner.name, learner.language, learner.detailed_tracking, learner.day_at(at), totals)
    return hashlib.sha256(repr(words).encode()).hexdigest()[:20]


def _newest(facts: QuerySet[Any], learner: User) -> Subquery:
    return Subquery(facts.filter(learner=learner).values("pk")[:1])
