"""Nobody is asked over the network while a transaction is open, and nobody outside this machine at all, in any test.

Every test runs under this watch (tests/conftest.py); these see that it bites.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import threading
from pathlib import Path

import pytest
import redis
from django.db import transaction

from learning import outbox
from tests.sockets import Refused, all_allowed


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()


def test_a_connection_in_an_open_transaction_is_refused(db, listener):
    with all_allowed() as told, transaction.atomic(), pytest.raises(Refused, match="in an open transaction"):
        socket.create_connection(listener, timeout=1)
    assert len(told) == 1


def test_so_is_one_deep_inside_a_library(db, listener):
    with all_allowed(), transaction.atomic(), transaction.atomic(), pytest.raises(Refused):
        smtplib.SMTP(*listener, timeout=1)


def test_before_and_after_it_is_not(db, listener):
    socket.create_connection(listener, timeout=1).close()
    with transaction.atomic():
        pass
    socket.create_connection(listener, timeout=1).close()


def test_what_commit_sets_free_may_connect(transactional_db, listener):
    connected = []
    with transaction.atomic():
        transaction.on_commit(lambda: connected.append(socket.create_connection(listener, timeout=1)))
    connected[0].close()


def test_another_thread_without_a_transaction_may_connect(db, listener):
    connected = []
    with transaction.atomic():
        thread = threading.Thread(target=lambda: connected.append(socket.create_connection(listener, timeout=1)))
        thread.start()
        thread.join()
    connected[0].close()


def test_a_local_socket_counts_as_one_too(db, tmp_path: Path):
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        with all_allowed(), transaction.atomic(), pytest.raises(Refused):
            client.connect(str(tmp_path / "s"))


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("10.0.0.1", 443), ("example.org", 80)])
def test_nobody_outside_this_machine_is_asked(address):
    with all_allowed(), socket.socket() as sock, pytest.raises(Refused, match="not on this machine"):
        sock.connect(address)


def test_a_refusal_that_is_swallowed_is_still_told(db, listener):
    with all_allowed() as told, transaction.atomic(), contextlib.suppress(Exception):
        socket.create_connection(listener, timeout=1)
    assert "in an open transaction" in told[0]


def test_redis_may_be_asked_in_a_transaction(db, listener):
    """The cache is: its client gives up within 0.3 s. Nobody answers here, so the client's own error shows it went."""
    client = redis.Redis(*listener, socket_timeout=0.05)
    with transaction.atomic(), pytest.raises(redis.RedisError):
        client.ping()


def test_a_handler_of_the_outbox_runs_outside_any_transaction(db, listener, monkeypatch):
    from django.utils import timezone

    monkeypatch.setitem(outbox._handlers, "test", lambda key, payload: socket.create_connection(listener).close())
    outbox.put("test", "a", {}, at=timezone.now())
    assert outbox.drain() == 1
