"""The relay: drains the outbox until it is asked to stop, and minds the clock where there is no broker."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from learning import outbox
from learning.management.commands.relay import Clock, relay
from learning.models import Outbox, SigninFailures
from learning.tasks import sweep_outbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(monkeypatch):
    """The keys that a handler of kind `test` was given."""
    keys = []
    monkeypatch.setitem(outbox._handlers, "test", lambda key, payload: keys.append(key))
    return keys


@pytest.fixture
def over():
    """A row that the clock should forget."""
    return SigninFailures.objects.create(key="old", window_ends_at=timezone.now())


def asked(*keys):
    for key in keys:
        outbox.put("test", key, {}, at=timezone.now())


def test_once_does_what_is_due_and_ends(done, capsys):
    asked("a", "b")
    call_command("relay", once=True)
    assert done == ["a", "b"]
    assert capsys.readouterr().out == "2 done\n"


def test_it_finishes_the_row_it_has_begun_and_leaves_the_next(done):
    asked("first", "second")
    relay(lambda: bool(done), pause=lambda seconds: None)
    assert done == ["first"]
    assert Outbox.objects.get(key="second").state == Outbox.State.WAITING


def test_without_a_broker_it_also_forgets(done, settings, over):
    settings.REDIS_URL = ""
    asked("only")
    relay(lambda: bool(done) and not SigninFailures.objects.exists(), pause=lambda seconds: None)
    assert done == ["only"]


def test_with_a_broker_the_clock_is_somebody_elses(done, settings, over):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    asked("only")
    relay(lambda: bool(done), pause=lambda seconds: None)
    assert SigninFailures.objects.exists()


def test_its_clock_strikes_at_once_and_then_once_a_period():
    clock = Clock(every=60)
    assert [clock.is_due(now) for now in (5, 6, 64, 65, 66)] == [True, False, False, True, False]


def test_the_sweep_of_the_clock_does_what_the_relay_left(done):
    asked("left")
    assert sweep_outbox() == 1
    assert done == ["left"]
