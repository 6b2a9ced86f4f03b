"""What badges count, each as one number of one learner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value

from gamification.kinds import Metric
from gamification.models import Profile
from learning.models import Category, Course, Enrollment, LearningSession, LessonProgress, StudyTime, User

FAST_COURSE = dt.timedelta(days=7)
NIGHT_HOURS = (22, 23, 0, 1, 2, 3)
EARLY_HOURS = (4, 5, 6)


def measure(learner: User, metrics: Iterable[str]) -> dict[str, int]:
    """The learner's numbers for these metrics, in one query; what has no facts yet is 0."""
    wanted = {str(m) for m in metrics}
    questions = {m: question(learner) for m, question in _QUESTIONS.items() if m in wanted}
    found: Any = (
        User.objects.filter(pk=learner.pk).values(**{f"n_{m}": q for m, q in questions.items()}).first()
        if questions
        else {}
    )
    return {m: (found or {}).get(f"n_{m}") or 0 for m in wanted}


def _count(rows: QuerySet) -> Subquery:
    """How many rows, as a subquery."""
    one = rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    return Subquery(one, output_field=IntegerField())


def _lessons(learner: User) -> QuerySet:
    return LessonProgress.objects.filter(learner=learner, completed_at__isnull=False)


def _enrollments(learner: User) -> QuerySet:
    return Enrollment.objects.filter(learner=learner)


def _finished(learner: User) -> QuerySet:
    return _enrollments(learner).filter(completed_at__isnull=False)


def _best_day(learner: User) -> Subquery:
    days = StudyTime.objects.filter(learner=learner).order_by().values("day").annotate(total=Sum("seconds"))
    return Subquery(days.order_by("-total").values("total")[:1], output_field=IntegerField())


def _categories(learner: User) -> Subquery:
    """Categories with at least two published courses, all of which this learner completed."""
    published = Course.objects.published().filter(category=OuterRef("pk"))
    open_ones = published.exclude(Exists(_finished(learner).filter(course=OuterRef("pk"))))
    shelves = Category.objects.exclude(Exists(open_ones)).annotate(offered=_count(published))
    return _count(shelves.filter(offered__gte=2))


_QUESTIONS: dict[str, Callable[[User], Subquery]] = {
    Metric.LESSONS: lambda learner: _count(_lessons(learner)),
    Metric.NIGHT: lambda learner: _count(_lessons(learner).filter(completed_hour__in=NIGHT_HOURS)),
    Metric.EARLY: lambda learner: _count(_lessons(learner).filter(completed_hour__in=EARLY_HOURS)),
    Metric.ENROLLMENTS: lambda learner: _count(_enrollments(learner)),
    Metric.COURSES: lambda learner: _count(_finished(learner)),
    Metric.FAST_COURSE: lambda learner: _count(
        _finished(learner).filter(completed_at__lte=F("started_at") + FAST_COURSE)
    ),
    Metric.SESSIONS: lambda learner: _count(LearningSession.objects.filter(learner=learner)),
    Metric.STREAK: lambda learner: Subquery(Profile.objects.filter(learner=learner).values("longest_streak")),
    Metric.DAY_SECONDS: _best_day,
    Metric.CATEGORIES: _categories,
}
