"""What this floor announces. Upper floors follow, and their effects come back to whoever acted.

`docs/signals.md` lists each fact with who says it and who hears it.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.dispatch import Signal

from learning.kinds import Effect
from learning.models import Certificate, Course, Enrollment, Lesson, PracticeAttempt, User

log = logging.getLogger(__name__)
Event = TypeVar("Event")


class Fact(Signal, Generic[Event]):
    """A signal that carries one event and brings back its receivers' effects.

    A receiver that fails is logged and costs nobody else anything; it runs in a savepoint of its own. Under
    `FACTS_RAISE` (tests) the failure is raised, so that no bug hides here.
    """

    def announce(self, event: Event) -> list[Effect]:
        effects: list[Effect] = []
        for receiver, answer in self._answers(event):
            if isinstance(answer, Exception):
                log.error("%s failed on %s", receiver, event, exc_info=answer)
            else:
                effects += answer or []
        return effects

    def _answers(self, event: Event) -> list[tuple[Any, Any]]:
        if getattr(settings, "FACTS_RAISE", False):
            return self.send(type(event), event=event)
        return self.send_robust(type(event), event=event)


@dataclass(frozen=True)
class LearnerEnrolled:
    """A learner took up a course, for the first time or again."""

    enrollment: Enrollment
    at: dt.datetime
    is_first: bool


@dataclass(frozen=True)
class LessonCompleted:
    """A lesson was completed for the first time, on that day and in that hour (0-23) of the learner's own."""

    lesson: Lesson
    enrollment: Enrollment
    at: dt.datetime
    day: dt.date
    hour: int


@dataclass(frozen=True)
class PracticeFinished:
    """An attempt was finished. `counts` tells whether it is a session: the first of that lesson on that day."""

    attempt: PracticeAttempt
    enrollment: Enrollment
    at: dt.datetime
    counts: bool


@dataclass(frozen=True)
class StudyCredited:
    """A learner's day passed 10 minutes or 4 hours of study time."""

    learner: User
    day: dt.date
    seconds: int
    at: dt.datetime


@dataclass(frozen=True)
class CourseCompleted:
    """All required published lessons of a course are completed; said once per learner and course."""

    enrollment: Enrollment
    at: dt.datetime


@dataclass(frozen=True)
class CertificateIssued:
    """A finished course has its certificate; said once per certificate, in the transaction that wrote it."""

    certificate: Certificate
    at: dt.datetime


@dataclass(frozen=True)
class CoursePublished:
    course: Course
    at: dt.datetime


@dataclass(frozen=True)
class CourseChanged:
    """What a course consists of was changed: lessons or their texts, order, publishing. Said after the change."""

    course: Course
    at: dt.datetime


learner_enrolled: Fact[LearnerEnrolled] = Fact()
lesson_completed: Fact[LessonCompleted] = Fact()
practice_finished: Fact[PracticeFinished] = Fact()
study_credited: Fact[StudyCredited] = Fact()
course_completed: Fact[CourseCompleted] = Fact()
certificate_issued: Fact[CertificateIssued] = Fact()
course_published: Fact[CoursePublished] = Fact()
course_changed: Fact[CourseChanged] = Fact()
