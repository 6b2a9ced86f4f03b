"""Top learners of a course: who was fastest, most engaged, asked most, was here last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, DurationField, ExpressionWrapper, F, IntegerField, OuterRef, Subquery
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
    """One statement: the first are found, and only theirs is counted.

    Who has not finished has no time to complete, and is not among the fastest. Among equals, who joined Cairn earlier.
    """
    find, order = _SORTS[TopSort(sort)]
    first = find(course).order_by(*order, "learner").values("learner")[:most]
    rows: Any = _with_counts(course, _on_show(course).filter(learner__in=first)).select_related("learner")
    return [_learner(course, place) for place in rows.annotate(taken=_TAKEN).order_by(*order, "learner")]


def _on_show(course: Course) -> Any:
    """Who has switched detailed tracking off stands on no board."""
    return learners_of(course).filter(learner__detailed_tracking=True)


_TAKEN = ExpressionWrapper(F("completed_at") - F("started_at"), output_field=DurationField())


def _finished(course: Course) -> Any:
    return _on_show(course).exclude(completed_at=None).annotate(taken=_TAKEN)


def _studied(course: Course) -> Any:
    return _on_show(course).filter(seconds__gt=0)


def _were_here(course: Course) -> Any:
    return _on_show(course).exclude(last_accessed_at=None)


def _curious(course: Course) -> Any:
    asked = _asked(course).filter(asker__in=_on_show(course).values("learner"))
    return asked.values(learner=F("asker")).annotate(questions=Count("pk"))


_SORTS: dict[TopSort, tuple[Callable[[Course], Any], tuple[str, ...]]] = {
    TopSort.FASTEST: (_finished, ("taken",)),
    TopSort.ENGAGED: (_studied, ("-seconds",)),
    TopSort.QUESTIONS: (_curious, ("-questions",)),
    TopSort.RECENT: (_were_here, ("-last_accessed_at",)),
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
