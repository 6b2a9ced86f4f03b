"""A short word that changes whenever something on a learner's page does: one read, so that asking often is cheap."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Sum

from analytics.models import DashboardLayout
from analytics.selectors.layout import Placed, placed
from gamification.models import EarnedBadge
from learning.models import LearningSession, PracticeAttempt, User
from notifications.models import LiveEvent


@dataclass(frozen=True)
class Stamp:
    """The word, and the layout of the page, which is a part of it."""

    word: str
    layout: list[Placed]


def stamp(learner: User, *, at: dt.datetime) -> Stamp:
    """Built from the learner's totals and newest facts, from what their pages were told last, and from their day: at
    midnight a goal begins anew."""
    layout = DashboardLayout.objects.filter(learner=OuterRef("pk"))
    told = LiveEvent.objects.filter(person=OuterRef("pk")).order_by("-pk")
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
        .annotate(
            told=Subquery(told.values("pk")[:1]),
            order=Subquery(layout.values("order")),
            hidden=Subquery(layout.values("hidden")),
        )
        .values_list(
            "courses", "left", "finished", "seconds", "done", "required", "opened", "badge", "session", "attempt",
            "gamification__xp", "gamification__run", "gamification__last_active_day", "clock__credited_until",
            "told", "order", "hidden",
        )
        .first()
    )  # fmt: skip
    words = (learner.pk, learner.name, learner.language, learner.detailed_tracking, learner.day_at(at), totals)
    order, hidden = totals[-2:] if totals else (None, None)
    return Stamp(hashlib.sha256(repr(words).encode()).hexdigest()[:20], placed(order, hidden))


def _newest(facts: QuerySet[Any], learner: User) -> Subquery:
    return Subquery(facts.filter(learner=learner).values("pk")[:1])
