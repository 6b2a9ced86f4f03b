"""Goals that learners change, and milestones that are told once."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from gamification.models import CourseSwitches, Goal, Milestone
from gamification.selectors.today import shown_to
from gamification.services.goals import set_session_goals
from gamification.services.milestones import pass_milestones
from gamification.services.streaks import Streak, mark_active
from gamification.services.switches import turn
from learning.models import LearningSession
from notifications.models import LiveEvent, Notification
from tests.builders import a_beat, a_course, a_practice, enrolled, lessons_of

URL = "/api/learner/track-lesson/"
SETTINGS = "/api/gamification/settings/"
NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)  # a Tuesday


@pytest.fixture
def long_course(alice, ines):
    course = a_course(ines.user, title="Long", lessons=12)
    enrolled(alice.user, course, at=NOON - dt.timedelta(days=5))
    return course


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def told(person, lesson) -> list[str]:
    answer = person.post(URL, a_beat(lesson, completed=True)).json()
    return [m["key"] for m in answer["milestones"]]


def test_each_milestone_of_a_day_is_told_once_when_it_is_passed(alice, long_course, clock):
    lessons = lessons_of(long_course)
    assert told(alice, lessons[0]) == ["first_session"]
    assert told(alice, lessons[0]) == []
    assert told(alice, lessons[1]) == []
    assert told(alice, lessons[2]) == ["daily_goal"]
    assert told(alice, lessons[3]) == []
    assert told(alice, lessons[4]) == ["five_in_a_day"]
    assert [told(alice, lesson) for lesson in lessons[5:9]] == [[]] * 4
    assert told(alice, lessons[9]) == ["sessions_10"]
    clock.shift(dt.timedelta(days=1))
    assert told(alice, lessons[10]) == ["first_session"]


def test_a_milestone_says_what_it_is(alice, long_course, clock):
    answer = alice.post(URL, a_beat(lessons_of(long_course)[0], completed=True)).json()
    assert answer["milestones"] == [{"key": "first_session", "title": "First session of the day", "value": 1}]


def test_streak_milestones_come_once_per_streak_and_again_in_the_next(alice, long_course, clock):
    lessons = iter(lessons_of(long_course))
    keys = []
    for gap in (1, 1, 1, 3, 1, 1, 1):
        keys += [k for k in told(alice, next(lessons)) if k.startswith("streak")]
        clock.shift(dt.timedelta(days=gap))
    assert keys == ["streak_3", "streak_3"]
    assert Milestone.objects.filter(key="streak_3").values("scope").distinct().count() == 2


def test_a_streak_that_a_late_day_joins_again_is_not_told_again(alice, long_course, clock):
    day = NOON.date() - dt.timedelta(days=9)
    lessons = lessons_of(long_course)
    for n in range(3):
        mark_active(learner=alice.user, day=day + dt.timedelta(days=n), at=NOON)
    Milestone.objects.create(learner=alice.user, key="streak_3", scope=str(day), value=3, passed_at=NOON)
    for n in (4, 5, 6, 7, 8):
        mark_active(learner=alice.user, day=day + dt.timedelta(days=n), at=NOON)
    mark_active(learner=alice.user, day=day + dt.timedelta(days=3), at=NOON)
    assert "streak_3" not in told(alice, lessons[0])


def test_a_practice_passes_milestones_too_and_its_answer_has_the_goals(alice, course, at_alice):
    quiz = a_practice(course.modules.get())
    attempt = alice.post("/api/practice/", {"lesson": quiz.pk}).json()
    answer = alice.post(f"/api/practice/{attempt['id']}/finish/", {"answers": {}}).json()
    assert [m["key"] for m in answer["milestones"]] == ["first_session"]
    assert answer["goals"]["daily_progress"] == answer["stats"]["today_sessions"] == 1


def test_own_goals_count_from_now_on(alice, bob, long_course, clock):
    bob.patch(SETTINGS, {"daily_goal": 9, "weekly_goal": 30})
    answer = alice.patch(SETTINGS, {"daily_goal": 2, "weekly_goal": 4}).json()
    assert (answer["daily_goal"], answer["weekly_goal"]) == (2, 4)
    lessons = lessons_of(long_course)
    assert told(alice, lessons[0]) == ["first_session"]
    assert told(alice, lessons[1]) == ["daily_goal"]
    told(alice, lessons[2])
    assert told(alice, lessons[3]) == ["weekly_goal"]
    goals = alice.get("/api/learner/dashboard/").json()["goals"]
    assert goals == {
        "daily_goal": 2, "daily_progress": 4, "daily_percentage": 200,
        "weekly_goal": 4, "weekly_progress": 4, "weekly_percentage": 100,
    }  # fmt: skip


def test_changing_a_goal_twice_leaves_one(alice):
    for target in (2, 5):
        set_session_goals(learner=alice.user, daily=target, at=NOON)
    assert [int(g.target_value) for g in Goal.objects.all()] == [5]
    with pytest.raises(IntegrityError), transaction.atomic():
        Goal.objects.create(
            learner=alice.user,
            metric="sessions",
            period="daily",
            target_value=1,
            start_date=NOON.date(),
            created_at=NOON,
        )


@pytest.mark.parametrize("body", [{"daily_goal": 0}, {"daily_goal": 501}, {"weekly_goal": "3"}, {"goal": 1}])
def test_a_goal_that_is_none_is_refused_with_its_field(alice, body):
    answer = alice.patch(SETTINGS, body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] in body


def test_the_table_refuses_a_goal_by_a_date_without_one(alice):
    with pytest.raises(IntegrityError), transaction.atomic():
        Goal.objects.create(
            learner=alice.user, metric="x", period="by_date", target_value=1, start_date=NOON.date(), created_at=NOON
        )


def test_a_rare_milestone_leaves_a_row_in_the_inbox_unless_a_badge_says_the_same(alice, long_course, clock):
    set_session_goals(learner=alice.user, weekly=2, at=NOON)
    for lesson in lessons_of(long_course)[:10]:
        told(alice, lesson)
    rows = Notification.objects.filter(kind__in=["milestone", "goal_reached"])
    assert [(n.kind, n.key, n.title) for n in rows] == [
        ("goal_reached", "weekly_goal:2026-W11", "Weekly goal: 2 sessions")
    ]
    assert Notification.objects.filter(kind="badge", key="sessions_10").exists()


def test_the_week_begins_on_monday(alice, long_course, clock):
    clock.move_to(dt.datetime(2026, 3, 15, 22, 30, tzinfo=dt.UTC))  # Sunday night in Madrid
    told(alice, lessons_of(long_course)[0])
    assert alice.get("/api/learner/dashboard/").json()["goals"]["weekly_progress"] == 1
    clock.shift(dt.timedelta(hours=1))
    assert alice.get("/api/learner/dashboard/").json()["goals"]["weekly_progress"] == 0


# --- switched off ---------------------------------------------------------------------------------------------


def test_what_is_switched_off_is_neither_shown_nor_told_and_its_facts_are_kept(alice, long_course, clock):
    switches = {"streaks": False, "toasts": False, "badges": False, "xp": False}
    turn(learner=alice.user, switches=switches, at=NOON)
    before = Notification.objects.count()
    answer = alice.post(URL, a_beat(lessons_of(long_course)[0], completed=True)).json()
    assert (answer["milestones"], answer["new_achievements"]) == ([], [])
    assert (answer["xp_awarded"], answer["streak"]) == (0, None)
    assert Notification.objects.count() == before
    assert alice.user.xp_entries.count() == 1
    assert alice.user.earned_badges.filter(badge__key="first_steps").exists()
    assert Milestone.objects.exists()
    assert LearningSession.objects.count() == 1


def test_a_courses_switches_count_in_that_course_only(alice, ines, long_course, clock):
    quiet = a_course(ines.user, title="Quiet")
    enrolled(alice.user, quiet, at=NOON)
    CourseSwitches.objects.create(course=quiet, xp=False, toasts=False)
    answer = alice.post(URL, a_beat(lessons_of(quiet)[0], completed=True)).json()
    assert (answer["xp_awarded"], answer["milestones"]) == (0, [])
    answer = alice.post(URL, a_beat(lessons_of(long_course)[0], completed=True)).json()
    assert answer["xp_awarded"] == 10


def test_a_course_without_celebrations_has_none_on_any_open_page_and_keeps_them_in_the_inbox(alice, ines, clock):
    quiet, numbers = a_course(ines.user, title="Quiet", lessons=1), "/api/learner/counters/"
    enrolled(alice.user, quiet, at=NOON)
    CourseSwitches.objects.create(course=quiet, toasts=False)
    LiveEvent.objects.all().delete()
    answer = alice.post(URL, a_beat(lessons_of(quiet)[0], completed=True)).json()
    assert (answer["new_achievements"], answer["milestones"]) == ([], [])
    told = LiveEvent.objects.filter(person=alice.user)
    assert not told.filter(kind__in=["achievement", "milestone"]).exists()
    assert told.filter(kind="stats").count() == 1  # numbers and bells move
    loud = told.filter(kind="notification", data__kind__in=["level", "certificate"])
    assert [event.data["quiet"] for event in loud] == [True, True]
    assert Notification.objects.filter(kind="badge", key="first_steps").exists()
    assert alice.get(numbers).json()["celebrates"] is True
    assert alice.get(f"{numbers}?course={quiet.pk}").json()["celebrates"] is False


def test_a_streak_that_is_switched_off_passes_no_milestone_aloud(alice, clock):
    turn(learner=alice.user, switches={"streaks": False}, at=NOON)
    mark_active(learner=alice.user, day=NOON.date(), at=NOON)
    passed = pass_milestones(
        learner=alice.user,
        day=NOON.date(),
        at=NOON,
        shown=shown_to(alice.user),
        streak=Streak(current=7, longest=7, began=NOON.date()),
    )
    assert passed == []
    assert Milestone.objects.get().key == "streak_7"
    assert not Notification.objects.filter(kind="milestone").exists()


def test_an_alias_is_one_persons_and_gives_nobody_away(alice, bob):
    assert alice.patch(SETTINGS, {"alias": "  Grey   Wolf "}).json()["alias"] == "Grey Wolf"
    taken = bob.patch(SETTINGS, {"alias": "grey wolf"})
    assert (taken.status_code, taken.json()["code"]) == (409, "alias_taken")
    for bad in ("a", "<b>x</b>", "bob", "…", "x" * 25):
        assert bob.patch(SETTINGS, {"alias": bad}).status_code == 400, bad
    assert bob.patch(SETTINGS, {"alias": "Bob II"}).status_code == 200
    assert alice.patch(SETTINGS, {"alias": None}).json()["alias"] is None


def test_rest_days_and_vacations_over_the_api(alice, clock):
    assert alice.patch(SETTINGS, {"rest_days": [5, 6]}).json()["rest_days"] == [5, 6]
    assert alice.patch(SETTINGS, {"rest_days": [1, 2, 3]}).json()["code"] == "too_many_rest_days"
    made = alice.post("/api/gamification/vacations/", {"first_day": "2026-03-20", "last_day": "2026-03-24"})
    assert made.status_code == 201
    assert alice.get(SETTINGS).json()["vacation_days_left"] == 25
    assert alice.delete(f"/api/gamification/vacations/{made.json()['id']}/").status_code == 204
    assert alice.get(SETTINGS).json()["vacations"] == []
    states = [d["state"] for d in alice.get("/api/gamification/calendar/?days=3").json()]
    assert states == ["before", "before", "open"]
