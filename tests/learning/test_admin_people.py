"""Accounts, certificates and the outbox in the admin: what staff may do, and what they may not."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from knox.models import AuthToken

from learning.models import Certificate, Outbox, User
from tests.builders import a_course, enrolled

PEOPLE = "/admin/learning/user/"


def fields_of(user, **changes):
    return {
        "email": user.email,
        "display_name": user.display_name,
        "time_zone": user.time_zone,
        "language": user.language,
        "is_active": "on",
        **changes,
    }


def change(user):
    return f"{PEOPLE}{user.pk}/change/"


def test_staff_find_people_and_change_their_names(staff, alice):
    assert "alice@example.org" in staff.get(PEOPLE, {"q": "alice"}).content.decode()
    staff.submit(change(alice.user), fields_of(alice.user, display_name="Alicia", email="other@example.org"))
    alice.user.refresh_from_db()
    assert (alice.user.display_name, alice.user.email) == ("Alicia", "alice@example.org")


def test_a_zone_changed_by_staff_keeps_past_days(staff, alice):
    staff.submit(change(alice.user), fields_of(alice.user, time_zone="Asia/Tokyo"))
    moved = User.objects.get(pk=alice.user.pk)
    assert moved.zone_changes.count() == 1
    assert moved.zone_at(timezone.now() - dt.timedelta(days=2)) == "Europe/Madrid"
    assert moved.time_zone == "Asia/Tokyo"


@pytest.mark.parametrize("who", ["self", "learner"])
def test_staff_give_nobody_rights(staff, alice, who):
    target = staff.user if who == "self" else alice.user
    groups = set(target.groups.all())
    rights = {"is_superuser": "on", "is_staff": "on", "groups": [Group.objects.create(name="Kings").pk]}
    staff.submit(change(target), fields_of(target, **rights))
    target.refresh_from_db()
    assert (target.is_superuser, target.is_staff) == (False, who == "self")
    assert set(target.groups.all()) == groups


def test_staff_do_not_change_superusers(staff, admin):
    answer = staff.submit(change(admin.user), fields_of(admin.user, display_name="Taken"))
    assert answer.status_code == 403
    admin.user.refresh_from_db()
    assert admin.user.display_name == "Ada"


def test_nobody_locks_themselves_out(staff, admin):
    for person in (staff, admin):
        fields = fields_of(person.user)
        del fields["is_active"]
        person.submit(change(person.user), fields)
        person.user.refresh_from_db()
        assert person.user.is_active
        assert person.user.is_staff


def test_superusers_give_rights(admin, alice):
    group = Group.objects.create(name="Staff")
    admin.submit(change(alice.user), fields_of(alice.user, is_staff="on", groups=[group.pk]))
    assert User.objects.get(pk=alice.user.pk).is_staff_member


def test_nobody_is_added_or_deleted_here(admin, staff, alice):
    for person in (admin, staff):
        assert person.get(f"{PEOPLE}add/").status_code == 403
        assert person.submit(f"{PEOPLE}{alice.user.pk}/delete/", {"post": "yes"}).status_code == 403
        person.submit(PEOPLE, {"action": "delete_selected", "_selected_action": [alice.user.pk], "post": "yes"})
    assert User.objects.filter(pk=alice.user.pk).exists()


def test_a_token_is_listed_without_itself_and_taken_away_by_a_superuser(admin, staff, alice):
    row, token = AuthToken.objects.create(alice.user)
    assert staff.get("/admin/knox/authtoken/").status_code == 403
    pages = ["/admin/knox/authtoken/", f"/admin/knox/authtoken/{row.pk}/change/"]
    for body in (admin.get(page).content.decode() for page in pages):
        assert "Alice" in body
        assert row.token_key not in body
        assert token not in body
    assert admin.get("/admin/knox/authtoken/", {"q": row.token_key}).context["cl"].result_count == 0
    admin.submit("/admin/knox/authtoken/", {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert not AuthToken.objects.exists()


def test_certificates_are_revoked_by_staff_once_and_by_no_instructor(ines, staff, alice, course):
    row = Certificate.objects.create(
        enrollment=enrolled(alice.user, course), learner_name="Alice", course_title="Stones", issued_at=timezone.now()
    )
    body = {"action": "revoke_selected", "_selected_action": [row.pk]}
    where = "/admin/learning/certificate/"
    ines.submit(where, body)
    row.refresh_from_db()
    assert row.revoked_at is None
    staff.submit(where, body)
    row.refresh_from_db()
    first = row.revoked_at
    assert first
    staff.submit(where, body)
    row.refresh_from_db()
    assert row.revoked_at == first


def test_staff_wake_what_was_given_up_and_nothing_else(staff):
    long_ago = timezone.now() - dt.timedelta(days=3)

    def put(state):
        return Outbox.objects.create(
            key=state, kind="mail", state=state, created_at=long_ago, run_at=long_ago, payload={"text": "Zyzzogeton"}
        )

    dead, done = put("dead"), put("done")
    where = "/admin/learning/outbox/"
    staff.submit(where, {"action": "try_again_selected", "_selected_action": [dead.pk, done.pk]})
    dead.refresh_from_db()
    done.refresh_from_db()
    assert (dead.state, done.state) == ("waiting", "done")
    assert dead.run_at > long_ago
    assert staff.get(where, {"state__exact": "waiting"}).context["cl"].result_count == 1
    assert "Zyzzogeton" not in staff.get(f"{where}{dead.pk}/change/").content.decode()


def test_staff_author_every_course(staff, ines):
    course = a_course(ines.user)
    assert staff.get(f"/admin/learning/course/{course.pk}/change/").status_code == 200
    assert staff.get("/admin/learning/category/add/").status_code == 200
    staff.submit("/admin/learning/category/add/", {"name": "Rocks", "slug": "rocks", "position": 0})
    page = ines.get(f"/admin/learning/course/{course.pk}/change/").content.decode()
    assert "Rocks" in page
    assert "/admin/learning/category/add/" not in page
