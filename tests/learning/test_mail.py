"""Mail waits in the outbox: a mail server that is away never stops anybody."""

from __future__ import annotations

import re
import socket

import pytest
from aiosmtpd.controller import Controller
from django.core import mail as django_mail
from django.utils import timezone

from learning import mail
from learning.models import Outbox, User
from learning.outbox import drain
from tests.builders import PASSWORD

SIGN_UP = {"email": "new@example.org", "password1": PASSWORD, "display_name": "Nia", "time_zone": "Asia/Tokyo"}


class Server:
    """A mail server that takes what it is told to take."""

    def __init__(self):
        self.received, self.answer_recipient, self.answer_data = [], "250 OK", "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.answer_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_recipient

    async def handle_DATA(self, server, session, envelope):
        if self.answer_data.startswith("250"):
            self.received.append((envelope.rcpt_tos, envelope.content.decode()))
        return self.answer_data


@pytest.fixture
def smtp(settings):
    server = Server()
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    use_server(settings, controller.port)
    yield server
    controller.stop()


def use_server(settings, port):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def a_mail(**fields):
    content = {"to": "a@example.org", "subject": "Hello", "text": "Code 1234", "html": "<p>Code 1234</p>", **fields}
    return mail.post(**content, at=timezone.now())


def test_a_mail_arrives_as_text_and_html_and_is_then_forgotten(db, smtp):
    row = a_mail()
    assert drain() == 1
    [(recipients, content)] = smtp.received
    assert recipients == ["a@example.org"]
    assert "text/plain" in content
    assert "text/html" in content
    row.refresh_from_db()
    assert (row.state, row.payload) == ("done", {"to": "a@example.org"})


def test_every_try_has_the_same_message_id(db, smtp):
    row = a_mail()
    payload = row.payload
    drain()
    mail.send(row.key, payload)  # the worker died before it could mark the row
    ids = {re.search(r"(?i)^message-id: (.+?)\r?$", content, re.M)[1] for _, content in smtp.received}
    assert len(smtp.received) == 2
    assert ids == {mail.message_id(row.key)}


def test_a_row_that_was_sent_and_not_marked_is_not_sent_empty(db):
    row = a_mail()
    drain()
    Outbox.objects.filter(pk=row.pk).update(state="waiting", lease_until=None)
    assert drain() == 1
    assert len(django_mail.outbox) == 1


def test_two_equal_mails_are_two_mails(db):
    assert a_mail().key != a_mail().key
    drain()
    assert len(django_mail.outbox) == 2


def test_while_the_server_is_away_people_sign_up_and_the_mail_waits(db, settings, anonymous):
    use_server(settings, free_port())
    assert anonymous.submit("/accounts/signup/", SIGN_UP).status_code == 302
    assert drain() == 0
    row = Outbox.objects.get(kind="learning.mail")
    assert (row.state, row.attempts, row.lease_until) == ("waiting", 1, None)
    assert row.run_at > timezone.now()
    assert User.objects.filter(email="new@example.org").exists()


def test_a_mail_that_waited_is_sent_when_the_server_is_back(db, settings, smtp):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    row = a_mail()
    drain()
    settings.EMAIL_PORT = port
    Outbox.objects.filter(pk=row.pk).update(run_at=timezone.now())
    assert drain() == 1
    assert len(smtp.received) == 1


def test_a_refused_recipient_is_given_up_at_once_and_the_text_forgotten(db, smtp):
    smtp.answer_recipient = "550 no such mailbox"
    row = a_mail()
    drain()
    row.refresh_from_db()
    assert (row.state, row.attempts, row.payload) == ("dead", 1, {"to": "a@example.org"})
    assert "550" in row.last_error


def test_a_message_that_is_refused_for_good_is_given_up(db, smtp):
    smtp.answer_data = "554 not this"
    row = a_mail()
    drain()
    row.refresh_from_db()
    assert row.state == "dead"


@pytest.mark.parametrize("answer", ["451 later", "421 too busy"])
def test_a_mailbox_that_is_busy_is_tried_again(db, smtp, answer):
    smtp.answer_recipient = answer
    row = a_mail()
    drain()
    row.refresh_from_db()
    assert (row.state, row.payload["text"]) == ("waiting", "Code 1234")
    smtp.answer_recipient = "250 OK"
    Outbox.objects.filter(pk=row.pk).update(run_at=timezone.now())
    assert drain() == 1


def test_a_server_that_says_nothing_costs_no_more_than_the_time_out(db, settings):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        use_server(settings, silent.getsockname()[1])
        settings.EMAIL_TIMEOUT = 0.2
        row = a_mail()
        assert drain() == 0
    row.refresh_from_db()
    assert row.state == "waiting"
