"""Granting badges: only those that the event could have changed, each once in its scope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Case, CharField, Exists, OuterRef, QuerySet, Value, When

from gamification.models import Badge, EarnedBadge
from gamification.selectors.metrics import EVERYWHERE, Place, measure
from gamification.signals import BadgesEarned, badges_earned
from learning.models import Course, User
from learning.once import insert_new


@transaction.atomic
def grant_due_badges(
    *,
    learner: User,
    metrics: Collection[str],
    at: dt.datetime,
    course: Course | None = None,
    told: bool = True,
    celebrated: bool = True,
) -> list[EarnedBadge]:
    """The badges that this learner earns now, of those that count one of `metrics`. Again: none.

    With `course`, in which the act was, also those that are earned once per course or category. They are announced
    unless the learner wants to hear of none (`told`), and celebrated on pages unless that is off.
    """
    places = _places(course)
    open_badges = list(_open(learner, metrics, places))
    if not open_badges:
        return []
    numbers = measure(learner, {(b.metric, places[b.scope]) for b in open_badges})
    due = [b for b in open_badges if numbers[b.metric, places[b.scope]] >= b.threshold]
    earned = insert_new([_earned(learner, b, places[b.scope], at=at) for b in due], told_apart_by="badge_id")
    if earned and told:
        badges_earned.announce(BadgesEarned(learner, earned, at, celebrated))
    return earned


def _places(course: Course | None) -> dict[str, Place]:
    places = {str(Badge.Scope.SITE): EVERYWHERE}
    if course:
        places[Badge.Scope.COURSE] = Place(course=course.pk)
    if course and course.category_id:
        places[Badge.Scope.CATEGORY] = Place(category=course.category_id)
    return places


def _open(learner: User, metrics: Collection[str], places: dict[str, Place]) -> QuerySet[Badge]:
    here = Case(
        *(When(scope=scope, then=Value(place.scope)) for scope, place in places.items()), output_field=CharField()
    )
    held = EarnedBadge.objects.filter(badge=OuterRef("pk"), learner=learner, scope=OuterRef("here"))
    offered = Badge.objects.filter(is_active=True, metric__in=metrics, scope__in=places)
    return offered.annotate(here=here).exclude(Exists(held))


def _earned(learner: User, badge: Badge, place: Place, *, at: dt.datetime) -> EarnedBadge:
    return EarnedBadge(
        learner=learner,
        badge=badge,
        scope=place.scope,
        course_id=place.course,
        category_id=place.category,
        earned_at=at,
    )
