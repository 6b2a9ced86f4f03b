"""The relay: keeps the outbox moving until it is asked to stop, and minds the clock where there is no broker."""

import datetime as dt
import threading

import pytest
from celery import current_app
from django.core.management import call_command
from django.utils import timezone
from kombu import Queue

from learning import outbox
from learning.management.relaying import Broker, relay
from learning.models import Outbox, SigninFailures
from learning.poke import listening, poke
from learning.tasks import do_outbox_row, sweep_outbox

pytestmark = pytest.mark.django_db
NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def no_broker(settings):
    """Unless a test says otherwise."""
    settings.REDIS_URL = ""


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


@pytest.fixture
def broker(settings):
    """A broker in the memory of this process."""
    settings.REDIS_URL, settings.CELERY_BROKER_URL = NOBODY, "memory://"
    broker = Broker()
    yield broker
    for name in outbox.QUEUES:
        Queue(name, routing_key=name)(broker._connect().default_channel).purge()
    broker.leave()


def asked(*keys):
    for key in keys:
        outbox.put("test", key, {}, at=timezone.now())


def no_pause(seconds):
    pass


def delivered(broker, queue="default"):
    """What a worker would take from the queue: the ids of rows."""
    simple = broker._connect().SimpleQueue(Queue(queue, routing_key=queue))
    ids = []
    while len(simple):
        message = simple.get_nowait()
        ids.append(message.payload[0][0])
        message.ack()
    return ids


def test_once_does_what_is_due_and_ends(done, capsys):
    asked("a", "b")
    call_command("relay", once=True)
    assert done == ["a", "b"]
    assert capsys.readouterr().out == "2 done\n"


def test_it_finishes_the_row_it_has_begun_and_leaves_the_next(done):
    asked("first", "second")
    relay(lambda: bool(done), pause=no_pause)
    assert done == ["first"]
    assert Outbox.objects.get(key="second").state == Outbox.State.WAITING


def test_without_a_broker_it_also_runs_the_jobs_of_the_clock(done, over):
    asked("only")
    relay(lambda: bool(done) and not SigninFailures.objects.exists(), pause=no_pause)
    assert done == ["only"]
    assert Outbox.objects.get(kind="learning.forget").state == "done"


def test_with_a_broker_the_clock_is_somebody_elses(done, broker):
    asked("only")
    looks = iter([False, True])
    relay(lambda: next(looks), pause=no_pause)
    assert list(Outbox.objects.values_list("kind", flat=True)) == ["test"]


def test_where_a_broker_answers_rows_are_handed_to_the_queue_of_their_kind(done, broker, monkeypatch):
    monkeypatch.setitem(outbox._manners, "test", outbox.Manner(queue="reports"))
    asked("a", "b")
    assert broker.take_over() == 2
    assert done == []
    assert outbox.drain() == 0  # a queue has them
    ids = delivered(broker, "reports")
    assert ids == list(Outbox.objects.order_by("pk").values_list("pk", flat=True))
    assert [do_outbox_row(pk) for pk in ids] == [True, True]
    assert done == ["a", "b"]


def test_what_was_handed_over_is_not_handed_again_until_it_may_be_lost(done, broker):
    asked("a")
    assert [broker.take_over(), broker.take_over()] == [1, 0]
    Outbox.objects.update(handed_until=timezone.now() - dt.timedelta(seconds=1))
    assert broker.take_over() == 1
    first, again = delivered(broker)
    assert first == again
    assert [do_outbox_row(first), do_outbox_row(again)] == [True, False]
    assert done == ["a"]


def test_a_worker_of_tomorrow_may_say_more(done):
    asked("a")
    assert do_outbox_row(Outbox.objects.get().pk, "more", and_more=1)


def test_a_full_queue_gets_no_more(done, broker, monkeypatch):
    monkeypatch.setattr("learning.management.relaying.MOST_QUEUED", 2)
    asked("a", "b", "c")
    assert [broker.take_over(), broker.take_over()] == [2, 0]
    delivered(broker)
    assert broker.take_over() == 1


def test_where_no_broker_answers_the_relay_does_the_rows_itself(done, settings):
    settings.REDIS_URL = settings.CELERY_BROKER_URL = NOBODY
    asked("only")
    relay(lambda: bool(done), pause=no_pause)
    assert done == ["only"]


def test_a_broker_that_breaks_in_the_middle_leaves_what_it_did_not_take_free(done, broker):
    asked("a", "b")
    taken = []

    def send(row_id, kind, manner):
        if taken:
            raise ConnectionResetError
        taken.append(row_id)

    with pytest.raises(ConnectionResetError):
        outbox.hand_over(send, queue="default", limit=10, at=timezone.now())
    assert outbox.drain() == 1
    assert done == ["b"]


def test_every_task_that_the_relay_sends_is_a_task_that_workers_know():
    assert "learning.do_outbox_row" in current_app.tasks
    assert {manner.queue for manner in outbox._manners.values()} <= {q.name for q in current_app.conf.task_queues}


def test_the_sweep_of_the_clock_does_what_the_relay_left(done):
    asked("left")
    assert sweep_outbox() == 1
    assert done == ["left"]


def test_a_poke_ends_the_pause(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    with listening() as pokes:
        woken = threading.Event()
        listener = threading.Thread(target=lambda: (pokes.wait(30), woken.set()))
        listener.start()
        poke()
        assert woken.wait(10)
        listener.join()


def test_nobody_listening_is_no_failure(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "not there"
    poke()
    with listening() as pokes:
        pokes.wait(0)


def test_a_commit_pokes(done, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.VAR_DIR = tmp_path
    with listening() as pokes:
        with django_capture_on_commit_callbacks(execute=True):
            asked("a")
        assert pokes._listener.recv(1) == b"!"
        with django_capture_on_commit_callbacks(execute=True):
            outbox.put("test", "later", {}, at=timezone.now(), run_at=timezone.now() + dt.timedelta(hours=1))
        with pytest.raises(BlockingIOError):
            pokes._listener.recv(1)
