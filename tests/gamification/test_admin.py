"""Badges, rules and the ledger in the admin."""

from __future__ import annotations

import pytest
from django.contrib.admin import site as admin_site
from django.utils import timezone

from gamification.kinds import Icon
from gamification.models import Badge, XPEntry, XPRule
from learning.templatetags.icons import BADGE_ICONS, badge_icon

OUR_APPS = {"learning", "gamification", "notifications", "chat", "analytics"}


@pytest.fixture
def entry(alice):
    now = timezone.now()
    return XPEntry.objects.create(
        learner=alice.user, amount=10, rule="lesson_completed", source="lesson:1", created_at=now, day=now.date()
    )


def test_staff_change_a_badge_and_a_rule(staff):
    badge = Badge.objects.first() or Badge.objects.create(key="x", title="X", metric="sessions", threshold=3)
    fields = {"key": badge.key, "title": "Renamed", "description": "Do it.", "icon": "stone", "metric": badge.metric}
    fields |= {"threshold": 4, "scope": badge.scope, "position": 0, "is_active": "on"}
    assert staff.submit(f"/admin/gamification/badge/{badge.pk}/change/", fields).status_code == 302
    badge.refresh_from_db()
    assert (badge.title, badge.threshold) == ("Renamed", 4)
    wrong = staff.submit(f"/admin/gamification/badge/{badge.pk}/change/", {**fields, "icon": "unicorn"})
    assert wrong.status_code == 200  # only what is drawn
    rule, _ = XPRule.objects.get_or_create(key="course_completed", defaults={"amount": 100})
    where = f"/admin/gamification/xprule/{rule.pk}/change/"
    staff.submit(where, {"key": rule.key, "amount": 120, "is_active": "on"})
    rule.refresh_from_db()
    assert rule.amount == 120


def test_every_drawing_that_a_badge_can_have_is_drawn():
    assert set(Icon.values) == BADGE_ICONS
    assert all("<svg" in badge_icon(name) for name in Icon.values)


def test_nobody_rewrites_the_ledger(staff, admin, entry):
    where = f"/admin/gamification/xpentry/{entry.pk}"
    for person in (staff, admin):
        assert person.get(f"{where}/change/").status_code == 200
        assert person.submit(f"{where}/change/", {"amount": 9999}).status_code == 403
        assert person.submit(f"{where}/delete/", {"post": "yes"}).status_code == 403
        body = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
        person.submit("/admin/gamification/xpentry/", body)
    entry.refresh_from_db()
    assert entry.amount == 10


def test_instructors_see_no_ledger(ines, course, entry):
    assert ines.get("/admin/gamification/xpentry/").status_code == 403


def test_staff_correct_with_a_reason_and_the_ledger_grows(staff, alice, entry):
    where = "/admin/gamification/xpentry/add/"
    assert staff.get(where).status_code == 200
    for fields in ({"amount": -4, "reason": ""}, {"amount": 0, "reason": "Nothing"}):
        assert staff.submit(where, {"learner": alice.user.pk, **fields}).status_code == 200
    for amount in (-4, 2):
        fields = {"learner": alice.user.pk, "amount": amount, "reason": "Paid by mistake", "rule": "lesson_completed"}
        assert staff.submit(where, fields).status_code == 302
    made = XPEntry.objects.exclude(pk=entry.pk).order_by("pk")
    assert [(e.amount, e.rule, e.reason) for e in made] == [
        (-4, "correction", "Paid by mistake"),
        (2, "correction", "Paid by mistake"),
    ]
    assert alice.user.gamification.xp == -2
    entry.refresh_from_db()
    assert entry.amount == 10


def test_instructors_correct_nothing(ines, course, alice):
    where = "/admin/gamification/xpentry/add/"
    assert ines.submit(where, {"learner": alice.user.pk, "amount": 9, "reason": "Mine"}).status_code == 403
    assert not XPEntry.objects.exists()


def test_every_page_of_ours_stands_in_the_sidebar_of_those_who_may_open_it(staff, ines, course):
    ours = [model for model in admin_site._registry if model._meta.app_label in OUR_APPS]
    links = {f'href="/admin/{m._meta.app_label}/{m._meta.model_name}/"' for m in ours}
    hall = staff.get("/admin/").content.decode() + ines.get("/admin/").content.decode()
    assert {link for link in links if link not in hall} == set()
    assert 'href="/admin/gamification/courseswitches/"' in ines.get("/admin/").content.decode()
