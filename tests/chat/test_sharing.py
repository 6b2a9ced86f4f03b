"""Who else may read: nobody, until the learner says so; and then the learner sees who did."""

import uuid
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from chat.kinds import Role
from chat.models import Conversation, ConversationRead, Message
from chat.services.instructors import answer_question
from chat.services.sharing import send_to_instructors
from learning.models import Enrollment
from learning.outbox import drain
from tests.builders import a_lesson, enrolled, lessons_of
from tests.chat.conftest import planned

LIME = "## Lime mortar\n\nLime mortar stays soft and lets a wall breathe. It hardens slowly, over months."
SESSIONS = "/api/chat/sessions/"
ADMIN = "/admin/chat/conversation/"
OFF_COURSE = "Who won the cup in Montevideo?"


@pytest.fixture
def masonry(course):
    a_lesson(course.modules.get(), title="Mortar", body=LIME)
    return course


def ask(person, course, content="How does lime mortar harden?", **more):
    body = {"content": content, "client_message_id": str(uuid.uuid4()), "course": course.pk, **more}
    return person.post(SESSIONS, body)


@pytest.fixture
def talk(masonry, alice, at_alice):
    return ask(alice, masonry).json()


def test_a_shared_conversation_is_read_by_the_courses_instructors_and_the_learner_sees_who_and_when(
    talk, alice, ines, igor, bob, staff, admin
):
    url, page = f"{SESSIONS}{talk['id']}/", f"{ADMIN}{talk['id']}/change/"
    assert talk["is_shared"] is False
    assert ines.get(page).status_code != 200
    assert talk["title"] not in ines.get(ADMIN).content.decode()

    assert alice.patch(url, {"is_shared": True}).json()["is_shared"] is True
    assert alice.get(url).json()["readings"] == []
    assert talk["title"] in ines.get(ADMIN).content.decode()
    assert "It hardens slowly" in ines.get(page).content.decode()
    assert [r["reader"] for r in alice.get(url).json()["readings"]] == ["Ines"]
    for other in (igor, bob, staff, admin):
        assert other.get(page).status_code != 200
    assert ines.post(page, {"title": "Mine"}).status_code == 403
    assert ConversationRead.objects.count() == 1

    alice.patch(url, {"is_shared": False})
    assert ines.get(page).status_code != 200
    assert talk["title"] not in ines.get(ADMIN).content.decode()
    assert len(alice.get(url).json()["readings"]) == 1  # what was read stays written down
    assert ines.patch(url, {"is_shared": True}).status_code == 404


def test_a_question_is_sent_to_the_instructors_once_and_says_so_at_the_answer_too(masonry, alice, bob, at_alice):
    question, answer = ask(alice, masonry, OFF_COURSE).json()["messages"]
    assert (answer["answer_status"], answer["sent_to_instructor_at"]) == ("unanswered", None)
    url = f"/api/chat/messages/{answer['id']}/ask-instructor/"
    assert bob.post(url).status_code == 404
    first, again = alice.post(url).json(), alice.post(f"/api/chat/messages/{question['id']}/ask-instructor/").json()
    assert first["sent_to_instructor_at"] == again["sent_to_instructor_at"] is not None
    assert Message.objects.sent_to_instructors().get().content == OFF_COURSE
    assert not Conversation.objects.shared().exists()


def test_who_left_the_course_sends_nothing_to_its_instructors(talk, alice):
    Enrollment.objects.filter(learner=alice.user).delete()
    refused = alice.post(f"/api/chat/messages/{talk['messages'][1]['id']}/ask-instructor/")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_enrolled")
    assert not Message.objects.sent_to_instructors().exists()


def an_instructors_answer(talk, ines):
    question = Message.objects.get(pk=talk["messages"][0]["id"])
    send_to_instructors(question, at=timezone.now())
    return answer_question(
        question=question, instructor=ines.user, text="It takes **carbon** from the air.", at=timezone.now()
    )


def test_what_an_instructor_wrote_is_new_until_it_was_seen(talk, alice, ines):
    url = f"{SESSIONS}{talk['id']}/"
    assert alice.get(url).json()["has_news"] is False
    an_instructors_answer(talk, ines)
    assert alice.get(SESSIONS).json()["results"][0]["has_news"] is True
    newest = alice.get(f"{url}messages/").json()["results"][0]
    assert (newest["author"], newest["is_new"]) == ("Ines", True)
    assert newest["replies_to"] == talk["messages"][0]["id"]
    assert alice.patch(url, {"has_news": True}).status_code == 400
    assert alice.patch(url, {"has_news": False}).json()["has_news"] is False
    assert alice.get(f"{url}messages/").json()["results"][0]["is_new"] is False


def test_the_page_shows_an_instructors_answer_as_new_once_and_who_has_read(talk, alice, ines, masonry):
    answer = an_instructors_answer(talk, ines)
    alice.user.time_zone = "Asia/Tokyo"
    alice.user.save()
    url = f"/courses/{masonry.slug}/assistant/"
    assert "talk-new" in alice.get(url).content.decode()  # in the list
    page = alice.get(f"{url}?session={talk['id']}").content.decode()
    assert "Ines, instructor" in page
    assert f"{answer.created_at.astimezone(ZoneInfo('Asia/Tokyo')):%H:%M}</time>" in page
    assert "<strong>carbon</strong>" in page
    assert page.count("data-sent hidden") == page.count("data-sent")  # it no longer waits for an answer
    assert "talk-new" in page
    assert "talk-new" not in alice.get(f"{url}?session={talk['id']}").content.decode()
    alice.patch(f"{SESSIONS}{talk['id']}/", {"is_shared": True})
    ines.get(f"{ADMIN}{talk['id']}/change/")
    assert "Opened by Ines on" in alice.get(f"{url}?session={talk['id']}").content.decode()


def test_a_short_question_in_a_lesson_is_about_that_lesson(masonry, other_course, alice, at_alice):
    mortar = masonry.lessons.get(title="Mortar")
    alone = ask(alice, masonry, "What is this?").json()["messages"][1]
    there = ask(alice, masonry, "What is this?", lesson=mortar.pk).json()["messages"][1]
    assert (alone["answer_status"], there["answer_status"]) == ("unanswered", "answered")
    assert there["citations"][0]["lesson"] == mortar.pk
    assert ask(alice, masonry, "What?", lesson=lessons_of(other_course)[0].pk).status_code == 404
    plan = planned(alice, masonry, "How does lime harden?", lesson=mortar)
    assert plan.own.citations[0].lesson == mortar.pk


@pytest.mark.parametrize(
    ("role", "field"),
    [(Role.ASSISTANT, "sent_to_instructor_at"), (Role.USER, "seen_at"), (Role.ASSISTANT, "seen_at")],
)
def test_only_questions_are_sent_and_only_instructors_reply(talk, role, field):
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(role=role).update(**{field: timezone.now()})


def test_what_was_deleted_stands_in_no_table(masonry, alice, ines, bob, at_alice):
    """Every table of the database, those of the full-text index included, is looked through for a word of hers."""
    enrolled(bob.user, masonry)
    kept = ask(bob, masonry, "How does lime mortar harden?").json()
    talk = ask(alice, masonry, "Does zyzzyvamark harden lime mortar?").json()
    url = f"{SESSIONS}{talk['id']}/"
    alice.patch(url, {"title": "Zyzzyvamark", "is_shared": True})
    alice.post(f"/api/chat/messages/{talk['messages'][1]['id']}/ask-instructor/")
    an_instructors_answer(talk, ines)
    ines.get(f"{ADMIN}{talk['id']}/change/")
    assert tables_with("zyzzyvamark")
    assert alice.delete(url).status_code == 204
    drain()
    assert tables_with("zyzzyvamark") == []
    assert not ConversationRead.objects.exists()
    assert bob.get(f"{SESSIONS}{kept['id']}/").status_code == 200


def tables_with(word):
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            if any(word in _text(value) for row in cursor.fetchall() for value in row):
                found.append(table)
    return found


def _text(value):
    return value.decode("utf-8", "replace").lower() if isinstance(value, bytes) else str(value).lower()
