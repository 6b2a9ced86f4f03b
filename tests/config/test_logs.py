"""The log tells what happened, and nothing about people."""

from __future__ import annotations

import json
import logging
import logging.config

import pytest
import structlog
from django.utils import timezone

from config.logs import logging_config
from learning import outbox
from learning.models import Outbox
from tests.builders import PASSWORD


@pytest.fixture
def lines(capsys):
    """The lines that were written in production's format since the last look."""
    formatter = logging.config.DictConfigurator(logging_config(as_json=True)).configure_formatter(
        logging_config(as_json=True)["formatters"]["line"]
    )
    kept = []

    class Kept(logging.Handler):
        def emit(self, record):
            kept.append(self.format(record))

    handler = Kept()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    quiet = logging.getLogger("cairn.request").level
    logging.getLogger("cairn.request").setLevel(logging.INFO)
    root.addHandler(handler)
    yield kept
    root.removeHandler(handler)
    logging.getLogger("cairn.request").setLevel(quiet)


def test_a_request_is_one_line_of_json_with_the_id_that_its_answer_carries(alice, course, lines):
    answer = alice.get(f"/courses/{course.slug}/?secret=abc")
    (line,) = [json.loads(line) for line in lines if '"cairn.request"' in line]
    assert line["request_id"] == answer["X-Request-ID"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "courses/<slug:slug>/", 200)
    assert "secret" not in json.dumps(line)


def test_the_proxys_id_is_taken_up_and_a_made_up_one_is_not(client):
    assert client.get("/health/live/", headers={"X-Request-ID": "a1b2c3d4e5"})["X-Request-ID"] == "a1b2c3d4e5"
    forged = client.get("/health/live/", headers={"X-Request-ID": 'x" injected=1'})["X-Request-ID"]
    assert "injected" not in forged


def test_no_address_no_password_and_no_key_of_a_link_reaches_the_log(anonymous, alice, lines, mailoutbox):
    anonymous.submit("/accounts/login/", {"login": alice.user.email, "password": PASSWORD + "x"})
    anonymous.submit("/accounts/password/reset/", {"email": alice.user.email})
    anonymous.get("/accounts/password/reset/key/1-cq3v2k-8f7d6c5b4a3928170f6e5d4c3b2a1908/")
    logging.getLogger("library").error("refused alice@example.org for key 8f7d6c5b4a3928170f6e5d4c3b2a1908")
    written = "\n".join(lines)
    assert "[address]" in written
    assert "[key]" in written
    for secret in (alice.user.email, PASSWORD, "8f7d6c5b4a3928170f6e5d4c3b2a1908"):
        assert secret not in written


def test_what_a_request_leaves_in_the_outbox_is_done_under_its_id(db, monkeypatch):
    seen = []
    act = lambda key, payload: seen.append((structlog.contextvars.get_contextvars()["request_id"], payload))  # noqa: E731
    monkeypatch.setitem(outbox._handlers, "test", act)
    with structlog.contextvars.bound_contextvars(request_id="r-1234567"):
        outbox.put("test", "k", {"a": 1}, at=timezone.now())
    outbox.drain()
    assert seen == [("r-1234567", {"a": 1})]
    assert Outbox.objects.get().state == "done"


def test_what_celery_tells_of_a_task_is_a_line_like_the_others_and_names_nobody(lines, caplog):
    caplog.set_level(logging.INFO, "django_structlog")
    structlog.get_logger("django_structlog.celery.receivers").info("task_failed", error="no box for a@example.org")
    line = json.loads(lines[-1])
    assert (line["event"], line["level"], line["error"]) == ("task_failed", "info", "no box for [address]")


def test_a_persons_own_machine_gets_lines_to_read():
    formatter = logging_config(as_json=False)["formatters"]["line"]["processors"][-1]
    assert isinstance(formatter, structlog.dev.ConsoleRenderer)


def test_the_worker_takes_up_the_id_that_comes_with_a_task():
    from config.celery import app

    assert [step.__name__ for step in app.steps["worker"]] == ["DjangoStructLogInitStep"]
