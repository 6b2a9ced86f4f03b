"""Those who teach a course answer what was left open: in the asker's conversation, and for everybody who asks it again."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from chat.exceptions import AnsweredAlready, NothingSaid
from chat.kinds import AnswerStatus
from chat.models import Conversation, CourseIndex, Message, Passage
from chat.services.instructors import answer_question, take_back_answer
from chat.services.passages import count_words
from learning.exceptions import Unknown
from learning.models import AuditEntry
from learning.services.people import make_instructor
from notifications.models import Notification
from tests.builders import enrolled

SESSIONS = "/api/chat/sessions/"
CELLAR = "Why is my grandmother's cellar damp behind the granite?"
ANSWER = "Granite does not breathe: leave a gap and drain the foot of the wall."


def ask(person, course, content):
    body = {"course": course.pk, "content": content, "client_message_id": str(uuid.uuid4())}
    return person.post(SESSIONS, body).json()


def sent(person, course, content=CELLAR):
    """A question that its learner sent to the instructor."""
    talk = ask(person, course, content)
    question = Message.objects.get(pk=talk["messages"][0]["id"])
    Message.objects.filter(pk=question.pk).update(sent_to_instructor_at=timezone.now())
    return question


def answered(question, instructor, text=ANSWER):
    return answer_question(question=question, instructor=instructor.user, text=text, at=timezone.now())


def test_an_answer_stands_in_the_askers_thread_and_is_found_by_everybody_from_then_on(
    masonry, alice, bob, ines, at_alice
):
    enrolled(bob.user, masonry)
    assert ask(bob, masonry, "Granite cellar damp?")["messages"][1]["answer_status"] == AnswerStatus.UNANSWERED
    question = sent(alice, masonry)
    first, again = answered(question, ines), answered(question, ines, f"  {ANSWER} ")
    assert first == again

    thread = alice.get(f"{SESSIONS}{question.conversation_id}/messages/").json()["results"]
    assert (thread[0]["role"], thread[0]["content"]) == ("instructor", ANSWER)
    assert alice.get(f"{SESSIONS}{question.conversation_id}/").json()["message_count"] == 3
    assert alice.get("/api/chat/search/?query=breathe").json()["messages"][0]["role"] == "instructor"
    told = Notification.objects.get(learner=alice.user, kind="answer")
    assert told.title == "Your question was answered in Stones"
    assert alice.get(told.url).status_code == 200
    entry = AuditEntry.objects.get(action="question.answered")
    assert (entry.actor, entry.course) == (ines.user, masonry)

    count_words(masonry.pk, at=timezone.now())
    answer = ask(bob, masonry, "Granite cellar damp?")["messages"][1]
    assert ANSWER in answer["content"].replace("\n> ", " ")
    assert answer["citations"][0]["title"] == "Answered by an instructor"
    passage = Passage.objects.get(source="answer")
    assert "cellar" in passage.terms.split()
    assert "grandmother" not in str(answer) + passage.text + passage.title
    assert "Alice" not in str(answer) + passage.text + passage.title


def test_only_who_teaches_the_course_answers_and_only_what_was_shown_to_them(
    masonry, alice, bob, ines, igor, admin, staff, at_alice
):
    question = sent(alice, masonry)
    for person in (alice, bob, igor, admin, staff):
        with pytest.raises(Unknown):
            answered(question, person)
    Message.objects.filter(pk=question.pk).update(sent_to_instructor_at=None)
    with pytest.raises(Unknown):
        answered(question, ines)
    with pytest.raises(Unknown):
        answered(question.answer, ines)
    Conversation.objects.update(is_shared=True)
    assert answered(question, ines).author == ines.user
    assert AuditEntry.objects.filter(action="question.answered").count() == 1


def test_one_answer_stands_until_it_is_taken_back(masonry, alice, ines, igor, at_alice):
    make_instructor(igor.user, masonry, at=timezone.now())
    question = sent(alice, masonry)
    with pytest.raises(NothingSaid):
        answered(question, ines, "  ")
    answered(question, ines)
    for person, text in ((ines, "Other words."), (igor, ANSWER)):
        with pytest.raises(AnsweredAlready):
            answered(question, person, text)
    assert not take_back_answer(question=question, instructor=igor.user, at=timezone.now())
    assert take_back_answer(question=question, instructor=ines.user, at=timezone.now())
    assert not take_back_answer(question=question, instructor=ines.user, at=timezone.now())
    assert not Passage.objects.filter(source="answer").exists()
    assert alice.get(f"{SESSIONS}{question.conversation_id}/").json()["message_count"] == 2
    assert answered(question, igor, "Other words.").content == "Other words."


def test_an_answer_goes_with_its_conversation_and_with_its_asker(masonry, alice, bob, ines, at_alice):
    enrolled(bob.user, masonry)
    for person in (alice, bob):
        answered(sent(person, masonry), ines)
    count_words(masonry.pk, at=timezone.now())
    conversation = Conversation.objects.get(asker=alice.user)
    assert alice.delete(f"{SESSIONS}{conversation.pk}/").status_code == 204
    assert Passage.objects.filter(source="answer").count() == 1
    assert CourseIndex.objects.get(course=masonry).stale_since
    bob.user.delete()
    assert not Passage.objects.filter(source="answer").exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"replies_to": None}, "message_instructor_says_it_whole"),
        ({"content": ""}, "message_instructor_says_it_whole"),
        ({"status": "streaming"}, "message_instructor_says_it_whole"),
        ({}, "message_one_instructor_answers"),
        ({"sent_to_instructor_at": timezone.now()}, "message_only_questions_are_sent"),
        ({"role": "assistant", "status": "failed"}, "message_only_instructors_reply"),
    ],
)
def test_what_is_no_answer_of_an_instructor_is_refused_by_the_database(masonry, alice, at_alice, fields, constraint):
    question = sent(alice, masonry)
    values = {
        "conversation": question.conversation,
        "course": masonry,
        "asker": alice.user,
        "role": "instructor",
        "content": "x",
    }
    values |= {"replies_to": question}
    if fields.get("role"):
        question.answer.delete()
        values |= {"answers": question}
    elif not fields:
        Message.objects.create(**values)
    with pytest.raises(IntegrityError, match=rf"{constraint}|UNIQUE.*replies_to"), transaction.atomic():
        Message.objects.create(**values | fields)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_instructors_who_answer_at_once_leave_one_answer(masonry, alice, ines, igor, at_alice):
    make_instructor(igor.user, masonry, at=timezone.now())
    question, barrier = sent(alice, masonry), Barrier(2)

    def answer(person):
        try:
            barrier.wait(timeout=20)
            return answered(question, person)
        except AnsweredAlready:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(answer, (ines, igor)))
    assert sum(a is not None for a in answers) == 1
    assert Message.objects.filter(role="instructor").count() == 1
