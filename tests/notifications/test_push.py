"""Push: what leaves for a browser can be read by that browser alone, and no subscription leads into our own network."""

import base64
import json

import http_ece
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from learning import outbox
from learning.outbox import GiveUp, NotNow
from notifications.channels import CHANNELS, AddressGone, Rendered, webpush
from notifications.channels.push import Push
from notifications.kinds import Channel, Kind
from notifications.models import Delivery, Device, Phone
from notifications.services.choosing import choose
from notifications.services.telling import Message, tell
from tests.builders import Person
from tests.learning.test_outbound import FORMS
from tests.notifications.doubles import Browser, a_service, is_signed

REGISTER = "/api/devices/register/"
PUBLIC = "https://updates.push.services.mozilla.com/wpush/v2/abc"


def said(title="A badge is yours", url="http://localhost:8000/achievements/") -> Rendered:
    return Rendered(kind="badge", title=title, text="You earned it in Stones.", html="", url=url, why="")


def send(person, message=None, key="badge:1"):
    (address,) = Push().addresses(person.user)
    Push().send(person=person.user, address=address, message=message or said(), key=key)


@pytest.fixture
def keys(settings):
    """The site has keys."""
    pair = webpush.new_keys()
    settings.VAPID_PUBLIC_KEY, settings.VAPID_PRIVATE_KEY = pair.public, pair.private
    settings.VAPID_SUBJECT = "mailto:ops@example.org"
    return pair


@pytest.fixture
def service(settings, keys):
    """A push service on this machine, which the site knows."""
    settings.PUSH_HOSTS, settings.PUSH_ALLOW_PRIVATE = ["localhost"], True
    with a_service() as found:
        yield found


def test_encryption_gives_the_very_bytes_of_the_standard(real_data, monkeypatch):
    """RFC 8291, appendix A: with its key and its salt, our call makes its body."""
    vector = json.loads((real_data / "conformance/webpush/rfc8291_vector.json").read_text())
    raw = int.from_bytes(webpush.bytes64(vector["as_private"]), "big")
    monkeypatch.setattr(webpush.ec, "generate_private_key", lambda curve: ec.derive_private_key(raw, curve))
    monkeypatch.setattr(http_ece.os, "urandom", lambda n: webpush.bytes64(vector["salt"]))
    to = webpush.Subscription("https://push.example.net/x", vector["ua_public"], vector["auth_secret"])
    assert webpush.sealed(to, vector["plaintext"].encode()) == webpush.bytes64(vector["body"])


def test_a_browser_that_is_turned_on_is_told_and_reads_what_nobody_else_can(alice, service):
    browser = Browser(service)
    answer = alice.post(REGISTER, {"platform": "web", "subscription": browser.subscription, "name": "Firefox"})
    assert answer.status_code == 201
    assert answer.json() == {"id": answer.json()["id"], "platform": "web", "name": "Firefox", "last_used_at": None,
                             "created_at": answer.json()["created_at"], "disabled_at": None}  # fmt: skip
    again = alice.post(REGISTER, {"platform": "web", "subscription": browser.subscription})
    assert (again.status_code, again.json()["id"]) == (200, answer.json()["id"])
    send(alice)
    (told,) = browser.received
    assert told["title"] == "A badge is yours"
    assert told["url"] == "/achievements/"
    assert set(told) == {"title", "url", "tag"}, "the words of a message stay here"
    headers = service.got[0]["headers"]
    assert is_signed(headers)
    assert (headers["TTL"], headers["Content-Encoding"]) == ("86400", "aes128gcm")
    send(alice)
    assert service.got[1]["headers"]["Topic"] == headers["Topic"], "a repeat replaces what still waits there"
    assert browser.received[1]["tag"] == told["tag"], "and what is already shown"
    assert Device.objects.get().last_used_at


def test_a_browser_that_two_people_share_tells_whoever_turned_it_on_last(alice, bob, service):
    body = {"platform": "web", "subscription": Browser(service).subscription}
    first = alice.post(REGISTER, body).json()["id"]
    assert bob.post(REGISTER, body).status_code == 201
    assert Push().addresses(alice.user) == []
    assert Push().addresses(bob.user) == [str(first)]
    assert alice.delete(f"/api/devices/{first}/").status_code == 404
    assert bob.delete(f"/api/devices/{first}/").status_code == 204
    assert bob.delete(f"/api/devices/{first}/").status_code == 404


def test_what_the_push_service_answers_decides_what_happens_next(alice, service):
    alice.post(REGISTER, {"platform": "web", "subscription": Browser(service).subscription})
    (address,) = Push().addresses(alice.user)
    service.answers = [(429, {"Retry-After": "120"}), (503, {"Retry-After": "30"}), (500, {}), (403, {}), (413, {})]
    for wait in (120, 30):
        with pytest.raises(NotNow) as later:
            send(alice)
        assert later.value.wait.total_seconds() == wait
    with pytest.raises(Exception, match="answered 500") as any_failure:  # tried again by the outbox
        send(alice)
    assert not isinstance(any_failure.value, GiveUp | NotNow)
    for _refused in (403, 413):
        with pytest.raises(GiveUp):
            send(alice)
    assert Device.objects.get().disabled_at is None
    service.answers = [(400, {})]
    with pytest.raises(GiveUp):
        send(alice)
    assert Push().addresses(alice.user) == [], "what it can't read now it can't read later"
    alice.post(REGISTER, {"platform": "web", "subscription": Browser(service).subscription})
    assert len(Push().addresses(alice.user)) == 1, "turned on anew, it is told again"
    service.answers = [(410, {})]
    with pytest.raises(AddressGone):
        send(alice)
    assert CHANNELS["push"].disable(person=alice.user, address=address, reason="", at=timezone.now()) == ""
    assert not Device.objects.exists()


def test_a_redirect_is_not_followed_and_a_date_says_when_to_come_back(alice, service):
    alice.post(REGISTER, {"platform": "web", "subscription": Browser(service).subscription})
    service.answers = [(307, {"Location": f"{service.url}/elsewhere"})]
    with pytest.raises(GiveUp):
        send(alice)
    assert [one["path"] for one in service.got] == ["/push/1"]
    service.answers = [(429, {"Retry-After": "Wed, 21 Oct 2099 07:28:00 GMT"})]
    with pytest.raises(NotNow) as later:
        send(alice)
    assert later.value.wait.total_seconds() == 6 * 3600, "and not in seventy years"


def test_a_title_of_any_length_arrives_and_no_letter_is_cut_in_two(alice, service):
    browser = Browser(service)
    alice.post(REGISTER, {"platform": "web", "subscription": browser.subscription})
    send(alice, said(title="🪨" * 2000, url="/x"))
    assert len(service.got[0]["body"]) <= 4096
    title = browser.received[0]["title"]
    assert len(title) > 900
    assert set(title) == {"🪨", "…"}


def test_no_form_of_an_address_is_stored_that_is_no_push_service(alice, keys):
    for form in [
        *FORMS,
        "https://evil.example/",
        "https://fcm.googleapis.com.evil.example/",
        "https://push.apple.com/",
    ]:
        subscription = {"endpoint": form.format(port=443), "keys": _keys()}
        answer = alice.post(REGISTER, {"platform": "web", "subscription": subscription})
        assert answer.status_code == 400, form
        assert {e["field"] for e in answer.json()["errors"]} <= {"endpoint", "subscription.endpoint"}
    assert not Device.objects.exists()


def test_a_push_service_whose_name_leads_home_is_not_asked(alice, keys, settings, monkeypatch):
    """The name is judged when it is connected to: nobody can change their mind after it was stored."""
    assert (
        alice.post(REGISTER, {"platform": "web", "subscription": {"endpoint": PUBLIC, "keys": _keys()}}).status_code
        == 201
    )
    for address in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"):
        found = [(2, 1, 6, "", (address, 443))]
        monkeypatch.setattr("learning.outbound.socket.getaddrinfo", lambda *args, found=found, **kwargs: found)
        with pytest.raises(Exception, match="not public"):
            send(alice)
    settings.PUSH_HOSTS = ["fcm.googleapis.com"]
    with pytest.raises(GiveUp, match="not among the hosts"):
        send(alice)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"keys": {"p256dh": "AAAA", "auth": "A" * 22}}, "keys.p256dh"),
        ({"keys": {"p256dh": "é", "auth": "A" * 22}}, "keys.p256dh"),
        ({"keys": {"auth": "A" * 22}}, "subscription.keys.p256dh"),
    ],
)
def test_a_key_that_nothing_can_be_encrypted_for_is_refused_by_name(alice, keys, wrong, field):
    answer = alice.post(REGISTER, {"platform": "web", "subscription": {"endpoint": PUBLIC, **wrong}})
    assert [e["field"] for e in answer.json()["errors"]] == [field]


def test_without_keys_push_is_off_and_says_so(alice, settings):
    settings.VAPID_PUBLIC_KEY = settings.VAPID_PRIVATE_KEY = ""
    answer = alice.post(REGISTER, {"platform": "web", "subscription": {"endpoint": PUBLIC, "keys": _keys()}})
    assert (answer.status_code, answer.json()["code"]) == (409, "push_is_off")
    answer = alice.post(REGISTER, {"platform": "ios", "token": "t" * 64})
    assert (answer.status_code, answer.json()["code"]) == (409, "push_is_off")
    page = alice.get("/settings/devices/").content.decode()
    assert "This site sends no notifications to browsers." in page
    assert "data-push" not in page


def test_browsers_that_trust_older_keys_wait_until_they_are_turned_on_anew(alice, keys, settings):
    alice.post(REGISTER, {"platform": "web", "subscription": {"endpoint": PUBLIC, "keys": _keys()}, "name": "Old one"})
    settings.VAPID_PUBLIC_KEY = webpush.new_keys().public
    assert Push().addresses(alice.user) == []
    assert "Nothing reaches it now" in alice.get("/settings/devices/").content.decode()


def test_an_app_is_told_through_the_gateway_with_the_key_of_the_message(alice, settings):
    with a_service() as service:
        settings.APP_PUSH_URL, settings.APP_PUSH_ALLOW_PRIVATE = service.url, True
        settings.APP_PUSH_AUTHORIZATION = "Bearer s3cret"
        body = {"platform": "android", "token": "tok-1", "name": "Phone"}
        assert alice.post(REGISTER, body).status_code == 201
        assert alice.post(REGISTER, body | {"platform": "web"}).status_code == 400
        send(alice, said(title='"}, {title}'), key="badge:7")
        assert service.said() == {"token": "tok-1", "platform": "android", "title": '"}, {title}',
                                  "url": "http://localhost:8000/achievements/", "id": "badge:7"}  # fmt: skip
        headers = service.got[0]["headers"]
        assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer s3cret", "badge:7")
        service.answers = [(404, {})]
        with pytest.raises(AddressGone):
            send(alice)


def test_a_person_sees_their_devices_without_their_secrets_and_removes_them(alice, bob, keys):
    body = {"platform": "web", "subscription": {"endpoint": PUBLIC, "keys": _keys()}, "name": "Firefox, Linux"}
    pk = alice.post(REGISTER, body).json()["id"]
    page = alice.get("/settings/devices/").content.decode()
    assert "Firefox, Linux" in page
    assert "wpush" not in page
    assert "Firefox" not in bob.get("/settings/devices/").content.decode()
    assert bob.submit(f"/settings/devices/{pk}/remove/").status_code == 404
    assert alice.submit(f"/settings/devices/{pk}/remove/").status_code == 302
    assert "Firefox" not in alice.get("/settings/devices/").content.decode()


def test_signing_out_in_a_browser_turns_it_off_there_and_nowhere_else(alice, keys):
    elsewhere = Person(alice.user)
    for n, browser in enumerate((alice, elsewhere)):
        body = {"platform": "web", "subscription": {"endpoint": f"{PUBLIC}{n}", "keys": _keys()}, "name": f"No. {n}"}
        assert browser.post(REGISTER, body).status_code == 201
    assert [one["name"] for one in alice.get("/api/devices/").json()] == ["No. 1", "No. 0"]
    alice.submit("/accounts/logout/")
    assert [one["name"] for one in elsewhere.get("/api/devices/").json()] == ["No. 1"]


def test_nobody_registers_devices_without_end(alice, keys):
    for n in range(20):
        subscription = {"endpoint": f"{PUBLIC}{n}", "keys": _keys()}
        assert alice.post(REGISTER, {"platform": "web", "subscription": subscription}).status_code == 201
    answer = alice.post(REGISTER, {"platform": "web", "subscription": {"endpoint": PUBLIC, "keys": _keys()}})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_devices")


def test_the_worker_may_lead_to_every_page_and_is_looked_for_anew(anonymous):
    answer = anonymous.get("/push-worker.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert "must-revalidate" in answer["Cache-Control"]
    assert "default-src 'self'" in answer["Content-Security-Policy"]


def test_the_command_makes_a_pair_and_says_when_two_keys_are_none(keys, settings, capsys):
    call_command("push_keys")
    public, private = (line.partition("=")[2] for line in capsys.readouterr().out.split())
    assert webpush.do_not_fit(public, private) == ""
    call_command("push_keys", "--check")
    settings.VAPID_PRIVATE_KEY = private
    with pytest.raises(CommandError, match="not one pair"):
        call_command("push_keys", "--check")


def test_a_device_has_a_subscription_or_a_token(alice):
    with pytest.raises(IntegrityError), transaction.atomic():
        Device.objects.create(person=alice.user, platform="ios", digest="d", created_at=timezone.now())


def _keys():
    point = base64.urlsafe_b64encode(webpush.bytes64(webpush.new_keys().public)).decode()
    return {"p256dh": point, "auth": "A" * 22}


def test_what_is_told_reaches_browser_and_phone_through_the_outbox_and_a_dead_browser_stops_nobody(
    alice, bob, service, settings
):
    with a_service() as provider, time_machine.travel("2026-03-10 12:00Z", tick=False):
        settings.SMS_URL, settings.SMS_ALLOW_PRIVATE = provider.url, True
        browsers = {alice: Browser(service, "/push/alice"), bob: Browser(service, "/push/bob")}
        for person, browser in browsers.items():
            person.post(REGISTER, {"platform": "web", "subscription": browser.subscription})
        Phone.objects.create(
            person=bob.user, number="+34600123456", consent_version="1", code_nonce="n",
            **dict.fromkeys(["consent_at", "code_expires_at", "verified_at"], timezone.now()),
        )  # fmt: skip
        choose(bob.user, {Kind.STREAK_AT_RISK: {Channel.SMS: True}})
        service.answers = [(410, {})]
        words = {"kind": Kind.STREAK_AT_RISK, "key": "2026-03-10", "title": "Keep your streak", "url": "/my-learning/"}
        tell([Message(person=p.user, at=timezone.now(), **words) for p in (alice, bob)])
        outbox.drain()
    assert [(one["title"], one["url"]) for one in browsers[bob].received] == [("Keep your streak", "/my-learning/")]
    assert provider.said()["text"] == "Keep your streak http://localhost:8000/my-learning/"
    states = Delivery.objects.order_by("recipient", "channel").values_list("channel", "state")
    assert list(states) == [("push", "suppressed"), ("push", "sent"), ("sms", "sent")]
    assert [d.person for d in Device.objects.all()] == [bob.user]
