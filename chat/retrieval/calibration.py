"""From when on a question counts as covered by a course: measured with the course's own sentences.

A sentence is taken out of its passage, some of its words become a question, and the rest of the course answers it. What
the course says in one place only is found badly, what it treats is found well; the share `UNSURE` of such questions
that is found worst marks the border. So a course with many words and one with few each get a border of their own, and
no number is made for any one course.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chat.retrieval.ranking import K1, B, Scored, Words, best_lessons, sureness
from chat.retrieval.words import terms_of

QUESTIONS = 400
FEWEST_QUESTIONS = 60
FEWEST_TERMS, MOST_TERMS = 4, 7
UNSURE, HALF_SURE = 0.15, 0.35
_SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n+")


@dataclass(frozen=True)
class Known:
    """A passage as calibration sees it."""

    lesson: int
    text: str
    terms: Counter[str]

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


def _asked(passages: Sequence[Known], words: Words, *, language: str) -> Iterator[float | None]:
    """How sure the course is of each question. The same passages give the same questions."""
    postings: dict[str, list[int]] = defaultdict(list)
    for n, passage in enumerate(passages):
        for term in passage.terms:
            postings[term].append(n)
    rng = random.Random(len(passages))  # noqa: S311  (a sample, not a secret)
    for _ in range(QUESTIONS if passages else 0):
        n = rng.randrange(len(passages))
        sentence = rng.choice(_SENTENCE.split(passages[n].text))
        said = terms_of(sentence, language=language)
        question = sorted(set(said))
        if len(question) < FEWEST_TERMS:
            yield None
            continue
        question = rng.sample(question, min(len(question), rng.randint(FEWEST_TERMS, MOST_TERMS)))
        yield _sureness_without(n, Counter(said), question, passages, postings, words)


def _sureness_without(
    left_out: int,
    said: Counter[str],
    question: Sequence[str],
    passages: Sequence[Known],
    postings: dict[str, list[int]],
    words: Words,
) -> float:
    scores: dict[int, float] = defaultdict(float)
    for term in question:
        weight = words.weight(term)
        for n in postings[term]:
            times = passages[n].terms[term] - (said[term] if n == left_out else 0)
            if times > 0:
                norm = K1 * (1 - B + B * passages[n].length / words.average_length)
                scores[n] += weight * times * (K1 + 1) / (times + norm)
    lessons = best_lessons((Scored(n, found), passages[n].lesson) for n, found in scores.items())
    return sureness(lessons[0].strength, question, words) if lessons else 0.0
