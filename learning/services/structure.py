"""Changes of a course's structure: what is counted from it, addresses, publishing, moving.

Every path that adds, edits, removes, moves, publishes or unpublishes a lesson calls `structure_changed` afterwards.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.utils.text import slugify

from learning.kinds import CourseState, Effect
from learning.models import Course, Enrollment, Lesson, Module
from learning.services.completion import finish_if_done
from learning.services.progress import hold_courses, hold_enrollments, recount_enrollments
from learning.signals import CourseChanged, CoursePublished, course_changed, course_published


@transaction.atomic
def structure_changed(course: Course, *, at: dt.datetime) -> list[Effect]:
    """Count the course's lessons anew, and every enrolment's progress with them. Again: nothing changes.

    A learner whom the change leaves with nothing to do has completed the course now, with all that follows.
    """
    hold_courses([course.pk])
    published = Lesson.objects.filter(course=course).published()
    counts = published.aggregate(
        lessons=Count("pk"), required=Count("pk", filter=Q(is_required=True)), minutes=Sum("estimated_minutes")
    )
    Course.objects.filter(pk=course.pk).update(
        lessons_count=counts["lessons"],
        required_lessons=counts["required"],
        duration_minutes=counts["minutes"] or 0,
    )
    recount_enrollments(Enrollment.objects.filter(course=course))
    effects = course_changed.announce(CourseChanged(course, at))
    return effects + _finish_those_done(course, at=at)


def _finish_those_done(course: Course, *, at: dt.datetime) -> list[Effect]:
    done = Enrollment.objects.filter(
        course=course, completed_at=None, left_at=None, required_lessons__gt=0, completed_lessons=F("required_lessons")
    )
    effects: list[Effect] = []
    for enrollment in done.select_related("course", "learner").order_by("pk").iterator(chunk_size=500):
        effects += finish_if_done(enrollment, at=at)[1]
    return effects


@transaction.atomic
def publish(course: Course, *, at: dt.datetime) -> bool:
    """Open the course to learners. Again: nothing changes."""
    opened = Course.objects.filter(pk=course.pk).exclude(state=CourseState.PUBLISHED)
    if not opened.update(state=CourseState.PUBLISHED, published_at=course.published_at or at):
        return False
    course.refresh_from_db()
    course_published.announce(CoursePublished(course, at))
    return True


@transaction.atomic
def unpublish(course: Course, *, at: dt.datetime) -> bool:
    """Back to a draft that only its instructors see; everything that learners did is kept. Again: nothing changes."""
    return _leave_the_catalogue(course, CourseState.DRAFT)


@transaction.atomic
def archive(course: Course, *, at: dt.datetime) -> bool:
    """Out of the catalogue for good; everything that learners did is kept. Again: nothing changes."""
    return _leave_the_catalogue(course, CourseState.ARCHIVED)


def _leave_the_catalogue(course: Course, state: CourseState) -> bool:
    changed = Course.objects.filter(pk=course.pk).exclude(state=state).update(state=state)
    course.refresh_from_db(fields=["state"])
    return bool(changed)


@transaction.atomic
def move_lesson(lesson: Lesson, *, to: Module, at: dt.datetime) -> None:
    """Put a lesson into another module. Completions follow it; both courses are counted anew."""
    for course in put_into(lesson, to=to):
        structure_changed(course, at=at)


@transaction.atomic
def put_into(lesson: Lesson, *, to: Module) -> list[Course]:
    """Put a lesson into another module and count nothing yet; returns the courses that it touches, one or two.

    Whoever calls it has a transaction open, and in it calls `structure_changed` with each of them, once, when all else
    is changed too.
    """
    before = lesson.course
    hold_courses([before.pk, to.course_id])
    hold_enrollments(Enrollment.objects.filter(course__in=[before.pk, to.course_id]))
    lesson.module = to
    if to.course_id != before.pk:
        lesson.slug = free_slug(lesson.slug, Lesson.objects.filter(course=to.course_id))
        lesson.source_path = ""
    lesson.save()
    return sorted({before, to.course}, key=lambda course: course.pk)


def free_slug(wanted: str, taken_by: Iterable[Lesson] | None, *, fallback: str = "lesson") -> str:
    """An address made from `wanted` that none of the given lessons has."""
    base = slugify(wanted)[:110] or fallback
    taken = {lesson.slug for lesson in taken_by or ()}
    candidates = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
    return next(c for c in candidates if c not in taken)
