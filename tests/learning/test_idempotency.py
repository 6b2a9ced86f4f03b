"""Asked again under the same Idempotency-Key: nothing more is done, and the answer is the one that was given."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from gamification.models import Pause
from gamification.services import pauses
from learning.models import KeptAnswer, PracticeAttempt
from learning.services.retention import forget_what_is_over
from tests.builders import a_practice, enrolled
from tests.learning.test_limits import TenAMinute

VACATIONS = "/api/gamification/vacations/"
KEY = "7c1f0f3e-8d0a-4d55-9c58-0a9f4a0f7a11"


def days(first: int, last: int) -> dict[str, str]:
    """A vacation from so many days to so many days from now."""
    today = timezone.now().date()
    return {"first_day": str(today + dt.timedelta(days=first)), "last_day": str(today + dt.timedelta(days=last))}


def plan(person, body=None, *, key=KEY):
    return person.post(VACATIONS, days(10, 12) if body is None else body, headers={"Idempotency-Key": key})


def told(answer) -> tuple:
    return answer.status_code, answer["Content-Type"], answer.content


def test_a_repeat_does_nothing_and_is_answered_the_same(alice):
    first = plan(alice)
    assert first.status_code == 201
    assert told(plan(alice)) == told(first)
    assert Pause.objects.count() == 1


def test_without_a_key_every_request_is_a_new_one(alice):
    assert [alice.post(VACATIONS, days(10, 12)).status_code for _ in range(2)] == [201, 400]
    assert not KeptAnswer.objects.exists()


def test_another_body_under_the_key_is_refused_and_does_nothing(alice):
    plan(alice)
    answer = plan(alice, days(20, 21))
    assert (answer.status_code, answer.json()["code"]) == (422, "key_used_before")
    assert Pause.objects.count() == 1


def test_the_same_body_written_otherwise_is_the_same_body(alice):
    first = plan(alice)
    turned = json.dumps(dict(reversed(days(10, 12).items())), indent=2)
    assert told(plan(alice, turned)) == told(first)


def test_a_refusal_is_an_answer_too(alice):
    alice.post(VACATIONS, days(11, 13))
    refused = plan(alice)
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")
    Pause.objects.all().delete()
    assert told(plan(alice)) == told(refused)
    assert plan(alice, key="another").status_code == 201


def test_a_key_is_its_callers_own(alice, bob):
    assert plan(alice).status_code == plan(bob).status_code == 201
    assert set(Pause.objects.values_list("learner", flat=True)) == {alice.user.pk, bob.user.pk}


def test_a_key_belongs_to_one_address(alice, course, at_alice):
    quiz = a_practice(course.modules.get())
    assert alice.post("/api/practice/", {"lesson": quiz.pk}, headers={"Idempotency-Key": KEY}).status_code == 201
    assert plan(alice).status_code == 201


def test_after_a_day_the_key_is_as_new(alice):
    with time_machine.travel("2026-03-10T12:00:00Z", tick=False) as clock:
        first = plan(alice)
        clock.shift(dt.timedelta(hours=23, minutes=59))
        assert told(plan(alice, days(9, 11))) == told(first)
        clock.shift(dt.timedelta(minutes=2))
        assert plan(alice, days(30, 31)).status_code == 201
    assert KeptAnswer.objects.count() == 1


def test_answers_are_forgotten_after_a_day_and_not_before(alice):
    with time_machine.travel("2026-03-10T12:00:00Z", tick=False) as clock:
        plan(alice)
        clock.shift(dt.timedelta(hours=23))
        assert forget_what_is_over(at=timezone.now())["kept_answers"] == 0
        clock.shift(dt.timedelta(hours=1))
        assert forget_what_is_over(at=timezone.now())["kept_answers"] == 1


@pytest.mark.parametrize("key", ["", " ", "two words", "k" * 256, "naïve", "tab\tbed"])
def test_what_cannot_be_a_key_is_named(alice, key):
    answer = plan(alice, key=key)
    assert answer.status_code == 400
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("Idempotency-Key", "bad_key")]
    assert not Pause.objects.exists()


def test_255_characters_are_a_key(alice):
    assert plan(alice, key="~" * 255).status_code == 201


def test_visitors_have_no_keys(anonymous):
    assert plan(anonymous).status_code == 401
    assert not KeptAnswer.objects.exists()


def test_a_failure_of_ours_takes_everything_back_and_lets_the_key_be_used_again(alice, monkeypatch):
    """It fails after the vacation was written: neither that nor the key is left."""
    from gamification.api import settings as views

    def written_and_then_broken(**asked):
        pauses.plan_vacation(**asked)
        raise RuntimeError("the roof falls in")

    alice.client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr(views, "plan_vacation", written_and_then_broken)
        assert plan(alice).status_code == 500
    assert not Pause.objects.exists()
    assert not KeptAnswer.objects.exists()
    assert plan(alice).status_code == 201


def test_a_full_limit_is_not_kept_and_repeats_fill_none(alice, monkeypatch):
    from gamification.api.settings import VacationsView

    monkeypatch.setattr(VacationsView, "throttle_classes", [TenAMinute])
    first = plan(alice)
    assert {told(plan(alice)) for _ in range(20)} == {told(first)}
    others = [plan(alice, days(20, 21), key=f"key-{n}").status_code for n in range(10)]
    assert others == [201, *[400] * 8, 429]
    monkeypatch.setattr(TenAMinute, "second", TenAMinute.second + 60)
    assert plan(alice, days(40, 41), key="key-9").status_code == 201


@pytest.mark.parametrize("status", [199, 429, 500])
def test_the_table_holds_no_failure_of_ours(alice, status):
    row = KeptAnswer(caller=alice.user, request="r", asked="a", made_at=timezone.now(), status=status)
    with pytest.raises(IntegrityError, match="kept_answer_is_no_failure_of_ours"), transaction.atomic():
        row.save()


def test_the_table_holds_each_request_once(alice):
    for n in range(2):
        row = KeptAnswer(caller=alice.user, request="r", asked="a", made_at=timezone.now(), status=200)
        if n == 0:
            row.save()
            continue
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_what_was_answered_once_is_answered_again_though_it_would_be_refused_now(alice, course):
    """The lost answer to a finished attempt comes back with what it brought."""
    enrolled(alice.user, course)
    quiz = a_practice(course.modules.get())
    attempt = alice.post("/api/practice/", {"lesson": quiz.pk}).json()
    body = {"answers": {str(q.pk): q.choices.get(is_correct=True).pk for q in quiz.questions.all()}}
    path = f"/api/practice/{attempt['id']}/finish/"
    first = alice.post(path, body, headers={"Idempotency-Key": KEY})
    assert first.json()["xp_awarded"] > 0
    assert alice.post(path, body).json()["xp_awarded"] == 0
    assert told(alice.post(path, body, headers={"Idempotency-Key": KEY})) == told(first)
    assert PracticeAttempt.objects.count() == 1
