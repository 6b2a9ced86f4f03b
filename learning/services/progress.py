"""Counting: completed and required lessons of enrolments, set-wise, from facts."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Case, Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest

from learning.models import Course, Enrollment, Lesson, LessonProgress


def recount_enrollments(enrollments: QuerySet[Enrollment]) -> int:
    """Set both counts and the percent of these enrolments from the lessons and completions as they are now.

    Percent is worked out in whole numbers and rounded half up (learning.kinds.percent_hundredths is the same rule).
    """
    hold_enrollments(enrollments)
    changed = enrollments.order_by().update(required_lessons=_required(), completed_lessons=_completed())
    enrollments.order_by().filter(required_lessons=0).update(percent=0)
    percent = _percent()
    enrollments.order_by().filter(required_lessons__gt=0).update(
        percent=percent, highest_percent=Greatest(F("highest_percent"), percent)
    )
    return changed


def counted(enrollments: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """What the counts and the percent should be, as `required_now`, `completed_now` and `percent_now`."""
    percent = Case(When(required_lessons__gt=0, then=_percent()), default=Cast(Value(0), _PERCENT))
    return enrollments.annotate(required_now=_required(), completed_now=_completed(), percent_now=percent)


_PERCENT = Enrollment._meta.get_field("percent")


def _required() -> Coalesce:
    rows = Lesson.objects.countable().filter(course=OuterRef("course"))
    return _how_many(rows, by="course")


def _completed() -> Coalesce:
    rows = LessonProgress.objects.filter(
        learner=OuterRef("learner"), completed_at__isnull=False, lesson__course=OuterRef("course")
    )
    return _how_many(rows.filter(lesson__is_published=True, lesson__is_required=True), by="learner")


def _how_many(rows: QuerySet, *, by: str) -> Coalesce:
    number = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def _percent() -> Cast:
    hundredths = (F("completed_lessons") * 20_000 + F("required_lessons")) / (F("required_lessons") * 2)
    return Cast(Cast(hundredths, IntegerField()) / Value(100.0), _PERCENT)


def hold_enrollments(enrollments: QuerySet[Enrollment]) -> None:
    """Hold the rows before counting, in the order in which everybody takes them.

    An UPDATE that waits for a row counts from the moment it began to wait: it would overwrite the count of a lesson
    that was completed meanwhile with one that misses it.
    """
    list(enrollments.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def hold_courses(ids: Iterable[int]) -> None:
    """Hold the courses whose lessons or enrolments are about to change: always before any enrolment.

    Rows that merely point at a course may still be written meanwhile. A beat does that while it holds its enrolment,
    and would otherwise wait for whoever waits for it.
    """
    list(Course.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
