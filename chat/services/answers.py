"""A question gets its answer: prepared in the database, streamed without it, settled in it again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _

from chat.kinds import Answer, Citation, Delta, Role, Turn
from chat.models import CourseIndex, Passage
from chat.providers import extractive
from chat.providers.context import Context
from chat.providers.extractive import Source
from chat.retrieval.words import terms_of
from chat.selectors.asking import may_ask
from chat.selectors.retrieval import Found, find_passages, known_words
from chat.services import budgets
from chat.services.passages import count_words, follow_course
from learning.exceptions import NotEnrolled, Unknown
from learning.models import Course, User

# A question with fewer words of its own than this ("and why?") is asked together with the one before it.
FEW_TERMS = 2


@dataclass(frozen=True)
class Plan:
    """Everything that an answer needs, read and reserved. `own` is the answer in the course's own words.

    `context` is there when a language model is asked, and `reservation` holds its tokens.
    """

    own: Answer
    found: tuple[tuple[Source, ...], ...]
    context: Context | None = None
    reservation: uuid.UUID | None = None


def prepare(*, asker: User, course: Course, question: str, recent: Sequence[Turn], at: dt.datetime) -> Plan:
    """Find what answers the question, and reserve what asking a language model may cost.

    Refuses with Unknown or NotEnrolled who may not read the course, and with TooMany who has asked too often.
    """
    _check_may_ask(asker, course)
    budgets.count_question(learner=asker, at=at)
    return plan_answer(asker=asker, course=course, question=question, recent=recent, at=at)


def plan_answer(*, asker: User, course: Course, question: str, recent: Sequence[Turn], at: dt.datetime) -> Plan:
    """What `prepare` does for somebody who may ask; asking this way is not counted."""
    _have_passages(course, at=at)
    terms = _terms(question, recent, language=course.language)
    found = find_passages(asker=asker, course=course, terms=terms)
    groups = _sources(found, course)
    weight = known_words(course).words.weight
    own = Answer(
        content=extractive.compose(groups, found.status, weight, found.terms),
        status=found.status,
        citations=extractive.citations(groups),
    )
    return Plan(own, groups)


async def stream(plan: Plan) -> AsyncIterator[Delta | Answer]:
    """The answer piece by piece, and at the end the whole of it, once. No database, and no exception for a provider."""
    for text in extractive.pieces(plan.own.content):
        yield Delta(text)
    yield plan.own


def settle(plan: Plan, answer: Answer, *, at: dt.datetime) -> None:
    """Book what the answer really used and give the rest back. Again: nothing changes."""
    if plan.reservation:
        budgets.settle(plan.reservation, spent=answer.input_tokens + answer.output_tokens, at=at)


def _check_may_ask(asker: User, course: Course) -> None:
    if not Course.objects.of(asker).filter(pk=course.pk).exists():
        raise Unknown
    if not may_ask(asker, course):
        raise NotEnrolled


def _have_passages(course: Course, *, at: dt.datetime) -> None:
    """A course that was there before its passages were: they are made when it is first asked."""
    index = CourseIndex.objects.filter(course=course).only("version").first()
    if index is None:
        follow_course(course, at=at)
    if index is None or index.version is None:
        count_words(course.pk, at=at)


def _terms(question: str, recent: Sequence[Turn], *, language: str) -> list[str]:
    own = terms_of(question, language=language)
    if len(set(own)) >= FEW_TERMS:
        return own
    before = next((turn.content for turn in reversed(recent) if turn.role == Role.USER), "")
    return [*own, *terms_of(before, language=language)]


def _sources(found: Found, course: Course) -> tuple[tuple[Source, ...], ...]:
    return tuple(
        tuple(
            Source(hit.passage.pk, _citation(hit.passage), hit.passage.text, hit.strength, course.language)
            for hit in group
        )
        for group in found.lessons
    )


def _citation(passage: Passage) -> Citation:
    course, lesson, page = passage.course.slug, passage.lesson, passage.sub_page
    if lesson is None:
        return Citation(None, _("Answered by an instructor"), reverse("learning:course", args=[course]))
    url = (
        reverse("learning:sub_page", args=[course, lesson.slug, page.slug])
        if page
        else reverse("learning:lesson", args=[course, lesson.slug])
    )
    if passage.second is not None:
        return Citation(lesson.pk, passage.title, f"{url}#t={passage.second}", second=passage.second)
    anchor = f"#{quote(passage.anchor, safe='')}" if passage.anchor else ""
    return Citation(lesson.pk, passage.title, url + anchor, heading=passage.trail[-1] if passage.trail else "")
