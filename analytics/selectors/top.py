"""Top learners of a course: who was fastest, most engaged, asked most, was here last."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from analytics.metrics.standing import days as in_days
from chat.kinds import Role
from chat.models import Message
from gamification.models import EarnedBadge
from learning.models import Course
from learning.selectors.names import name_for_teachers
from learning.selectors.teaching import learners_of


class TopSort(models.TextChoices):
    FASTEST = "fastest", _("Fastest")
    ENGAGED = "engaged", _("Most engaged")
    QUESTIONS = "questions", _("Most questions")
    RECENT = "recent", _("Here last")


@dataclass(frozen=True)
class TopLearner:
    id: int
    name: str
    percent: float
    seconds: int
    days_to_complete: float | None
    badges: int
    questions: int
    last_active: dt.datetime | None


def top_learners(course: Course, *, sort: str, most: int) -> list[TopLearner]:
    """One statement. Who has not finished has no time to complete, and is not among the fastest."""
    rows: Any = _with_counts(course, _SORTS[TopSort(sort)](course)).select_related("learner")[:most]
    return [_learner(course, place) for place in rows]


def _on_show(course: Course) -> Any:
    """Who has switched detailed tracking off stands on no board."""
    return learners_of(course).filter(learner__detailed_tracking=True)


def _fastest(course: Course) -> Any:
    taken = ExpressionWrapper(F("completed_at") - F("started_at"), output_field=DurationField())
    return _on_show(course).exclude(completed_at=None).annotate(taken=taken).order_by("taken", "pk")


def _engaged(course: Course) -> Any:
    return _on_show(course).filter(seconds__gt=0).order_by("-seconds", "pk")


def _recent(course: Course) -> Any:
    return _on_show(course).exclude(last_accessed_at=None).order_by("-last_accessed_at", "pk")


def _curious(course: Course) -> Any:
    counts = _asked(course).filter(asker=OuterRef("learner")).values("asker").annotate(n=Count("pk")).values("n")
    asked = _on_show(course).filter(Exists(_asked(course).filter(asker=OuterRef("learner"))))
    return asked.annotate(asked=Subquery(counts, output_field=IntegerField())).order_by("-asked", "pk")


_SORTS = {
    TopSort.FASTEST: _fastest,
    TopSort.ENGAGED: _engaged,
    TopSort.QUESTIONS: _curious,
    TopSort.RECENT: _recent,
}


def _asked(course: Course) -> models.QuerySet[Message]:
    return Message.objects.filter(role=Role.USER, course=course).order_by()


def _with_counts(course: Course, places: Any) -> Any:
    questions = _asked(course).filter(asker=OuterRef("learner")).values("asker").annotate(n=Count("pk")).values("n")
    badges = EarnedBadge.objects.filter(learner=OuterRef("learner")).order_by().values("learner")
    return places.annotate(
        questions=Coalesce(Subquery(questions, output_field=IntegerField()), 0),
        badges=Coalesce(Subquery(badges.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0),
    )


def _learner(course: Course, place: Any) -> TopLearner:
    taken = (place.completed_at - place.started_at).total_seconds() if place.completed_at else None
    return TopLearner(
        id=place.learner_id,
        name=name_for_teachers(place.learner, course),
        percent=float(place.percent),
        seconds=place.seconds,
        days_to_complete=None if taken is None else in_days(taken, 1),
        badges=place.badges,
        questions=place.questions,
        last_active=place.last_accessed_at,
    )
