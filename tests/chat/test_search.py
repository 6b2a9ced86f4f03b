"""A learner finds their own conversations again, and nobody else's."""

import importlib
import uuid

import pytest
from django.apps import apps
from django.db import connection

from chat.models import Conversation, Findable
from chat.selectors.search import marked
from tests.builders import a_lesson, enrolled

LIME = "## Lime mortar\n\nLime mortar stays soft and lets a wall breathe. It hardens slowly, over months."
SESSIONS, SEARCH = "/api/chat/sessions/", "/api/chat/search/"


@pytest.fixture
def masonry(course):
    a_lesson(course.modules.get(), title="Mortar", body=LIME)
    return course


def ask(person, course, content="How does lime mortar harden?"):
    body = {"content": content, "client_message_id": str(uuid.uuid4()), "course": course.pk}
    return person.post(SESSIONS, body).json()


def found(person, query, **more):
    return person.get(SEARCH, {"query": query, **more}).json()


def test_titles_questions_and_answers_are_found(masonry, alice, at_alice):
    talk = ask(alice, masonry)
    hits = found(alice, "lime")
    assert [hit["id"] for hit in hits["sessions"]] == [talk["id"]]
    assert [hit["id"] for hit in hits["messages"]] == [m["id"] for m in reversed(talk["messages"])]
    assert hits["sessions"][0]["snippet"] == "How does <mark>lime</mark> mortar harden?"
    assert {hit["session"] for hit in hits["messages"]} == {talk["id"]}


@pytest.mark.parametrize("query", ["hardening", "HARDEN", "lime hard", "mort", "harden mortar"])
def test_other_forms_other_order_and_the_beginning_of_the_last_word_are_found(masonry, alice, at_alice, query):
    ask(alice, masonry)
    assert found(alice, query)["sessions"]


@pytest.mark.parametrize("query", ["granite", "lime granite", "lim mortar", "the", "&|!():*", "'; DROP TABLE x"])
def test_what_is_not_there_is_not_found(masonry, alice, at_alice, query):
    ask(alice, masonry)
    assert found(alice, query) == {"sessions": [], "messages": []}


@pytest.mark.parametrize("query", ["", "   ", "x" * 201, "a\x00b"])
def test_what_is_no_query_is_refused(alice, query):
    assert alice.get(SEARCH, {"query": query}).status_code == 400


def test_nobody_finds_what_somebody_else_said(masonry, alice, bob, ines, admin, at_alice):
    talk = ask(alice, masonry)
    enrolled(bob.user, masonry)
    ask(bob, masonry, f"Is there ofasker{alice.user.pk} granite?")
    for person in (bob, ines, admin):
        assert talk["id"] not in str(found(person, "lime"))
        assert found(person, "harden", course=masonry.pk)["sessions"] == []
    assert found(alice, "granite") == {"sessions": [], "messages": []}


def test_a_search_in_one_course_stays_there(masonry, other_course, alice, at_alice):
    ask(alice, masonry)
    assert found(alice, "lime", course=masonry.pk)["sessions"]
    assert found(alice, "lime", course=other_course.pk) == {"sessions": [], "messages": []}


def test_a_new_title_is_found_and_the_old_one_is_not(masonry, alice, at_alice):
    talk = ask(alice, masonry)
    alice.patch(f"{SESSIONS}{talk['id']}/", {"title": "Granite"})
    assert found(alice, "granite")["sessions"]
    assert found(alice, "lime")["sessions"] == []


def test_what_was_deleted_is_found_no_more(masonry, alice, at_alice):
    talk = ask(alice, masonry)
    alice.delete(f"{SESSIONS}{talk['id']}/")
    assert found(alice, "lime") == {"sessions": [], "messages": []}
    assert not Findable.objects.exists()


def test_the_list_of_conversations_can_be_searched(masonry, alice, at_alice):
    lime, arch = ask(alice, masonry), ask(alice, masonry, "What carries an arch?")
    for query, expected in (("lime", [lime]), ("arches", [arch]), ("granite", []), ("the", [])):
        rows = alice.get(SESSIONS, {"search": query, "course": masonry.pk}).json()["results"]
        assert [row["id"] for row in rows] == [talk["id"] for talk in expected]


def test_the_page_shows_what_was_found_with_marks(masonry, alice, bob, at_alice):
    talk = ask(alice, masonry)
    page = alice.get(f"/courses/{masonry.slug}/assistant/?q=harden").content.decode()
    assert f"?session={talk['id']}" in page
    assert "<mark>harden</mark>" in page
    nothing = alice.get(f"/courses/{masonry.slug}/assistant/?q=granite").content.decode()
    assert "Nothing of yours holds" in nothing


def test_markup_in_what_is_found_is_only_words():
    shown = marked("<script>lime</script> & <b>more</b>", ["lime"], "en")
    assert shown == "&lt;script&gt;<mark>lime</mark>&lt;/script&gt; &amp; &lt;b&gt;more&lt;/b&gt;"


def test_a_long_message_is_shown_around_the_first_found_word():
    shown = marked("word " * 100 + "lime " + "word " * 100, ["lime"], "en")
    assert shown.startswith("…word word")
    assert shown.endswith("…")
    assert "<mark>lime</mark>" in shown
    assert len(shown) < 240


def test_letters_without_spaces_are_found_and_marked(masonry, alice, at_alice):
    ask(alice, masonry, "石灰砂浆怎样硬化")
    assert found(alice, "砂浆")["sessions"][0]["snippet"] == "石灰<mark>砂浆</mark>怎样硬化"


def test_conversations_from_before_are_found_after_the_migration(masonry, alice, at_alice):
    ask(alice, masonry)
    known = set(Findable.objects.values_list("conversation", "message", "terms"))
    Findable.objects.all().delete()
    write = importlib.import_module("chat.migrations.0007_words_of_earlier_conversations").write
    for _ in range(2):
        write(apps, connection.schema_editor)
        assert set(Findable.objects.values_list("conversation", "message", "terms")) == known
    assert found(alice, "lime")["sessions"]


def test_a_title_is_found_once(masonry, alice, at_alice):
    from django.db import IntegrityError, transaction

    talk = Conversation.objects.get(pk=ask(alice, masonry)["id"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Findable.objects.create(asker=alice.user, conversation=talk, terms="x")
