"""What many learners of a course ask about, and which of their questions that are."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import or_

from django.db.models import Q

from chat.models import Message, MessageQuerySet
from chat.retrieval.fulltext import holding, marks_of
from chat.retrieval.topics import WORDS_A_TOPIC, Asked, Cluster, clusters, named
from chat.retrieval.words import terms_of, words_in
from chat.selectors.questions import Between, questions_of, within
from chat.selectors.retrieval import known_words
from learning.models import Course

# Topics are found in this many of the newest questions of a range, so a course of any size is answered at once.
LOOKED_AT = 5_000
# How many questions a topic is named after.
NAMED_AFTER = 40


@dataclass(frozen=True)
class Topic:
    """What at least five people asked about. `terms` are what its questions are found by."""

    name: str
    terms: tuple[str, ...]
    count: int
    askers: int


def topics(between: Between) -> list[Topic]:
    """What at least five people asked about, most asked first. The same questions give the same topics."""
    rows = _newest(between)
    asked = [Asked(asker, frozenset(_terms(terms))) for _, asker, terms in rows]
    words, language = known_words(between.course).words, between.course.language
    found = clusters(asked, weight=words.weight, in_course=words.frequencies.__contains__, language=language)
    texts = _texts({one.terms: _to_name(one, asked) for one in found}, [pk for pk, _, _ in rows])
    return [
        Topic(named(one.terms, texts[one.terms], language=language), one.terms, len(one.questions), one.askers)
        for one in found
    ]


def about(questions: MessageQuerySet, course: Course, topic: str) -> MessageQuerySet:
    """Those of the questions that hold a word of the topic."""
    terms = list(dict.fromkeys(terms_of(topic, language=course.language)))[:WORDS_A_TOPIC]
    if not terms:
        return questions.none()
    # Of what is looked for the last may be a beginning: that is the mark, and the course is asked for besides.
    mark = f"incourse{course.pk}"
    found = (Q(findable__pk__in=holding([term, mark], using=questions.db)) for term in terms)
    return questions.filter(reduce(or_, found))


def _newest(between: Between) -> list[tuple[uuid.UUID, int, str | None]]:
    rows = within(questions_of(between.course), between).order_by("-created_at", "-pk")
    return list(rows.values_list("pk", "asker", "findable__terms")[:LOOKED_AT])


def _terms(findable: str | None) -> list[str]:
    """A question's own words: the marks of whose and of which course it is stand before them."""
    return (findable or "").split()[len(marks_of(asker=0, course=1)) :]


def _to_name(cluster: Cluster, asked: Sequence[Asked]) -> list[int]:
    """The numbers of some questions that hold each of its terms, the newest."""
    return [
        number
        for term in cluster.terms
        for number in islice((n for n in cluster.questions if term in asked[n].terms), NAMED_AFTER)
    ]


def _texts(
    chosen: Mapping[tuple[str, ...], Sequence[int]], pks: Sequence[uuid.UUID]
) -> dict[tuple[str, ...], list[list[tuple[int, int, str]]]]:
    """The words of the chosen questions, topic by topic."""
    wanted = {pks[number] for numbers in chosen.values() for number in numbers}
    contents = dict(Message.objects.filter(pk__in=wanted).values_list("pk", "content"))
    read = {pk: list(words_in(content)) for pk, content in contents.items()}
    return {terms: [read[pks[n]] for n in numbers if pks[n] in read] for terms, numbers in chosen.items()}
