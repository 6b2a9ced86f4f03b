"""The caller's own account."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from learning.models import User

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)


def test_me_is_who_asks(alice):
    assert alice.get("/api/me/").json() == {
        "id": alice.user.pk,
        "email": "alice@example.org",
        "display_name": "Alice",
        "time_zone": "Europe/Madrid",
        "time_zone_from": None,
        "language": "en",
        "is_instructor": False,
        "detailed_tracking": True,
        "shows_progress_publicly": False,
    }


def test_an_instructor_is_told_so(ines, course):
    assert ines.get("/api/me/").json()["is_instructor"] is True


def test_nobody_is_401(anonymous):
    answer = anonymous.get("/api/me/")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_what_is_changed_is_changed_and_the_rest_stays(alice):
    answer = alice.patch("/api/me/", {"display_name": "Alicia", "detailed_tracking": False})
    assert answer.status_code == 200
    assert answer.json() == alice.get("/api/me/").json()
    me = answer.json()
    assert (me["display_name"], me["detailed_tracking"], me["time_zone"]) == ("Alicia", False, "Europe/Madrid")


def test_a_new_time_zone_waits_for_the_next_day(alice):
    with time_machine.travel(NOON, tick=False):
        me = alice.patch("/api/me/", {"time_zone": "America/New_York"}).json()
        assert (me["time_zone"], me["time_zone_from"]) == ("America/New_York", "2026-03-03T05:00:00Z")
    with time_machine.travel(NOON + dt.timedelta(days=1), tick=False):
        assert alice.get("/api/me/").json()["time_zone_from"] is None


@pytest.mark.parametrize(
    "zone", ["Mars/Phobos", "", "../../etc/passwd", "+99", "/etc/localtime", "x" * 65, "localtime"]
)
def test_a_zone_that_does_not_exist_is_refused_by_name(alice, zone):
    answer = alice.patch("/api/me/", {"time_zone": zone})
    assert answer.status_code == 400
    assert [e["field"] for e in answer.json()["errors"]] == ["time_zone"]
    assert User.objects.get().time_zone == "Europe/Madrid"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "tlh"),
        ("language", ""),
        ("language", None),
        ("time_zone", None),
        ("time_zone", 1),
        ("display_name", "x" * 81),
        ("display_name", 7),
        ("display_name", None),
        ("display_name", ["x"]),
        ("detailed_tracking", "yes"),
        ("detailed_tracking", 1),
        ("detailed_tracking", None),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(alice, field, value):
    answer = alice.patch("/api/me/", {field: value})
    assert answer.status_code == 400
    assert [e["field"] for e in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("field", ["email", "id", "is_instructor", "time_zone_from"])
def test_what_is_not_the_learners_to_write_is_refused(alice, field):
    answer = alice.patch("/api/me/", {field: "bob@example.org"})
    assert answer.json()["errors"] == [{"field": field, "code": "read_only", "detail": "This can't be changed here."}]


@pytest.mark.parametrize("field", ["is_staff", "is_superuser", "password", "xp", "groups"])
def test_what_is_not_there_can_not_be_written(alice, field):
    answer = alice.patch("/api/me/", {field: True, "display_name": "Root"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "unknown"
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.display_name) == (False, False, "Alice")


def test_half_of_a_change_is_no_change(alice):
    alice.patch("/api/me/", {"display_name": "Alicia", "time_zone": "Mars/Phobos"})
    assert User.objects.get().display_name == "Alice"


def test_a_stored_zone_that_no_longer_exists_reads_as_utc(alice):
    User.objects.update(time_zone="Europe/Atlantis")
    assert alice.get("/api/me/").json()["time_zone"] == "UTC"
    assert alice.patch("/api/me/", {"time_zone": "Asia/Tokyo"}).status_code == 200


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "Robert'); DROP TABLE users;--", "ﷺ\u202eΩ≈ç√", "İstanbul ﬁ"]
)
def test_a_strange_name_is_kept_as_it_is(alice, name):
    assert alice.patch("/api/me/", {"display_name": name}).json()["display_name"] == name


def test_a_name_of_spaces_is_no_name(alice):
    assert alice.patch("/api/me/", {"display_name": "   "}).json()["display_name"] == ""


def test_a_name_of_which_nothing_can_be_seen_is_no_name(alice):
    assert alice.patch("/api/me/", {"display_name": "\u200b\u202e \u200b"}).json()["display_name"] == ""
    alice.submit("/settings/", {"display_name": "\u200b", "time_zone": "UTC", "language": "en"})
    alice.user.refresh_from_db()
    assert alice.user.name == "alice"
