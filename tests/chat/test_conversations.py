"""Conversations are kept, are their learner's alone, and ask nothing twice."""

import asyncio
import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from chat.kinds import Answer, AnswerStatus, Delta
from chat.models import Conversation, Message, Meter
from chat.rendering import render
from chat.selectors.conversations import group_of
from chat.services import conversations
from chat.services.answers import left_early
from chat.services.conversations import finish, title_of
from learning.models import Enrollment
from tests.builders import Person, a_lesson, enrolled

SESSIONS = "/api/chat/sessions/"
LIME = "## Lime mortar\n\nLime mortar stays soft and lets a wall breathe. It hardens slowly, over months."


@pytest.fixture
def masonry(course):
    a_lesson(course.modules.get(), title="Mortar", body=LIME)
    return course


def words(content="How does lime mortar harden?", **more):
    return {"content": content, "client_message_id": str(uuid.uuid4()), **more}


@pytest.fixture
def talk(masonry, alice, at_alice):
    return alice.post(SESSIONS, words(course=masonry.pk)).json()


def events(answer):
    raw = b"".join(answer.streaming_content).decode()
    lines = [part.split("\n") for part in raw.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in lines]


def test_a_conversation_is_stored_with_its_first_question_and_answer(talk, masonry, alice):
    question, answer = talk["messages"]
    assert (talk["title"], talk["message_count"], talk["group"]) == ("How does lime mortar harden?", 2, "today")
    assert (question["role"], answer["role"], answer["status"]) == ("user", "assistant", "complete")
    assert answer["answer_status"] == "answered"
    assert answer["citations"][0]["url"] == "/courses/stones/lessons/mortar/#lime-mortar"
    assert "<blockquote>" in answer["html"]
    assert [row["id"] for row in alice.get(SESSIONS).json()["results"]] == [talk["id"]]


def test_the_same_question_sent_again_is_stored_once_and_answered_the_same(masonry, alice, at_alice):
    body = words(course=masonry.pk)
    first, second = alice.post(SESSIONS, body), alice.post(SESSIONS, body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["messages"] == second.json()["messages"]
    assert Conversation.objects.count() == 1
    assert Message.objects.count() == 2


def test_a_further_question_stands_in_the_same_conversation(talk, alice):
    body = words("And why?")
    url = f"{SESSIONS}{talk['id']}/messages/"
    assert [alice.post(url, body).status_code for _ in range(2)] == [201, 200]
    roles = [m["role"] for m in alice.get(url).json()["results"]]
    assert roles == ["assistant", "user", "assistant", "user"]
    assert alice.get(f"{SESSIONS}{talk['id']}/").json()["message_count"] == 4


def test_an_id_that_was_used_elsewhere_is_no_question_here(talk, masonry, alice):
    body = words()
    other = alice.post(SESSIONS, words(course=masonry.pk)).json()
    assert alice.post(f"{SESSIONS}{talk['id']}/messages/", body).status_code == 201
    assert alice.post(f"{SESSIONS}{other['id']}/messages/", body).status_code == 404


def test_an_answer_comes_in_pieces_and_is_stored_at_its_end(masonry, alice, at_alice):
    answer = alice.post(SESSIONS, words(course=masonry.pk), headers={"Accept": "text/event-stream"})
    assert answer["Content-Type"].startswith("text/event-stream")
    told = events(answer)
    names = [name for name, _ in told]
    assert (names[0], names[-1], set(names[1:-1])) == ("start", "done", {"delta"})
    done = told[-1][1]["message"]
    assert "".join(data["text"] for name, data in told if name == "delta") == done["content"]
    assert Message.objects.get(pk=told[0][1]["message_id"]).status == "complete"


def test_what_is_read_comes_as_json_or_not_at_all(talk, alice):
    for url in (SESSIONS, f"{SESSIONS}{talk['id']}/messages/"):
        assert alice.get(url, headers={"Accept": "text/event-stream"}).status_code == 406
        assert alice.get(url, headers={"Accept": "*/*"})["Content-Type"] == "application/json"


def test_a_stream_that_is_left_keeps_what_came_and_is_made_anew_on_request(masonry, alice, at_alice):
    body, stream = words(course=masonry.pk), {"Accept": "text/event-stream"}
    asked = conversations.ask(
        asker=alice.user,
        course=masonry,
        content=body["content"],
        client_message_id=uuid.UUID(body["client_message_id"]),
        at=timezone.now(),
    )
    kept = finish(asked, left_early(asked.plan, [Delta("Lime")]), at=timezone.now())
    assert (kept.status, kept.content) == ("interrupted", "Lime")
    again = events(alice.post(SESSIONS, body, headers=stream))[-1][1]["message"]
    assert (again["id"], again["status"]) == (str(kept.pk), "complete")
    assert Message.objects.count() == 2


def test_who_hangs_up_in_the_middle_leaves_what_came(masonry, alice, at_alice):
    asked = conversations.ask(
        asker=alice.user,
        course=masonry,
        content="How does lime mortar harden?",
        client_message_id=uuid.uuid4(),
        at=timezone.now(),
    )

    async def hang_up():
        ended = []

        async def end(answer):
            ended.append(answer)
            return asked.answer

        pieces = conversations.stream(asked.plan, end)
        first = await anext(pieces)
        await pieces.aclose()
        return first.text, ended

    first, ended = asyncio.run(hang_up())
    assert [(answer.content, answer.is_whole) for answer in ended] == [(first, False)]


def test_the_end_of_an_answer_is_written_once(talk, alice):
    asked = conversations._stored(alice.user, uuid.UUID(talk["messages"][0]["client_message_id"]), None)
    late = Answer("late", AnswerStatus.ANSWERED)
    assert finish(asked, late, at=timezone.now()).content == talk["messages"][1]["content"]


def test_a_conversation_deleted_while_it_is_answered_leaves_nothing(masonry, alice, at_alice):
    asked = conversations.ask(
        asker=alice.user, course=masonry, content="And lime?", client_message_id=uuid.uuid4(), at=timezone.now()
    )
    conversations.delete(asked.conversation, at=timezone.now())
    assert finish(asked, asked.plan.own, at=timezone.now()).status == "streaming"
    assert not Message.objects.exists()


@pytest.mark.parametrize("content", ["", "   ", "x" * 20_000, 7, None])
def test_what_is_no_question_is_refused(masonry, alice, at_alice, content):
    assert alice.post(SESSIONS, words(content, course=masonry.pk)).status_code == 400
    assert not Conversation.objects.exists()


def test_who_left_the_course_reads_on_and_asks_no_more(talk, alice):
    Enrollment.objects.filter(learner=alice.user).delete()
    refused = alice.post(f"{SESSIONS}{talk['id']}/messages/", words())
    assert (refused.status_code, refused.json()["code"]) == (403, "not_enrolled")
    assert alice.get(f"{SESSIONS}{talk['id']}/messages/").status_code == 200


def test_somebody_elses_conversation_does_not_exist(talk, masonry, bob, ines, admin):
    enrolled(bob.user, masonry)
    answer = talk["messages"][1]["id"]
    for person in (bob, ines, admin):
        assert person.get(f"{SESSIONS}{talk['id']}/").status_code == 404
        assert person.get(f"{SESSIONS}{talk['id']}/messages/").status_code == 404
        assert person.post(f"{SESSIONS}{talk['id']}/messages/", words()).status_code == 404
        assert person.delete(f"{SESSIONS}{talk['id']}/").status_code == 404
        assert person.post(f"/api/chat/messages/{answer}/feedback/", {"value": "up"}).status_code == 404
        assert person.get(SESSIONS).json()["results"] == []
    assert Conversation.objects.count() == 1


def test_a_typed_title_stays(talk, alice):
    url = f"{SESSIONS}{talk['id']}/"
    assert alice.patch(url, {"title": "Mortar"}).json()["title"] == "Mortar"
    alice.post(f"{url}messages/", words("What else?"))
    assert alice.get(url).json()["title"] == "Mortar"


def test_deleting_leaves_nothing(talk, alice):
    assert alice.delete(f"{SESSIONS}{talk['id']}/").status_code == 204
    assert not Conversation.objects.exists()
    assert not Message.objects.exists()


def test_feedback_is_given_and_taken_back(talk, alice):
    question, answer = (m["id"] for m in talk["messages"])
    url = "/api/chat/messages/{}/feedback/"
    assert alice.post(url.format(answer), {"value": "down"}).json()["feedback"] == "down"
    assert alice.post(url.format(answer), {"value": None}).json()["feedback"] is None
    assert alice.post(url.format(question), {"value": "up"}).status_code == 404


def test_a_title_is_cut_at_a_words_end():
    assert title_of("Why does\nit set?") == "Why does it set?"
    assert title_of("word " * 20) == "word " * 9 + "word..."
    assert title_of("x" * 60) == "x" * 50 + "..."
    assert title_of(("a" * 50) + " b") == "a" * 50 + "..."


def test_groups_are_by_the_learners_own_days(talk, alice):
    row = Conversation.objects.get()
    when = row.last_message_at
    days = [group_of(row, alice.user, at=when + timezone.timedelta(days=n)) for n in (0, 1, 2, 7, 8)]
    assert days == ["today", "yesterday", "last_7_days", "last_7_days", "older"]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.example/x.png)",
        "[x](javascript:alert(1))",
        "[x](http://evil.example/)",
        "[x](//evil.example/)",
        "[x](/\\evil.example/)",
        "<a href='https://x.example' onclick='alert(1)'>x</a>",
        "<style>*{display:none}</style>",
    ],
)
def test_what_is_written_in_a_conversation_can_do_nothing(hostile):
    html = render(hostile)
    assert not any(bad in html for bad in ("<script", "<img", "<style", "<a href='", 'href="javascript', 'href="http:'))
    assert 'href="//' not in html
    assert 'href="/\\' not in html


def test_links_to_this_site_and_over_https_stay():
    assert 'href="/courses/stones/"' in render("[a](/courses/stones/)")
    assert 'href="https://example.org/"' in render("[a](https://example.org/)")


def test_the_page_brings_the_same_conversation_back(talk, masonry, alice):
    page = alice.get(f"/courses/{masonry.slug}/assistant/?session={talk['id']}").content.decode()
    assert "data-title>How does lime mortar harden?</h1>" in page
    assert 'href="/courses/stones/lessons/mortar/#lime-mortar"' in page
    assert 'aria-current="page"' in page


def test_who_left_the_course_still_reads_and_deletes_on_the_page(talk, masonry, alice):
    Enrollment.objects.filter(learner=alice.user).delete()
    page = alice.get(f"/courses/{masonry.slug}/assistant/?session={talk['id']}").content.decode()
    assert "lime mortar harden" in page
    assert "You are no longer in this course" in page
    assert "data-form" not in page


def test_the_list_goes_on_where_it_ended_and_names_each_group_once(masonry, alice, at_alice):
    now = timezone.now()
    Conversation.objects.bulk_create(
        Conversation(
            course=masonry, asker=alice.user, title=f"Talk {n}", last_message_at=now - timezone.timedelta(days=n // 15)
        )
        for n in range(45)
    )
    page, shown, heads = f"/courses/{masonry.slug}/assistant/?part=list", [], []
    while page:
        html = alice.get(page).content.decode()
        shown += re.findall(r"talk-name\">(Talk \d+)<", html)
        heads += re.findall(r"<h2>(.*?)</h2>", html)
        more = re.search(r"data-more href=\"([^\"]+)\"", html)
        page = f"{more[1]}&part=list" if more else None
    assert len(shown) == len(set(shown)) == 45
    assert heads == ["Today", "Yesterday", "Last 7 days"]


def test_earlier_messages_come_on_request(talk, masonry, alice):
    conversation = Conversation.objects.get()
    Message.objects.bulk_create(
        Message(
            conversation=conversation,
            course=masonry,
            asker=alice.user,
            role="user",
            content=f"Number {n}.",
            client_message_id=uuid.uuid4(),
            created_at=conversation.created_at - timezone.timedelta(minutes=n),
        )
        for n in range(1, 61)
    )
    url = f"/courses/{masonry.slug}/assistant/?session={talk['id']}"
    page = alice.get(url).content.decode()
    assert page.count('<li class="said ') - 2 == 50  # two are the moulds of a question and an answer
    earlier = re.search(r'data-earlier href="([^"]+)"', page)[1].replace("&amp;", "&")
    rest = alice.get(f"{earlier}&part=messages").content.decode()
    assert rest.count('<li class="said ') == 12
    assert "Number 60." in rest
    assert "data-earlier" not in rest


def test_the_page_shows_nobody_elses_conversation(talk, masonry, bob):
    enrolled(bob.user, masonry)
    assert bob.get(f"/courses/{masonry.slug}/assistant/?session={talk['id']}").status_code == 404
    assert bob.get(f"/courses/{masonry.slug}/assistant/?session=nonsense").status_code == 404
    assert "lime mortar harden" not in bob.get(f"/courses/{masonry.slug}/assistant/").content.decode()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_same_question_sent_at_once_is_stored_once(masonry, alice, at_alice):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: PostgreSQL shows the race")
    body = words(course=masonry.pk)
    barrier = Barrier(6)

    def send(_):
        try:
            barrier.wait(timeout=20)
            return Person(alice.user).post(SESSIONS, body)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert sorted(a.status_code for a in answers) == [200] * 5 + [201]
    assert len({a.json()["id"] for a in answers}) == 1
    assert (Conversation.objects.count(), Message.objects.count()) == (1, 2)
    assert sum(Meter.objects.filter(key__contains=":minute:").values_list("used", flat=True)) == 1


def test_past_the_limit_a_question_is_refused_until_the_minute_is_over(masonry, alice, at_alice, settings):
    settings.ASSISTANT_QUESTIONS_A_MINUTE = 1
    known = words(course=masonry.pk)
    assert alice.post(SESSIONS, known).status_code == 201
    refused = alice.post(SESSIONS, words(course=masonry.pk))
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert Message.objects.count() == 2
    assert alice.post(SESSIONS, known).status_code == 200  # asking for what is known is no question
