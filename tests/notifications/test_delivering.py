"""What leaves the app: by the ways that its reader chose, at their time, once, and marked when it has gone."""

from __future__ import annotations

import datetime as dt
import email
import re
from email import policy as email_policy

import pytest
import time_machine
from django.core import mail as outgoing
from django.db import IntegrityError, transaction

from learning.models import Outbox, StudyClock
from learning.outbox import drain
from learning.services.enrollment import leave
from learning.services.retention import forget_what_is_over
from notifications.kinds import Channel, Digest, Kind
from notifications.models import Choice, DeadAddress, Delivery, Manner, Notification
from notifications.services import delivering
from notifications.services.choosing import Quiet, choose, set_manner
from notifications.services.telling import Message, tell
from tests.builders import enrolled
from tests.learning.test_mail import smtp, use_server  # noqa: F401

NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def a_message(person, key: str = "1", **fields) -> Message:
    fields = {"kind": Kind.CERTIFICATE, "title": "You finished Stones", "body": "Well done.", "at": NOON, **fields}
    return Message(person=person.user, key=key, url=fields.pop("url", "/my-learning/"), **fields)


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def test_one_telling_is_a_row_in_the_inbox_a_delivery_and_a_row_of_the_outbox_and_one_mail(clock, db, alice, smtp):  # noqa: F811
    assert len(tell([a_message(alice)])) == 1
    assert tell([a_message(alice)]) == []
    delivery = Delivery.objects.get()
    row = Outbox.objects.get(kind="notifications.deliver")
    assert (delivery.channel, row.payload["delivery"], states()) == ("email", delivery.pk, ["queued"])
    assert drain() == 1
    ((recipients, raw),) = smtp.received
    sent = email.message_from_string(raw, policy=email_policy.default)
    assert recipients == [alice.user.email]
    assert sent["Message-ID"] == f"<delivery.{delivery.pk}@localhost>"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html, text = (sent.get_body((kind,)).get_content() for kind in ("html", "plain"))
    for words in (html, text):
        assert "You finished Stones" in words
        assert "http://localhost:8000/my-learning/" in words
        assert "You get this because" in words
    delivery.refresh_from_db()
    assert (delivery.state, delivery.sent_at, delivery.attempts) == ("sent", NOON, 1)
    delivering.deliver(row.key, {"delivery": delivery.pk})  # a repeat of what went out
    assert len(smtp.received) == 1


def test_each_goes_by_the_ways_that_its_reader_chose(clock, alice, bob, course):
    choose(alice.user, {Kind.CERTIFICATE: {Channel.EMAIL: False}, Kind.LEVEL: {Channel.EMAIL: True}})
    choose(bob.user, {Kind.CERTIFICATE: {Channel.IN_APP: False}, Kind.ANNOUNCEMENT: {Channel.IN_APP: False}})
    tell([a_message(person, kind=kind) for person in (alice, bob) for kind in ("certificate", "level", "announcement")])
    inboxes = set(Notification.objects.values_list("learner__email", "kind"))
    a, b = alice.user.email, bob.user.email
    kinds = ("certificate", "level", "announcement")
    assert inboxes == {*((a, k) for k in kinds), (b, "level"), (b, "announcement")}  # the last can't be turned off
    mails = set(Delivery.objects.values_list("recipient__email", "kind"))
    assert mails == {(a, "level"), (a, "announcement"), (b, "certificate"), (b, "announcement")}
    choose(bob.user, {Kind.ANNOUNCEMENT: {Channel.EMAIL: False}})  # after it was told, before it is sent
    drain()
    assert {(m.to[0], m.subject) for m in outgoing.outbox} == {(a, "You finished Stones"), (b, "You finished Stones")}
    assert Delivery.objects.get(recipient=bob.user, kind="announcement").state == "suppressed"


def test_quiet_hours_put_off_until_their_end_where_the_reader_lives(clock, alice):
    type(alice.user).objects.update(time_zone="Asia/Tokyo")
    alice.user.refresh_from_db()
    set_manner(alice.user, quiet=Quiet(dt.time(20), dt.time(7)), digest=Digest.OFF, daily_cap=None)
    tell([a_message(alice)])  # 21:00 in Tokyo
    drain()
    assert (states(), outgoing.outbox) == (["deferred"], [])
    assert Outbox.objects.get(kind="notifications.deliver").run_at == NOON + dt.timedelta(hours=10)
    clock.shift(dt.timedelta(hours=10))
    drain()
    assert (states(), len(outgoing.outbox)) == (["sent"], 1)


def test_nobody_is_written_to_who_studies_that_very_minute(clock, alice):
    credited = int((NOON - dt.timedelta(seconds=30)).timestamp() * 1000)
    StudyClock.objects.create(learner=alice.user, credited_until=credited, day=NOON.date())
    tell([a_message(alice)])
    drain()
    assert states() == ["deferred"]
    clock.shift(dt.timedelta(minutes=2))
    drain()
    assert states() == ["sent"]


def test_what_is_over_the_days_cap_comes_tomorrow(clock, alice):
    set_manner(alice.user, quiet=None, digest=Digest.OFF, daily_cap=2)
    tell([a_message(alice, str(n)) for n in range(3)])
    drain()
    assert sorted(states()) == ["deferred", "sent", "sent"]
    clock.move_to(NOON + dt.timedelta(hours=14))
    drain()
    assert states() == ["sent"] * 3


def test_nothing_about_a_course_goes_to_somebody_who_left_it_nor_what_is_late(clock, alice, course):
    enrolled(alice.user, course)
    Delivery.objects.all().delete()  # the welcome
    tell([a_message(alice, "left", course=course.pk), a_message(alice, "late", until=NOON + dt.timedelta(hours=1))])
    leave(learner=alice.user, course=course, at=NOON)
    clock.shift(dt.timedelta(hours=2))
    drain()
    assert states() == ["suppressed", "suppressed"]
    assert outgoing.outbox == []


def test_an_address_that_is_refused_for_good_gets_nothing_more_and_its_owner_hears_of_it(clock, alice, smtp):  # noqa: F811
    smtp.answer_recipient = "451 4.3.0 try again later"
    tell([a_message(alice)])
    drain()
    assert states() == ["queued"]
    smtp.answer_recipient = "550 5.1.1 no such user"
    clock.shift(dt.timedelta(hours=1))
    drain()
    assert states() == ["suppressed"]
    assert DeadAddress.objects.get().address == alice.user.email
    told = Notification.objects.get(kind="address")
    assert alice.user.email in told.title
    smtp.answer_recipient = "250 OK"
    tell([a_message(alice, "2")])
    drain()
    assert (states(), smtp.received) == (["suppressed", "suppressed"], [])


def test_a_server_that_refuses_us_is_not_the_fault_of_the_address(clock, alice, smtp):  # noqa: F811
    smtp.answer_recipient = "550 5.7.1 relaying denied"
    tell([a_message(alice)])
    drain()
    assert (states(), DeadAddress.objects.count()) == (["dead"], 0)
    smtp.answer_recipient = "250 OK"
    assert delivering.try_again(Delivery.objects.all(), at=NOON) == 1
    drain()
    assert (states(), len(smtp.received)) == (["sent"], 1)


def test_what_is_rolled_back_goes_nowhere(clock, alice):
    with transaction.atomic():
        tell([a_message(alice)])
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()
    assert not Outbox.objects.filter(kind="notifications.deliver").exists()


def test_the_link_that_stops_mails_changes_nothing_when_it_is_looked_at(clock, client, alice):
    tell([a_message(alice)])
    drain()
    link = re.search(r"<http://localhost:8000(.*)>", outgoing.outbox[0].extra_headers["List-Unsubscribe"])[1]
    for _ in range(2):
        assert client.get(link).status_code == client.head(link).status_code == 200
    assert not Choice.objects.exists()
    assert client.get(link.replace(link[-8:-2], "aaaaaa")).status_code == 404
    assert client.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.post(link).status_code == 200
    assert [(c.person, c.kind, c.channel, c.is_on) for c in Choice.objects.all()] == [
        (alice.user, "certificate", "email", False)
    ]


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("delivery_sent_has_its_moment", {"state": "sent"}),
        ("delivery_state_is_known", {"state": "lost"}),
        ("delivery_leaves_the_app", {"channel": "in_app"}),
        ("delivery_leads_to_this_site", {"url": "//example.org/"}),
    ],
)
def test_the_database_refuses_deliveries_that_can_not_be(alice, rule, fields):
    sound = {"kind": "level", "channel": "email", "key": "1", "title": "T", "created_at": NOON}
    with pytest.raises(IntegrityError, match=rule):
        Delivery.objects.create(recipient=alice.user, **(sound | fields))


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("manner_quiet_hours_have_two_ends", {"quiet_from": dt.time(22)}),
        ("manner_quiet_hours_have_two_ends", {"quiet_from": dt.time(7), "quiet_to": dt.time(7)}),
        ("manner_cap_between_1_and_100", {"daily_cap": 0}),
        ("manner_digest_is_known", {"digest": "hourly"}),
    ],
)
def test_the_database_refuses_manners_that_can_not_be(alice, rule, fields):
    with pytest.raises(IntegrityError, match=rule):
        Manner.objects.create(person=alice.user, **fields)


def test_the_same_thing_is_kept_once_per_address_and_each_choice_once(alice):
    for model, row in (
        (Delivery, {"recipient": alice.user, "kind": "level", "channel": "email", "key": "1", "created_at": NOON}),
        (Choice, {"person": alice.user, "kind": "level", "channel": "email", "is_on": True}),
        (DeadAddress, {"person": alice.user, "channel": "email", "address": "a@example.org", "since": NOON}),
    ):
        model.objects.create(**row)
        with pytest.raises(IntegrityError, match=r"UNIQUE|once"), transaction.atomic():
            model.objects.create(**row)


def test_what_went_is_forgotten_after_ninety_days_and_what_was_given_up_is_not(clock, alice):
    tell([a_message(alice, "1"), a_message(alice, "2")])
    drain()
    Delivery.objects.filter(key="2").update(state="dead", sent_at=None)
    assert forget_what_is_over(at=NOON + dt.timedelta(days=89))["deliveries"] == 0
    assert forget_what_is_over(at=NOON + dt.timedelta(days=91))["deliveries"] == 1
    assert states() == ["dead"]
