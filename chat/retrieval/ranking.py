"""Which passages answer a question best: BM25 over the course's own words. Pure functions, no database."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Generic, TypeVar

K1, B = 1.2, 0.75
# Passages that look at a question; what comes after them only adds noise to their lessons.
BEST_PASSAGES = 30
# A lesson that says it in several places says it more surely: its further passages count, each less than the last.
SHARE_OF_THE_NEXT = 0.3
PASSAGES_A_LESSON = 5
# A further page stands behind its lesson's own text unless it is clearly the better one.
FURTHER_PAGE = 0.9

Key = TypeVar("Key")


@dataclass(frozen=True)
class Words:
    """A course's words: how many passages, their average length in terms, and in how many each term stands."""

    passages: int
    average_length: float
    frequencies: Mapping[str, int]

    def weight(self, term: str) -> float:
        """How much it says that a passage holds this term: the rarer in the course, the more."""
        frequency = self.frequencies.get(term, 0)
        return math.log(1 + (self.passages - frequency + 0.5) / (frequency + 0.5))


@dataclass(frozen=True)
class Scored(Generic[Key]):
    key: Key
    score: float


@dataclass(frozen=True)
class Lesson(Generic[Key]):
    """A lesson with its best passages, best first. `strength` is comparable within one question."""

    lesson: int
    strength: float
    passages: list[Scored[Key]]


def score(question: Sequence[str], counts: Callable[[str], int], length: int, words: Words) -> float:
    """BM25 of one passage, which holds each term `counts(term)` times and is `length` terms long."""
    norm = K1 * (1 - B + B * length / (words.average_length or 1))
    total = 0.0
    for term in question:
        if times := counts(term):
            total += words.weight(term) * times * (K1 + 1) / (times + norm)
    return total


def standing(points: float, *, is_further: bool) -> float:
    """What a passage's points are worth beside others: a further page stands behind its lesson's own text."""
    return points * FURTHER_PAGE if is_further else points


def best_lessons(scored: Iterable[tuple[Scored[Key], int]]) -> list[Lesson[Key]]:
    """The best passages gathered by lesson, strongest lesson first. Each passage comes with its lesson."""
    by_lesson: dict[int, list[Scored[Key]]] = defaultdict(list)
    for found, lesson in nlargest(BEST_PASSAGES, scored, key=lambda pair: pair[0].score):
        by_lesson[lesson].append(found)
    lessons = []
    for lesson, passages in by_lesson.items():
        best = passages[:PASSAGES_A_LESSON]
        strength = sum(p.score * SHARE_OF_THE_NEXT**n for n, p in enumerate(best))
        lessons.append(Lesson(lesson, strength, best))
    return sorted(lessons, key=lambda found: -found.strength)


def sureness(strength: float, question: Sequence[str], words: Words) -> float:
    """How sure it is that the course covers a question whose best lesson has this strength.

    The strength over the root of what is possible: between the bare score, which grows with each word of the question,
    and the share of the question that was found, which says nothing about how much that is.
    """
    possible = (K1 + 1) * sum(words.weight(term) for term in question)
    return strength / math.sqrt(possible) if possible else 0.0


def coverage(question: Sequence[str], held: Callable[[str], bool], words: Words) -> float:
    """The share of the question's words that is held, each by its weight: 0 to 1."""
    whole = sum(words.weight(term) for term in question)
    return sum(words.weight(term) for term in question if held(term)) / whole if whole else 0.0


def telling(question: Sequence[str], words: Words, *, enough: int) -> list[str]:
    """The question's rarest words that stand in the course, until they are expected to find `enough` passages."""
    known = sorted((t for t in dict.fromkeys(question) if words.frequencies.get(t)), key=lambda t: words.frequencies[t])
    chosen: list[str] = []
    found = 0
    for term in known:
        if chosen and found + words.frequencies[term] > enough:
            break
        chosen.append(term)
        found += words.frequencies[term]
    return chosen
