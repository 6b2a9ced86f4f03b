"""What learners ask a course's assistant, as an instructor's page and its endpoint show it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from analytics.metrics.standing import percent
from analytics.selectors.places import Place
from chat.models import MessageQuerySet
from chat.selectors import questions
from chat.selectors.questions import Asker, Between, number
from chat.selectors.topics import Topic, about, topics
from learning.models import Course
from learning.selectors.names import alias_in
from learning.selectors.teaching import learners_of

RECENT = 10
FEWEST_TO_STAND_OUT = 3
MOST_ASKERS = 10


@dataclass(frozen=True)
class Counts:
    """Questions of a range that were not helped; learners now; questions that wait now, and how many of them were told
    to who looks."""

    unanswered: int
    learners: int
    waiting: int
    waiting_told: int

    @property
    def waiting_private(self) -> int:
        return self.waiting - self.waiting_told


@dataclass(frozen=True)
class Hour:
    """Questions of one hour of the week, in the course's zone. Monday is 1."""

    weekday: int
    hour: int
    count: int


@dataclass(frozen=True)
class Usage:
    """The figures of a range. Texts are not among them."""

    total_questions: int
    counts: Counts
    hours: list[Hour]
    topics: list[Topic]
    askers: list[Asker]

    @property
    def stats(self) -> dict[str, float | int]:
        """The cards by their metrics' keys."""
        return {
            "total_questions": self.total_questions,
            "questions_per_student": _ratio(self.total_questions, self.counts.learners),
            "unanswered": self.counts.unanswered,
            "unanswered_rate": percent(self.counts.unanswered, self.total_questions),
        }

    @property
    def peak(self) -> Hour | None:
        return max(self.hours, key=lambda one: (one.count, -one.weekday, -one.hour), default=None)

    @property
    def stands_out(self) -> Hour | None:
        """The busiest hour, where it is worth a word: at least three questions, and more than in any other."""
        most = self.peak
        if most is None or most.count < FEWEST_TO_STAND_OUT:
            return None
        return most if sum(one.count == most.count for one in self.hours) == 1 else None


def usage(place: Place) -> Usage:
    between = between_of(place)
    hours = [Hour(*row) for row in questions.hours(between)]
    return Usage(
        total_questions=sum(hour.count for hour in hours),
        counts=_counts(place, between),
        hours=hours,
        topics=topics(between),
        askers=_named(place, questions.askers(between, most=MOST_ASKERS)),
    )


def _named(place: Place, askers: list[Asker]) -> list[Asker]:
    """By their aliases, in a course that shows no names."""
    if not place.course.learners_by_alias:
        return askers
    return [replace(one, name=alias_in(one.id, place.course.pk)) for one in askers]


def told_in(place: Place, *, topic: str = "") -> MessageQuerySet:
    """Questions of the range whose words who looks may read, the newest first; of one topic, if it is named."""
    told = questions.within(questions.told_questions(place.course, place.viewer), between_of(place))
    return about(told, place.course, topic) if topic else told


def waiting_for(place: Place) -> MessageQuerySet:
    """Those of any day that wait for an answer and may be read, the one that waits longest first."""
    return questions.waiting_told(place.course, place.viewer)


def between_of(place: Place) -> Between:
    return Between(place.course, place.range.starts, place.range.ends)


def _counts(place: Place, between: Between) -> Counts:
    """Four numbers in one statement."""
    course = place.course
    row: Any = Course.objects.filter(pk=course.pk).values_list(
        number(questions.within(questions.unhelpful_answers_of(course), between)),
        number(learners_of(course)),
        number(questions.waiting(course)),
        number(waiting_for(place)),
    )
    return Counts(*row.get())


def _ratio(part: int, whole: int) -> float:
    """Two decimals, half up; 0 of nothing."""
    return float((Decimal(part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)) if whole else 0.0
