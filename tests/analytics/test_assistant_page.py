"""The instructor's page about the assistant: it says what the API says, shows what was shown, and answers in place."""

import re
import uuid

import pytest
from django.utils import timezone

from chat.models import Conversation, ConversationRead, Message, Passage
from learning.models import AuditEntry
from tests.builders import a_user, enrolled
from tests.chat.test_questions import question

CELLAR = "Why is the granite cellar damp?"


@pytest.fixture
def busy(course, alice, bob, at_alice):
    """A sent and a private question that were not helped, and six people who ask about mortar."""
    now = timezone.now()
    enrolled(bob.user, course)
    question(alice.user, course, CELLAR, at=now, answer_status="unanswered", sent=True)
    question(bob.user, course, "My own secret?", at=now, answer_status="unanswered")
    for n in range(6):
        asker = a_user(f"learner{n}@example.org", name=f"Learner {n}")
        question(asker, course, f"How does lime mortar harden {'slowly' if n else 'and why'}?", at=now, shared=not n)
    return course


def places(course):
    return f"/admin/analytics/courses/{course.pk}/assistant/", f"/api/instructor/courses/{course.pk}/ai-analytics/"


def figures_on(html):
    return {key: float(value) for value, key in re.findall(r'<data value="([^"]*)" data-metric="([^"]+)"', html)}


def test_page_and_api_say_the_same_and_show_only_what_was_shown_to_them(busy, ines, staff):
    page, api = places(busy)
    said, html = ines.get(api).json(), ines.get(page).content.decode()
    assert (said["total_questions"], said["unanswered"], said["unanswered_rate"]) == (8, 2, 25.0)
    assert said["questions_per_student"] == 4.0
    assert (said["waiting"], said["waiting_private"]) == (2, 1)
    assert said["topics"][0] == {"topic": "lime mortar harden", "count": 6, "askers": 6}
    assert sum(hour["count"] for hour in said["hours"]) == 8
    assert {row["question"][:8] for row in said["recent_questions"]} == {CELLAR[:8], "How does"}
    shown = figures_on(html)
    assert shown == {key: said[key] for key in shown}
    assert len(shown) == 4
    assert "1 question waits for your answer" in html
    assert "1 more question was not helped" in html
    assert "secret" not in html + str(said)
    assert "and why" in html
    assert "slowly" not in html

    told = ines.get(f"{api}questions/", {"topic": "lime mortar harden"}).json()
    assert (told["count"], told["results"][0]["student"]["name"]) == (1, "Learner 0")
    assert [row["question"] for row in ines.get(f"{api}questions/?state=waiting").json()["results"]] == [CELLAR]
    assert ines.get(f"{api}questions/?state=open").status_code == 400
    assert "and why" in ines.get(page, {"topic": "lime mortar harden"}).content.decode()

    said, html = staff.get(api).json(), staff.get(page).content.decode()
    assert (said["total_questions"], said["waiting_private"], said["recent_questions"]) == (8, 2, [])
    assert "granite" not in html


def test_looking_at_a_shared_conversation_is_written_down_for_its_learner(busy, ines):
    ines.get(places(busy)[0])
    assert [(r.reader, r.conversation) for r in ConversationRead.objects.all()] == [
        (ines.user, Conversation.objects.get(is_shared=True))
    ]


def test_a_question_is_answered_on_the_page_and_the_answer_taken_back(busy, alice, ines, staff):
    page, api = places(busy)
    asked = Message.objects.get(content=CELLAR)
    body = {"question": asked.pk, "text": "Drain the foot of the wall."}
    assert staff.submit(page, body).status_code == 404
    assert ines.submit(page, {**body, "question": "nonsense"}).status_code == 404
    assert ines.submit(page, {**body, "question": Message.objects.get(content="My own secret?").pk}).status_code == 404
    assert "Write an answer first." in ines.submit(page, {**body, "text": " "}, follow=True).content.decode()
    html = ines.submit(page, body, follow=True).content.decode()
    assert "Your answer stands in the learner&#x27;s conversation" in html
    assert "No question waits for you" in html
    assert "Answered by an instructor" in html
    thread = alice.get(f"/api/chat/sessions/{asked.conversation_id}/messages/").json()["results"]
    assert ("instructor", "Drain the foot of the wall.") in [(m["role"], m["content"]) for m in thread]
    assert AuditEntry.objects.get(action="question.answered").actor == ines.user
    ines.submit(page, {"question": asked.pk, "act": "take_back"})
    assert not Passage.objects.filter(source="answer").exists()
    assert ines.get(api).json()["waiting"] == 2


def test_the_api_answers_once_and_refuses_what_is_not_there(busy, ines, igor, staff):
    _, api = places(busy)
    asked = Message.objects.get(content=CELLAR)
    url = f"{api}questions/{asked.pk}/answer/"
    assert [ines.post(url, {"text": "So."}).status_code for _ in range(2)] == [201, 200]
    assert ines.post(url, {"text": "Other."}).json()["code"] == "answered_already"
    assert ines.post(url, {"text": " "}).status_code == 400
    for person, status in ((staff, 404), (igor, 404)):
        assert person.post(url, {"text": "So."}).status_code == status
    assert ines.post(f"{api}questions/{uuid.uuid4()}/answer/", {"text": "So."}).status_code == 404
    assert [ines.delete(url).status_code for _ in range(2)] == [204, 204]
    assert not Message.objects.filter(role="instructor").exists()
