"""`/api/notifications/`: one's own, newest first, read once."""

from __future__ import annotations

import datetime as dt

import pytest

from notifications.models import Notification
from tests.builders import notify
from tests.conformance.budgets import shown, statements
from tests.notifications.test_telling import MORNING, a_notification

LIST = "/api/notifications/"
COUNT = "/api/notifications/unread-count/"
ALL = "/api/notifications/read-all/"


def filled(person, count: int) -> list[Notification]:
    """`count` notifications, a minute apart, the oldest first."""
    rows = [a_notification(person, str(n), created_at=MORNING + dt.timedelta(minutes=n)) for n in range(count)]
    return notify(rows)


def read(person, row: Notification):
    return person.post(f"{LIST}{row.pk}/read/")


def unread(person) -> int:
    return person.get(COUNT).json()["unread"]


def test_a_notification_says_what_happened_and_where_it_leads(alice, bob):
    notify([a_notification(alice, "2", title="You reached level 2", body="Level 3 comes.", url="/my-learning/")])
    filled(bob, 2)
    (row,) = alice.get(LIST).json()["results"]
    assert row.pop("id") == Notification.objects.get(learner=alice.user).pk
    assert row.pop("created_at")
    assert row == {
        "kind": "level", "key": "2", "title": "You reached level 2", "body": "Level 3 comes.", "url": "/my-learning/",
        "read_at": None,
    }  # fmt: skip


def test_the_newest_come_first_and_a_cursor_leads_to_the_others(alice):
    filled(alice, 25)
    page = alice.get(LIST).json()
    assert set(page) == {"next", "previous", "results"}
    rest = alice.get(page["next"]).json()
    keys = [row["key"] for row in page["results"] + rest["results"]]
    assert keys == [str(n) for n in reversed(range(25))]
    assert rest["next"] is None


def test_unread_ones_or_read_ones_can_be_asked_for(alice):
    first, _ = filled(alice, 2)
    read(alice, first)
    keys = {
        flag: [row["key"] for row in alice.get(LIST, {"unread": flag}).json()["results"]] for flag in ("true", "false")
    }
    assert keys == {"true": ["1"], "false": ["0"]}
    assert len(alice.get(LIST, {"unread": ""}).json()["results"]) == 2
    assert alice.get(LIST, {"unread": "perhaps"}).status_code == 400


def test_reading_one_takes_one_off_the_count_and_reading_it_again_takes_none(alice):
    first, _ = filled(alice, 2)
    assert unread(alice) == 2
    assert read(alice, first).json() == {"unread": 1}
    when = Notification.objects.get(pk=first.pk).read_at
    assert when is not None
    assert read(alice, first).json() == {"unread": 1}
    assert Notification.objects.get(pk=first.pk).read_at == when


def test_reading_all_reads_all_of_mine_and_none_of_others(alice, bob):
    filled(alice, 3)
    filled(bob, 2)
    assert alice.post(ALL).json() == {"unread": 0}
    assert alice.post(ALL).json() == {"unread": 0}
    assert (unread(alice), unread(bob)) == (0, 2)


@pytest.mark.parametrize("who", ["bob", "ines", "staff", "admin"])
def test_what_is_somebody_elses_does_not_exist_whoever_asks(alice, who, request):
    (row,) = filled(alice, 1)
    other = request.getfixturevalue(who)
    assert read(other, row).status_code == 404
    assert other.get(LIST).json()["results"] == []
    assert unread(other) == 0
    assert unread(alice) == 1


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 30])
def test_what_does_not_exist_is_404(alice, pk):
    assert alice.post(f"{LIST}{pk}/read/").status_code == 404


def test_visitors_are_told_to_sign_in(anonymous):
    for path in (LIST, COUNT):
        assert anonymous.get(path).status_code == 401
    for path in (ALL, f"{LIST}1/read/"):
        assert anonymous.post(path).status_code == 401


def test_nothing_changes_by_looking(alice):
    (row,) = filled(alice, 1)
    assert alice.get(f"{LIST}{row.pk}/read/").status_code == 405
    assert alice.get(ALL).status_code == 405
    assert alice.post(ALL, {"surprise": 1}).status_code == 400
    alice.get(LIST)
    assert unread(alice) == 1


@pytest.mark.parametrize("count", [1, 60])
def test_the_list_costs_the_same_however_long_it_is(alice, count):
    filled(alice, count)
    with statements() as spent:
        alice.get(LIST)
    assert len(spent) <= 1, shown(spent)
    with statements() as spent:
        alice.get(COUNT)
    assert len(spent) <= 1, shown(spent)


def test_nobody_reads_others_notifications_in_the_admin(admin, staff, ines, course):
    for person in (admin, staff, ines):
        assert person.get("/admin/notifications/notification/").status_code == 404
