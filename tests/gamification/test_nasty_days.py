"""What is left of the nasty cases of days, zones and rewards: a clock that was set back, long years, other people's eyes."""

from __future__ import annotations

import datetime as dt
import re

import time_machine

from gamification.models import XPEntry
from gamification.services.switches import choose_alias
from learning.models import User
from tests.builders import a_beat, a_course, enrolled, lessons_of

BACKEND = "django.contrib.auth.backends.ModelBackend"
TRACK, DASHBOARD = "/api/learner/track-lesson/", "/api/learner/dashboard/"


def finishes(person, lesson):
    answer = person.post(TRACK, a_beat(lesson, completed=True))
    assert answer.status_code == 200, answer.content
    return answer.json()


def streak_in_the_admin(staff, learner) -> str:
    page = staff.get("/admin/gamification/profile/", {"q": learner.email}).content.decode()
    return re.search(r'class="field-streak[^"]*"[^>]*>([^<]*)<', page)[1].strip()


def test_staff_see_the_streak_that_the_learner_sees_wherever_either_is(alice, staff, ines):
    """Two days in a row in Auckland; seen from Honolulu the same evening, and after the streak has ended."""
    course = a_course(ines.user, lessons=3)
    alice.user.time_zone, staff.user.time_zone = "Pacific/Auckland", "Pacific/Honolulu"
    alice.user.save(), staff.user.save()
    first = dt.datetime(2026, 3, 9, 20, tzinfo=dt.UTC)
    with time_machine.travel(first, tick=False) as clock:
        enrolled(alice.user, course, at=first)
        for lesson in lessons_of(course)[:2]:
            finishes(alice, lesson)
            clock.shift(dt.timedelta(days=1))
        for days in (0, 1):
            clock.shift(dt.timedelta(days=days))
            seen = alice.get(DASHBOARD).json()["stats"]["current_streak"]
            assert streak_in_the_admin(staff, alice.user) == str(seen) == ["2", "0"][days]


def test_a_clock_before_the_first_day_shows_nothing_below_zero_and_fails_nowhere(alice, ines):
    """As after a backup was restored on a machine whose clock is wrong."""
    course = a_course(ines.user, lessons=2)
    now = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
    with time_machine.travel(now, tick=False) as clock:
        enrolled(alice.user, course, at=now)
        finishes(alice, lessons_of(course)[0])
        clock.move_to(now - dt.timedelta(days=40))
        answer = alice.get(DASHBOARD).json()
        assert answer["stats"]["current_streak"] in (0, 1)
        assert answer["goals"]["daily_progress"] == answer["goals"]["weekly_progress"] == 0
        assert min(day["seconds"] for day in answer["activity"]) >= 0
        for page in ("/my-learning/", "/achievements/", "/achievements/xp/", "/boards/"):
            assert alice.get(page).status_code == 200, page


def test_goal_milestone_and_board_begin_the_same_week(alice, ines):
    """New Year lies within week 53; the next Monday begins week 1; a leap day a year ago confuses nobody."""
    course = a_course(ines.user, lessons=4)
    choose_alias(learner=alice.user, alias="Grey Wolf")
    moments = [(2026, 12, 31, 23), (2027, 1, 1, 0), (2027, 1, 4, 0), (2028, 2, 29, 12), (2029, 2, 28, 12)]
    with time_machine.travel(dt.datetime(2026, 12, 31, tzinfo=dt.UTC), tick=False) as clock:
        enrolled(alice.user, course, at=dt.datetime(2026, 12, 31, tzinfo=dt.UTC))
        alice.client.force_login(alice.user, backend=BACKEND)
        alice.patch("/api/gamification/settings/", {"weekly_goal": 2})
        seen = []
        for moment, lesson in zip(moments, lessons_of(course), strict=False):
            clock.move_to(dt.datetime(*moment, tzinfo=dt.UTC))
            alice.client.force_login(alice.user, backend=BACKEND)
            passed = [m["key"] for m in finishes(alice, lesson)["milestones"]]
            (mine,) = alice.get("/api/gamification/leaderboard/").json()["entries"]
            seen.append((alice.get(DASHBOARD).json()["goals"]["weekly_progress"], mine["xp"], "weekly_goal" in passed))
        clock.move_to(dt.datetime(*moments[-1], tzinfo=dt.UTC))
        alice.client.force_login(alice.user, backend=BACKEND)
        assert alice.get("/my-learning/?days=90").status_code == 200
    assert [(sessions, goal) for sessions, _, goal in seen] == [(1, False), (2, True), (1, False), (1, False)]
    assert [xp for _, xp, _ in seen] == [10, 20, 10, 110]  # the last lesson finishes the course


def test_a_stored_zone_that_no_longer_exists_reads_as_the_default(alice):
    for zone in ("Mars/Phobos", "../../etc/passwd"):
        User.objects.filter(pk=alice.user.pk).update(time_zone=zone)
        assert alice.get("/my-learning/").status_code == 200
        assert alice.get(DASHBOARD).json()["activity"][-1]["date"]


def test_leaving_coming_back_and_finishing_again_pays_once(alice, course):
    where, lesson = f"/api/courses/{course.pk}/enrollment/", lessons_of(course)[0]
    for _ in range(3):
        assert alice.post(where).status_code in (200, 201)
        finishes(alice, lesson)
        assert alice.delete(where).status_code == 204
    assert list(XPEntry.objects.filter(learner=alice.user).values_list("amount", flat=True)) == [10]
    assert alice.user.earned_badges.filter(badge__key="explorer").count() == 1
