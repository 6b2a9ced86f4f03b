"""API tokens: asked for with address and password, stored as digests, never a way to more than they are for."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.urls import path
from django.utils import timezone
from knox.models import AuthToken
from knox.settings import CONSTANTS
from rest_framework.response import Response

from config.urls import handler404
from config.urls import urlpatterns as real_urls
from learning.api.base import ApiView
from tests.builders import PASSWORD, Person

TOKEN_KEY = CONSTANTS.TOKEN_KEY_LENGTH


class ForSessions(ApiView):
    policies = "account.manage"

    def post(self, request):
        return Response({"done": True})


urlpatterns = [*real_urls, path("api/for-sessions/", ForSessions.as_view())]
__all__ = ["handler404"]


def ask(person, email="alice@example.org", password=PASSWORD, **extra):
    return person.post("/api/auth/token/", {"email": email, "password": password}, **extra)


def me(header):
    return Person(None).get("/api/me/", HTTP_AUTHORIZATION=header)


def test_address_and_password_give_a_token_that_works(alice, anonymous):
    answer = ask(anonymous, "Alice@Example.org")
    assert answer.status_code == 200
    assert set(answer.json()) == {"token"}
    assert me(f"Token {answer.json()['token']}").json()["email"] == "alice@example.org"


def test_a_token_needs_no_csrf(alice, course, anonymous):
    anonymous.client.handler.enforce_csrf_checks = True
    token = ask(anonymous).json()["token"]
    answer = anonymous.post(f"/api/courses/{course.pk}/enrollment/", HTTP_AUTHORIZATION=f"Token {token}")
    assert answer.status_code == 201


def test_a_session_needs_csrf(alice, course):
    alice.client.handler.enforce_csrf_checks = True
    answer = alice.post(f"/api/courses/{course.pk}/enrollment/")
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


@pytest.mark.parametrize(("email", "password"), [("alice@example.org", "wrong"), ("nobody@example.org", PASSWORD)])
def test_wrong_ones_give_none_and_say_nothing_more(alice, anonymous, email, password):
    answer = ask(anonymous, email, password)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
    assert answer["WWW-Authenticate"] == "Token"
    assert not AuthToken.objects.exists()


def test_a_closed_account_gets_none(alice, anonymous):
    token = ask(anonymous).json()["token"]
    type(alice.user).objects.update(is_active=False)
    assert ask(anonymous).status_code == 401
    assert me(f"Token {token}").status_code == 401


def test_an_address_that_was_never_confirmed_gets_none(alice, anonymous):
    EmailAddress.objects.update(verified=False)
    answer = ask(anonymous)
    assert (answer.status_code, answer.json()["code"]) == (403, "email_not_verified")


def test_the_database_holds_no_usable_token(alice, anonymous):
    token = ask(anonymous).json()["token"]
    row = AuthToken.objects.get()
    assert token not in (row.digest, row.token_key)
    assert len(row.token_key) < len(token) / 2
    assert me(f"Token {row.digest}").status_code == 401


def test_a_dump_of_the_whole_database_holds_no_token_that_opens_anything(alice, bob, anonymous):
    """Whoever reads every table, with sessions and logs, has digests: no word of theirs is a token, nor a part of one."""
    tokens = [ask(anonymous, person.user.email).json()["token"] for person in (alice, bob) for _ in range(3)]
    for token in tokens:
        assert me(f"Token {token}").status_code == 200
    dump = dumped()
    words = set(re.findall(r"\w{8,}", dump))
    assert not [token for token in tokens if token[: TOKEN_KEY + 1] in dump]  # the key is shown in lists; no more
    secrets = [row.digest for row in AuthToken.objects.all()] + [row.token_key for row in AuthToken.objects.all()]
    assert set(secrets) <= words  # the dump is whole: what stands for a token is in it
    assert {me(f"Token {secret}").status_code for secret in secrets} == {401}
    print(f"tokens={len(tokens)} words={len(words)} usable=0")


def dumped() -> str:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        text = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            text += [repr(row) for row in cursor.fetchall()]
    return "\n".join(text)


def test_a_revoked_token_is_refused_by_the_next_request(alice, anonymous):
    token, other = (ask(anonymous).json()["token"] for _ in range(2))
    AuthToken.objects.get(token_key=token[:TOKEN_KEY]).delete()
    assert [me(f"Token {t}").status_code for t in (token, other)] == [401, 200]


def test_a_token_makes_no_tokens(alice, anonymous):
    token = ask(anonymous).json()["token"]
    answer = anonymous.post("/api/auth/token/", {}, HTTP_AUTHORIZATION=f"Token {token}")
    assert answer.status_code in {400, 401, 403}
    assert AuthToken.objects.count() == 1


@pytest.mark.parametrize(
    "header", ["Token", "Token a b", "Token " + "x" * 64, "Token \xff\xfe", "Token " + "9" * 5000, "Token é", "token x"]
)
def test_what_is_no_token_is_401(db, header):
    answer = me(header)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_a_wrong_token_is_told_so_even_where_nobody_must_sign_in(db):
    assert Person(None).get("/api/courses/", HTTP_AUTHORIZATION="Token nonsense").status_code == 401


def test_a_token_ends_when_its_time_is_over(alice, anonymous):
    token = ask(anonymous).json()["token"]
    AuthToken.objects.update(expiry=timezone.now() - dt.timedelta(seconds=1))
    assert me(f"Token {token}").status_code == 401


def test_the_fifty_first_token_ends_the_oldest(alice, anonymous, settings):
    settings.REST_KNOX = {**settings.REST_KNOX, "TOKEN_LIMIT_PER_USER": 3}
    tokens = [ask(anonymous).json()["token"] for _ in range(4)]
    assert [me(f"Token {t}").status_code for t in tokens] == [401, 200, 200, 200]


@pytest.mark.urls("tests.learning.test_token")
def test_a_token_may_not_do_what_is_for_sessions_only(alice, anonymous):
    token = ask(anonymous).json()["token"]
    refused = anonymous.post("/api/for-sessions/", HTTP_AUTHORIZATION=f"Token {token}")
    assert (refused.status_code, refused.json()["code"]) == (403, "session_required")
    assert alice.post("/api/for-sessions/").json() == {"done": True}
    assert anonymous.post("/api/for-sessions/").status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "alice@example.org"}, "password"),
        ({"email": 1, "password": PASSWORD}, "email"),
        ({"email": "alice@example.org", "password": 12}, "password"),
        ({"email": "alice@example.org", "password": PASSWORD, "username": "x"}, "username"),
        ({"email": "a" * 300, "password": PASSWORD}, "email"),
        ({"email": "alice@example.org", "password": "x" * 2000}, "password"),
    ],
)
def test_a_body_that_does_not_fit_is_told_which_field(alice, anonymous, body, field):
    answer = anonymous.post("/api/auth/token/", body)
    assert answer.status_code == 400
    assert field in [e["field"] for e in answer.json()["errors"]]


def test_asking_by_get_is_the_wrong_method(anonymous):
    assert anonymous.get("/api/auth/token/").status_code == 405
