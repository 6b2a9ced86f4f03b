"""What a course's learners ask, told to those who teach it: counts of everything, words of what was shown to them."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from chat.models import Conversation, Findable, Message
from chat.retrieval.topics import Asked, clusters
from chat.selectors.questions import (
    Between,
    askers,
    hours,
    questions_of,
    told_questions,
    unhelpful_answers_of,
    waiting,
    waiting_told,
    within,
)
from chat.selectors.topics import about, topics
from chat.services.findable import message_is_findable
from chat.services.instructors import answer_question
from tests.builders import a_course, a_user

MONDAY = dt.datetime(2026, 3, 2, 21, 20, tzinfo=dt.UTC)


def question(asker, course, content, *, at=MONDAY, answer_status="answered", shared=False, sent=False, **answer):
    """A question with its answer, as they are stored."""
    talk = Conversation.objects.create(course=course, asker=asker, title="t", last_message_at=at, is_shared=shared)
    common = {"conversation": talk, "course": course, "asker": asker, "created_at": at}
    asked = Message.objects.create(
        **common,
        role="user",
        content=content,
        client_message_id=uuid.uuid4(),
        sent_to_instructor_at=at if sent else None,
    )
    Message.objects.create(
        **common, role="assistant", content="A.", answers=asked, answer_status=answer_status, **answer
    )
    message_is_findable(asked, talk)
    return asked


def around(course, days=7):
    return Between(course, MONDAY - dt.timedelta(days=days), MONDAY + dt.timedelta(days=days))


def test_questions_are_counted_with_who_asked_and_which_answers_did_not_help(course, alice, bob, ines):
    question(alice.user, course, "One?")
    question(alice.user, course, "Two?", answer_status="unanswered", at=MONDAY + dt.timedelta(hours=1))
    question(bob.user, course, "Three?", feedback="down")
    question(bob.user, course, "Four?", status="failed", answer_status="")
    question(bob.user, course, "Before?", at=MONDAY - dt.timedelta(days=8))
    question(ines.user, course, "Who teaches is no learner here?", answer_status="unanswered")
    question(bob.user, a_course(ines.user, title="Another"), "Elsewhere?")
    assert within(questions_of(course), around(course)).count() == 4
    assert within(unhelpful_answers_of(course), around(course)).count() == 3
    assert [(one.name, one.questions) for one in askers(around(course), most=9)] == [("Alice", 2), ("Bob", 2)]
    assert hours(around(course)) == [(1, 21, 3), (1, 22, 1)]
    course.time_zone = "Asia/Kolkata"  # five and a half hours on: Tuesday, ten to three
    assert hours(around(course)) == [(2, 2, 3), (2, 3, 1)]


def test_who_waits_is_told_in_words_only_where_the_learner_told_them(course, alice, bob, ines, igor, staff):
    private = question(alice.user, course, "Private?", answer_status="unanswered")
    shared = question(alice.user, course, "Shared?", answer_status="unanswered", shared=True)
    sent = question(bob.user, course, "Sent?", sent=True, at=MONDAY - dt.timedelta(days=40))
    answered = question(bob.user, course, "Answered?", feedback="down", sent=True)
    fine = question(bob.user, course, "Fine?", shared=True)
    answer_question(question=answered, instructor=ines.user, text="Like this.", at=timezone.now())
    assert set(waiting(course)) == {private, shared, sent}
    assert list(waiting_told(course, ines.user)) == [sent, shared]
    assert set(told_questions(course, ines.user)) == {shared, sent, answered, fine}
    for person in (igor, staff, alice):
        assert not waiting_told(course, person.user).exists()
        assert not told_questions(course, person.user).exists()
    assert private not in told_questions(course, ines.user)


@pytest.fixture
def crowd(db):
    return [a_user(f"learner{n}@example.org") for n in range(6)]


def test_a_topic_is_what_five_people_asked_about(course, crowd, ines):
    for n, person in enumerate(crowd):
        question(person, course, f"Please explain how the lime mortars {'harden' if n % 2 else 'set'}", shared=not n)
    for _ in range(9):  # one person, however often, is no topic
        question(crowd[0], course, "Why does Uncle Barnaby drink?")
    for person in crowd[:4]:
        question(person, course, "What is a keystone?")
    (found,) = topics(around(course))
    assert (found.name, found.count, found.askers) == ("lime mortars", 6, 6)
    told = told_questions(course, ines.user)
    assert [row.asker for row in about(told, course, found.name)] == [crowd[0]]
    assert not about(told, course, "Barnaby").exists()
    assert not about(told, course, "what is the").exists()
    assert topics(around(course)) == [found]


def test_counts_of_topics_add_up_to_no_more_than_there_are_questions():
    asked = [Asked(n % 11, frozenset({f"w{n % 7}", f"v{n % 3}", "all"})) for n in range(110)]
    found = clusters(asked, weight=lambda term: 1.0, in_course=lambda term: True, language="xx")
    numbers = [number for one in found for number in one.questions]
    assert len(numbers) == len(set(numbers)) <= len(asked)
    assert all(one.askers >= 5 for one in found)
    assert "all" not in {term for one in found for term in one.terms}


def test_a_question_without_words_of_its_own_is_no_topic_and_no_fault(course, crowd):
    for person in crowd:
        asked = question(person, course, "Why?")
        Findable.objects.filter(message=asked).delete()
    assert topics(around(course)) == []
