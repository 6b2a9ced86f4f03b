"""Completing a lesson and finishing a course: one call, whatever the path."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from learning.kinds import Effect, LessonKind, percent_hundredths
from learning.models import Enrollment, LearningSession, Lesson, LessonProgress, User
from learning.signals import CourseCompleted, LessonCompleted, course_completed, lesson_completed
from learning.zones import zone


@dataclass(frozen=True)
class Completion:
    """What completing did: whether this call was the one, whether it finished the course, and what followed."""

    enrollment: Enrollment
    progress: LessonProgress
    is_new: bool = False
    finished_course: bool = False
    effects: list[Effect] = field(default_factory=list)


@transaction.atomic
def complete_lesson(*, enrollment: Enrollment, lesson: Lesson, at: dt.datetime) -> Completion:
    """Record a finished lesson and announce it. Calling again changes nothing.

    The caller has decided, by the lesson's rule, that it is finished. Two calls at once: the enrolment row is locked
    first, the completion is written only where there is none, and the counts follow in the same transaction.
    """
    enrollment = (
        Enrollment.objects.select_for_update(of=("self",)).select_related("course", "learner").get(pk=enrollment.pk)
    )
    progress, _ = LessonProgress.objects.get_or_create(learner_id=enrollment.learner_id, lesson=lesson)
    if progress.completed_at or not _mark(progress, learner=enrollment.learner, at=at):
        return Completion(enrollment, progress)
    if lesson.kind != LessonKind.PRACTICE:
        LearningSession.objects.get_or_create(
            learner_id=enrollment.learner_id, lesson=lesson, day=progress.completed_day, defaults={"at": at}
        )
    if lesson.is_required and lesson.is_published:
        _count_one_more(enrollment)
    effects = lesson_completed.announce(LessonCompleted(progress, lesson, enrollment, at))
    finished, more = finish_if_done(enrollment, at=at)
    return Completion(enrollment, progress, True, finished, effects + more)


def finish_if_done(enrollment: Enrollment, *, at: dt.datetime) -> tuple[bool, list[Effect]]:
    """Close the enrolment when all required published lessons are completed; once, however often it is asked."""
    done = enrollment.required_lessons and enrollment.completed_lessons >= enrollment.required_lessons
    if not done or enrollment.completed_at:
        return False, []
    at = max(at, enrollment.started_at)
    if not Enrollment.objects.filter(pk=enrollment.pk, completed_at=None).update(completed_at=at):
        return False, []
    enrollment.completed_at = at
    return True, course_completed.announce(CourseCompleted(enrollment, at))


def _mark(progress: LessonProgress, *, learner: User, at: dt.datetime) -> bool:
    local = at.astimezone(zone(learner.zone_at(at)))
    progress.complete_on(at, day=local.date(), hour=local.hour)
    progress.last_seen_at = max(progress.last_seen_at or at, at)
    return bool(
        LessonProgress.objects.filter(pk=progress.pk, completed_at=None).update(
            completed_at=at,
            completed_day=progress.completed_day,
            completed_hour=progress.completed_hour,
            last_seen_at=progress.last_seen_at,
        )
    )


def _count_one_more(enrollment: Enrollment) -> None:
    """The row is locked, so adding one is exact; the rebuild command compares it with the facts."""
    enrollment.completed_lessons = min(enrollment.completed_lessons + 1, enrollment.required_lessons)
    hundredths = percent_hundredths(enrollment.completed_lessons, enrollment.required_lessons)
    enrollment.percent = Decimal(hundredths) / 100
    enrollment.highest_percent = max(enrollment.highest_percent, enrollment.percent)
    enrollment.save(update_fields=["completed_lessons", "percent", "highest_percent"])
