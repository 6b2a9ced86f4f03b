"""What badges count, each as one number of one learner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from django.db.models import Count, F, Q, Sum

from gamification.kinds import Metric
from gamification.models import Profile
from learning.kinds import CourseState
from learning.models import Category, Course, Enrollment, LearningSession, LessonProgress, StudyTime, User

FAST_COURSE = dt.timedelta(days=7)
NIGHT_HOURS = (22, 23, 0, 1, 2, 3)
EARLY_HOURS = (4, 5, 6)


def measure(learner: User, metrics: Iterable[str]) -> dict[str, int]:
    """The learner's numbers for these metrics; what has no facts yet is 0."""
    wanted = set(metrics)
    numbers: dict[str, int] = {}
    for group, question in _QUESTIONS:
        if wanted & group:
            numbers |= question(learner)
    return {metric: numbers.get(metric, 0) for metric in wanted}


def _lessons(learner: User) -> dict[str, int]:
    done = LessonProgress.objects.filter(learner=learner, completed_at__isnull=False)
    return done.aggregate(
        **{
            Metric.LESSONS: Count("pk"),
            Metric.NIGHT: Count("pk", filter=Q(completed_hour__in=NIGHT_HOURS)),
            Metric.EARLY: Count("pk", filter=Q(completed_hour__in=EARLY_HOURS)),
        }
    )


def _courses(learner: User) -> dict[str, int]:
    fast = Q(completed_at__lte=F("started_at") + FAST_COURSE)
    return Enrollment.objects.filter(learner=learner).aggregate(
        **{
            Metric.ENROLLMENTS: Count("pk"),
            Metric.COURSES: Count("pk", filter=Q(completed_at__isnull=False)),
            Metric.FAST_COURSE: Count("pk", filter=Q(completed_at__isnull=False) & fast),
        }
    )


def _sessions(learner: User) -> dict[str, int]:
    return {Metric.SESSIONS: LearningSession.objects.filter(learner=learner).count()}


def _streak(learner: User) -> dict[str, int]:
    longest = Profile.objects.filter(learner=learner).values_list("longest_streak", flat=True).first()
    return {Metric.STREAK: longest or 0}


def _best_day(learner: User) -> dict[str, int]:
    days = StudyTime.objects.filter(learner=learner).order_by().values("day").annotate(total=Sum("seconds"))
    best = days.order_by("-total").values_list("total", flat=True).first()
    return {Metric.DAY_SECONDS: best or 0}


def _categories(learner: User) -> dict[str, int]:
    """Categories with at least two published courses, all of which this learner completed."""
    published = Q(courses__state=CourseState.PUBLISHED)
    mine = Course.objects.filter(enrollments__learner=learner, enrollments__completed_at__isnull=False)
    shelves = Category.objects.annotate(
        offered=Count("courses", filter=published, distinct=True),
        completed=Count("courses", filter=published & Q(courses__in=mine), distinct=True),
    )
    return {Metric.CATEGORIES: shelves.filter(offered__gte=2, completed=F("offered")).count()}


_QUESTIONS: list[tuple[set[str], Callable[[User], dict[str, int]]]] = [
    ({Metric.LESSONS, Metric.NIGHT, Metric.EARLY}, _lessons),
    ({Metric.ENROLLMENTS, Metric.COURSES, Metric.FAST_COURSE}, _courses),
    ({Metric.SESSIONS}, _sessions),
    ({Metric.STREAK}, _streak),
    ({Metric.DAY_SECONDS}, _best_day),
    ({Metric.CATEGORIES}, _categories),
]
