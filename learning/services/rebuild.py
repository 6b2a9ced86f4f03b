"""Every cached total of this floor, made anew from facts. A test compares it with the incremental path."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from learning.models import (
    Certificate,
    Course,
    Enrollment,
    LearningSession,
    LessonProgress,
    PracticeAttempt,
    StudyClock,
    StudyTime,
)
from learning.services.certificates import issue
from learning.services.structure import structure_changed

BATCH = 1000


def rebuild_progress(*, at: dt.datetime) -> None:
    """Lesson and course time, sessions, clocks' days, counts and percents, missing certificates. Again: no change."""
    _rebuild_seconds()
    _rebuild_sessions()
    _rebuild_clocks()
    for course in Course.objects.order_by("pk").iterator(chunk_size=BATCH):
        structure_changed(course, at=at)
    _issue_missing_certificates()


def _total(facts: QuerySet, *keys: str) -> Coalesce:
    outer = {key: OuterRef(key) for key in keys}
    total = facts.filter(**outer).order_by().values(*keys).annotate(total=Sum("seconds")).values("total")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


@transaction.atomic
def _rebuild_seconds() -> None:
    facts = StudyTime.objects.all()
    LessonProgress.objects.update(seconds=_total(facts, "learner", "lesson"))
    Enrollment.objects.update(seconds=_total(facts, "learner", "course"))


@transaction.atomic
def _rebuild_clocks() -> None:
    StudyClock.objects.update(day_seconds=_total(StudyTime.objects.all(), "learner", "day"))


def _rebuild_sessions() -> None:
    """First completions of text and video lessons, and the first finished attempt of a lesson and day."""
    lessons = LessonProgress.objects.filter(completed_at__isnull=False).exclude(lesson__kind="practice")
    _add(lessons.values_list("learner_id", "lesson_id", "completed_day", "completed_at"))
    attempts = PracticeAttempt.objects.finished().order_by("finished_at")
    _add(attempts.values_list("learner_id", "lesson_id", "day", "finished_at"))


def _add(rows: QuerySet[Any, tuple[int, int, dt.date | None, dt.datetime | None]]) -> None:
    """Finished facts, which have their day and instant: a constraint says so."""
    batch: list[LearningSession] = []
    for learner, lesson, day, at in rows.iterator(chunk_size=BATCH):
        assert day is not None  # noqa: S101
        assert at is not None  # noqa: S101
        batch.append(LearningSession(learner_id=learner, lesson_id=lesson, day=day, at=at))
        if len(batch) == BATCH:
            LearningSession.objects.bulk_create(batch, ignore_conflicts=True)
            batch.clear()
    LearningSession.objects.bulk_create(batch, ignore_conflicts=True)


def _issue_missing_certificates() -> None:
    without = Enrollment.objects.filter(completed_at__isnull=False).exclude(
        pk__in=Certificate.objects.values("enrollment")
    )
    for enrollment in without.select_related("learner", "course").iterator(chunk_size=BATCH):
        issue(enrollment, at=enrollment.completed_at or enrollment.started_at)
