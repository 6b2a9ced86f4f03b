"""Signing up, confirming the address, a forgotten password, a new one."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from allauth.account.urls import urlpatterns
from django.core import mail
from django.utils import timezone

from learning.models import User
from learning.outbox import drain
from tests import processes
from tests.builders import PASSWORD, Person, a_user

NEW_PASSWORD = "another-long-password"
SIGN_UP = {"email": "new@example.org", "password1": PASSWORD, "display_name": "Nia", "time_zone": "Asia/Tokyo"}


def sign_up(person, **fields):
    return person.submit("/accounts/signup/", {**SIGN_UP, **fields})


def confirm(person, code):
    return person.submit("/accounts/confirm-email/", {"code": code})


def sign_in(person, email, password=PASSWORD):
    return person.submit("/accounts/login/", {"login": email, "password": password})


def forget(person, email, **extra):
    return person.submit("/accounts/password/reset/", {"email": email}, **extra)


def mails():
    drain()
    return mail.outbox


def code_in(message):
    return re.search(r"\b[A-Z0-9]{3,4}-[A-Z0-9]{3,4}\b", message.body)[0]


def link_in(message):
    return re.search(r"https?://\S+/password/reset/key/\S+", message.body)[0]


def follow(person, link):
    """Open the link of a mail; the page that it leads to takes the new password."""
    return person.client.get(link.partition("://")[2].partition("/")[2].join(["/", ""]), follow=True)


def choose(person, link, password=NEW_PASSWORD):
    page = follow(person, link)
    if not page.redirect_chain:
        return page
    return person.submit(page.redirect_chain[-1][0], {"password1": password, "password2": password})


# --- signing up ---


def test_a_learner_signs_up_with_the_code_from_the_mail_and_is_in(anonymous):
    assert sign_up(anonymous)["Location"] == "/accounts/confirm-email/"
    assert anonymous.get("/api/me/").status_code == 401
    [message] = mails()
    assert message.to == ["new@example.org"]
    assert confirm(anonymous, code_in(message)).status_code == 302
    me = anonymous.get("/api/me/").json()
    assert (me["email"], me["display_name"], me["time_zone"]) == ("new@example.org", "Nia", "Asia/Tokyo")


def test_without_the_code_nobody_gets_in(anonymous):
    sign_up(anonymous)
    assert confirm(anonymous, "AAA-AAA").status_code == 200
    sign_in(Person(None), "new@example.org")
    assert anonymous.get("/api/me/").status_code == 401
    refused = anonymous.post("/api/auth/token/", {"email": "new@example.org", "password": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (403, "email_not_verified")


@pytest.mark.parametrize("zone", ["", "Mars/Phobos", "../../etc/passwd", "+99"])
def test_a_browser_that_names_no_real_zone_gets_utc(anonymous, zone):
    sign_up(anonymous, time_zone=zone)
    assert User.objects.get().time_zone == "UTC"


@pytest.mark.parametrize("email", ["alice@example.org", "ALICE@Example.ORG", " alice@example.org "])
def test_a_second_sign_up_makes_no_second_account_and_says_the_same(alice, anonymous, email):
    known = sign_up(anonymous, email=email)
    unknown = sign_up(Person(None))
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    pages = [p.get("/accounts/confirm-email/").content.decode() for p in (anonymous,)]
    assert "already" not in pages[0]
    assert User.objects.filter(email__iexact="alice@example.org").count() == 1
    to_alice = next(m for m in mails() if m.to == ["alice@example.org"])
    assert "/accounts/password/reset/" in to_alice.body


@pytest.mark.parametrize("email", ["İpek@example.org", "mıke@example.org", "ﬁn@example.org", "Ｆay@example.org"])
def test_letters_that_only_look_like_others_are_no_address(anonymous, email):
    assert sign_up(anonymous, email=email).status_code == 200
    assert not User.objects.exists()


def test_the_kelvin_sign_is_no_way_to_a_second_kate(anonymous):
    a_user("kate@example.org")
    sign_up(anonymous, email="\u212aate@example.org")
    assert list(User.objects.values_list("email", flat=True)) == ["kate@example.org"]
    assert [m.to for m in mails()] == [["kate@example.org"]]


def test_a_weak_password_is_refused(anonymous):
    assert sign_up(anonymous, password1="password123").status_code == 200
    assert not User.objects.exists()


# --- a forgotten password ---


def test_the_link_sets_a_new_password_once(alice, anonymous):
    forget(anonymous, "Alice@example.org")
    [message] = mails()
    link = link_in(message)
    assert choose(anonymous, link).status_code == 302
    alice.user.refresh_from_db()
    assert alice.user.check_password(NEW_PASSWORD)
    choose(Person(None), link, "a-third-long-password")
    alice.user.refresh_from_db()
    assert alice.user.check_password(NEW_PASSWORD)


def test_opening_the_link_changes_nothing(alice, anonymous):
    forget(anonymous, "alice@example.org")
    link = link_in(mails()[0])
    for _ in range(2):
        follow(Person(None), link)
    assert choose(anonymous, link).status_code == 302


def test_the_link_lives_for_thirty_minutes(alice, anonymous):
    now = timezone.now()
    forget(anonymous, "alice@example.org")
    link = link_in(mails()[0])
    with time_machine.travel(now.timestamp() + 31 * 60):
        choose(anonymous, link)
    alice.user.refresh_from_db()
    assert alice.user.check_password(PASSWORD)


def test_a_password_change_ends_earlier_links(alice, anonymous):
    forget(anonymous, "alice@example.org")
    link = link_in(mails()[0])
    alice.user.set_password("yet-another-password")
    alice.user.save()
    choose(anonymous, link)
    alice.user.refresh_from_db()
    assert alice.user.check_password("yet-another-password")


def test_the_link_stands_on_our_own_address_whatever_host_was_named(alice, anonymous, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://cairn.example"
    forget(anonymous, "alice@example.org", HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example")
    forget(anonymous, "nobody@example.org", HTTP_HOST="evil.example")
    sign_up(anonymous, email="alice@example.org")
    messages = mails()
    assert len(messages) == 3
    for message in messages:
        bodies = message.body + "".join(a.content for a in message.alternatives)
        assert "evil" not in bodies
        assert "https://cairn.example/accounts/" in bodies


def test_a_host_that_is_not_ours_is_refused(alice, anonymous):
    answer = anonymous.get("/api/courses/", HTTP_HOST="evil.example")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_a_known_and_an_unknown_address_get_the_same_page(alice, anonymous):
    known, unknown = forget(anonymous, "alice@example.org"), forget(Person(None), "nobody@example.org")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


@pytest.mark.parametrize("typed", ["mıke@example.org", "MİKE@example.org", "mi\u212ae@example.org"])
def test_a_look_alike_never_gets_the_mail(anonymous, typed):
    a_user("mike@example.org")
    forget(anonymous, typed)
    assert all(m.to == ["mike@example.org"] for m in mails() if "/reset/key/" in m.body)


def test_a_reset_forgives_the_account_its_failures(alice, anonymous):
    for n in range(10):
        body = {"email": "alice@example.org", "password": "wrong-wrong-wrong"}
        anonymous.post("/api/auth/token/", body, REMOTE_ADDR=f"10.0.0.{n}")
    forget(anonymous, "alice@example.org")
    choose(anonymous, link_in(mails()[0]))
    assert sign_in(anonymous, "alice@example.org", NEW_PASSWORD).status_code == 302


# --- a new password ends everything that the old one opened ---


def a_token(email="alice@example.org"):
    return Person(None).post("/api/auth/token/", {"email": email, "password": PASSWORD}).json()["token"]


def with_token(token):
    return Person(None).get("/api/me/", HTTP_AUTHORIZATION=f"Token {token}").status_code


def change_on_the_page(alice, staff):
    fields = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    alice.submit("/accounts/password/change/", fields)


def reset_by_mail(alice, staff):
    visitor = Person(None)
    forget(visitor, "alice@example.org")
    choose(visitor, link_in(mails()[-1]))


def set_by_code(alice, staff):
    user = User.objects.get(pk=alice.user.pk)
    user.set_password(NEW_PASSWORD)
    user.save()


@pytest.mark.parametrize("change", [change_on_the_page, reset_by_mail, set_by_code])
def test_a_new_password_ends_all_sessions_and_tokens(alice, bob, change):
    other_browser, token = Person(alice.user), a_token()
    bobs = a_token("bob@example.org")
    assert (other_browser.get("/api/me/").status_code, with_token(token)) == (200, 200)
    change(alice, None)
    assert other_browser.get("/api/me/").status_code == 401
    assert alice.get("/api/me/").status_code == 401
    assert with_token(token) == 401
    assert with_token(bobs) == 200
    alice.user.refresh_from_db()
    assert alice.user.check_password(NEW_PASSWORD)


def test_signing_in_makes_a_new_session_key(alice, anonymous):
    forget(anonymous, "alice@example.org")
    before = anonymous.client.session.session_key
    sign_in(anonymous, "alice@example.org")
    assert anonymous.client.session.session_key != before


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_after_sign_in_nobody_is_sent_elsewhere(alice, anonymous, target):
    fields = {"login": "alice@example.org", "password": PASSWORD, "next": target}
    assert anonymous.submit("/accounts/login/", fields)["Location"] == "/my-learning/"


# --- how often ---

MOMENT = dt.datetime(2026, 3, 2, 12, 0, 20, tzinfo=dt.UTC)
# What changes nothing, or leads to a form that is counted.
WITHOUT_A_LIMIT = {
    "account_logout",
    "account_inactive",
    "account_confirm_login_code",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
}


def test_every_form_of_an_account_has_a_limit(settings):
    names = {pattern.name for pattern in urlpatterns}
    assert set(settings.ACCOUNT_FORMS_A_MINUTE) == names - WITHOUT_A_LIMIT


@pytest.mark.parametrize("path", ["signup/", "password/reset/"])
def test_a_form_is_taken_twenty_times_a_minute_from_one_address(anonymous, path):
    with time_machine.travel(MOMENT, tick=False) as clock:
        statuses = [anonymous.submit(f"/accounts/{path}", {}).status_code for _ in range(21)]
        assert statuses == [200] * 20 + [429]
        refused = anonymous.submit(f"/accounts/{path}", {})
        assert refused["Retry-After"] == "40"
        assert "Too many requests" in refused.content.decode()
        assert anonymous.submit(f"/accounts/{path}", {}, REMOTE_ADDR="10.0.0.7").status_code == 200
        clock.shift(40)
        assert anonymous.submit(f"/accounts/{path}", {}).status_code == 200


def test_nobody_fills_anothers_mailbox_and_known_and_unknown_mailboxes_are_alike(alice, anonymous):
    def story(email):
        asked = [forget(anonymous, email, REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(6)]
        return [*asked, sign_up(Person(None), email=email, REMOTE_ADDR="10.0.0.99").status_code]

    with time_machine.travel(MOMENT, tick=False):
        assert story("alice@example.org") == story("nobody@example.org") == [302] * 5 + [429] * 2
    assert sorted(to for message in mails() for to in message.to) == [
        *["alice@example.org"] * 5,
        *["nobody@example.org"] * 5,
    ]


THIRTY_RESETS = f"""
import time_machine
from tests.learning.test_accounts import MOMENT, Person, forget
{processes.WAIT}
with time_machine.travel(MOMENT, tick=False):
    asked = [forget(Person(None), f"{{n % 10}}@example.org").status_code for n in range(30)]
print(asked.count(302))
"""


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_processes_whose_redis_is_away_count_a_form_together():
    taken = processes.together(THIRTY_RESETS, processes=2, REDIS_URL="redis://127.0.0.1:1/0")
    print(f"G36 forms: asked=60 limit=20 processes=2 taken={sum(map(int, taken))}")
    assert sum(map(int, taken)) == 20
