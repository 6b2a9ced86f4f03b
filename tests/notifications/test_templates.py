"""Words that staff put in the place of ours, and messages on their way in the admin."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core import mail as outgoing
from django.db import IntegrityError

from learning.models import AuditEntry, Outbox
from learning.outbox import drain
from notifications.kinds import Kind
from notifications.models import Delivery, Notification, Template
from notifications.rendering.words import BadTemplate, filled, variables_in
from notifications.services.telling import Message, tell

NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
ADD = "/admin/notifications/template/add/"
LIST = "/admin/notifications/template/"


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def a_template(**fields):
    return {"kind": "certificate", "channel": "email", "language": "en", "title": "T", "body": ""} | fields


def finished(person, **fields) -> Message:
    words = {"course": "Stones & <b>sand</b>"}
    return Message(person.user, Kind.CERTIFICATE, "1", "You finished", NOON, body="Well done.", words=words, **fields)


def test_a_template_says_what_staff_wrote_by_its_way_and_cairn_the_rest(clock, staff, alice):
    words = {"title": "{name}, {course} is yours", "body": "{body}\n\nCome to {{the}} hall."}
    assert staff.submit(ADD, a_template(**words)).status_code == 302
    assert AuditEntry.objects.filter(action="template.added").exists()
    staff.submit(ADD, a_template(channel="in_app", title="Yours: {course}", body="{days} of it"))  # has no days
    staff.submit(ADD, a_template(channel="in_app", title="Yours: {course}", body="{title}"))
    tell([finished(alice)])
    drain()
    (mail,) = outgoing.outbox
    assert mail.subject == "Alice, Stones & <b>sand</b> is yours"
    assert "Well done.\n\nCome to {the} hall." in mail.body
    assert "Stones &amp; &lt;b&gt;sand&lt;/b&gt; is yours" in mail.alternatives[0].content
    row = Notification.objects.get()
    assert (row.title, row.body) == ("Yours: Stones & <b>sand</b>", "You finished")


@pytest.mark.parametrize(
    "text", ["{nobody}", "{name.password}", "{name[0]}", "{name!r}", "{name:>9}", "{", "}", "{}", "{0}"]
)
def test_a_variable_that_the_kind_does_not_have_is_named_on_save(staff, text):
    page = staff.submit(ADD, a_template(body=text))
    assert page.status_code == 200
    assert any(words in page.content.decode() for words in ("There is no", "The braces do not fit"))
    assert not Template.objects.exists()


def test_what_a_message_lacks_leaves_the_words_that_were_told():
    assert filled("{a} of {b}", {"a": 1, "b": 2}) == "1 of 2"
    assert filled("{a} of {b}", {"a": 1}) is None
    assert variables_in("{{a}} {b}") == {"b"}
    with pytest.raises(BadTemplate):
        variables_in("{a.b}")


def test_a_preview_with_examples_and_a_sample_to_oneself_through_the_outbox(clock, staff, alice):
    staff.submit(ADD, a_template(title="{name}: {course}", body="Look at {course}."))
    template = Template.objects.get()
    page = staff.get(f"{LIST}{template.pk}/change/").content.decode()
    assert "Alice: Stones" in page
    assert "Look at Stones." in page
    asked = {"action": "send_sample", "_selected_action": [template.pk]}
    assert staff.submit(LIST, asked).status_code == 302
    assert (outgoing.outbox, Outbox.objects.filter(kind="notifications.deliver").count()) == ([], 1)
    drain()
    (mail,) = outgoing.outbox
    assert (mail.to, mail.subject) == ([staff.user.email], "Alice: Stones")
    assert "because you asked for a sample" in mail.body


def test_what_was_given_up_is_sent_again_from_the_admin(clock, staff, alice, settings):
    settings.EMAIL_BACKEND = "no.such.Backend"
    tell([finished(alice)])
    for _ in range(2):
        drain()
        clock.shift(dt.timedelta(hours=25))
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("dead", 2)
    page = staff.get("/admin/notifications/delivery/").content.decode()
    assert "Given up" in page
    assert "Well done." not in staff.get(f"/admin/notifications/delivery/{delivery.pk}/change/").content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    asked = {"action": "try_again_selected", "_selected_action": [delivery.pk]}
    staff.submit("/admin/notifications/delivery/", asked)
    assert AuditEntry.objects.filter(action="delivery.retried").exists()
    drain()
    delivery.refresh_from_db()
    assert (delivery.state, len(outgoing.outbox)) == ("sent", 1)


def test_the_database_keeps_one_template_per_kind_way_and_language(db):
    Template.objects.create(**a_template())
    with pytest.raises(IntegrityError, match=r"UNIQUE|once"):
        Template.objects.create(**a_template())
