"""Many at once are admitted exactly up to a limit, and what they held comes back."""

import asyncio
import datetime as dt
import itertools
import threading

import pytest
from django.db import connections
from django.utils import timezone

from chat.models import Meter, Reservation
from chat.services import budgets
from chat.services.answers import Question, look_up, reserve, settle
from learning.exceptions import TooMany
from tests.builders import a_course, a_user, enrolled
from tests.chat.conftest import collected, set_up
from tests.chat.model_server import fails, says


def at_once(times, act):
    """Run `act` in so many threads, each with a connection of its own, all starting together; what each returned."""
    barrier, answers = threading.Barrier(times), []

    def run():
        try:
            barrier.wait(30)
            answers.append(act())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(answers) == times
    return answers


@pytest.fixture
def world(transactional_db):
    ines = a_user("ines@example.org")
    course = a_course(ines)
    alice = a_user("alice@example.org")
    enrolled(alice, course)
    return alice, course


@pytest.mark.parametrize("whose", ["LEARNER", "COURSE", "SITE"])
def test_fifty_at_once_for_a_budget_of_ten_are_ten(world, settings, whose):
    alice, course = world
    setattr(settings, f"ASSISTANT_TOKENS_{whose}_A_DAY", 1000)
    at = timezone.now()
    held = [r for r in at_once(50, lambda: budgets.reserve(learner=alice, course=course, tokens=100, at=at)) if r]
    assert len(held) == 10
    assert Reservation.objects.count() == 10
    assert set(Meter.objects.values_list("reserved", flat=True)) == {1000}
    at_once(10, lambda: budgets.settle(held.pop(), spent=7, at=at))
    assert set(Meter.objects.values_list("reserved", "used")) == {(0, 70)}


def test_fifty_questions_at_once_for_a_budget_of_ten_send_ten_to_the_model(world, settings, model_server, monkeypatch):
    """All ask before any is answered; then four of the ten meet a fault. What was held is given back or booked."""
    alice, course = world
    set_up(model_server, settings, monkeypatch)
    settings.ASSISTANT_QUESTIONS_A_MINUTE = 100
    at = timezone.now()
    plan = a_plan(alice, course, at)
    settings.ASSISTANT_TOKENS_SITE_A_DAY = 10 * Reservation.objects.get().tokens
    budgets.settle(plan.reservation, spent=0, at=at)
    plans = at_once(50, lambda: a_plan(alice, course, at))
    model_server.turns = [fails(400), fails(401), says("One ", cut=True), says("One ", end=False), says("Yes [1].")]
    for plan in plans:
        settle(plan, asyncio.run(collected(plan))[-1], at=at)
    held = {m.reserved for m in Meter.objects.filter(key__startswith="tokens:")}
    print(f"G13 asked=50 budget=10 reached={len(model_server.requests)} reserved={max(held)}")
    assert sum(bool(plan.reservation) for plan in plans) == len(model_server.requests) == 10
    assert held == {0}


def a_plan(asker, course, at):
    budgets.count_question(learner=asker, at=at)
    return reserve(look_up(Question(asker, course, "What is in stones 1?"), at=at), at=at)


def test_one_reservation_settled_by_many_at_once_is_booked_once(world):
    alice, course = world
    at = timezone.now()
    held = budgets.reserve(learner=alice, course=course, tokens=100, at=at)
    assert sum(at_once(8, lambda: budgets.settle(held, spent=40, at=at))) == 1
    assert set(Meter.objects.values_list("reserved", "used")) == {(0, 40)}


def test_late_ends_and_giving_back_at_once_book_each_once_and_wait_for_nobody_in_a_circle(world):
    alice, course = world
    at = timezone.now().replace(hour=9)
    held = [budgets.reserve(learner=alice, course=course, tokens=100, at=at) for _ in range(8)]
    late, turn = at + dt.timedelta(minutes=6), itertools.count()

    def end_or_give_back():
        number = next(turn)
        if number % 2:
            return budgets.give_back_expired(at=late)
        return budgets.settle(held[7 - number // 2], spent=0, at=late)

    assert sum(at_once(16, end_or_give_back)) == 8
    assert set(Meter.objects.values_list("reserved", "used")) == {(0, 0)}


def test_fifty_questions_at_once_are_twenty_in_that_minute(world):
    alice, _ = world
    at = timezone.now()

    def ask():
        try:
            budgets.count_question(learner=alice, at=at)
        except TooMany:
            return False
        return True

    assert sum(at_once(50, ask)) == 20
    assert set(Meter.objects.values_list("used", flat=True)) == {20}


def test_a_meter_never_falls_below_zero(db):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError, match=r"meter_never_below_zero"), transaction.atomic():
        Meter.objects.create(key="k", ends_at=timezone.now(), reserved=-1)


def test_a_reservation_is_of_something_and_settled_with_what_was_spent(world):
    from django.db import IntegrityError, transaction

    alice, course = world
    common = {"learner": alice, "course": course, "meters": [], "expires_at": timezone.now()}
    for fields in ({"tokens": 0}, {"tokens": 1, "settled_at": timezone.now()}, {"tokens": 1, "spent": 3}):
        with pytest.raises(IntegrityError, match="reservation_"), transaction.atomic():
            Reservation.objects.create(**common | fields)
