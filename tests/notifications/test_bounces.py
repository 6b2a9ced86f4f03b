"""What a mail server or provider says about addresses is believed when it is signed; and no link in a mail acts alone."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import re
from types import SimpleNamespace

import pytest
import time_machine
from django.apps import apps
from django.core import mail as outgoing
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from config.providers import provider_settings
from learning.outbox import drain
from notifications.kinds import KINDS, Channel, Digest, Kind
from notifications.models import DeadAddress, Notification
from notifications.receivers import tell_bounce
from notifications.services.choosing import choose, set_manner
from notifications.services.digests import send_digests
from notifications.services.telling import Message, tell

URL = "/api/notifications/bounces/"
NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
SECRET = "what only the mail server knows"


@pytest.fixture(autouse=True)
def clock(settings):
    settings.BOUNCE_SECRET = SECRET
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def says(person, events, *, at=NOON, secret=SECRET, signed=None):
    body = json.dumps({"events": events})
    stamp = str(int(at.timestamp()))
    sign = hmac.new(secret.encode(), f"{stamp}.{signed or body}".encode(), hashlib.sha256).hexdigest()
    headers = {"X-Cairn-Timestamp": stamp, "X-Cairn-Signature": sign}
    return person.client.post(URL, body, content_type="application/json", headers=headers)


def a_bounce(address: str) -> dict[str, str]:
    return {"address": address, "kind": "bounce", "reason": "550 no such user"}


def test_an_address_that_bounced_is_disabled_once_and_its_owner_told(anonymous, alice):
    events = [a_bounce("Alice@Example.org"), a_bounce("nobody@example.org")]
    for _ in range(2):
        answer = says(anonymous, events)
        assert (answer.status_code, answer.json()) == (200, {"known": 1})
    assert DeadAddress.objects.get().person == alice.user
    assert Notification.objects.get(kind="address").learner == alice.user


def test_who_does_not_know_the_secret_is_not_believed(anonymous, alice, settings):
    events = [a_bounce(alice.user.email)]
    assert says(anonymous, events, secret="a guess").status_code == 403
    assert says(anonymous, events, signed="{}").status_code == 403
    assert says(anonymous, events, at=NOON - dt.timedelta(minutes=6)).status_code == 403
    assert anonymous.post(URL, {"events": events}).status_code == 403
    settings.BOUNCE_SECRET = ""
    assert says(anonymous, events, secret="").status_code == 403
    assert not DeadAddress.objects.exists()


def test_what_a_provider_tells_is_heard(alice):
    event = SimpleNamespace(recipient=alice.user.email, event_type="delivered", description="", reject_reason="")
    tell_bounce(event)
    assert not DeadAddress.objects.exists()
    event.event_type, event.reject_reason = "bounced", "invalid"
    tell_bounce(event)
    assert DeadAddress.objects.get().reason == "invalid"


def test_a_provider_is_chosen_by_one_address():
    found = provider_settings("anymail+mailgun://k%2Fey@mail.example.org", bounce_secret="s")
    assert found["EMAIL_BACKEND"] == "anymail.backends.mailgun.EmailBackend"
    assert found["ANYMAIL"]["MAILGUN_API_KEY"] == "k/ey"
    assert found["ANYMAIL"]["MAILGUN_SENDER_DOMAIN"] == "mail.example.org"
    assert found["ANYMAIL"]["WEBHOOK_SECRET"] == "cairn:s"
    with pytest.raises(ImproperlyConfigured, match="pigeon"):
        provider_settings("anymail+pigeon://key@", bounce_secret="")


def everything() -> dict[str, str]:
    """All rows of all tables, but for sessions that a look may begin."""
    kept = {}
    for model in apps.get_models():
        if (
            model._meta.managed
            and not model._meta.proxy
            and model._meta.db_table in connection.introspection.table_names()
        ):
            kept[model._meta.label] = str(list(model._default_manager.order_by("pk").values_list()))
    return kept


def test_a_robot_that_opens_every_link_of_every_mail_twice_changes_nothing(anonymous, alice, clock):
    choose(alice.user, {kind: {Channel.EMAIL: True} for kind in Kind})
    set_manner(alice.user, quiet=None, digest=Digest.DAILY, daily_cap=None)
    told = [
        Message(alice.user, kind, "1", f"About {kind}", NOON, body="Words.", url="/notifications/") for kind in Kind
    ]
    tell([message for message in told if message.kind != Kind.DIGEST])
    drain()
    clock.shift(dt.timedelta(days=1))
    send_digests(at=NOON + dt.timedelta(days=1))
    drain()
    digestible = sum(meaning.is_digestible for meaning in KINDS.values())
    assert len(outgoing.outbox) == len(Kind) - digestible
    found = set()
    for mail in outgoing.outbox:
        words = [mail.body, mail.alternatives[0].content, mail.extra_headers["List-Unsubscribe"]]
        found |= {link for text in words for link in re.findall(r"http://localhost:8000(/[^\s\"<>]*)", text)}
    assert len([link for link in found if "/unsubscribe/" in link]) == len(outgoing.outbox)
    before = everything()
    for link in [*found, *found]:
        assert anonymous.get(link).status_code in (200, 302), link
        assert anonymous.client.head(link).status_code in (200, 302), link
    assert everything() == before
