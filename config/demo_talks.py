"""What the demo's people asked the assistant, made as everybody's conversations are: asked, answered, sent, shared."""

from __future__ import annotations

import datetime as dt
import uuid
from random import Random

from chat.kinds import AnswerStatus
from chat.models import Conversation, Message
from chat.services import conversations
from chat.services.instructors import answer_question
from chat.services.sharing import read_shared, send_to_instructors, share
from learning.demo.people import ALICE
from learning.models import Course, Enrollment, User

DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)
SHARE_OF_ASKERS = 0.2
QUESTIONS = {
    "finding-your-way": [
        "What is the difference between true north and magnetic north?",
        "How do I take a bearing?",
        "When should I turn round?",
        "How long do I need for 300 m uphill?",
        "What do contour lines that stand close together mean?",
        "May I build a cairn of my own?",
        "Does the app on my phone replace the map?",
        "Which compass should I buy?",
    ],
    "bread-from-four-things": [
        "Why is my crust pale?",
        "How do I know that the dough is ready?",
        "What does hydration of 75 % mean?",
        "How often do I have to fold?",
        "Why does bread go stale?",
        "Can I use spelt flour?",
        "How do I make steam in my oven?",
    ],
    "writing-that-people-read": [
        "Who is my reader?",
        "What should I cut first?",
        "How long should a sentence be?",
        "Why should I let a text rest?",
        "How do I find a good title?",
    ],
}


def talk(*, at: dt.datetime) -> None:
    """Alice's conversations, one of each kind, and a question or two of some of the others."""
    course = Course.objects.get(slug="finding-your-way")
    alice, teacher = User.objects.get(email=ALICE.email), course.instructors.get()
    _of_alice(alice, course, teacher, at=at)
    others = Enrollment.objects.current().exclude(learner=alice).select_related("learner", "course").order_by("pk")
    for place in others:
        dice = Random(f"talks:{place.learner.email}:{place.course.slug}")  # noqa: S311
        if dice.random() < SHARE_OF_ASKERS:
            _of_somebody(place, dice, at=at)


def _of_alice(alice: User, course: Course, teacher: User, *, at: dt.datetime) -> None:
    norths = _asks(alice, course, "What is the difference between true north and magnetic north?", at=at - 4 * DAY)
    _asks(alice, course, "And how do I allow for it on the map?", at=at - 4 * DAY + 3 * MINUTE, after=norths)

    bearing = _asks(alice, course, "How do I take a bearing without a landmark in sight?", at=at - 3 * DAY)
    conversations.rename(bearing, "Bearings")
    share(bearing, with_instructors=True)
    read_shared(bearing, reader=teacher, at=at - 2 * DAY)

    shop = _asks(alice, course, "Which compass should I buy for the winter?", at=at - 2 * DAY)
    question = shop.messages.get(role="user")
    send_to_instructors(question, at=at - 2 * DAY + MINUTE)
    answer_question(question=question, instructor=teacher, text=ADVICE, at=at - 1 * DAY)

    _asks(alice, course, "How long do I need for a kilometre uphill?", at=at - 2 * HOUR)


ADVICE = (
    "Any baseplate compass with a **clear ring and a long edge** will do; it need not be dear. In winter look for "
    "two things: figures that you can read with cold eyes, and a ring that turns with gloves on."
)


def _of_somebody(place: Enrollment, dice: Random, *, at: dt.datetime) -> None:
    """One or two questions since they joined. What the course does not cover some send to its instructor."""
    asked = dice.sample(QUESTIONS[place.course.slug], k=dice.choice([1, 1, 2]))
    since = max(place.started_at, at - 60 * DAY)
    for content in asked:
        moment = since + (at - since) * dice.random()
        conversation = _asks(place.learner, place.course, content, at=moment)
        answer = conversation.messages.get(role="assistant")
        if answer.answer_status == AnswerStatus.UNANSWERED and dice.random() < 0.3:
            send_to_instructors(answer, at=moment + MINUTE)
        elif dice.random() < 0.4:
            conversations.give_feedback(answer, dice.choice([*[Message.Feedback.UP] * 3, Message.Feedback.DOWN]))


def _asks(
    asker: User, course: Course, content: str, *, at: dt.datetime, after: Conversation | None = None
) -> Conversation:
    """Ask, and have it answered in the course's own words: the demo asks no language model."""
    asked = conversations.ask(
        asker=asker,
        content=content,
        client_message_id=uuid.uuid5(uuid.NAMESPACE_URL, f"{asker.email} {content}"),
        at=at,
        course=course,
        conversation=after,
    )
    if asked.plan:
        conversations.finish(asked, asked.plan.own, at=at)
    return asked.conversation
