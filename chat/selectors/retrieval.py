"""What a course says about a question, as far as the asker may read it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from chat.kinds import AnswerStatus
from chat.models import CourseIndex, Passage
from chat.retrieval.fulltext import standing_in
from chat.retrieval.ranking import Scored, Words, best_lessons, coverage, score, standing, sureness, telling
from learning.models import Course, User

CANDIDATES = 500
MOST_TERMS = 40
LESSONS = 5
PASSAGES_A_LESSON = 3
# For a course that is too small to be measured by its own sentences: shares of the question's words.
COVERED, PARTLY_COVERED = 0.6, 0.4


@dataclass(frozen=True)
class Hit:
    """A passage that was found. `strength` is its lesson's, comparable within one question."""

    passage: Passage
    score: float
    strength: float


@dataclass(frozen=True)
class Found:
    """The best lessons' passages, lesson by lesson, best first, and whether they cover the question."""

    terms: tuple[str, ...]
    lessons: list[list[Hit]]
    status: AnswerStatus
    sureness: float = 0.0


@dataclass(frozen=True)
class Known:
    """What ranking knows of a course: its words and its borders."""

    words: Words
    threshold: float | None
    partial: float | None


def find_passages(*, asker: User, course: Course, terms: Sequence[str], using: str = "default") -> Found:
    """The passages that answer best. What the asker may not read is left out before anything is ranked."""
    known = known_words(course)
    question = tuple(sorted(dict.fromkeys(terms), key=known.words.weight, reverse=True)[:MOST_TERMS])
    asked_for = telling(question, known.words, enough=CANDIDATES)
    if not asked_for:
        return Found(question, [], AnswerStatus.UNANSWERED)
    readable = Passage.objects.of(asker).filter(course=course)
    rows = readable.filter(standing_in(course.pk, asked_for, using=using, most=CANDIDATES)).order_by("pk")
    held: dict[int, list[str]] = {}
    scored = []
    for pk, lesson, source, terms_held, length in rows.values_list("pk", "lesson_id", "source", "terms", "length"):
        held[pk] = terms_held.split()
        points = score(question, held[pk].count, length, known.words)
        points = standing(points, is_further=source == Passage.Source.SUB_PAGE)
        scored.append((Scored(pk, points), lesson or -pk))
    lessons = best_lessons(scored)
    if not lessons:
        return Found(question, [], AnswerStatus.UNANSWERED)
    sure = sureness(lessons[0].strength, question, known.words)
    said = {term for found in lessons[0].passages for term in held[found.key]}
    covered = coverage(question, said.__contains__, known.words)
    chosen = [(found, lesson.strength) for lesson in lessons[:LESSONS] for found in lesson.passages[:PASSAGES_A_LESSON]]
    return Found(question, _in_groups(chosen), _status(sure, covered, known), sure)


def known_words(course: Course) -> Known:
    """The course's words as they were last counted; each state is read once a process."""
    version = CourseIndex.objects.filter(course=course).values_list("version", flat=True).first()
    return _known(course.pk, version) if version else Known(Words(0, 0.0, {}), None, None)


@lru_cache(maxsize=32)
def _known(course: int, version: uuid.UUID) -> Known:
    index = CourseIndex.objects.get(course=course)
    return Known(Words(index.passages, index.average_length, index.frequencies), index.threshold, index.partial)


def _status(sure: float, covered: float, known: Known) -> AnswerStatus:
    if known.threshold is None or known.partial is None:
        sure, threshold, partial = covered, PARTLY_COVERED, COVERED
    else:
        threshold, partial = known.threshold, known.partial
    if sure < threshold:
        return AnswerStatus.UNANSWERED
    return AnswerStatus.PARTIAL if sure < partial else AnswerStatus.ANSWERED


def _in_groups(chosen: list[tuple[Scored[int], float]]) -> list[list[Hit]]:
    rows = Passage.objects.select_related("course", "lesson", "sub_page").defer(
        "terms", "lesson__body", "lesson__html", "sub_page__body", "sub_page__html", "course__description"
    )
    passages = rows.in_bulk([found.key for found, _ in chosen])
    groups: dict[int, list[Hit]] = {}
    for found, strength in chosen:
        if passage := passages.get(found.key):
            group = groups.setdefault(passage.lesson_id or -passage.pk, [])
            group.append(Hit(passage, found.score, strength))
    return list(groups.values())
