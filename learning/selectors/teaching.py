"""What people who teach see of their courses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from learning.models import Course, Enrollment
from learning.models.enrollment import EnrollmentQuerySet

if TYPE_CHECKING:
    from learning.models.courses import Viewer


def with_learners(courses: QuerySet[Course]) -> QuerySet[Course]:
    """Each course with `learners`: current enrolments, without the course's own instructors. One query."""
    teaches = Course.instructors.through.objects.filter(course_id=OuterRef("course_id")).values("user_id")
    current = (
        Enrollment.objects.current()
        .filter(course=OuterRef("pk"))
        .exclude(learner__in=teaches)
        .order_by()
        .values("course")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return courses.annotate(learners=Coalesce(Subquery(current, output_field=IntegerField()), 0))


def learners_of(course: Course) -> EnrollmentQuerySet:
    """The enrolments that a course's numbers are about: current ones, without the course's own instructors."""
    teaches = Course.instructors.through.objects.filter(course_id=course.pk).values("user_id")
    return Enrollment.objects.current().filter(course=course).exclude(learner__in=teaches)


def out_of_numbers(course: int) -> QuerySet[Enrollment, int]:
    """Ids of who is in none of a course's numbers: who left it, and who teaches it."""
    left = Enrollment.objects.filter(course=course).exclude(left_at=None).order_by().values_list("learner", flat=True)
    return left.union(Course.instructors.through.objects.filter(course=course).values_list("user", flat=True))


def courses_to_manage(viewer: Viewer) -> QuerySet[Course]:
    """The courses that this person may change, newest first, with their learners."""
    return with_learners(Course.objects.managed_by(viewer)).order_by("-created_at", "-id")
