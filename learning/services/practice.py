"""Practice attempts: started, answered once, scored from what the server knows."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from learning import scoring
from learning.exceptions import AttemptFinished, NotEnrolled, Unknown
from learning.kinds import Effect, LessonKind, percent_hundredths
from learning.models import Enrollment, LearningSession, Lesson, PracticeAttempt, Question, User
from learning.once import insert_once
from learning.services.completion import complete_lesson
from learning.services.tracking import record_view
from learning.signals import PracticeFinished, act, practice_finished

ABANDONED_AFTER = dt.timedelta(hours=24)


@dataclass(frozen=True)
class Outcome:
    """A finished attempt, with what followed from finishing it (nothing, when it had been finished before)."""

    attempt: PracticeAttempt
    effects: list[Effect] = field(default_factory=list)


@transaction.atomic
def start_attempt(*, learner: User, lesson: Lesson, at: dt.datetime) -> tuple[PracticeAttempt, bool]:
    """An attempt to answer, and whether it is new: one of the last 24 hours comes back, an older one is abandoned."""
    enrollment = _enrollment(learner, lesson)
    if lesson.kind != LessonKind.PRACTICE:
        raise Unknown
    record_view(learner=learner, lesson=lesson, at=at)
    mine = PracticeAttempt.objects.of(learner).open().filter(lesson=lesson)
    mine.filter(started_at__lt=at - ABANDONED_AFTER).update(abandoned_at=at)
    questions = list(lesson.questions.values_list("pk", flat=True))
    attempt, is_new = PracticeAttempt.objects.get_or_create(
        learner=learner,
        lesson=lesson,
        finished_at=None,
        abandoned_at=None,
        defaults={"started_at": at, "question_ids": questions},
    )
    Enrollment.objects.filter(pk=enrollment.pk).update(first_activity_at=Coalesce(F("first_activity_at"), at))
    return attempt, is_new


@transaction.atomic
@act()
def finish_attempt(*, attempt: PracticeAttempt, answers: dict[str, Any], at: dt.datetime) -> Outcome:
    """Score the answers and keep them. The same answers again: the same outcome; other ones: AttemptFinished.

    Raises BadAnswers when a value does not fit its question, Unknown when the lesson is gone for learners.
    """
    lesson = attempt.lesson
    if not (lesson.is_published and lesson.course.is_published):
        raise Unknown
    enrollment = _enrollment(attempt.learner, lesson, lock=True)
    locked = PracticeAttempt.objects.select_for_update(of=("self",)).select_related("learner", "lesson")
    attempt = locked.get(pk=attempt.pk)
    questions = _questions(attempt)
    answers = scoring.checked(questions, answers)
    if attempt.finished_at or attempt.abandoned_at:
        return _as_before(attempt, enrollment, answers)
    _score(attempt, questions, answers, at=at)
    return _consequences(attempt, lesson, enrollment, at=attempt.finished_at or at)


def _enrollment(learner: User, lesson: Lesson, *, lock: bool = False) -> Enrollment:
    places = Enrollment.objects.of(learner).filter(course=lesson.course_id).select_related("course")
    enrollment = (places.select_for_update(of=("self",)) if lock else places).first()
    if enrollment is None:
        raise NotEnrolled
    return enrollment


def _questions(attempt: PracticeAttempt) -> list[Question]:
    """The questions that the attempt was started with, as far as they still exist."""
    return list(Question.objects.filter(pk__in=attempt.question_ids).prefetch_related("choices"))


def _as_before(attempt: PracticeAttempt, enrollment: Enrollment, answers: dict[str, Any]) -> Outcome:
    """Announced again, a finished attempt pays nothing: every receiver has its key. It brings the stats of now."""
    if attempt.finished_at is None or attempt.answers != answers:
        raise AttemptFinished
    event = PracticeFinished(attempt, enrollment, attempt.finished_at, counts=False)
    return Outcome(attempt, practice_finished.announce(event))


def _score(attempt: PracticeAttempt, questions: list[Question], answers: dict[str, Any], *, at: dt.datetime) -> None:
    marks = [scoring.mark(question, answers.get(str(question.pk))) for question in questions]
    scored = [m for m in marks if m.is_correct is not None]
    right = sum(1 for m in scored if m.is_correct)
    attempt.answers, attempt.results = answers, [asdict(m) for m in marks]
    attempt.score = Decimal(percent_hundredths(right, len(scored))) / 100 if scored else None
    attempt.passed = attempt.score is None or attempt.score >= attempt.lesson.pass_mark
    attempt.finished_at = max(at, attempt.started_at)
    attempt.day = attempt.learner.day_at(attempt.finished_at)
    attempt.save()


def _consequences(attempt: PracticeAttempt, lesson: Lesson, enrollment: Enrollment, *, at: dt.datetime) -> Outcome:
    assert attempt.day is not None  # noqa: S101  (a finished attempt has its day)
    counts = insert_once(LearningSession(learner=attempt.learner, lesson=lesson, day=attempt.day, at=at))
    effects: list[Effect] = []
    if attempt.passed:
        effects = complete_lesson(enrollment=enrollment, lesson=lesson, at=at).effects
    effects += practice_finished.announce(PracticeFinished(attempt, enrollment, at, counts=counts))
    return Outcome(attempt, effects)
