"""What this floor announces. Upper floors follow, and their effects come back to whoever acted.

`docs/signals.md` lists each fact with who says it and who hears it.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.dispatch import Signal

from learning.kinds import Effect
from learning.models import Certificate, Course, Enrollment, Lesson, PracticeAttempt, User

log = logging.getLogger(__name__)
Event = TypeVar("Event")

_depth: ContextVar[int] = ContextVar("depth of acts", default=0)
_at_the_end: list[Callable[[], None]] = []


@contextmanager
def act() -> Iterator[None]:
    """One act of somebody, which may announce several facts: stands inside its transaction, and may be nested.

    What upper floors put off (`at_the_end`) is done once, when the outermost act ends, in the same transaction.
    """
    depth = _depth.get()
    token = _depth.set(depth + 1)
    try:
        yield
        if not depth:
            for finish in _at_the_end:
                _finish(finish)
    finally:
        _depth.reset(token)


def in_an_act() -> bool:
    """Whether what is put off now will be done."""
    return _depth.get() > 0


def at_the_end(finish: Callable[[], None]) -> Callable[[], None]:
    """Register what is done when an act ends. It has a savepoint of its own; what fails there spoils nothing else."""
    _at_the_end.append(finish)
    return finish


def _finish(finish: Callable[[], None]) -> None:
    try:
        finish()
    except Exception:
        if getattr(settings, "FACTS_RAISE", False):
            raise
        log.exception("%s failed at the end of an act", finish)


class Fact(Signal, Generic[Event]):
    """A signal that carries one event and brings back its receivers' effects.

    A receiver that fails is logged and costs nobody else anything; it runs in a savepoint of its own. Under
    `FACTS_RAISE` (tests) the failure is raised, so that no bug hides here.
    """

    def announce(self, event: Event) -> list[Effect]:
        effects: list[Effect] = []
        with act():
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
class LearnerLeft:
    """A learner left a course; what they did in it is kept."""

    enrollment: Enrollment
    at: dt.datetime


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
class StudyCameLate:
    """A beat that was kept offline was booked on a day of the course that was already over."""

    course: int
    course_day: dt.date
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
learner_left: Fact[LearnerLeft] = Fact()
lesson_completed: Fact[LessonCompleted] = Fact()
practice_finished: Fact[PracticeFinished] = Fact()
study_credited: Fact[StudyCredited] = Fact()
study_came_late: Fact[StudyCameLate] = Fact()
course_completed: Fact[CourseCompleted] = Fact()
certificate_issued: Fact[CertificateIssued] = Fact()
course_published: Fact[CoursePublished] = Fact()
course_changed: Fact[CourseChanged] = Fact()
