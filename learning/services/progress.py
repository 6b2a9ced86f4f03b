"""Counting: completed and required lessons of enrolments, set-wise, from facts."""

from __future__ import annotations

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Greatest

from learning.models import Enrollment, Lesson, LessonProgress


def recount_enrollments(enrollments: QuerySet[Enrollment]) -> int:
    """Set both counts and the percent of these enrolments from the lessons and completions as they are now.

    Percent is worked out in whole numbers and rounded half up (learning.kinds.percent_hundredths is the same rule).
    """
    _lock(enrollments)
    countable = Lesson.objects.countable()
    required = (
        countable.filter(course=OuterRef("course")).order_by().values("course").annotate(n=Count("pk")).values("n")
    )
    completed = (
        LessonProgress.objects.filter(
            learner=OuterRef("learner"), completed_at__isnull=False, lesson__course=OuterRef("course")
        )
        .filter(lesson__is_published=True, lesson__is_required=True)
        .order_by()
        .values("learner")
        .annotate(n=Count("pk"))
        .values("n")
    )
    changed = enrollments.order_by().update(
        required_lessons=Coalesce(Subquery(required, output_field=IntegerField()), 0),
        completed_lessons=Coalesce(Subquery(completed, output_field=IntegerField()), 0),
    )
    enrollments.order_by().filter(required_lessons=0).update(percent=0)
    hundredths = (F("completed_lessons") * 20_000 + F("required_lessons")) / (F("required_lessons") * 2)
    percent = Cast(Cast(hundredths, IntegerField()) / Value(100.0), Enrollment._meta.get_field("percent"))
    enrollments.order_by().filter(required_lessons__gt=0).update(
        percent=percent, highest_percent=Greatest(F("highest_percent"), percent)
    )
    return changed


def _lock(enrollments: QuerySet[Enrollment]) -> None:
    """Hold the rows before counting, in the order in which everybody takes them.

    An UPDATE that waits for a row counts from the moment it began to wait: it would overwrite the count of a lesson
    that was completed meanwhile with one that misses it.
    """
    list(enrollments.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
