"""Badges: earned by what was done, once, and never taken back."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from gamification.models import Badge, EarnedBadge
from gamification.services.badges import grant_due_badges
from learning.models import Category
from tests.builders import a_beat, a_course, a_practice, enrolled, lessons_of

URL = "/api/learner/track-lesson/"
MORNING = dt.datetime(2026, 3, 10, 10, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def complete(person, lesson) -> list[str]:
    answer = person.post(URL, a_beat(lesson, seconds=1, completed=True))
    assert answer.status_code == 200, answer.content
    return [a["key"] for a in answer.json()["new_achievements"]]


def keys(person) -> set[str]:
    return set(EarnedBadge.objects.filter(learner=person.user).values_list("badge__key", flat=True))


def test_enrolling_for_the_first_time_makes_an_explorer_and_says_so(alice, course):
    answer = alice.post(f"/api/courses/{course.pk}/enrollment/")
    assert [a["key"] for a in answer.json()["new_achievements"]] == ["explorer"]
    assert alice.post(f"/api/courses/{course.pk}/enrollment/").json()["new_achievements"] == []


def test_the_first_lesson_is_first_steps_and_the_second_is_nothing(clock, alice, ines):
    course = a_course(ines.user, lessons=3)
    enrolled(alice.user, course)
    first, second, _ = lessons_of(course)
    assert complete(alice, first) == ["first_steps"]
    assert complete(alice, second) == []


def test_a_badge_says_what_it_is(clock, alice, course, at_alice):
    answer = alice.post(URL, a_beat(lessons_of(course)[0], completed=True)).json()
    (badge,) = answer["new_achievements"]
    assert badge == {
        "key": "first_steps", "title": "First Steps", "description": "Complete your first lesson.", "icon": "steps",
        "earned_at": "2026-03-10T10:00:00Z", "course": None,
    }  # fmt: skip


def test_a_course_within_a_week_is_fast_and_a_slow_one_is_not(clock, alice, bob, ines):
    course = a_course(ines.user, lessons=1)
    enrolled(alice.user, course)
    enrolled(bob.user, course)
    clock.shift(dt.timedelta(days=7))
    assert set(complete(alice, lessons_of(course)[0])) == {"first_steps", "course_conqueror", "speed_demon"}
    clock.shift(1)
    assert set(complete(bob, lessons_of(course)[0])) == {"first_steps", "course_conqueror"}


def test_five_courses_make_a_bookworm(clock, alice, ines):
    earned = []
    for n in range(5):
        course = a_course(ines.user, title=f"Book {n}", lessons=1)
        enrolled(alice.user, course)
        earned.append(complete(alice, lessons_of(course)[0]))
    assert ["bookworm" in e for e in earned] == [False, False, False, False, True]


def test_a_subject_needs_two_courses_and_all_of_them(clock, alice, ines):
    shelf = Category.objects.create(name="Outdoors", slug="outdoors")
    lonely = Category.objects.create(name="Lonely", slug="lonely")
    a_course(ines.user, title="Draft", lessons=1, category=shelf, state="draft")
    for n, category in enumerate([lonely, shelf, shelf]):
        a_course(ines.user, title=f"Course {n}", lessons=1, category=category)
    earned = []
    for n in range(3):
        course = ines.user.courses_taught.get(title=f"Course {n}")
        enrolled(alice.user, course)
        earned.append("subject_master" in complete(alice, lessons_of(course)[0]))
    assert earned == [False, False, True]


@pytest.mark.parametrize(
    ("hour", "key"), [(22, "night_owl"), (3, "night_owl"), (4, "early_bird"), (6, "early_bird"), (7, ""), (21, "")]
)
def test_night_and_morning_are_those_of_the_learner(alice, ines, hour, key):
    """Alice lives in Madrid: an hour ahead of UTC in March."""
    course = a_course(ines.user, lessons=11)
    enrolled(alice.user, course)
    start = dt.datetime(2026, 3, 10, 0, tzinfo=dt.UTC) + dt.timedelta(hours=hour - 1)
    with time_machine.travel(start, tick=False) as clock:
        for lesson in lessons_of(course)[:10]:
            complete(alice, lesson)
            clock.shift(60)
    assert keys(alice) & {"night_owl", "early_bird"} == ({key} if key else set())


def test_four_hours_in_a_day_are_a_marathon(clock, alice, course, at_alice):
    lesson = lessons_of(course)[0]
    clock.move_to(MORNING.replace(hour=0))
    earned = []
    for _ in range(241):
        earned += alice.post(URL, a_beat(lesson, seconds=60)).json()["new_achievements"]
        clock.shift(60)
    assert [e["key"] for e in earned] == ["marathon"]


def test_three_days_in_a_row_are_told_in_the_answer_that_makes_them(clock, alice, ines):
    course = a_course(ines.user, lessons=4)
    enrolled(alice.user, course)
    earned = []
    for lesson in lessons_of(course):
        earned.append("streak_3" in complete(alice, lesson))
        clock.shift(dt.timedelta(days=1))
    assert earned == [False, False, True, False]


def test_ten_sessions_count_lessons_and_practice(clock, alice, ines):
    course = a_course(ines.user, lessons=9)
    enrolled(alice.user, course)
    quiz = a_practice(course.modules.get())
    for lesson in lessons_of(course)[:9]:
        complete(alice, lesson)
    assert "sessions_10" not in keys(alice)
    attempt = alice.post("/api/practice/", {"lesson": quiz.pk}).json()
    answer = alice.post(f"/api/practice/{attempt['id']}/finish/", {"answers": {}}).json()
    assert [a["key"] for a in answer["new_achievements"]] == ["sessions_10"]


def test_a_rule_edited_after_the_award_takes_nothing_back(clock, alice, course, at_alice):
    complete(alice, lessons_of(course)[0])
    Badge.objects.filter(key="first_steps").update(threshold=50)
    grant_due_badges(learner=alice.user, metrics={"lessons_completed"}, at=MORNING)
    assert "first_steps" in keys(alice)


def test_a_badge_switched_off_is_not_earned(clock, alice, course, at_alice):
    Badge.objects.filter(key="first_steps").update(is_active=False)
    assert complete(alice, lessons_of(course)[0]) == []


def test_locked_badges_say_how_far_along_they_are(clock, alice, course, at_alice):
    complete(alice, lessons_of(course)[0])
    answer = alice.get("/api/learner/achievements/").json()
    assert [e["key"] for e in answer["earned"]] == ["first_steps", "explorer"]
    far = {a["key"]: (a["current"], a["target"]) for a in answer["available"]}
    assert (far["sessions_10"], far["streak_3"], far["bookworm"], far["curious_mind"]) == (
        (1, 10),
        (1, 3),
        (0, 5),
        (0, 50),
    )
    assert "first_steps" not in far
