"""A question gets its answer: prepared in the database, streamed without it, settled in it again."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from chat.kinds import Answer, AnswerStatus, Citation, Delta, Role, Turn
from chat.models import CourseIndex, Passage
from chat.providers import extractive
from chat.providers.context import NOT_FOUND, Context, build_context
from chat.providers.extractive import Source
from chat.providers.models import Away, End, Setup, ask, counted, most_tokens, setup_from_settings
from chat.retrieval.words import terms_of
from chat.selectors.asking import may_ask
from chat.selectors.retrieval import Found, find_passages, known_words
from chat.services import budgets
from chat.services.passages import count_words, follow_course
from learning.exceptions import NotEnrolled, Unknown
from learning.models import Course, Lesson, User

# A question with fewer words of its own than this ("and why?") is asked together with the one before it.
FEW_TERMS = 2
# A model says where a statement comes from as [2]; what is a link already is left alone.
_NUMBER = re.compile(r"\[(\d{1,2})\](?![(\[:])")
_SURENESS = [AnswerStatus.UNANSWERED, AnswerStatus.PARTIAL, AnswerStatus.ANSWERED]


@dataclass(frozen=True)
class Question:
    """What is asked, by whom, of which course. `recent` are the turns before it, oldest first.

    `lesson` is the one that was being read: what "this" means in a question that says little itself.
    """

    asker: User
    course: Course
    text: str
    recent: Sequence[Turn] = ()
    lesson: Lesson | None = None


@dataclass(frozen=True)
class Findings:
    """What the course says about a question, read and not paid for. `own` is the answer in the course's own words.

    Where a language model is to be asked, `setup` says which, and `context` is what it is to be told.
    """

    question: Question
    own: Answer
    setup: Setup | None = None
    context: Context | None = None
    not_found: str = ""


@dataclass(frozen=True)
class Plan:
    """Everything that an answer needs, read and reserved. `own` is the answer in the course's own words.

    When a language model is asked, `setup` says which, `context` is what it is told, `reservation` holds its tokens,
    and `note_if_away` is what to say when it does not answer.
    """

    own: Answer
    setup: Setup | None = None
    context: Context | None = None
    reservation: uuid.UUID | None = None
    note_if_away: str = ""
    not_found: str = ""


def look_up(question: Question, *, at: dt.datetime) -> Findings:
    """Find what answers the question. It only reads, so it belongs before the transaction that stores the question.

    Refuses with Unknown or NotEnrolled who may not read the course.
    """
    course = question.course
    _check_may_ask(question.asker, course)
    _have_passages(course, at=at)
    found = find_passages(asker=question.asker, course=course, terms=_terms(question))
    groups = _sources(found, course)
    weight = known_words(course).words.weight
    own = Answer(
        content=extractive.compose(groups, found.status, weight, found.terms),
        status=found.status,
        citations=extractive.citations(groups),
    )
    setup = setup_from_settings()
    if setup is None or not groups:
        return Findings(question, own)
    context = build_context(course=course.title, question=question.text, recent=question.recent, found=groups)
    return Findings(question, own, setup, context, extractive.not_found(groups))


def reserve(found: Findings, *, at: dt.datetime) -> Plan:
    """Hold what asking a language model may cost; where a budget is spent, the course's own words are the answer.

    What others ask waits for these rows, so it comes last in its transaction.
    """
    if found.setup is None or found.context is None:
        return Plan(found.own)
    asker, course = found.question.asker, found.question.course
    tokens = most_tokens(found.context, found.setup)
    reservation = budgets.reserve(learner=asker, course=course, tokens=tokens, at=at)
    if reservation is None:
        note = _("The budget for the language model is used up for today: this is the course's own text.")
        return Plan(replace(found.own, note=note))
    away = _("The language model is away at the moment: this is the course's own text.")
    return Plan(found.own, found.setup, found.context, reservation, away, found.not_found)


async def stream(plan: Plan) -> AsyncGenerator[Delta | Answer, None]:
    """The answer piece by piece, and at the end the whole of it, once. No database, and no exception for a provider.

    Where a model does not begin, the course's own words come in its place; where it is cut, `is_whole` is False.
    """
    own = plan.own
    if plan.setup and plan.context:
        try:
            async with aclosing(_by_model(plan, plan.setup, plan.context)) as pieces:
                async for piece in pieces:
                    yield piece
            return
        except Away:
            own = replace(own, note=plan.note_if_away)
    for text in extractive.pieces(own.content):
        yield Delta(text)
    yield own


async def _by_model(plan: Plan, setup: Setup, context: Context) -> AsyncGenerator[Delta | Answer, None]:
    """What the model says. Its word for "not in the course" is held back, and the course's nearest lessons are said."""
    said, sent = "", 0
    end = End(0, 0, is_whole=False)
    async with aclosing(ask(context, setup)) as pieces:
        async for piece in pieces:
            if isinstance(piece, End):
                end = piece
                break
            said += piece
            if not NOT_FOUND.startswith(said.strip()[: len(NOT_FOUND)]):
                yield Delta(said[sent:], by=setup.provider)
                sent = len(said)
    if not sent and not end.is_whole:
        raise Away("cut before it said anything")
    answer = _written(plan, setup, context, said, end)
    if not sent:
        for text in extractive.pieces(answer.content):
            yield Delta(text, by=setup.provider)
    yield answer


def left_early(plan: Plan, said: Sequence[Delta]) -> Answer:
    """The answer whose stream somebody left after these pieces: what was said, and what that must have used.

    A model that had not yet begun has been told the context: that much is used.
    """
    text = "".join(piece.text for piece in said)
    by_model = not said or said[0].by != plan.own.provider
    if plan.setup and plan.context and by_model:
        end = counted(End(0, 0, is_whole=False), plan.context, text)
        return _written(plan, plan.setup, plan.context, text, end)
    return replace(plan.own, content=text, is_whole=False)


def _written(plan: Plan, setup: Setup, context: Context, said: str, end: End) -> Answer:
    is_found = not said.strip().startswith(NOT_FOUND)
    # A model that found its answer in passages that looked weak has covered the question in part, at the least.
    status = max(plan.own.status, AnswerStatus.PARTIAL, key=_SURENESS.index) if is_found else AnswerStatus.UNANSWERED
    numbers = [int(n) for n in dict.fromkeys(_NUMBER.findall(said)) if 1 <= int(n) <= len(context.sources)]
    cited = [context.sources[n - 1].citation for n in numbers]
    return Answer(
        content=_with_links(said.strip(), context) if is_found else plan.not_found,
        status=status,
        citations=cited if is_found and cited else plan.own.citations,
        provider=setup.provider,
        model=setup.model,
        input_tokens=end.input_tokens,
        output_tokens=end.output_tokens,
        cost=_cost(end),
        is_whole=end.is_whole,
    )


def _with_links(said: str, context: Context) -> str:
    """The numbers of passages become links to them."""

    def linked(found: re.Match[str]) -> str:
        number = int(found[1])
        if not 1 <= number <= len(context.sources):
            return found[0]
        return f"[\\[{number}\\]]({context.sources[number - 1].citation.url})"

    return _NUMBER.sub(linked, said)


def _cost(end: End) -> int:
    prices = end.input_tokens * settings.ASSISTANT_PRICE_INPUT + end.output_tokens * settings.ASSISTANT_PRICE_OUTPUT
    return round(prices / 1_000_000)


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


def _terms(question: Question) -> list[str]:
    language = question.course.language
    own = terms_of(question.text, language=language)
    if len(set(own)) >= FEW_TERMS:
        return own
    reading = question.lesson.title if question.lesson else ""
    before = next((turn.content for turn in reversed(question.recent) if turn.role == Role.USER), reading)
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
