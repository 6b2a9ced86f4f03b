"""What this floor announces; docs/signals.md lists each fact with who says it and who hears it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from chat.models import Conversation, Message
from learning.models import User
from learning.signals import Fact


@dataclass(frozen=True)
class QuestionAsked:
    """A learner asked something about a course. Said once per question, in the transaction that stored it."""

    conversation: Conversation
    question: Message
    at: dt.datetime


@dataclass(frozen=True)
class QuestionUnanswered:
    """The course does not cover what was asked. Said when such an answer has come to its end."""

    conversation: Conversation
    answer: Message
    at: dt.datetime


@dataclass(frozen=True)
class QuestionSentToInstructors:
    """A learner sent a question to those who teach the course. Said once per question."""

    conversation: Conversation
    question: Message
    at: dt.datetime


@dataclass(frozen=True)
class QuestionAnsweredByInstructor:
    """Somebody who teaches the course answered in the asker's conversation. Said once per question."""

    conversation: Conversation
    question: Message
    answer: Message
    instructor: User
    at: dt.datetime


question_asked: Fact[QuestionAsked] = Fact()
question_unanswered: Fact[QuestionUnanswered] = Fact()
question_sent_to_instructors: Fact[QuestionSentToInstructors] = Fact()
question_answered_by_instructor: Fact[QuestionAnsweredByInstructor] = Fact()
