"""Completing a lesson and finishing a course: one call, whatever the path."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from learning.kinds import Effect, LessonKind, percent_hundredths
from learning.models import Enrollment, LearningSession, Lesson, LessonProgress, User
from learning.once import insert_once
from learning.signals import CourseCompleted, LessonCompleted, act, course_completed, lesson_completed
from learning.zones import zone


@dataclass(frozen=True)
class Completion:
    """What completing did: whether this call was the one, since when the lesson is completed, and what followed."""

    enrollment: Enrollment
    completed_at: dt.datetime
    is_new: bool = False
    finished_course: bool = False
    effects: list[Effect] = field(default_factory=list)


@transaction.atomic
@act()
def complete_lesson(*, enrollment: Enrollment, lesson: Lesson, at: dt.datetime) -> Completion:
    """Record a finished lesson and announce it. Calling again changes nothing.

    The caller has decided, by the lesson's rule, that it is finished. Two calls at once: the enrolment row is locked
    first, the completion is written only where there is none, and the counts follow in the same transaction.
    """
    enrollment = (
        Enrollment.objects.select_for_update(of=("self",)).select_related("course", "learner").get(pk=enrollment.pk)
    )
    lesson.refresh_from_db(fields=["course", "is_published", "is_required"])  # as it is now that the row is ours
    local = at.astimezone(zone(enrollment.learner.zone_at(at)))
    if not _mark(enrollment.learner, lesson, at=at, day=local.date(), hour=local.hour):
        before = LessonProgress.objects.get(learner=enrollment.learner_id, lesson=lesson)
        return Completion(enrollment, before.completed_at or at)
    if lesson.kind != LessonKind.PRACTICE:
        insert_once(LearningSession(learner=enrollment.learner, lesson=lesson, day=local.date(), at=at))
    finished = _count_one_more(enrollment, lesson, at=at)
    effects = lesson_completed.announce(LessonCompleted(lesson, enrollment, at, local.date(), local.hour))
    if finished:
        effects += course_completed.announce(CourseCompleted(enrollment, at))
    return Completion(enrollment, at, True, finished, effects)


def finish_if_done(enrollment: Enrollment, *, at: dt.datetime) -> tuple[bool, list[Effect]]:
    """Close the enrolment when all required published lessons are completed; once, however often it is asked."""
    if not _is_done(enrollment) or enrollment.completed_at:
        return False, []
    at = max(at, enrollment.started_at)
    changes = {"completed_at": at, "first_activity_at": enrollment.first_activity_at or at}
    if not Enrollment.objects.filter(pk=enrollment.pk, completed_at=None).update(**changes):
        return False, []
    enrollment.completed_at = at
    return True, course_completed.announce(CourseCompleted(enrollment, at))


def _is_done(enrollment: Enrollment) -> bool:
    return 0 < enrollment.required_lessons <= enrollment.completed_lessons


def _mark(learner: User, lesson: Lesson, *, at: dt.datetime, day: dt.date, hour: int) -> bool:
    completion: dict[str, Any] = {"completed_at": at, "completed_day": day, "completed_hour": hour}
    mine = LessonProgress.objects.filter(learner=learner, lesson=lesson)
    if mine.filter(completed_at=None).update(**completion):
        return True
    return insert_once(LessonProgress(learner=learner, lesson=lesson, last_seen_at=at, opened_at=at, **completion))


def _count_one_more(enrollment: Enrollment, lesson: Lesson, *, at: dt.datetime) -> bool:
    """Whether this lesson finished the course. The row is locked: adding one is exact; `rebuild_progress` checks it."""
    enrollment.first_activity_at = enrollment.first_activity_at or at
    if lesson.is_required and lesson.is_published and lesson.course_id == enrollment.course_id:
        enrollment.completed_lessons = min(enrollment.completed_lessons + 1, enrollment.required_lessons)
    hundredths = percent_hundredths(enrollment.completed_lessons, enrollment.required_lessons)
    enrollment.percent = Decimal(hundredths) / 100
    enrollment.highest_percent = max(enrollment.highest_percent, enrollment.percent)
    finished = _is_done(enrollment) and enrollment.completed_at is None
    if finished:
        enrollment.completed_at = max(at, enrollment.started_at)
    enrollment.save(
        update_fields=["first_activity_at", "completed_lessons", "percent", "highest_percent", "completed_at"]
    )
    return finished
