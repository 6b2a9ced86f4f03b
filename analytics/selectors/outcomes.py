"""What came of what was done: each act with the fourteen days after it, and the sum of each kind in a course."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from analytics.kinds.risk import Act
from analytics.models import Outreach
from analytics.selectors.places import Place
from learning.models import LessonProgress, StudyTime

# Acts of the learner are no acts for them.
KINDS = [kind for kind in Act if kind is not Act.ANSWER]
LOOKED_BACK = dt.timedelta(days=365)


@dataclass(frozen=True)
class After:
    """What a learner did in the fourteen days after an act, so far as they are over."""

    is_over: bool
    active_days: int
    seconds: int
    lessons: int


@dataclass(frozen=True)
class Sum:
    """Acts of one kind in a course in the last year: how many, and of those whose fourteen days are over, how many
    learners studied again and how many completed a lesson."""

    kind: Act
    count: int
    over: int
    came_back: int
    went_on: int


Hours = list[tuple[dt.datetime, dt.date, int]]


def after(act: Outreach, hours: Hours, completions: Iterable[dt.datetime], *, at: dt.datetime) -> After:
    """What this learner did after the act, from the course's hours of study (with day and seconds) and completions."""
    mine = [(day, seconds) for hour, day, seconds in hours if act.at < hour <= act.watched_until]
    return After(
        is_over=act.watched_until <= at,
        active_days=len({day for day, _ in mine}),
        seconds=sum(seconds for _, seconds in mine),
        lessons=sum(1 for moment in completions if act.at < moment <= act.watched_until),
    )


def sums(place: Place) -> list[Sum]:
    """One statement; every kind, also those that nobody used."""
    over = Q(watched_until__lte=place.at)
    rows = (
        Outreach.objects.filter(course=place.course, kind__in=KINDS, at__gte=place.at - LOOKED_BACK)
        .annotate(came_back=Exists(_studied()), went_on=Exists(_completed()))
        .order_by()
        .values("kind")
        .annotate(
            n=Count("pk"),
            over=Count("pk", filter=over),
            back=Count("pk", filter=over & Q(came_back=True)),
            on=Count("pk", filter=over & Q(went_on=True)),
        )
    )
    found = {row["kind"]: row for row in rows}
    none = {"n": 0, "over": 0, "back": 0, "on": 0}
    return [
        Sum(kind, row["n"], row["over"], row["back"], row["on"])
        for kind, row in ((kind, found.get(kind, none)) for kind in KINDS)
    ]


def _studied() -> QuerySet[StudyTime]:
    window = {"hour__gt": OuterRef("at"), "hour__lte": OuterRef("watched_until")}
    return StudyTime.objects.filter(learner=OuterRef("learner"), course=OuterRef("course"), **window)


def _completed() -> QuerySet[LessonProgress]:
    window = {"completed_at__gt": OuterRef("at"), "completed_at__lte": OuterRef("watched_until")}
    return LessonProgress.objects.filter(learner=OuterRef("learner"), lesson__course=OuterRef("course"), **window)
