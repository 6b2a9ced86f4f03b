"""A language model answers from the course's passages, and whatever it does, the learner gets a true answer."""

import asyncio
import datetime as dt
import random
import uuid

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.utils import timezone
from django.utils.html import escape

from chat.api.answering import _events
from chat.kinds import Answer, AnswerStatus, Delta, Turn
from chat.models import Message, Meter, Reservation
from chat.providers import models
from chat.services import conversations
from chat.services.answers import left_early, settle
from tests.chat.conftest import asked, collected, planned
from tests.chat.model_server import events_of, fails, says

HOW = "How does lime mortar harden?"
AWAY = "The language model is away at the moment: this is the course's own text."
SPENT = "The budget for the language model is used up for today: this is the course's own text."


def text_of(pieces):
    return "".join(piece.text for piece in pieces if isinstance(piece, Delta))


def held_and_used():
    meters = Meter.objects.filter(key__startswith="tokens:")
    return {m.reserved for m in meters}, {m.used for m in meters}


def test_a_models_answer_streams_and_its_numbers_become_links_and_citations(model, masonry, alice, at_alice):
    model.turns = [says("By taking carbon ", "dioxide from the air [1]", ".")]
    pieces = asked(alice, masonry, HOW)
    answer = pieces[-1]
    assert text_of(pieces) == "By taking carbon dioxide from the air [1]."
    assert answer.content.endswith("air [\\[1\\]](/courses/stones/lessons/mortar/#lime-mortar).")
    assert [c.heading for c in answer.citations] == ["Lime mortar"]
    assert (answer.status, answer.model, answer.is_whole, answer.note) == (AnswerStatus.ANSWERED, "stone-1", True, "")
    assert (answer.input_tokens, answer.output_tokens) == (120, 30)
    assert held_and_used() == ({0}, {150})


def test_the_model_is_asked_with_the_sites_key_for_a_stream(model, masonry, alice, at_alice):
    asked(alice, masonry, HOW)
    assert "key-of-the-site" in model.keys[0]
    assert model.requests[0]["stream"] is True
    assert model.requests[0]["model"] == "stone-1"
    assert model.paths[0].startswith("/v1/")


def test_what_an_answer_costs_is_reckoned_in_millionths(model, masonry, alice, at_alice, settings):
    settings.ASSISTANT_PRICE_INPUT, settings.ASSISTANT_PRICE_OUTPUT = 3_000_000, 15_000_000
    assert asked(alice, masonry, HOW)[-1].cost == 120 * 3 + 30 * 15


def test_a_model_that_finds_nothing_leaves_the_word_to_the_course(model, masonry, alice, at_alice):
    model.turns = [says("NOT_IN", "_COURSE")]
    pieces = asked(alice, masonry, HOW)
    assert pieces[-1].status == AnswerStatus.UNANSWERED
    assert pieces[-1].content.startswith("I did not find this in the course.")
    assert "NOT_IN" not in text_of(pieces)
    assert text_of(pieces) == pieces[-1].content


def test_an_answer_that_only_begins_like_it_is_said(model, masonry, alice, at_alice):
    model.turns = [says("NOT", " quickly: over months [1].")]
    pieces = asked(alice, masonry, HOW)
    assert text_of(pieces) == "NOT quickly: over months [1]."


@pytest.mark.parametrize(
    "turn", [fails(500), fails(503), says(stalls=True), says(cut=True), says(end=False), fails(429, retry_after="0")]
)
def test_a_fault_before_the_first_word_is_tried_once_more(model, masonry, alice, at_alice, turn):
    model.turns = [turn, says("Over months [1].")]
    pieces = asked(alice, masonry, HOW)
    assert (pieces[-1].provider != "extractive", pieces[-1].is_whole) == (True, True)
    assert len(model.requests) == 2


@pytest.mark.parametrize(
    ("turn", "requests"),
    [
        (fails(500), 2),
        (fails(401), 1),
        (fails(400), 1),
        (fails(429, retry_after="3600"), 1),
        (says(stalls=True), 2),
        (says(cut=True), 2),
        (says(end=False), 2),
    ],
)
def test_a_model_that_says_nothing_is_replaced_by_the_course(model, masonry, alice, at_alice, turn, requests):
    model.turns = [turn]
    pieces = asked(alice, masonry, HOW)
    answer = pieces[-1]
    assert (answer.provider, answer.note, answer.is_whole) == ("extractive", AWAY, True)
    assert text_of(pieces) == answer.content
    assert "Lime mortar stays soft" in answer.content
    assert len(model.requests) == requests
    assert held_and_used() == ({0}, {0})


def test_a_model_that_sends_elsewhere_is_not_followed(model, masonry, alice, at_alice):
    model.turns = [fails(302, Location=f"http://localhost:{model.port}/elsewhere")]
    assert asked(alice, masonry, HOW)[-1].note == AWAY
    assert not any("elsewhere" in path for path in model.paths)


def test_a_model_that_nobody_listens_for_is_replaced_by_the_course(model, masonry, alice, at_alice):
    model.close()
    assert asked(alice, masonry, HOW)[-1].note == AWAY
    assert held_and_used() == ({0}, {0})


@pytest.mark.parametrize("manners", [{"cut": True}, {"end": False}, {"stalls": True}])
@pytest.mark.parametrize("said", [1, 2, 7, 19])
def test_an_answer_without_its_end_mark_is_never_whole(model, masonry, alice, at_alice, manners, said):
    words = [f"word{n} " for n in range(said)]
    model.turns = [says(*words, **manners)]
    pieces = asked(alice, masonry, HOW)
    answer = pieces[-1]
    assert not answer.is_whole
    assert text_of(pieces) == "".join(words)
    assert answer.content == "".join(words).strip()
    assert len(model.requests) == 1
    reserved, used = held_and_used()
    assert reserved == {0}
    assert used.pop() > 0


FAULTS = {
    "refused": fails(401),
    "not understood": fails(400),
    "too many": fails(429, retry_after="0"),
    "broken": fails(500),
    "sent elsewhere": fails(302, Location="/elsewhere"),
    "silent": says(stalls=True),
    "stalls": says("One ", "two ", stalls=True),
    "cut": says("One ", "two ", cut=True),
    "cut cleanly": says("One ", "two ", end=False),
}


def test_whatever_a_model_does_an_answer_is_stored_whole_or_says_that_it_is_not(
    model, masonry, alice, at_alice, settings
):
    settings.ASSISTANT_QUESTIONS_A_MINUTE = 100
    kept, dice = [], random.Random(17)
    whole = "".join(events_of(says("One ", "two "), model_path(settings)))
    places = dice.sample(range(1, len(whole)), 20)
    turns = [*FAULTS.values(), *(says("One ", "two ", most=most, cut=bool(n % 2)) for n, most in enumerate(places))]
    for turn in turns:
        models.resting.went_well(settings.ASSISTANT_BASE_URL)
        model.turns = [turn]
        body = {"course": masonry.pk, "content": HOW, "client_message_id": str(uuid.uuid4())}
        told = alice.post("/api/chat/sessions/", body)
        assert told.status_code == 201
        answer = Message.objects.get(pk=told.json()["messages"][1]["id"])
        sent = "".join(events_of(turn, model_path(settings))) if turn.status == 200 else ""
        has_ended = any(mark in sent for mark in ('"finish_reason": "stop"', '"stop_reason": "end_turn"'))
        kept.append(answer.status == "complete" and answer.provider != "extractive" and not has_ended)
        assert answer.status in {"complete", "interrupted", "failed"}
    held = held_and_used()[0]
    print(f"G14 kinds={len(FAULTS)} cuts={len(places)} whole_without_end={sum(kept)} reserved={max(held)}")
    assert not any(kept)
    assert held == {0}


def model_path(settings):
    return "/messages" if settings.ASSISTANT_PROVIDER == "anthropic" else "/chat/completions"


def test_a_model_that_fails_again_and_again_is_left_alone_for_a_while(model, masonry, alice, at_alice):
    model.turns = [fails(500)]
    for _ in range(5):
        asked(alice, masonry, HOW)
    assert len(model.requests) == models.Resting.FAULTS
    server = models.setup_from_settings().base_url
    models.resting.failed(server, now=0)
    assert models.resting.may_ask(server, now=models.Resting.SECONDS)


def test_what_is_not_in_the_course_at_all_is_not_asked(model, masonry, alice, at_alice):
    answer = asked(alice, masonry, "Who won the cup in Montevideo?")[-1]
    assert (answer.status, model.requests) == (AnswerStatus.UNANSWERED, [])


# --- budgets ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("whose", ["LEARNER", "COURSE", "SITE"])
def test_a_budget_that_is_spent_leaves_the_course_to_answer(model, masonry, alice, at_alice, settings, whose):
    setattr(settings, f"ASSISTANT_TOKENS_{whose}_A_DAY", 10)
    answer = asked(alice, masonry, HOW)[-1]
    assert (answer.provider, answer.note) == ("extractive", SPENT)
    assert model.requests == []
    assert not Reservation.objects.exists()
    assert held_and_used()[0] <= {0}


def test_a_budget_is_there_again_on_the_next_day(model, masonry, alice, at_alice, settings):
    monday = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    tokens = Reservation.objects.values_list("tokens", flat=True)
    asked(alice, masonry, HOW, at=monday)
    settings.ASSISTANT_TOKENS_LEARNER_A_DAY = tokens.get() + 100
    assert asked(alice, masonry, HOW, at=monday)[-1].note == SPENT
    assert asked(alice, masonry, HOW, at=monday + dt.timedelta(days=1))[-1].note == ""


def test_settling_twice_books_once(model, masonry, alice, at_alice):
    at = timezone.now()
    plan = planned(alice, masonry, HOW, at=at)
    answer = asyncio.run(collected(plan))[-1]
    settle(plan, answer, at=at)
    settle(plan, answer, at=at)
    assert held_and_used() == ({0}, {150})


def test_what_a_lost_answer_held_comes_back_by_itself(model, masonry, alice, at_alice):
    at = timezone.now().replace(hour=9)
    planned(alice, masonry, HOW, at=at)
    assert held_and_used()[0] != {0}
    asked(alice, masonry, HOW, at=at + dt.timedelta(minutes=6))
    assert held_and_used() == ({0}, {150})


def left_after(pieces, begun_by):
    """Ask in a conversation, leave after so many pieces, and see the answer as it is stored."""
    at = timezone.now()
    begun = conversations.ask(
        asker=begun_by[0].user, course=begun_by[1], content=HOW, client_message_id=uuid.uuid4(), at=at
    )

    async def leave():
        events = _events(begun)
        for _ in range(pieces + 1):
            await anext(events)
        await events.aclose()

    async_to_sync(leave)()  # what it stores is stored in this thread
    return Message.objects.get(pk=begun.answer.pk)


def test_who_leaves_in_the_middle_ends_the_stream_and_pays_for_what_came(model, masonry, alice, at_alice):
    model.turns = [says("One ", "two ", stalls=True)]
    kept = left_after(1, (alice, masonry))
    assert (kept.content, kept.status, kept.model) == ("One", "interrupted", "stone-1")
    assert kept.input_tokens > 0
    assert held_and_used() == ({0}, {kept.input_tokens + kept.output_tokens})


def test_who_leaves_before_the_model_begins_pays_for_what_it_was_told(model, masonry, alice, at_alice):
    plan = planned(alice, masonry, HOW)
    answer = left_early(plan, [])
    settle(plan, answer, at=timezone.now())
    assert (answer.content, answer.is_whole) == ("", False)
    assert answer.input_tokens == plan.context.characters // models.CHARACTERS_A_TOKEN
    assert held_and_used()[0] == {0}


def test_who_leaves_while_the_course_answers_for_an_absent_model_pays_nothing(model, masonry, alice, at_alice):
    model.turns = [fails(401)]
    kept = left_after(1, (alice, masonry))
    assert (kept.status, kept.provider) == ("interrupted", "extractive")
    assert held_and_used() == ({0}, {0})


def test_the_page_says_that_the_model_was_away(model, masonry, alice, at_alice):
    model.turns = [fails(401)]
    body = {"course": masonry.pk, "content": HOW, "client_message_id": str(uuid.uuid4())}
    talk = alice.post("/api/chat/sessions/", body).json()
    assert talk["messages"][1]["note"] == AWAY
    page = alice.get(f"/courses/{masonry.slug}/assistant/?session={talk['id']}").content.decode()
    assert escape(AWAY) in page


def test_the_conversation_goes_along(model, masonry, alice, at_alice):
    asked(alice, masonry, HOW, Turn("user", "What is mortar?"), Turn("assistant", "It binds stones."))
    assert "What is mortar?" in model.told
    assert "It binds stones." in model.told


def test_no_database_is_touched_while_a_model_speaks(model, masonry, alice, at_alice, django_assert_num_queries):
    plan = planned(alice, masonry, HOW)
    with django_assert_num_queries(0):
        pieces = asyncio.run(collected(plan))
    assert isinstance(pieces[-1], Answer)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_open_stream_holds_no_connection(model, masonry, alice, at_alice):
    if connection.vendor == "sqlite":
        pytest.skip("a database in memory is never let go")
    model.turns = [says("One ", "two ")]
    begun = conversations.ask(
        asker=alice.user, course=masonry, content=HOW, client_message_id=uuid.uuid4(), at=timezone.now()
    )

    async def held_in_the_middle():
        events = _events(begun)
        await anext(events)
        await anext(events)
        held = connection.connection
        await events.aclose()
        return held

    assert async_to_sync(held_in_the_middle)() is None
    assert Message.objects.get(pk=begun.answer.pk).status == "interrupted"
