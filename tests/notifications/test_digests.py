"""Mails that can wait come together, in the morning, once a day at most."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core import mail as outgoing

from learning.outbox import drain
from notifications.kinds import Channel, Digest, Kind
from notifications.models import Delivery
from notifications.services.choosing import choose, set_manner
from notifications.services.digests import due_after, send_digests
from notifications.services.telling import Message, tell

UTC = dt.UTC
FRIDAY = dt.datetime(2026, 3, 27, 12, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def reader(alice):
    """Alice, in Madrid, wants badges and levels by mail, once a day."""
    choose(alice.user, {Kind.BADGE: {Channel.EMAIL: True}, Kind.LEVEL: {Channel.EMAIL: True}})
    set_manner(alice.user, quiet=None, digest=Digest.DAILY, daily_cap=1)
    return alice


def hears(person, key: str, kind=Kind.BADGE, *, at: dt.datetime = FRIDAY, clock=None):
    if clock:
        clock.move_to(at)
    tell([Message(person.user, kind, key, f"You earned {key}", at, body="Well done.", url="/achievements/")])
    drain()


def morning(clock, when: str) -> int:
    """The clock at `when`, and the job of that moment, twice."""
    at = dt.datetime.fromisoformat(when)
    clock.move_to(at)
    made = send_digests(at=at) + send_digests(at=at)
    drain()
    return made


def test_a_day_s_mails_come_in_one_on_the_next_morning_also_when_the_clock_jumps(clock, reader):
    hears(reader, "First Steps")
    hears(reader, "Explorer")
    hears(reader, "Stones", Kind.CERTIFICATE)  # can't wait
    assert [m.subject for m in outgoing.outbox] == ["You earned Stones"]
    assert morning(clock, "2026-03-28T06:59:00+00:00") == 0
    assert morning(clock, "2026-03-28T07:00:00+00:00") == 1  # 08:00 in Madrid
    mail = outgoing.outbox[1]
    assert mail.subject == "2 things that waited for you"
    for words in (mail.body, mail.alternatives[0].content):
        assert words.index("You earned First Steps") < words.index("You earned Explorer")
        assert "http://localhost:8000/achievements/" in words
    hears(reader, "Night Owl", at=dt.datetime(2026, 3, 28, 22, tzinfo=UTC), clock=clock)
    # The night in which Europe's clocks go forward: 08:00 comes an hour earlier.
    assert morning(clock, "2026-03-29T05:59:00+00:00") == 0
    assert morning(clock, "2026-03-29T06:00:00+00:00") == 1
    assert morning(clock, "2026-03-29T20:00:00+00:00") == 0
    assert len(outgoing.outbox) == 3
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_what_is_turned_off_meanwhile_is_not_in_it_and_an_empty_one_is_not_sent(clock, reader):
    hears(reader, "First Steps")
    hears(reader, "Level", Kind.LEVEL)
    choose(reader.user, {Kind.BADGE: {Channel.EMAIL: False}})
    assert morning(clock, "2026-03-28T07:00:00+00:00") == 1
    assert "First Steps" not in outgoing.outbox[0].body
    hears(reader, "2", Kind.LEVEL, at=dt.datetime(2026, 3, 28, 12, tzinfo=UTC), clock=clock)
    choose(reader.user, {Kind.LEVEL: {Channel.EMAIL: False}})
    assert morning(clock, "2026-03-29T07:00:00+00:00") == 1
    assert len(outgoing.outbox) == 1
    assert Delivery.objects.get(kind="digest", key="2026-03-29").state == "suppressed"


def test_who_stops_wanting_a_digest_gets_what_waited(clock, reader):
    hears(reader, "First Steps")
    set_manner(reader.user, quiet=None, digest=Digest.OFF, daily_cap=None)
    assert morning(clock, "2026-03-27T12:15:00+00:00") == 1
    assert "First Steps" in outgoing.outbox[0].body


@pytest.mark.parametrize(
    ("told", "digest", "due"),
    [
        ("2026-03-27T06:59:00+00:00", "daily", "2026-03-27T07:00:00+00:00"),
        ("2026-03-27T07:00:00+00:00", "daily", "2026-03-28T07:00:00+00:00"),
        ("2026-03-28T12:00:00+00:00", "daily", "2026-03-29T06:00:00+00:00"),
        ("2026-03-27T12:00:00+00:00", "weekly", "2026-03-30T06:00:00+00:00"),
        ("2026-03-30T05:00:00+00:00", "weekly", "2026-03-30T06:00:00+00:00"),
        ("2026-03-30T06:00:00+00:00", "weekly", "2026-04-06T06:00:00+00:00"),
    ],
)
def test_mornings_are_those_of_the_reader(told, digest, due):
    at = due_after(dt.datetime.fromisoformat(told), digest, "Europe/Madrid")
    assert at == dt.datetime.fromisoformat(due)
