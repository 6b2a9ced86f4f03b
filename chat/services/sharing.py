"""Who else may read: conversations that were shared, and questions that were sent to the instructors."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from chat.kinds import Role
from chat.models import Conversation, ConversationRead, Message
from chat.selectors.asking import may_ask
from chat.signals import QuestionSentToInstructors, question_sent_to_instructors
from learning.exceptions import NotEnrolled, Unknown
from learning.models import User


def share(conversation: Conversation, *, with_instructors: bool) -> None:
    """Open it to the instructors of its course, or close it again. What they have read stays written down."""
    conversation.is_shared = with_instructors
    conversation.save(update_fields=["is_shared"])


@transaction.atomic
def send_to_instructors(message: Message, *, at: dt.datetime) -> Message:
    """Send a question to those who teach the course; `message` is the question or its answer. Again: nothing changes.

    They may read this question and what the assistant answered, nothing else of the conversation. Unknown for what an
    instructor wrote, NotEnrolled for who has left the course. Returns the question.
    """
    question = message if message.role == Role.USER else message.answers
    if question is None or message.role == Role.INSTRUCTOR:
        raise Unknown
    conversation = message.conversation
    if not may_ask(conversation.asker, conversation.course):
        raise NotEnrolled
    if Message.objects.filter(pk=question.pk, sent_to_instructor_at=None).update(sent_to_instructor_at=at):
        question_sent_to_instructors.announce(QuestionSentToInstructors(conversation, question, at))
    question.refresh_from_db(fields=["sent_to_instructor_at"])
    return question


@transaction.atomic
def read_shared(conversation: Conversation, *, reader: User, at: dt.datetime) -> ConversationRead:
    """Write down that somebody else opens a shared conversation; its learner sees that. Unknown when it is private."""
    if not Conversation.objects.shared().filter(pk=conversation.pk).exists():
        raise Unknown
    return ConversationRead.objects.create(conversation=conversation, reader=reader, at=at)


def see_news(conversation: Conversation, *, at: dt.datetime) -> None:
    """What instructors wrote in it is no longer new to its learner."""
    conversation.messages.unseen().update(seen_at=at)
