"""Every cached total of this floor, made anew from facts. A test compares it with the incremental path."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, F, IntegerField, Model, OuterRef, QuerySet, Subquery, Sum
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
    recount_seconds()
    add_missing_sessions()
    recount_courses(at=at)
    issue_missing_certificates()


class CachedSum(NamedTuple):
    """A sum of study time that is kept: in which field of a model, and what its facts have in common with the row."""

    model: type[Model]
    field: str
    keys: tuple[str, str]


SUMS = [
    CachedSum(Enrollment, "seconds", ("learner", "course")),
    CachedSum(LessonProgress, "seconds", ("learner", "lesson")),
    CachedSum(StudyClock, "day_seconds", ("learner", "day")),
]


def wrong_sums(kept: CachedSum) -> QuerySet[Any]:
    """The rows whose sum is not that of their facts; `facts` is what it should be."""
    rows = kept.model._default_manager.annotate(facts=_total(*kept.keys))
    return rows.exclude(**{kept.field: F("facts")})


def _total(*keys: str) -> Coalesce:
    facts = StudyTime.objects.filter(**{key: OuterRef(key) for key in keys}).order_by().values(*keys)
    return Coalesce(Subquery(facts.annotate(total=Sum("seconds")).values("total"), output_field=IntegerField()), 0)


def recount_seconds() -> None:
    """Every cached sum of study time from its facts, beside whatever is going on."""
    for kept in SUMS:
        _recount(kept)


def _recount(kept: CachedSum) -> None:
    """In portions, each held before it is counted.

    A beat adds to the sum in the transaction that writes its fact, and waits for a row that is held: what is counted
    then has all its beats in both, and what comes later is added to the new number. An UPDATE alone would count from
    the moment at which it began to wait, and lose the beat that it waited for.
    """
    rows, wrong, place = kept.model._default_manager.order_by("pk"), wrong_sums(kept), 0
    while suspects := list(wrong.order_by("pk").filter(pk__gt=place).values_list("pk", flat=True)[:BATCH]):
        place = suspects[-1]
        with transaction.atomic():
            list(rows.filter(pk__in=suspects).select_for_update(no_key=True).values_list("pk", flat=True))
            wrong.order_by().filter(pk__in=suspects).update(**{kept.field: F("facts")})


def recount_courses(*, at: dt.datetime) -> None:
    """The lessons of every course, and every enrolment's counts and percent; finishes those with nothing left to do."""
    for course in Course.objects.order_by("pk").iterator(chunk_size=BATCH):
        structure_changed(course, at=at)


def add_missing_sessions() -> None:
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


def issue_missing_certificates() -> None:
    """One for every finished enrolment that has none, as of the moment it was finished."""
    for enrollment in without_certificate().select_related("learner", "course").iterator(chunk_size=BATCH):
        issue(enrollment, at=enrollment.completed_at or enrollment.started_at)


def without_certificate() -> QuerySet[Enrollment]:
    """Finished, and nothing to show for it."""
    certificates = Certificate.objects.filter(enrollment=OuterRef("pk"))
    return Enrollment.objects.filter(completed_at__isnull=False).exclude(Exists(certificates))
