"""Mail providers with an API of their own: the message as it reaches them, and what their answers do to a delivery."""

from __future__ import annotations

import datetime as dt
from base64 import b64encode
from urllib.parse import unquote_plus

import pytest
import time_machine

from config.providers import KEYS, provider_settings
from learning.outbox import drain
from notifications.models import DeadAddress, Delivery
from notifications.services.telling import tell
from tests.notifications.doubles import a_service
from tests.notifications.test_delivering import NOON, a_message

# How each says that it took a message.
TAKEN = {
    "brevo": (201, {}, {"messageId": "<1@brevo>"}),
    "mailersend": (202, {"X-Message-ID": "1", "Content-Type": "application/json"}, {}),
    "mailgun": (200, {}, {"id": "<1@mailgun>", "message": "Queued. Thank you."}),
    "postmark": (200, {}, {"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": "alice@example.org"}),
    "resend": (200, {}, {"id": "1"}),
    "sparkpost": (200, {}, {"results": {"total_accepted_recipients": 1, "total_rejected_recipients": 0, "id": "1"}}),
}


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def provider(settings):
    """`provider("postmark")` is the service that mails go to from then on."""
    with a_service() as service:

        def chosen(name: str):
            found = provider_settings(f"anymail+{name}://key@example.org", bounce_secret="")
            settings.EMAIL_BACKEND = found["EMAIL_BACKEND"]
            settings.ANYMAIL = {**found["ANYMAIL"], f"{name.upper()}_API_URL": f"{service.url}/api/"}
            service.usual = TAKEN[name]
            return service

        yield chosen


def state() -> tuple[str, int]:
    return Delivery.objects.values_list("state", "attempts").get()


@pytest.mark.parametrize("name", sorted(KEYS))
def test_a_mail_goes_to_one_person_with_its_key_and_a_way_to_end_it(clock, alice, provider, name):
    service = provider(name)
    tell([a_message(alice)])
    assert drain() == 1
    (got,) = service.got
    body, secrets = unquote_plus(got["body"].decode()), " ".join(got["headers"].values())
    assert alice.user.email in body
    assert "You finished Stones" in body
    assert "List-Unsubscribe-Post" in body
    assert f"delivery.{Delivery.objects.get().pk}@localhost" in body, "each attempt carries the same Message-ID"
    assert "key" in secrets or b64encode(b"api:key").decode() in secrets
    assert state() == ("sent", 1)


def test_a_refused_address_is_not_written_to_again_and_its_owner_hears_of_it(clock, alice, provider):
    service = provider("postmark")
    says = "Found inactive addresses: alice@example.org. Inactive recipients are ones that bounced."
    service.answers = [(422, {}, {"ErrorCode": 406, "Message": says})]
    tell([a_message(alice)])
    drain()
    assert DeadAddress.objects.get().person == alice.user
    assert state()[0] == "suppressed"
    tell([a_message(alice, key="2")])
    drain()
    assert len(service.got) == 1
    kinds = [row["kind"] for row in alice.get("/api/notifications/").json()["results"]]
    assert "address" in kinds


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_provider_that_is_away_is_asked_again_with_the_same_key(clock, alice, provider, status):
    service = provider("postmark")
    service.answers = [(status, {}, {"ErrorCode": 1, "Message": "Later"})]
    tell([a_message(alice)])
    drain()
    assert state() == ("queued", 1)
    clock.shift(dt.timedelta(hours=1))
    drain()
    assert state()[0] == "sent"
    first, second = (service.said(n)["Headers"] for n in (0, 1))
    assert [one for one in first if one["Name"] == "Message-ID"] == [
        one for one in second if one["Name"] == "Message-ID"
    ]


def test_a_wrong_key_is_not_tried_for_ever(clock, alice, provider):
    service = provider("postmark")
    service.usual = (401, {}, {"ErrorCode": 10, "Message": "Bad or missing API token."})
    tell([a_message(alice)])
    drain()
    clock.shift(dt.timedelta(days=1))
    drain()
    assert len(service.got) == 1
    assert state()[0] == "dead"
    assert not DeadAddress.objects.exists(), "the address is not to blame"
