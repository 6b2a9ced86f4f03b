"""Questions to the assistant count: for a badge, and for the challenge of the day."""

import datetime as dt
import uuid

import pytest

from chat.models import Message
from chat.services.conversations import ask
from chat.signals import question_unanswered
from gamification.kinds import ChallengeKind, Metric
from gamification.models import Badge, Challenge, ChallengeTemplate, EarnedBadge
from gamification.selectors.challenges import judge
from gamification.selectors.moments import moments
from tests.builders import a_lesson

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def masonry(course, at_alice):
    a_lesson(course.modules.get(), title="Mortar", body="## Lime\n\nLime mortar hardens slowly, over months.")
    Badge.objects.filter(metric=Metric.QUESTIONS).update(threshold=2)
    return course


def asks(person, course, *, at=NOON, again=None):
    number = again or uuid.uuid4()
    ask(asker=person.user, course=course, content="How does lime harden?", client_message_id=number, at=at)
    return number


def earned(person):
    return EarnedBadge.objects.filter(learner=person.user, badge__metric=Metric.QUESTIONS).count()


def test_the_fiftieth_question_earns_curious_mind_once(masonry, alice):
    first = asks(alice, masonry)
    asks(alice, masonry, again=first)
    assert earned(alice) == 0  # the same question sent again is one question
    asks(alice, masonry)
    asks(alice, masonry)
    assert earned(alice) == 1


def test_questions_that_were_there_before_earn_it_at_their_own_instant(masonry, alice):
    for minute in range(2):
        asks(alice, masonry, at=NOON + dt.timedelta(minutes=minute))
    EarnedBadge.objects.all().delete()
    reached = list(moments(Metric.QUESTIONS, [2]))
    assert [(learner, at) for learner, _, _, at in reached] == [(alice.user.pk, NOON + dt.timedelta(minutes=1))]


def test_the_challenge_counts_the_questions_of_the_learners_own_day(masonry, alice):
    template = ChallengeTemplate.objects.get(kind=ChallengeKind.QUESTIONS)
    challenge = Challenge.objects.create(
        learner=alice.user, template=template, day=alice.user.day_at(NOON), slot=0, target=1, xp=20
    )
    asks(alice, masonry, at=NOON - dt.timedelta(days=1))
    assert judge(alice.user, [challenge], at=NOON)[0].current == 0
    asks(alice, masonry)
    state = judge(alice.user, [challenge], at=NOON)[0]
    assert (state.current, state.state) == (1, "met")


def test_what_the_course_does_not_cover_is_told_once(masonry, alice):
    told = []

    def hear(event, **kwargs):
        told.append((event.conversation.asker_id, event.answer.answer_status))
        return []

    question_unanswered.connect(hear)
    try:
        for content in ("Who won the cup in Montevideo?", "How does lime mortar harden?"):
            body = {"course": masonry.pk, "content": content, "client_message_id": str(uuid.uuid4())}
            for _ in range(2):
                alice.post("/api/chat/sessions/", body)
    finally:
        question_unanswered.disconnect(hear)
    assert told == [(alice.user.pk, "unanswered")]
    assert Message.objects.count() == 4
