"""What Alice has done so far: made through the services, so that everything that follows from it is there."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from learning import zones
from learning.demo.questions import READING_A_MAP
from learning.kinds import Beat, QuestionKind
from learning.models import Course, Lesson, Question, User
from learning.services.enrollment import enroll
from learning.services.practice import finish_attempt, start_attempt
from learning.services.tracking import record_beats, record_view

ENROLLED = (5, dt.time(21, 3))
# Days ago, her time of day, the lesson, the minutes that she stayed, whether she finished it.
# Yesterday is in it: her streak is alive. Four of eight required lessons: she is half-way.
READ = (
    (4, dt.time(19, 12), "why-we-get-lost", 6, True),
    (3, dt.time(18, 40), "a-map-is-an-argument", 9, True),
    (2, dt.time(20, 5), "the-shape-of-the-ground", 11, True),
    (1, dt.time(19, 31), "practice-reading-a-map", 7, False),
    (1, dt.time(19, 40), "the-compass", 3, False),
)
PRACTISED = (1, dt.time(19, 38), "practice-reading-a-map")
WRONG = "It was the hill with the chapel"  # her one wrong answer; practice is not perfect


def relive(learner: User, course: Course, *, at: dt.datetime) -> None:
    """Enrol and finish half of the course, in the evenings of the learner's own zone before `at`."""
    enroll(learner=learner, course=course, at=_evening(learner, *ENROLLED, at=at))
    lessons = {lesson.slug: lesson for lesson in course.lessons.all()}
    for days_ago, time, slug, minutes, finished in READ:
        _read(learner, lessons[slug], minutes, finished, start=_evening(learner, days_ago, time, at=at))
    days_ago, time, slug = PRACTISED
    _practise(learner, lessons[slug], at=_evening(learner, days_ago, time, at=at))


def _evening(learner: User, days_ago: int, time: dt.time, *, at: dt.datetime) -> dt.datetime:
    """That time of day on the learner's day `days_ago`, as an instant."""
    day = learner.day_at(at) - dt.timedelta(days=days_ago)
    return dt.datetime.combine(day, time, tzinfo=zones.zone(learner.zone_at(at))).astimezone(dt.UTC)


def _read(learner: User, lesson: Lesson, minutes: int, finished: bool, *, start: dt.datetime) -> None:
    """One visit, minute by minute, as the lesson's page would have told it."""
    record_view(learner=learner, lesson=lesson, at=start)
    visit = str(uuid.uuid5(uuid.NAMESPACE_URL, f"demo/{lesson.slug}"))
    for minute in range(1, minutes + 1):
        beat = Beat(lesson.pk, visit, seq=minute, seconds=60, completed=finished and minute == minutes)
        record_beats(learner=learner, beats=[beat], at=start + dt.timedelta(minutes=minute))


def _practise(learner: User, lesson: Lesson, *, at: dt.datetime) -> None:
    attempt, _ = start_attempt(learner=learner, lesson=lesson, at=at - dt.timedelta(minutes=5))
    asked = zip(lesson.questions.prefetch_related("choices"), READING_A_MAP, strict=True)
    answers = {str(question.pk): _answer(question, ask.number) for question, ask in asked}
    finish_attempt(attempt=attempt, answers=answers, at=at)


def _answer(question: Question, number: float | None) -> Any:
    right = [choice.pk for choice in question.choices.all() if choice.is_correct]
    if question.kind == QuestionKind.SINGLE:
        return right[0]
    if question.kind == QuestionKind.MULTIPLE:
        return right
    return number if question.kind == QuestionKind.NUMBER else WRONG
