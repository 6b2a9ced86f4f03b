"""What somebody wants to hear: over the API, on the page, and with one click in a mail."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.kinds import Channel, Kind
from notifications.models import Choice, DeadAddress, Manner
from notifications.services.choosing import choose, hear_no_more

URL = "/api/notifications/preferences/"
PAGE = "/settings/notifications/"


def test_everybody_begins_with_what_each_kind_says(alice):
    found = alice.get(URL).json()
    assert found["matrix"]["streak_at_risk"] == {"in_app": True, "email": False, "push": True, "sms": False}
    assert found["matrix"]["weekly_summary"]["email"]
    assert "digest" not in found["matrix"]
    assert (found["quiet_hours"], found["digest"], found["daily_cap"]) == (None, "off", 10)


def test_what_is_put_is_what_is_found_and_the_rest_stays(alice, bob):
    quiet = {"from": "22:00", "to": "07:30"}
    matrix = {"badge": {"email": True}, "announcement": {"in_app": False, "email": False}}
    body = {"matrix": matrix, "quiet_hours": quiet, "digest": "weekly", "daily_cap": None}
    for _ in range(2):
        answer = alice.put(URL, body).json()
    assert alice.get(URL).json() == answer
    assert answer["matrix"]["badge"] == {"in_app": True, "email": True, "push": False, "sms": False}
    assert answer["matrix"]["announcement"]["in_app"]  # mandatory
    assert not answer["matrix"]["announcement"]["email"]
    assert (answer["quiet_hours"], answer["digest"], answer["daily_cap"]) == (quiet, "weekly", None)
    assert alice.put(URL, {"daily_cap": 3}).json() == answer | {"daily_cap": 3}
    assert not bob.get(URL).json()["matrix"]["badge"]["email"]
    alice.put(URL, {"matrix": {"badge": {"email": False}, "announcement": {"email": True}}})
    assert not Choice.objects.exists()  # as their kinds say: nothing to keep


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"matrix": {"digest": {"email": False}}}, "matrix.digest"),
        ({"matrix": {"badge": {"fax": True}}}, "matrix.badge.fax"),
        ({"matrix": {"badge": {"email": "yes"}}}, "matrix.badge.email"),
        ({"quiet_hours": {"from": "22:00", "to": "22:00"}}, "quiet_hours.to"),
        ({"quiet_hours": {"from": "25:00", "to": "07:00"}}, "quiet_hours.from"),
        ({"quiet_hours": {"from": "22:00"}}, "quiet_hours.to"),
        ({"digest": "hourly"}, "digest"),
        ({"daily_cap": 0}, "daily_cap"),
        ({"sound": True}, "sound"),
    ],
)
def test_what_can_not_be_is_refused_by_name_and_changes_nothing(alice, body, field):
    answer = alice.put(URL, {"matrix": {"level": {"email": True}}} | body)
    assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (400, [field])
    assert not Choice.objects.exists()
    assert not Manner.objects.exists()


def test_the_page_offers_what_the_site_can_do_and_leaves_the_rest_as_it_was(alice, ines, course, settings):
    page = alice.get(PAGE).content.decode()
    assert "streak_at_risk:email" in page
    assert "streak_at_risk:push" not in page
    assert ":sms" not in page
    alice.submit(PAGE, {"on": ["badge:in_app"], "digest": "off", "daily_cap": ""})
    assert alice.get(URL).json()["matrix"]["streak_at_risk"]["push"]
    settings.SMS_URL = "https://sms.example/"
    assert "streak_at_risk:sms" in alice.get(PAGE).content.decode()
    assert "question:email" not in page
    assert "question:email" in ines.get(PAGE).content.decode()


def test_the_page_saves_what_is_ticked(alice, settings):
    settings.VAPID_PUBLIC_KEY = "a key"
    page = alice.get(PAGE).content.decode()
    assert 'value="weekly_summary:email" checked' in page
    assert 'value="announcement:in_app" checked disabled' in page
    sent = {"on": ["badge:email", "level:in_app"], "quiet_from": "22:00", "quiet_to": "07:00", "digest": "daily"}
    assert alice.submit(PAGE, sent | {"daily_cap": ""}).status_code == 302
    found = alice.get(URL).json()
    assert found["matrix"]["badge"]["email"]
    assert not found["matrix"]["badge"]["in_app"]
    assert not found["matrix"]["weekly_summary"]["email"]
    assert not found["matrix"]["streak_at_risk"]["push"]
    assert (found["quiet_hours"], found["daily_cap"]) == ({"from": "22:00", "to": "07:00"}, None)
    page = alice.submit(PAGE, {"digest": "off", "quiet_from": "22:00", "on": ["nothing:email"]}).content.decode()
    assert "Quiet hours have a beginning and an end." in page
    assert alice.get(URL).json() == found


def test_an_address_that_took_nothing_is_shown_and_can_be_trusted_again(alice, bob):
    for person in (alice, bob):
        DeadAddress.objects.create(person=person.user, channel="email", address=person.user.email, since=timezone.now())
    page = alice.get(PAGE).content.decode()
    assert alice.user.email in page
    assert bob.user.email not in page
    alice.submit(reverse("notifications:try_addresses"))
    assert DeadAddress.objects.get().person == bob.user


def test_who_wants_no_more_digests_gets_none_of_what_was_in_them(alice):
    hear_no_more(alice.user, Kind.DIGEST, Channel.EMAIL)
    choose(alice.user, {Kind.ANNOUNCEMENT: {Channel.IN_APP: False}})
    matrix = alice.get(URL).json()["matrix"]
    assert not matrix["announcement"]["email"]
    assert matrix["certificate"]["email"]
