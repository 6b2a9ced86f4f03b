"""The pages of XP, boards, sharing and settings."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from gamification.kinds import Rule
from gamification.models import BadgeShare, Challenge, CourseSwitches, Pause, Preferences
from gamification.selectors.settings import settings_of
from gamification.services.xp import correct, pay
from tests.builders import a_beat, lessons_of

URL = "/api/learner/track-lesson/"


@pytest.fixture
def begun(alice, course, at_alice):
    """Alice has finished a lesson, and so holds First Steps."""
    alice.post(URL, a_beat(lessons_of(course)[0], completed=True))
    return alice.user.earned_badges.get(badge__key="first_steps")


def test_the_ledger_says_what_each_point_was_for(alice, ines, course, begun):
    correct(learner=alice.user, amount=-3, reason="Counted twice by mistake", by=ines.user, at=timezone.now())
    text = alice.get("/achievements/xp/").content.decode()
    assert lessons_of(course)[0].get_absolute_url() in text
    assert "Lesson completed" in text
    assert "Counted twice by mistake" in text
    assert "+10" in text


def test_a_long_ledger_is_read_page_by_page_and_nothing_is_met_twice(alice):
    now = timezone.now()
    for n in range(70):
        reason = f"Reason {n:02}."
        pay(learner=alice.user, rule=Rule.CHALLENGE, source=f"t:{n}", amount=1, reason=reason, at=now, day=now.date())
    seen, path = [], "/achievements/xp/"
    while path:
        page = alice.get(path)
        seen += [line.about for line in page.context["ledger"].lines]
        after = page.context["ledger"].after
        path = f"/achievements/xp/?before={after}" if after else ""
    assert seen == [f"Reason {n:02}." for n in reversed(range(70))]


def test_a_shared_badge_shows_the_badge_and_the_chosen_name_and_nothing_else(alice, anonymous, begun):
    alice.submit(f"/achievements/{begun.pk}/share/", {"name": "  A.   M. "})
    share = BadgeShare.objects.get()
    answer = anonymous.get(f"/badges/{share.pk}/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "First Steps" in text
    assert "A. M." in text
    assert "noindex" in answer["X-Robots-Tag"]
    for word in ("Alice", "alice@", "Explorer", "10 XP"):
        assert word not in text


def test_what_is_no_longer_shared_is_gone_and_comes_back_under_a_new_number(alice, anonymous, begun):
    path = f"/achievements/{begun.pk}/share/"
    alice.submit(path, {"name": "A"})
    first = BadgeShare.objects.get().pk
    alice.submit(path, {"stop": "1"})
    assert anonymous.get(f"/badges/{first}/").status_code == 404
    alice.submit(path, {"name": "A"})
    second = BadgeShare.objects.get().pk
    assert second != first
    assert anonymous.get(f"/badges/{first}/").status_code == 404
    assert anonymous.get(f"/badges/{second}/").status_code == 200


def test_a_name_that_the_database_cannot_keep_is_cleaned_or_asked_for_again(alice, begun):
    alice.submit(f"/achievements/{begun.pk}/share/", {"name": "\0"})
    assert not BadgeShare.objects.exists()
    alice.submit(f"/achievements/{begun.pk}/share/", {"name": "Al\0ice"})
    assert BadgeShare.objects.get().name == "Al ice"


def test_nobody_shares_anothers_badge(bob, begun):
    assert bob.submit(f"/achievements/{begun.pk}/share/", {"name": "Bob"}).status_code == 404
    assert not BadgeShare.objects.exists()


def test_the_settings_keep_what_was_chosen(alice):
    fields = {
        "daily_goal": 2,
        "weekly_goal": 8,
        "rest_days": ["5", "6"],
        "alias": "Grey Wolf",
        "shown": ["xp", "badges"],
    }
    assert alice.submit("/settings/motivation/", fields).status_code == 302
    chosen = settings_of(alice.user, at=timezone.now())
    assert (chosen.daily_goal, chosen.weekly_goal, chosen.rest_days, chosen.alias) == (2, 8, {5, 6}, "Grey Wolf")
    assert (chosen.shown.xp, chosen.shown.streaks) == (True, False)


def test_one_wrong_field_saves_nothing_and_says_which(alice, bob):
    Preferences.objects.create(learner=bob.user, alias="Taken")
    fields = {"daily_goal": 9, "weekly_goal": 9, "alias": "taken", "shown": ["xp"]}
    page = alice.submit("/settings/motivation/", fields)
    assert page.status_code == 200
    assert "Somebody has this name already." in page.content.decode()
    assert settings_of(alice.user, at=timezone.now()).daily_goal == 3
    page = alice.submit("/settings/motivation/", {**fields, "alias": "", "rest_days": ["1", "2", "3"]})
    assert "At most two days" in page.content.decode()


@pytest.mark.parametrize("wrong", [{"rest_days": [0, 1, 2]}, {"alias": "!!"}])
def test_one_wrong_member_of_a_patch_saves_nothing_of_it(alice, wrong):
    before = alice.get("/api/gamification/settings/").json()
    asked = {"daily_goal": 9, "weekly_goal": 9, "switches": {"toasts": False}, **wrong}
    assert alice.patch("/api/gamification/settings/", asked).status_code == 400
    assert alice.get("/api/gamification/settings/").json() == before


def test_a_vacation_is_planned_and_taken_back(alice):
    today = alice.user.day_at(timezone.now())
    first, last = today + dt.timedelta(days=3), today + dt.timedelta(days=5)
    alice.submit("/settings/vacations/", {"first_day": str(first), "last_day": str(last)})
    trip = Pause.objects.get()
    assert "Take back" in alice.get("/settings/motivation/").content.decode()
    alice.submit(f"/settings/vacations/{trip.pk}/end/")
    assert not Pause.objects.exists()
    alice.submit("/settings/vacations/", {"first_day": str(today), "last_day": str(last)})
    assert not Pause.objects.exists()


def test_a_met_challenge_is_claimed_from_the_page(alice, course, begun):
    challenges = alice.get("/api/gamification/profile/").json()["challenges"]
    met = next((c for c in challenges if c["state"] == "met"), None)
    page = alice.get("/my-learning/").content.decode()
    assert ("Claim" in page) == bool(met)
    for challenge in challenges:
        answer = alice.submit(f"/my-learning/challenges/{challenge['id']}/claim/")
        assert answer.status_code == 302
    assert alice.user.xp_entries.filter(rule="challenge_claimed").count() == sum(
        c["state"] == "met" for c in challenges
    )


def test_what_is_off_is_not_on_the_page(alice, begun):
    assert "First Steps" in alice.get("/achievements/").content.decode()
    Preferences.objects.create(learner=alice.user, badges=False, streaks=False, xp=False, challenges=False)
    text = alice.get("/achievements/").content.decode()
    for words in ("First Steps", "days in a row</h2>", "Level 1"):
        assert words not in text
    assert "Change it in the settings" in text
    text = alice.get("/my-learning/").content.decode()
    for words in ("Today’s challenges", "data-streak", "data-xp", "Level 1", "Recent badges", 'data-number="streak"'):
        assert words not in text
    assert "your streak has begun" not in text
    assert "chip" not in alice.get("/my-learning/counters/").content.decode()


def test_without_xp_its_page_says_that_it_is_off_and_challenges_name_no_points(alice, course, begun):
    Preferences.objects.create(learner=alice.user, xp=False)
    text = alice.get("/achievements/xp/").content.decode()
    assert "XP and levels are off" in text
    assert "+10" not in text
    met = next(c for c in alice.get("/my-learning/").context["challenges"] if c["state"] != "claimed")
    Challenge.objects.filter(pk=met["id"]).update(target=0)
    assert "XP" not in alice.get("/my-learning/").content.decode().split('id="challenges"')[1].split("</section>")[0]
    page = alice.client.post(f"/my-learning/challenges/{met['id']}/claim/", follow=True)
    assert "Challenge met. Well done." in page.content.decode()


def test_an_instructor_turns_pieces_off_for_own_courses_only(ines, igor, course, other_course):
    on = dict.fromkeys(["streaks", "challenges", "toasts", "badges", "xp"], "on")
    path = "/admin/gamification/courseswitches/add/"
    assert ines.submit(path, {"course": course.pk, **on}).status_code == 302
    assert CourseSwitches.objects.get().boards is False
    assert ines.submit(path, {"course": other_course.pk, **on}).status_code == 200
    assert CourseSwitches.objects.count() == 1
    mine = CourseSwitches.objects.get()
    assert igor.get(f"/admin/gamification/courseswitches/{mine.pk}/change/").status_code in (302, 404)


def test_staff_grant_an_amnesty_with_a_reason(staff, ines):
    form = {
        "starts_at_0": "2026-03-10", "starts_at_1": "10:00:00",
        "ends_at_0": "2026-03-10", "ends_at_1": "12:00:00", "reason": "Disks were full",
    }  # fmt: skip
    path = "/admin/gamification/amnesty/add/"
    assert staff.submit(path, {**form, "reason": ""}).status_code == 200
    assert staff.submit(path, form).status_code == 302
    assert [p.kind for p in Pause.objects.all()] == ["amnesty"]
    assert ines.submit(path, form).status_code in (302, 403, 404)
    assert Pause.objects.count() == 1
