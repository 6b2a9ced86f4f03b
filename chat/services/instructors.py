"""What those who teach a course do in its learners' conversations: answer, and take an answer back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from chat.exceptions import AnsweredAlready, NothingSaid
from chat.kinds import Role
from chat.models import Conversation, ConversationRead, Message
from chat.services.findable import message_is_findable
from chat.services.passages import forget_answer, remember_answer
from chat.signals import QuestionAnsweredByInstructor, question_answered_by_instructor
from learning.exceptions import Unknown
from learning.models import User
from learning.services.audit import record


@transaction.atomic
def answer_question(*, question: Message, instructor: User, text: str, at: dt.datetime) -> Message:
    """Write an instructor's answer into the asker's conversation, and let everybody in the course find it from now on.

    The same answer again changes nothing. Unknown for a question that this person may not read; AnsweredAlready when
    another answer stands there. Who asked is told, and nothing that is found by others says who that was.
    """
    text = text.strip()
    if not text:
        raise NothingSaid
    held = _hold(question, instructor)
    if standing := Message.objects.filter(replies_to=question).first():
        return _same(standing, instructor, text)
    conversation = Conversation.objects.select_related("course", "asker").get(pk=held.conversation_id)
    answer = _write(conversation, held, instructor, text, at=at)
    remember_answer(course=conversation.course, lesson=None, answer=answer, question=held.content, text=text, at=at)
    record("question.answered", held, by=instructor, at=at, course=conversation.course)
    question_answered_by_instructor.announce(QuestionAnsweredByInstructor(conversation, held, answer, instructor, at))
    return answer


@transaction.atomic
def take_back_answer(*, question: Message, instructor: User, at: dt.datetime) -> bool:
    """Remove this instructor's answer from the conversation and from what is found; False when there is none."""
    told = Message.objects.told_to(instructor).filter(pk=question.pk)
    standing = Message.objects.filter(replies_to__in=told, author=instructor).select_related("conversation").first()
    if standing is None:
        return False
    conversation = standing.conversation
    forget_answer(standing, at=at)
    standing.delete()
    Conversation.objects.filter(pk=conversation.pk).update(message_count=F("message_count") - 1)
    record("question.answer_taken_back", question, by=instructor, at=at, course=conversation.course)
    return True


def look_into(questions: Iterable[Message], *, reader: User, at: dt.datetime) -> None:
    """Write down whose shared conversations somebody else sees a question of; those learners see that.

    A question that was sent one by one needs no such note: it was sent to be read.
    """
    looked_into = {q.conversation_id for q in questions if q.conversation.is_shared and q.asker_id != reader.pk}
    ConversationRead.objects.bulk_create(
        ConversationRead(conversation_id=pk, reader=reader, at=at) for pk in sorted(looked_into, key=str)
    )


def _hold(question: Message, instructor: User) -> Message:
    """The question, for as long as it is answered: of two at once the second sees what the first wrote."""
    readable = Message.objects.told_to(instructor).filter(pk=question.pk)
    held = Message.objects.select_for_update(no_key=True).filter(pk__in=readable.values("pk")).first()
    if held is None:
        raise Unknown
    return held


def _same(standing: Message, instructor: User, text: str) -> Message:
    if (standing.author_id, standing.content) != (instructor.pk, text):
        raise AnsweredAlready
    return standing


def _write(conversation: Conversation, question: Message, instructor: User, text: str, *, at: dt.datetime) -> Message:
    answer = Message.objects.create(
        conversation=conversation,
        course=conversation.course,
        asker=conversation.asker,
        role=Role.INSTRUCTOR,
        content=text,
        author=instructor,
        replies_to=question,
        created_at=at,
    )
    Conversation.objects.filter(pk=conversation.pk).update(
        message_count=F("message_count") + 1, last_message_at=Greatest("last_message_at", at)
    )
    conversation.refresh_from_db(fields=["message_count", "last_message_at"])
    message_is_findable(answer, conversation)
    return answer
