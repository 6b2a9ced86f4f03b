"""What badges count, each as one number of one learner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value

from chat.kinds import Role
from chat.models import Message
from gamification.kinds import Metric
from gamification.models import Profile
from learning.models import Category, Course, Enrollment, LearningSession, LessonProgress, StudyTime, User

FAST_COURSE = dt.timedelta(days=7)
NIGHT_HOURS = (22, 23, 0, 1, 2, 3)
EARLY_HOURS = (4, 5, 6)


@dataclass(frozen=True)
class Place:
    """Where something is counted: everywhere, in a course, or in the courses of a category."""

    course: int | None = None
    category: int | None = None

    @property
    def scope(self) -> str:
        """As an earned badge keeps it."""
        if self.course:
            return f"course:{self.course}"
        return f"category:{self.category}" if self.category else ""

    def of(self, rows: QuerySet[Any], path: str) -> QuerySet[Any]:
        """The rows of this place; `path` leads from a row to its course."""
        if self.course:
            return rows.filter(**{path: self.course})
        return rows.filter(**{f"{path}__category": self.category}) if self.category else rows


EVERYWHERE = Place()
Asked = tuple[str, Place]


def measure(learner: User, asked: Iterable[Asked]) -> dict[Asked, int]:
    """The learner's numbers for these metrics and places, in one query; what has no facts yet is 0."""
    wanted = [(str(metric), place) for metric, place in asked]
    known = {f"n{n}": (m, place) for n, (m, place) in enumerate(wanted) if m in _QUESTIONS}
    questions = {name: _QUESTIONS[metric](learner, place) for name, (metric, place) in known.items()}
    row: Any = (User.objects.filter(pk=learner.pk).values(**questions).first() if questions else None) or {}
    found = {known[name]: value or 0 for name, value in row.items()}
    return {one: found.get(one, 0) for one in wanted}


def _count(rows: QuerySet) -> Subquery:
    """How many rows, as a subquery."""
    one = rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    return Subquery(one, output_field=IntegerField())


def _lessons(learner: User, place: Place) -> QuerySet:
    return place.of(LessonProgress.objects.filter(learner=learner, completed_at__isnull=False), "lesson__course")


def _sessions(learner: User, place: Place) -> QuerySet:
    return place.of(LearningSession.objects.filter(learner=learner), "lesson__course")


def _enrollments(learner: User, place: Place) -> QuerySet:
    return place.of(Enrollment.objects.filter(learner=learner), "course")


def _finished(learner: User, place: Place) -> QuerySet:
    return _enrollments(learner, place).filter(completed_at__isnull=False)


def _asked(learner: User, place: Place) -> QuerySet:
    return place.of(Message.objects.filter(asker=learner, role=Role.USER), "conversation__course")


def _best_day(learner: User, place: Place) -> Subquery:
    studied = place.of(StudyTime.objects.filter(learner=learner), "course")
    days = studied.order_by().values("day").annotate(total=Sum("seconds"))
    return Subquery(days.order_by("-total").values("total")[:1], output_field=IntegerField())


def _categories(learner: User, place: Place) -> Subquery:
    """Categories with at least two published courses, all of which this learner completed."""
    published = Course.objects.published().filter(category=OuterRef("pk"))
    open_ones = published.exclude(Exists(_finished(learner, EVERYWHERE).filter(course=OuterRef("pk"))))
    shelves = Category.objects.exclude(Exists(open_ones)).annotate(offered=_count(published))
    return _count(shelves.filter(offered__gte=2, **({"pk": place.category} if place.category else {})))


_QUESTIONS: dict[str, Callable[[User, Place], Subquery]] = {
    Metric.LESSONS: lambda learner, place: _count(_lessons(learner, place)),
    Metric.NIGHT: lambda learner, place: _count(_lessons(learner, place).filter(completed_hour__in=NIGHT_HOURS)),
    Metric.EARLY: lambda learner, place: _count(_lessons(learner, place).filter(completed_hour__in=EARLY_HOURS)),
    Metric.ENROLLMENTS: lambda learner, place: _count(_enrollments(learner, place)),
    Metric.COURSES: lambda learner, place: _count(_finished(learner, place)),
    Metric.FAST_COURSE: lambda learner, place: _count(
        _finished(learner, place).filter(completed_at__lte=F("started_at") + FAST_COURSE)
    ),
    Metric.SESSIONS: lambda learner, place: _count(_sessions(learner, place)),
    Metric.QUESTIONS: lambda learner, place: _count(_asked(learner, place)),
    Metric.STREAK: lambda learner, place: Subquery(Profile.objects.filter(learner=learner).values("longest_streak")),
    Metric.DAY_SECONDS: _best_day,
    Metric.CATEGORIES: _categories,
}
