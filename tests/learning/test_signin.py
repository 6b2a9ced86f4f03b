"""Failed sign-ins: ten in fifteen minutes, for each account and for each address, on every path alike."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from learning.exceptions import TooMany
from learning.models import SigninFailures
from learning.services import signin
from tests.builders import PASSWORD, Person

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)


def sign_in(person, email, password, **extra):
    return person.submit("/accounts/login/", {"login": email, "password": password}, **extra)


def ask_token(person, email, password, **extra):
    return person.post("/api/auth/token/", {"email": email, "password": password}, **extra)


def fail(person, email, times, *, address="10.0.0.9"):
    for _ in range(times):
        ask_token(person, email, "wrong-wrong-wrong", REMOTE_ADDR=address)


def test_the_right_password_opens_the_door(alice, anonymous):
    answer = sign_in(anonymous, "ALICE@example.org", PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/my-learning/")
    assert anonymous.get("/api/me/").json()["email"] == "alice@example.org"


def test_after_ten_wrong_passwords_the_right_one_is_refused_too(alice, anonymous):
    for _ in range(10):
        assert sign_in(anonymous, "alice@example.org", "wrong-wrong-wrong").status_code == 200
    answer = sign_in(anonymous, "alice@example.org", PASSWORD)
    assert answer.status_code == 429
    assert "Too many failed sign-ins. Try again in 15 min." in answer.content.decode()
    assert 0 < int(answer["Retry-After"]) <= 900


def test_the_page_and_the_api_count_together(alice, anonymous):
    fail(anonymous, "alice@example.org", 10)
    assert sign_in(anonymous, "alice@example.org", PASSWORD).status_code == 429
    refused = ask_token(anonymous, "alice@example.org", PASSWORD)
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert 0 < int(refused["Retry-After"]) <= 900
    assert refused["Content-Type"] == "application/problem+json"


def test_a_known_and_an_unknown_address_get_the_same_answers(alice, anonymous):
    def story(email, address):
        wrong = sign_in(anonymous, email, "wrong-wrong-wrong", REMOTE_ADDR=address)
        fail(anonymous, email, 9, address=address)
        with time_machine.travel(NOON, tick=False):
            last = ask_token(anonymous, email, "wrong-wrong-wrong", REMOTE_ADDR=address)
        text = wrong.content.decode().replace(email, "…")
        return wrong.status_code, len(text), last.status_code, last.json()

    with time_machine.travel(NOON, tick=False):
        known, unknown = story("alice@example.org", "10.0.0.1"), story("nobody@example.org", "10.0.0.2")
    assert known == unknown


def test_ten_failures_at_different_accounts_close_the_address_but_no_account(alice, bob, anonymous):
    for n in range(10):
        fail(anonymous, f"person{n}@example.org", 1)
    assert ask_token(anonymous, "alice@example.org", PASSWORD, REMOTE_ADDR="10.0.0.9").status_code == 429
    assert ask_token(anonymous, "alice@example.org", PASSWORD, REMOTE_ADDR="10.0.0.10").status_code == 200


def test_ten_failures_at_one_account_from_ten_addresses_close_it_everywhere(alice, bob, anonymous):
    for n in range(10):
        fail(anonymous, " Alice@Example.org ", 1, address=f"10.0.1.{n}")
    assert ask_token(anonymous, "alice@example.org", PASSWORD, REMOTE_ADDR="10.0.2.1").status_code == 429
    assert ask_token(anonymous, "bob@example.org", PASSWORD, REMOTE_ADDR="10.0.2.1").status_code == 200


def test_right_passwords_are_no_failures_and_wipe_none(alice, anonymous):
    for _ in range(15):
        assert ask_token(anonymous, "alice@example.org", PASSWORD).status_code == 200
    fail(anonymous, "alice@example.org", 9)
    assert ask_token(anonymous, "alice@example.org", PASSWORD, REMOTE_ADDR="10.0.0.9").status_code == 200
    fail(anonymous, "alice@example.org", 1)
    assert ask_token(anonymous, "alice@example.org", PASSWORD, REMOTE_ADDR="10.0.0.9").status_code == 429


def test_after_fifteen_minutes_the_door_opens_again(alice, anonymous):
    with time_machine.travel(NOON, tick=False) as clock:
        fail(anonymous, "alice@example.org", 12)
        clock.shift(899)
        assert ask_token(anonymous, "alice@example.org", PASSWORD).status_code == 429
        clock.shift(1)
        assert ask_token(anonymous, "alice@example.org", PASSWORD).status_code == 200


def test_refused_tries_do_not_lengthen_the_wait(alice, anonymous):
    with time_machine.travel(NOON, tick=False) as clock:
        fail(anonymous, "alice@example.org", 10)
        clock.shift(600)
        fail(anonymous, "alice@example.org", 10)
        assert ask_token(anonymous, "alice@example.org", PASSWORD)["Retry-After"] == "300"


def test_a_forged_header_resets_nothing(alice, anonymous):
    for n in range(10):
        ask_token(anonymous, "alice@example.org", "wrong-wrong-wrong", HTTP_X_FORWARDED_FOR=f"10.9.9.{n}")
    another = ask_token(anonymous, "bob@example.org", "wrong-wrong-wrong", HTTP_X_FORWARDED_FOR="10.9.9.99")
    assert another.status_code == 429


def test_asking_for_the_old_password_counts_as_well(alice):
    fields = {"oldpassword": "wrong-wrong-wrong", "password1": "brand-new-words", "password2": "brand-new-words"}
    for n in range(10):
        with time_machine.travel(NOON + dt.timedelta(seconds=30 * n), tick=False):
            alice.submit("/accounts/password/change/", fields)
    with time_machine.travel(NOON + dt.timedelta(minutes=6), tick=False):
        answer = alice.submit("/accounts/password/change/", {**fields, "oldpassword": PASSWORD})
    assert answer.status_code == 429
    alice.user.refresh_from_db()
    assert alice.user.check_password(PASSWORD)


def test_confirming_the_password_counts_as_well(alice):
    for _ in range(10):
        alice.submit("/accounts/reauthenticate/", {"password": "wrong-wrong-wrong"})
    assert alice.submit("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 429


def test_the_admin_has_no_sign_in_page_of_its_own(anonymous):
    answer = anonymous.get("/admin/login/", {"next": "/admin/"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_the_table_holds_no_address(alice, anonymous):
    fail(anonymous, "alice@example.org", 1)
    assert SigninFailures.objects.count() == 2
    for row in SigninFailures.objects.all():
        assert "alice" not in row.key
        assert "10.0" not in row.key


def test_counts_whose_window_is_over_are_forgotten(db):
    signin.begin(account="a@example.org", address="10.0.0.1", at=NOON)
    assert signin.forget_old(at=NOON + dt.timedelta(minutes=14)) == 0
    assert signin.forget_old(at=NOON + dt.timedelta(minutes=15)) == 2


def test_one_household_on_ipv6_is_one_address(db):
    for n in range(10):
        signin.begin(account=f"{n}@example.org", address=f"2001:db8:1:2::{n}", at=NOON)
    with pytest.raises(TooMany):
        signin.begin(account="x@example.org", address="2001:db8:1:2:ffff::1", at=NOON)
    signin.begin(account="x@example.org", address="2001:db8:1:3::1", at=NOON)


def test_sixty_wrong_passwords_at_once_are_ten_failures(transactional_db):
    """Exactly ten get as far as the password; the others are refused before it is looked at."""

    def attempt(n):
        try:
            answer = ask_token(Person(None), "alice@example.org", f"wrong-password-{n}")
            return answer.status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=12) as pool:
        statuses = list(pool.map(attempt, range(60)))
    assert (statuses.count(401), statuses.count(429)) == (10, 50)


def test_right_passwords_at_once_leave_no_failure_behind(transactional_db):
    def attempt(_):
        try:
            signin.begin(account="alice@example.org", address="10.0.0.1", at=timezone.now()).give_back()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(attempt, range(40)))
    assert set(SigninFailures.objects.values_list("failures", flat=True)) == {0}
