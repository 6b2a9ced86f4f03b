"""The outbox: asked for once, done until it is done, given up when it can't be."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone

from learning import outbox
from learning.models import Outbox

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


class Handler:
    """What it was given, and what it is told to raise."""

    def __init__(self):
        self.given, self.error = [], None

    def __call__(self, key, payload):
        self.given.append((key, payload))
        if self.error:
            raise self.error


@pytest.fixture
def handler(monkeypatch):
    handler = Handler()
    monkeypatch.setitem(outbox._handlers, "test", handler)
    return handler


def a_row(key="a", **fields):
    row = outbox.put("test", key, {"id": 7}, at=timezone.now())
    if fields:
        Outbox.objects.filter(pk=row.pk).update(**fields)
    return row


def now_again(row):
    """As if its pause, its lease and its place in a queue were over."""
    past = timezone.now() - dt.timedelta(seconds=1)
    Outbox.objects.filter(pk=row.pk).update(run_at=past)
    Outbox.objects.filter(pk=row.pk).exclude(lease_until=None).update(lease_until=past)
    row.refresh_from_db()
    return row


def test_the_same_key_asks_for_nothing_more(handler):
    assert a_row().pk == a_row().pk
    assert outbox.drain() == 1
    assert handler.given == [("a", {"id": 7})]


def test_many_are_asked_for_at_once_and_those_that_were_there_are_left_out(handler):
    a_row("b")
    new = outbox.put_many("test", {"a": {"n": 1}, "b": {"n": 2}, "c": {}}, at=timezone.now())
    assert [row.key for row in new] == ["a", "c"]
    assert outbox.put_many("test", {}, at=timezone.now()) == []
    assert outbox.drain() == 3
    assert ("b", {"id": 7}) in handler.given


def test_what_is_for_later_waits(handler):
    now = timezone.now()
    outbox.put("test", "later", {}, at=now, run_at=now + HOUR)
    assert outbox.drain() == 0
    now_again(Outbox.objects.get())
    assert outbox.drain() == 1


def test_a_row_that_somebody_is_doing_is_left_alone_until_their_lease_is_over(handler):
    row = a_row()
    assert outbox._claim(row.pk, at=timezone.now())
    assert (outbox.drain(), outbox.do(row.pk)) == (0, False)
    now_again(row)
    assert outbox.drain() == 1


def test_who_was_too_slow_marks_nothing(handler):
    row = a_row()
    slow = outbox._claim(row.pk, at=timezone.now())
    now_again(row)
    handler.error = OSError("still failing")
    outbox.drain()
    assert outbox._mine(slow).update(state="done") == 0
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("waiting", 2)


def test_a_row_that_ends_its_process_each_time_is_given_up_and_the_others_go_on(handler):
    poison, other = a_row("poison"), a_row("other")
    Outbox.objects.filter(pk=poison.pk).update(run_at=timezone.now() - HOUR)  # always first in line
    runs = 0
    while outbox._claim(poison.pk, at=timezone.now()).crashes <= outbox.MOST_CRASHES:
        runs += 1
        now_again(poison)
    now_again(poison)
    assert outbox.drain() == 1
    assert [key for key, _ in handler.given] == ["other"]
    poison.refresh_from_db()
    other.refresh_from_db()
    assert (runs, poison.state, other.state) == (4, "dead", "done")
    assert "died" in poison.last_error


def test_a_failure_is_tried_again_later_and_given_up_a_day_after_the_first(handler):
    handler.error = OSError("no route")
    row = a_row(created_at=timezone.now() - 48 * HOUR)  # how long it waited for its time does not count
    outbox.drain()
    row.refresh_from_db()
    assert (row.state, row.crashes, row.last_error) == ("waiting", 0, "OSError: no route")
    assert timezone.now() < row.run_at < timezone.now() + dt.timedelta(seconds=3)
    Outbox.objects.update(give_up_at=timezone.now())
    now_again(row)
    outbox.drain()
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("dead", 2)


def test_the_pause_doubles_up_to_an_hour():
    waits = [outbox._wait(n).total_seconds() for n in (1, 5, 11, 12, 40, 5000)]
    assert all(
        low <= wait <= high
        for wait, (low, high) in zip(waits, [(1, 2), (16, 32), (1024, 2048), *[(1800, 3600)] * 3], strict=True)
    )


def test_a_provider_that_says_when_is_asked_then(handler):
    handler.error = outbox.NotNow("busy", wait=HOUR)
    row = a_row()
    outbox.drain()
    row.refresh_from_db()
    assert abs(row.run_at - timezone.now() - HOUR) < dt.timedelta(seconds=30)


def test_what_cannot_be_helped_is_given_up_at_once(handler):
    handler.error = outbox.GiveUp("550 no such mailbox")
    row = a_row()
    outbox.drain()
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("dead", 1)


def test_a_row_that_is_woken_has_its_day_and_its_lives_again(handler):
    row = a_row(state="dead", crashes=4, give_up_at=timezone.now() - HOUR, attempts=9)
    assert outbox.try_again(Outbox.objects.all(), at=timezone.now()) == 1
    handler.error = OSError()
    outbox.drain()
    row.refresh_from_db()
    assert (row.state, row.crashes, row.attempts) == ("waiting", 0, 10)  # attempts only grow: they tell claims apart


def test_a_kind_that_this_version_does_not_know_waits_for_one_that_does(handler):
    row = outbox.put("from.tomorrow", "t", {}, at=timezone.now())
    assert (outbox.drain(), outbox.do(row.pk)) == (0, False)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("waiting", 0)


def test_a_kind_may_need_more_time_than_others(handler, monkeypatch):
    monkeypatch.setitem(outbox._manners, "test", outbox.Manner(lease=dt.timedelta(minutes=5)))
    row = a_row()
    now = timezone.now()
    assert outbox._claim(row.pk, at=now).lease_until == now + dt.timedelta(minutes=5)
    row.refresh_from_db()
    assert row.lease_until == now + dt.timedelta(minutes=5)


def test_there_are_three_queues_and_no_more():
    with pytest.raises(ValueError, match="no queue"):
        outbox.handles("test", queue="fast")


def test_the_command_counts_drains_and_wakes(handler, capsys):
    a_row("a")
    a_row("b", state="dead")
    outbox.put("from.tomorrow", "t", {}, at=timezone.now())
    call_command("outbox", drain=True, try_again="test")
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["1 woken", "2 done"]
    assert [line.split() for line in lines[2:]] == [
        ["kind", "waiting", "done", "dead"],
        ["from.tomorrow", "1", "0", "0", "(unknown", "to", "this", "version)"],
        ["test", "0", "2", "0"],
    ]
