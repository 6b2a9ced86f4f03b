"""Query budgets of acts and endpoints: the same number however much there is."""

from __future__ import annotations

import uuid

import pytest
import time_machine
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.db import connection

from tests.builders import a_beat, a_course, a_lesson, a_module, a_practice, enrolled, lessons_of
from tests.conformance.budgets import shown, statements

URL = "/api/learner/track-lesson/"
# PostgreSQL writes an ordinary beat in one statement; SQLite, which has no writing WITH, runs its five pieces.
BEAT = 3 if connection.vendor == "postgresql" else 7
# A stack without Redis counts the limit of beats in the database too; for an ordinary beat that is within its three.
COUNTED = int(not isinstance(caches["default"], RedisCache))
COMPLETION = 21 if connection.vendor == "postgresql" else 28


@pytest.fixture
def at_work(alice, course, at_alice):
    """Alice has the first lesson open and has sent one beat."""
    tab = str(uuid.uuid4())
    with time_machine.travel("2026-03-10T12:00:00Z", tick=False) as clock:
        alice.post(URL, a_beat(lessons_of(course)[0], seq=1, session=tab))
        clock.shift(30)
        yield tab


def test_an_ordinary_beat(alice, course, at_work):
    with statements() as spent:
        assert (
            alice.post(URL, a_beat(lessons_of(course)[0].pk, seq=2, session=at_work)).json()["credited_seconds"] == 30
        )
    assert len(spent) - 1 <= BEAT, shown(spent)  # one of them is this test's own look for the lesson


def test_a_beat_of_a_playing_video(alice, course, at_work):
    film = a_lesson(course.modules.get(), kind="video", duration_seconds=600).pk
    alice.post(URL, a_beat(film, seq=2, session=at_work, ranges=[[0, 1]]))
    with time_machine.travel("2026-03-10T12:00:40Z", tick=False), statements() as spent:
        answer = alice.post(URL, a_beat(film, seq=3, session=at_work, ranges=[[1, 1.5], [1.5, 1.5]]))
    assert answer.status_code == 200
    assert len(spent) <= BEAT + COUNTED + (connection.vendor == "sqlite"), shown(spent)


def test_a_repeated_beat(alice, course, at_work):
    lesson = lessons_of(course)[0].pk
    with statements() as spent:
        assert alice.post(URL, a_beat(lesson, seq=1, session=at_work)).json()["credited_seconds"] == 0
    assert len(spent) <= 2, shown(spent)


def test_the_first_completion_of_all(alice, course, at_work):
    lesson = lessons_of(course)[0].pk
    with statements() as spent:
        answer = alice.post(URL, a_beat(lesson, seq=2, session=at_work, completed=True)).json()
    assert answer["new_achievements"]
    assert len(spent) <= COMPLETION, shown(spent)


def test_a_completion_that_finishes_the_course(alice, course, at_work):
    one, two = lessons_of(course)
    alice.post(URL, a_beat(one, seq=2, session=at_work, completed=True))
    with statements() as spent:
        answer = alice.post(URL, a_beat(two.pk, seq=3, session=at_work, completed=True)).json()
    assert answer["enrollment"]["completed_at"]
    assert len(spent) <= COMPLETION, shown(spent)


def test_handing_in_a_practice(alice, course, at_alice):
    quiz = a_practice(course.modules.get(), questions=5)
    attempt = alice.post("/api/practice/", {"lesson": quiz.pk}).json()
    answers = {str(q.pk): q.choices.get(is_correct=True).pk for q in quiz.questions.all()}
    with statements() as spent:
        assert alice.post(f"/api/practice/{attempt['id']}/finish/", {"answers": answers}).json()["passed"]
    assert len(spent) <= 26 + COUNTED, shown(spent)


@pytest.mark.parametrize("courses", [1, 20])
def test_the_dashboard_costs_the_same_with_one_course_and_with_twenty(alice, ines, courses):
    for n in range(courses):
        course = a_course(ines.user, title=f"Course {n}", lessons=3)
        enrolled(alice.user, course)
        alice.post(URL, a_beat(lessons_of(course)[0], completed=True))
    with statements() as spent:
        assert len(alice.get("/api/learner/dashboard/").json()["in_progress_courses"]) == courses
    assert len(spent) <= 12, shown(spent)


@pytest.mark.parametrize("modules", [1, 10])
@pytest.mark.parametrize("path", ["/api/learner/courses/{}/progress/"])
def test_course_progress_costs_the_same_for_a_long_course(alice, course, at_alice, modules, path):
    for _ in range(modules):
        a_practice(a_module(course))
    with statements() as spent:
        assert alice.get(path.format(course.pk)).status_code == 200
    assert len(spent) <= 12, shown(spent)


@pytest.mark.parametrize("path", ["/api/gamification/profile/", "/api/gamification/xp/", "/api/learner/achievements/"])
def test_other_reads(alice, course, at_alice, path):
    alice.post(URL, a_beat(lessons_of(course)[0], completed=True))
    with statements() as spent:
        assert alice.get(path).status_code == 200
    assert len(spent) <= 12, shown(spent)
