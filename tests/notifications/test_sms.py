"""Text messages: to a number that its owner proved and agreed to, for as long as they agree."""

import hashlib
import hmac
import json

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from learning import outbox
from learning.models import Outbox
from learning.outbox import GiveUp
from notifications.channels import AddressGone, Rendered
from notifications.channels.sms import Sms
from notifications.exceptions import BadNumber
from notifications.models import Phone
from notifications.services.phones import clean_number, code_of
from tests.notifications.doubles import a_service

NUMBER = "+34600123456"
ASK, CONFIRM, WITHDRAW = "/settings/phone/", "/settings/phone/code/", "/settings/phone/withdraw/"


@pytest.fixture
def service(settings):
    """A provider on this machine."""
    settings.SMS_ALLOW_PRIVATE, settings.SMS_AUTHORIZATION = True, "Basic abc"
    with a_service() as found:
        settings.SMS_URL = found.url
        yield found


def ask(person, number=NUMBER, consent="on"):
    return person.submit(ASK, {"number": number, "consent": consent} if consent else {"number": number})


def proved(person, service, number=NUMBER):
    assert ask(person, number).status_code == 302
    outbox.drain()
    assert person.submit(CONFIRM, {"code": service.said()["text"][:6]}).status_code == 302


def send(person, **words):
    (address,) = Sms().addresses(person.user)
    message = Rendered(
        **{"kind": "badge", "title": "A badge", "text": "", "html": "", "url": "https://x/", "why": ""} | words
    )
    Sms().send(person=person.user, address=address, message=message, key="badge:1")


def test_a_number_is_written_to_once_its_owner_has_typed_the_code(alice, service):
    assert ask(alice, consent="").status_code == 422, "no code without a yes"
    assert ask(alice, "+34 (600) 123-456").status_code == 302
    assert Sms().addresses(alice.user) == [], "not before it is proved"
    outbox.drain()
    sent = service.said()
    assert sent["to"] == NUMBER
    assert service.got[0]["headers"]["Authorization"] == "Basic abc"
    code = sent["text"][:6]
    assert code not in json.dumps(list(Outbox.objects.values("payload", "key")))
    assert code not in json.dumps(list(Phone.objects.values_list("code_nonce", flat=True)))
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert alice.submit(CONFIRM, {"code": wrong}).status_code == 422
    assert alice.submit(CONFIRM, {"code": f" {code} "}).status_code == 302
    page = alice.get("/settings/devices/").content.decode()
    assert "+34 ··· 456" in page
    assert NUMBER not in page
    send(alice, title="A" * 500)
    text = service.said()["text"]
    assert text.endswith("… https://x/")
    assert len(text) <= 300
    phone = Phone.objects.get()
    assert phone.consent_version
    assert phone.consent_at <= phone.verified_at


def test_codes_can_not_be_guessed_nor_used_late_nor_twice(alice, service):
    with time_machine.travel("2026-03-10 10:00Z", tick=False) as clock:
        ask(alice)
        code = code_of(Phone.objects.get())
        for _try in range(5):
            assert (
                "not the code"
                in alice.submit(CONFIRM, {"code": "000000" if code != "000000" else "1"}).content.decode()
            )
        assert "Ask for a new one" in alice.submit(CONFIRM, {"code": code}).content.decode()
        ask(alice)
        code = code_of(Phone.objects.get())
        clock.shift(601)
        assert "Ask for a new one" in alice.submit(CONFIRM, {"code": code}).content.decode()
        outbox.drain()
        assert service.got == [], "a code that has run out while it waited is not sent"
        ask(alice)
        code = code_of(Phone.objects.get())
        assert alice.submit(CONFIRM, {"code": code}).status_code == 302
        assert alice.submit(CONFIRM, {"code": code}).status_code == 422
    assert Phone.objects.get().verified_at


def test_a_person_and_a_number_get_so_many_codes_a_day(alice, bob, service, settings):
    settings.SMS_CODES_A_DAY = 2
    with time_machine.travel("2026-03-10 10:00Z", tick=False) as clock:
        assert [ask(alice).status_code for _ in range(3)] == [302, 302, 422]
        assert ask(bob).status_code == 422, "the number has had its share"
        assert ask(bob, "+34600000001").status_code == 302
        clock.shift(86_400)
        assert ask(alice).status_code == 302


def test_who_proves_a_number_has_it_alone(alice, bob, service):
    proved(alice, service)
    proved(bob, service)
    assert Sms().addresses(alice.user) == []
    assert len(Sms().addresses(bob.user)) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Phone.objects.filter(person=alice.user).update(withdrawn_at=None)


def test_withdrawing_ends_it_at_once_and_what_was_agreed_stays_written_down(alice, service):
    proved(alice, service)
    (address,) = Sms().addresses(alice.user)
    alice.submit(WITHDRAW)
    before = len(service.got)
    with pytest.raises(GiveUp, match="withdrawn"):  # what was on its way when they withdrew
        Sms().send(person=alice.user, address=address, message=None, key="badge:1")
    assert len(service.got) == before
    kept = Phone.objects.get()
    assert kept.withdrawn_at >= kept.consent_at


def test_stop_answered_by_text_message_withdraws_and_only_our_provider_can_say_so(alice, anonymous, service, settings):
    proved(alice, service)

    def tell(text, *, secret="s3cret", at=None, **headers):
        body = json.dumps({"sender": "+34 600 123 456", "text": text})
        moment = int(at or timezone.now().timestamp())
        signature = hmac.new(secret.encode(), f"{moment}.{body}".encode(), hashlib.sha256).hexdigest()
        return anonymous.client.post(
            "/api/sms/inbound/", body, content_type="application/json",
            headers={"X-Cairn-Signature": f"t={moment},v1={signature}"} | headers,
        ).status_code  # fmt: skip

    assert tell("STOP", secret="") == 403, "without a secret nobody can"
    settings.SMS_INBOUND_SECRET = "s3cret"
    assert tell("STOP", secret="another") == 403
    assert tell("STOP", at=timezone.now().timestamp() - 400) == 403
    assert tell("Thank you!") == 204
    assert len(Sms().addresses(alice.user)) == 1
    assert tell(" Stop. ") == 204
    assert Sms().addresses(alice.user) == []
    assert tell("STOP") == 204


def test_a_provider_that_knows_no_such_number_ends_it_and_a_form_is_sent_where_one_is_wanted(alice, service, settings):
    proved(alice, service)
    settings.SMS_BODY, settings.SMS_BODY_TYPE = '{"To": "{to}", "Body": "{text}", "From": "+1555"}', "form"
    send(alice)
    assert service.got[-1]["body"] == b"To=%2B34600123456&Body=A+badge+https%3A%2F%2Fx%2F&From=%2B1555"
    service.answers = [(404, {})]
    with pytest.raises(AddressGone):
        send(alice)
    (address,) = Sms().addresses(alice.user)
    said = Sms().disable(person=alice.user, address=address, reason="404", at=timezone.now())
    assert (said, Sms().addresses(alice.user)) == ("+34 ··· 456", [])


def test_without_a_provider_text_messages_are_off_and_say_so(alice, settings):
    settings.SMS_URL = ""
    assert "This site sends no text messages." in alice.get("/settings/devices/").content.decode()
    assert "This site sends no text messages." in ask(alice).content.decode()
    assert not Phone.objects.exists()


@pytest.mark.parametrize(
    "text", ["600123456", "+0600123456", "+34", "+346001234567890123", "+34６00123456", "", "+34600x23456"]
)
def test_what_is_no_international_number_is_refused(text):
    with pytest.raises(BadNumber):
        clean_number(text)


def test_international_numbers_are_written_one_way():
    assert {clean_number(text) for text in ("0034 600.123-456", "+34 600 123 456", NUMBER)} == {NUMBER}
