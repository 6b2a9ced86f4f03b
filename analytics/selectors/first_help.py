"""Who to help first: the three who are furthest behind the others, for the overview. The page about it has them all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Subquery

from analytics.kinds.risk import Reason
from analytics.models import RiskDay, RiskFlag, RiskSnapshot
from analytics.selectors.places import Place
from gamification.models import Pause
from learning.selectors.names import name_for_teachers
from learning.selectors.teaching import learners_of

MOST = 3


@dataclass(frozen=True)
class First:
    """One of them, and why."""

    id: int
    name: str
    reasons: list[Reason]


def first_to_help(place: Place) -> list[First]:
    """Two statements. Nobody who has finished, left, is on vacation, or was put off or answered."""
    course = place.course
    night = RiskDay.objects.filter(course=course).order_by("-day").values("day")[:1]
    flags = RiskFlag.objects.for_teachers(today=place.today).filter(course=course)
    here = learners_of(course).filter(learner=OuterRef("learner"), completed_at=None)
    tomorrow = place.today + dt.timedelta(days=1)
    away = Pause.objects.filter(
        kind=Pause.Kind.VACATION,
        learner=OuterRef("learner"),
        first_day__lte=tomorrow,
        last_day__gte=place.today,
    )
    rows = RiskSnapshot.objects.filter(
        Exists(flags.filter(learner=OuterRef("learner"))),
        Exists(here),
        ~Exists(away),
        course=course,
        day=Subquery(night),
        is_flagged=True,
        learner__detailed_tracking=True,
    )
    found = list(rows.order_by("-score", "learner").select_related("learner")[:MOST])
    reasons: dict[int, list[Reason]] = {}
    for learner, reason in flags.filter(learner__in=[row.learner_id for row in found]).values_list("learner", "reason"):
        reasons.setdefault(learner, []).append(Reason(reason))
    return [
        First(row.learner_id, name_for_teachers(row.learner, course), sorted(reasons.get(row.learner_id, [])))
        for row in found
    ]
