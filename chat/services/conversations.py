"""Ask in a conversation: the question is stored once, its answer beside it, and how that ended is written once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace

from django.db import transaction
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from chat.kinds import Answer, AnswerStatus, Delta, MessageStatus, Role, Turn
from chat.models import Conversation, Message
from chat.models.conversations import LOST_AFTER
from chat.services import answers, budgets
from chat.services.answers import Findings, Plan, Question
from chat.services.findable import forget_words, message_is_findable, title_is_findable
from chat.services.passages import forget_answers_in
from chat.signals import QuestionAsked, QuestionUnanswered, question_asked, question_unanswered
from learning.exceptions import Unknown
from learning.models import Course, Lesson, User
from learning.once import insert_once

TITLE_LENGTH = 50
REMEMBERED = 6
_AFTER = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Asked:
    """A question with its answer. `plan` is there when the answer is still to be made, by whoever asked first."""

    conversation: Conversation
    question: Message
    answer: Message
    plan: Plan | None = None
    is_new: bool = False


End = Callable[[Answer], Awaitable[Message]]


class _Known(Exception):
    """Another request has stored this very question: what this one did is rolled back."""


def ask(
    *,
    asker: User,
    content: str,
    client_message_id: uuid.UUID,
    at: dt.datetime,
    course: Course | None = None,
    conversation: Conversation | None = None,
    lesson: Lesson | None = None,
) -> Asked:
    """Store a question in `conversation`, or in a new one about `course`, with an answer that is still to be written.

    `lesson` is the one that was being read.

    The same `client_message_id` again, also at once: what is stored, and nothing is counted; an answer that was
    interrupted is made anew. Unknown or NotEnrolled for who may not read the course, and Unknown for an id of another
    conversation; TooMany, and nothing stored, for who has asked too often.
    """
    known = _stored(asker, client_message_id, conversation)
    if known:
        return _again(known, at=at)
    budgets.refuse_if_spent(learner=asker, at=at)
    here = conversation or Conversation(
        course=course, asker=asker, title=title_of(content), last_message_at=at, created_at=at
    )
    found = answers.look_up(Question(asker, here.course, content, _recent(here, before=at), lesson), at=at)
    try:
        with transaction.atomic():
            return _store(here, found, client_message_id, at=at)
    except _Known:
        known = _stored(asker, client_message_id, conversation)
        if known is None:
            raise Unknown from None
        return known


async def stream(plan: Plan, end: End) -> AsyncGenerator[Delta | Message, None]:
    """The answer piece by piece and, once its end is stored, the message. No database but in `end`.

    `end(answer)` stores the end (see `finish`). A stream that is left early stores what there is.
    """
    said: list[Delta] = []
    answer = None
    try:
        async with aclosing(answers.stream(plan)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Delta):
                    said.append(piece)
                    yield piece
                else:
                    answer = piece
    finally:
        message = await end(answer or answers.left_early(plan, said))
    yield message


@transaction.atomic
def finish(asked: Asked, answer: Answer, *, at: dt.datetime) -> Message:
    """Write how the answer ended and book what it used. Again: nothing changes; deleted meanwhile: only booked."""
    still = Message.objects.filter(pk=asked.answer.pk, status=MessageStatus.STREAMING)
    is_ours = still.update(
        content=answer.content,
        status=MessageStatus.COMPLETE if answer.is_whole else MessageStatus.INTERRUPTED,
        answer_status=answer.status,
        citations=[asdict(citation) for citation in answer.citations],
        note=answer.note,
        provider=answer.provider,
        model=answer.model,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        cost=answer.cost,
    )
    if asked.plan:
        answers.settle(asked.plan, answer, at=at)
    message = Message.objects.select_related("answers").filter(pk=asked.answer.pk).first()
    if message and is_ours:
        message_is_findable(message, asked.conversation)
        if answer.is_whole and answer.status == AnswerStatus.UNANSWERED:
            question_unanswered.announce(QuestionUnanswered(asked.conversation, message, at))
    return message or asked.answer


@transaction.atomic
def rename(conversation: Conversation, title: str) -> None:
    """Give it a title that stays."""
    conversation.title, conversation.title_is_typed = title, True
    conversation.save(update_fields=["title", "title_is_typed"])
    title_is_findable(conversation)


@transaction.atomic
def delete(conversation: Conversation, *, at: dt.datetime) -> None:
    """Gone, with its messages and what they cite; what an instructor answered in it is found by nobody any more."""
    forget_answers_in(conversation, at=at)
    conversation.delete()
    forget_words(at=at)


def give_feedback(message: Message, value: str) -> None:
    """Say of an answer whether it helped; "" takes it back."""
    if message.role == Role.USER:
        raise Unknown
    message.feedback = value
    message.save(update_fields=["feedback"])


def miscounted() -> QuerySet[Conversation]:
    """Those whose count is not that of their messages; `messages_now` is what it should be."""
    messages = Message.objects.filter(conversation=OuterRef("pk")).order_by().values("conversation")
    number = Subquery(messages.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return Conversation.objects.annotate(messages_now=Coalesce(number, 0)).exclude(message_count=F("messages_now"))


def recount_messages() -> None:
    """Count messages anew where the count is wrong; each conversation is held, so that no question comes in between."""
    for pk in miscounted().values_list("pk", flat=True).iterator(chunk_size=1000):
        with transaction.atomic():
            list(Conversation.objects.select_for_update(no_key=True).filter(pk=pk))
            miscounted().filter(pk=pk).update(message_count=F("messages_now"))


def title_of(content: str) -> str:
    """The first 50 characters at a word's end, with "..." where something is left out."""
    words = " ".join(content.split())
    if len(words) <= TITLE_LENGTH:
        return words
    cut = words[: TITLE_LENGTH + 1].rpartition(" ")[0] or words[:TITLE_LENGTH]
    return f"{cut}..."


def _again(known: Asked, *, at: dt.datetime) -> Asked:
    """Of two at once, one makes the answer anew; a whole answer stays as it is."""
    ended = Q(status__in=[MessageStatus.INTERRUPTED, MessageStatus.FAILED])
    lost = Q(status=MessageStatus.STREAMING, started_at__lt=at - LOST_AFTER)
    row = Message.objects.filter(ended | lost, pk=known.answer.pk)
    if not row.exists():
        return known
    asked, conversation = known.question, known.conversation
    recent = _recent(conversation, before=asked.created_at)
    question = Question(conversation.asker, conversation.course, asked.content, recent, asked.lesson)
    found = answers.look_up(question, at=at)
    with transaction.atomic():
        if not row.update(status=MessageStatus.STREAMING, content="", started_at=at):
            return known
        budgets.count_question(learner=conversation.asker, at=at)
        plan = answers.reserve(found, at=at)
    known.answer.refresh_from_db()
    known.answer.answers = asked
    return replace(known, plan=plan)


def _store(conversation: Conversation, found: Findings, client_message_id: uuid.UUID, *, at: dt.datetime) -> Asked:
    asker, course = found.question.asker, found.question.course
    if conversation._state.adding:
        conversation.save(force_insert=True)
        title_is_findable(conversation)
    question = Message(
        conversation=conversation,
        course=course,
        asker=asker,
        role=Role.USER,
        content=found.question.text,
        client_message_id=client_message_id,
        lesson=found.question.lesson,
        created_at=at,
    )
    if not insert_once(question):
        raise _Known
    budgets.count_question(learner=asker, at=at)
    message_is_findable(question, conversation)
    answer = Message.objects.create(
        conversation=conversation,
        course=course,
        asker=asker,
        role=Role.ASSISTANT,
        status=MessageStatus.STREAMING,
        answers=question,
        created_at=at + _AFTER,
        started_at=at,
    )
    Conversation.objects.filter(pk=conversation.pk).update(
        message_count=F("message_count") + 2, last_message_at=Greatest("last_message_at", at)
    )
    conversation.refresh_from_db(fields=["message_count", "last_message_at"])
    question_asked.announce(QuestionAsked(conversation, question, at))
    plan = answers.reserve(found, at=at)
    return Asked(conversation, question, answer, plan, is_new=True)


def _recent(conversation: Conversation, *, before: dt.datetime) -> list[Turn]:
    if conversation._state.adding:
        return []
    rows = conversation.messages.filter(created_at__lt=before).exclude(content="").order_by("-created_at", "-id")
    newest = list(rows.values_list("role", "content")[:REMEMBERED])
    return [Turn(role, content) for role, content in reversed(newest)]


def _stored(asker: User, client_message_id: uuid.UUID, conversation: Conversation | None) -> Asked | None:
    rows = Message.objects.of(asker).filter(client_message_id=client_message_id)
    question = rows.select_related("conversation__course", "answer", "lesson").first()
    if question is None:
        return None
    if conversation is not None and question.conversation_id != conversation.pk:
        raise Unknown
    return Asked(question.conversation, question, question.answer)
