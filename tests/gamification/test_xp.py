"""XP: what pays, what does not, and that the total is the sum of the ledger."""

from __future__ import annotations

import base64
import datetime as dt
import random

import pytest
from django.db.models import Sum
from django.utils import timezone

from gamification.kinds import level_of
from gamification.models import Profile, XPEntry, XPRule
from gamification.services.xp import award, correct
from tests.builders import a_beat, a_course, enrolled, lessons_of

URL = "/api/learner/track-lesson/"


@pytest.mark.parametrize(
    ("xp", "level", "begins", "ends"),
    [(0, 1, 0, 100), (99, 1, 0, 100), (100, 2, 100, 300), (299, 2, 100, 300), (300, 3, 300, 600), (4500, 10, 4500, 5500), (-20, 1, 0, 100)],
)  # fmt: skip
def test_level_n_begins_at_fifty_n_times_n_minus_one(xp, level, begins, ends):
    state = level_of(xp)
    assert (state.level, state.level_xp, state.next_level_xp, state.xp) == (level, begins, ends, xp)


def test_levels_agree_with_a_walk_over_all_of_them():
    for xp in range(0, 30_000, 7):
        walked = next(n for n in range(1, 1000) if 50 * (n + 1) * n > xp)
        assert level_of(xp).level == walked


def test_the_ledger_says_why_newest_first(alice, course, at_alice):
    for lesson in lessons_of(course):
        alice.post(URL, a_beat(lesson, completed=True))
    page = alice.get("/api/gamification/xp/").json()
    assert set(page) == {"next", "previous", "results"}
    assert [(r["rule"], r["amount"]) for r in page["results"]] == [
        ("course_completed", 100), ("lesson_completed", 10), ("lesson_completed", 10),
    ]  # fmt: skip
    assert page["results"][1]["source"] == f"lesson:{lessons_of(course)[1].pk}"
    assert page["results"][0]["day"] == str(alice.user.day_at(timezone.now()))


def test_nobody_sees_anothers_ledger(alice, bob, anonymous, course, at_alice):
    alice.post(URL, a_beat(lessons_of(course)[0], completed=True))
    assert bob.get("/api/gamification/xp/").json()["results"] == []
    assert anonymous.get("/api/gamification/xp/").status_code == 401


def test_the_profile_shows_level_streak_and_badges(alice, course, at_alice):
    alice.post(URL, a_beat(lessons_of(course)[0], completed=True))
    answer = alice.get("/api/gamification/profile/").json()
    badges = answer.pop("badges")
    assert len(answer.pop("challenges")) == 3
    assert answer == {
        "level": 1, "xp": 10, "level_xp": 0, "next_level_xp": 100, "current_streak": 1, "longest_streak": 1, "freezes": 0,
        "last_active_day": str(alice.user.day_at(timezone.now())),
    }  # fmt: skip
    assert [b["key"] for b in badges] == ["first_steps", "explorer"]


def test_somebody_new_has_a_profile_of_zeros(bob):
    answer = bob.get("/api/gamification/profile/").json()
    assert (answer["level"], answer["xp"], answer["current_streak"], answer["badges"]) == (1, 0, 0, [])


def test_a_rule_changed_by_staff_pays_from_then_on(alice, course, at_alice):
    first, second = lessons_of(course)
    alice.post(URL, a_beat(first, completed=True))
    XPRule.objects.filter(key="lesson_completed").update(amount=25)
    alice.post(URL, a_beat(second, completed=True))
    lessons = XPEntry.objects.filter(rule="lesson_completed").order_by("pk")
    assert list(lessons.values_list("amount", flat=True)) == [10, 25]


def test_a_correction_is_a_counter_entry_and_leaves_the_first_one(alice, staff, course, at_alice):
    alice.post(URL, a_beat(lessons_of(course)[0], completed=True))
    correct(learner=alice.user, amount=-10, reason="Paid by mistake.", by=staff.user, at=timezone.now())
    assert Profile.objects.get().xp == 0
    assert sorted(XPEntry.objects.values_list("amount", flat=True)) == [-10, 10]


def test_the_shown_total_is_the_sum_of_the_ledger_after_many_acts(alice, staff):
    dice = random.Random(7)
    now = timezone.now()
    for _ in range(300):
        if dice.random() < 0.8:
            source = f"lesson:{dice.randrange(60)}"
            award(learner=alice.user, rule="lesson_completed", source=source, at=now, day=dt.date(2026, 3, 10))
        else:
            correct(learner=alice.user, amount=dice.randrange(-30, 30), reason="Test.", by=staff.user, at=now)
    assert Profile.objects.get().xp == XPEntry.objects.aggregate(total=Sum("amount"))["total"]
    assert XPEntry.objects.filter(rule="lesson_completed").count() <= 60


def _cursor(inside: str) -> str:
    return base64.b64encode(inside.encode()).decode()


@pytest.mark.parametrize(
    "inside", ["p=x", "p=%00", "p=2026-01-01", "p=2026-01-01T00:00:00", "p=9999-12-31T23:59:59-14:00", "o=-1"]
)
def test_a_made_up_cursor_is_unknown(alice, inside):
    assert alice.get("/api/gamification/xp/", {"cursor": _cursor(inside)}).status_code == 404


def test_the_ledger_is_turned_page_by_page(alice, ines):
    course = a_course(ines.user, title="Long", lessons=5)
    enrolled(alice.user, course)
    for lesson in lessons_of(course):
        alice.post(URL, a_beat(lesson, completed=True))
    page, seen = alice.get("/api/gamification/xp/?page_size=2").json(), []
    while page["next"]:
        seen += page["results"]
        page = alice.get(page["next"]).json()
    seen += page["results"]
    assert [e["id"] for e in seen] == sorted({e["id"] for e in seen}, reverse=True)
    assert len(seen) == 6
