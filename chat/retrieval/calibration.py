"""From when on a question counts as covered by a course: measured with the course's own sentences.

A sentence is taken out of its passage, some of its words become a question, and the rest of the course answers it. What
the course says in one place only is found badly, what it treats is found well; the share `UNSURE` of such questions
that is found worst marks the border. So a course with many words and one with few each get a border of their own.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chat.retrieval.ranking import K1, B, Scored, Words, best_lessons, standing, sureness
from chat.retrieval.words import terms_of

QUESTIONS = 1000
FEWEST_QUESTIONS = 60
FEWEST_TERMS, MOST_TERMS = 4, 7
# Chosen by looking at the questions of bench/assistant.py: a larger share refuses more of either kind. Other courses
# may want another one (docs/figures.md has the curve).
UNSURE, HALF_SURE = 0.22, 0.35
_SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n+")


@dataclass(frozen=True)
class Known:
    """A passage as calibration sees it."""

    lesson: int
    text: str
    terms: Counter[str]
    is_further: bool = False

    @property
    def length(self) -> int:
        return self.terms.total()


def words_of(passages: Sequence[Known]) -> Words:
    frequencies: Counter[str] = Counter()
    for passage in passages:
        frequencies.update(passage.terms.keys())
    average = sum(p.length for p in passages) / len(passages) if passages else 0.0
    return Words(len(passages), average, frequencies)


def borders(passages: Sequence[Known], words: Words, *, language: str) -> tuple[float, float] | None:
    """Below the first a question is not covered, below the second partly; None for a course with too few sentences."""
    seen = [s for s in _asked(passages, words, language=language) if s is not None]
    if len(seen) < FEWEST_QUESTIONS:
        return None
    seen.sort()
    return seen[int(len(seen) * UNSURE)], seen[int(len(seen) * HALF_SURE)]


# Of each term: in which passage it stands, how often, and how that passage's length tells.
_Postings = dict[str, list[tuple[int, int, float]]]


def _asked(passages: Sequence[Known], words: Words, *, language: str) -> Iterator[float | None]:
    """How sure the course is of each question. The same passages give the same questions."""
    postings: _Postings = defaultdict(list)
    for n, passage in enumerate(passages):
        norm = K1 * (1 - B + B * passage.length / words.average_length) if passage.length else 1.0
        for term, times in passage.terms.items():
            postings[term].append((n, times, norm))
    rng = random.Random(len(passages))  # noqa: S311  (a sample, not a secret)
    for _ in range(QUESTIONS if passages else 0):
        n = rng.randrange(len(passages))
        said = terms_of(rng.choice(_SENTENCE.split(passages[n].text)), language=language)
        question = sorted(set(said))
        if len(question) < FEWEST_TERMS:
            yield None
            continue
        question = rng.sample(question, min(len(question), rng.randint(FEWEST_TERMS, MOST_TERMS)))
        scores = _scores_without(n, Counter(said), question, postings, words)
        lessons = best_lessons(
            (Scored(n, standing(found, is_further=passages[n].is_further)), passages[n].lesson)
            for n, found in scores.items()
        )
        yield sureness(lessons[0].strength, question, words) if lessons else 0.0


def _scores_without(
    left_out: int, said: Counter[str], question: Sequence[str], postings: _Postings, words: Words
) -> dict[int, float]:
    """BM25 of all passages, as if the sentence did not stand where it was taken from."""
    scores: dict[int, float] = defaultdict(float)
    for term in question:
        weight = words.weight(term) * (K1 + 1)
        for n, times, norm in postings[term]:
            left = times - said[term] if n == left_out else times
            if left > 0:
                scores[n] += weight * left / (left + norm)
    return scores
