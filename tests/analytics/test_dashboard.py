"""The dashboard and course progress: numbers that add up, on the learner's own day."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.utils import timezone

from learning.services.enrollment import leave
from tests.builders import Person, a_beat, a_course, a_lesson, a_module, a_user, enrolled, lessons_of

URL = "/api/learner/track-lesson/"
DASHBOARD = "/api/learner/dashboard/"
TUESDAY = dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def study(person, clock, lesson, *, minutes: int, complete: bool = False) -> None:
    tab = str(uuid.uuid4())
    for seq in range(1, minutes + 1):
        clock.shift(60)
        done = complete and seq == minutes
        person.post(URL, a_beat(lesson, seq=seq, session=tab, seconds=60, completed=done))


def test_somebody_new_sees_zeros_and_every_key(bob):
    answer = bob.get(DASHBOARD).json()
    assert set(answer) == {
        "stats", "sessions", "goals", "in_progress_courses", "recent_achievements", "activity", "level", "challenges",
    }  # fmt: skip
    assert set(answer["stats"].values()) == {0}
    assert answer["sessions"]["average_score"] is None
    assert (answer["goals"]["daily_goal"], answer["goals"]["weekly_goal"]) == (3, 15)
    assert len(answer["activity"]) == 30
    assert answer["level"] == {"level": 1, "xp": 0, "level_xp": 0, "next_level_xp": 100}


def test_the_numbers_of_a_morning(clock, alice, ines):
    course = a_course(ines.user, lessons=4)
    enrolled(alice.user, course)
    first, second, third, _ = lessons_of(course)
    study(alice, clock, first, minutes=6, complete=True)
    study(alice, clock, second, minutes=4, complete=True)
    study(alice, clock, third, minutes=2)
    answer = alice.get(DASHBOARD).json()
    assert answer["stats"] == {
        "total_courses": 1, "total_seconds": 720, "achievements_count": 2, "current_streak": 1, "longest_streak": 1,
        "average_completion": 50.0, "completed_courses": 0,
    }  # fmt: skip
    assert answer["sessions"]["total_sessions"] == answer["sessions"]["today_sessions"] == 2
    assert answer["goals"]["daily_percentage"] == 66.67
    assert answer["activity"][-1] == {"date": "2026-03-10", "seconds": 720, "sessions": 2}
    (going_on,) = answer["in_progress_courses"]
    assert going_on["resume"]["lesson"] == third.pk == going_on["next_lesson"]
    # a pace of one: ten minutes for ten; two lessons of five minutes are left, two of those minutes are done
    assert going_on["minutes_left"] == 8


def test_resume_and_next_differ_when_the_learner_jumped_ahead(clock, alice, ines):
    course = a_course(ines.user, lessons=3)
    enrolled(alice.user, course)
    first, _, third = lessons_of(course)
    study(alice, clock, third, minutes=1)
    (going_on,) = alice.get(DASHBOARD).json()["in_progress_courses"]
    assert (going_on["resume"]["lesson"], going_on["next_lesson"]) == (third.pk, first.pk)


def test_courses_are_ordered_by_last_access_and_left_or_finished_ones_are_not_in_progress(clock, alice, ines):
    courses = [a_course(ines.user, title=f"Course {n}", lessons=2) for n in range(4)]
    for course in courses:
        enrolled(alice.user, course)
        clock.shift(60)
        study(alice, clock, lessons_of(course)[0], minutes=1, complete=True)
    study(alice, clock, lessons_of(courses[0])[1], minutes=1)
    study(alice, clock, lessons_of(courses[2])[1], minutes=1, complete=True)
    leave(learner=alice.user, course=courses[1], at=timezone.now())
    answer = alice.get(DASHBOARD).json()
    assert [c["course"] for c in answer["in_progress_courses"]] == [courses[0].pk, courses[3].pk]
    stats = answer["stats"]
    assert (stats["total_courses"], stats["completed_courses"], stats["average_completion"]) == (3, 1, 66.67)


def test_activity_has_every_day_of_the_range_and_bad_ranges_are_refused(clock, alice):
    for days in (30, 90):
        activity = alice.get(DASHBOARD, {"days": days}).json()["activity"]
        assert [activity[0]["date"], activity[-1]["date"]] == [
            str(dt.date(2026, 3, 10) - dt.timedelta(days=days - 1)), "2026-03-10",
        ]  # fmt: skip
        assert len(activity) == days
    for bad in ("7", "x", "-30", ""):
        answer = alice.get(DASHBOARD, {"days": bad})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "days")


def test_weeks_begin_on_monday_in_the_learners_zone(alice, ines):
    """Sunday 23:30 UTC is Monday 00:30 in Madrid."""
    course = a_course(ines.user, lessons=3)
    enrolled(alice.user, course)
    one, two, _ = lessons_of(course)
    with time_machine.travel(dt.datetime(2026, 3, 8, 22, 30, tzinfo=dt.UTC), tick=False) as clock:
        alice.post(URL, a_beat(one, completed=True))
        clock.shift(3600)
        alice.post(URL, a_beat(two, completed=True))
        sessions = alice.get(DASHBOARD).json()["sessions"]
    assert (sessions["weekly_sessions"], sessions["today_sessions"], sessions["total_sessions"]) == (1, 1, 2)


def test_course_progress_of_a_learner(clock, alice, ines):
    course = a_course(ines.user, lessons=4)
    enrolled(alice.user, course)
    first, second, third, _ = lessons_of(course)
    study(alice, clock, first, minutes=6, complete=True)
    study(alice, clock, second, minutes=2, complete=True)
    study(alice, clock, third, minutes=1)
    extra = a_lesson(a_module(course, "More"), title="Extra", is_required=False)
    answer = alice.get(f"/api/learner/courses/{course.pk}/progress/").json()
    assert answer["enrollment"]["percent"] == 50.0
    assert [(m["title"], m["percent"]) for m in answer["modules"]] == [("First steps", 50.0), ("More", 0.0)]
    statuses = [lesson["status"] for m in answer["modules"] for lesson in m["lessons"]]
    assert statuses == ["completed", "completed", "in_progress", "not_started", "not_started"]
    assert answer["modules"][1]["lessons"][0]["id"] == extra.pk
    stats = answer["stats"]
    assert (stats["seconds"], stats["average_seconds_per_lesson"], stats["lessons_per_week"]) == (540, 240, 2.0)
    # two minutes for a lesson of five is under half of it: whoever did that has not read it
    assert stats["fastest_lesson"] == {"id": first.pk, "title": first.title, "seconds": 360}
    assert stats["estimated_completion_date"] == "2026-03-17"
    assert answer["certificate"] is None


def test_the_pace_is_counted_in_the_learners_days(ines, course):
    """In Honolulu it is still the 9th when a learner enrols and reads; in UTC it is the 10th."""
    with time_machine.travel(dt.datetime(2026, 3, 10, 5, tzinfo=dt.UTC), tick=False):
        kai = Person(a_user("kai@example.org", zone="Pacific/Honolulu"))
        enrolled(kai.user, course)
        kai.post(URL, a_beat(lessons_of(course)[0], completed=True))
        stats = kai.get(f"/api/learner/courses/{course.pk}/progress/").json()["stats"]
    assert (stats["lessons_per_week"], stats["estimated_completion_date"]) == (1.0, "2026-03-16")


def test_a_finished_course_has_a_certificate_and_no_date_to_come(clock, alice, course, at_alice):
    for lesson in lessons_of(course):
        study(alice, clock, lesson, minutes=1, complete=True)
    answer = alice.get(f"/api/learner/courses/{course.pk}/progress/").json()
    assert answer["stats"]["estimated_completion_date"] is None
    assert answer["stats"]["seconds_left"] == 0
    assert uuid.UUID(answer["certificate"]["uuid"])


def test_progress_is_only_ones_own(alice, bob, anonymous, course, at_alice, other_course):
    path = "/api/learner/courses/{}/progress/"
    assert bob.get(path.format(course.pk)).json()["code"] == "not_enrolled"
    assert alice.get(path.format(999_999)).status_code == 404
    assert anonymous.get(path.format(course.pk)).status_code == 401
    other_course.state = "draft"
    other_course.save()
    assert alice.get(path.format(other_course.pk)).status_code == 404
