"""Taking up a course and leaving it, over the API."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from learning.kinds import CourseState
from learning.models import Course, Enrollment
from tests.builders import Person, lessons_of


def enroll(person, course, body=None):
    number = course if isinstance(course, int | str) else course.pk
    return person.post(f"/api/courses/{number}/enrollment/", body)


def leave(person, course):
    return person.delete(f"/api/courses/{course.pk}/enrollment/")


def test_the_first_time_makes_a_place_and_the_second_finds_it(alice, course):
    first, again = enroll(alice, course), enroll(alice, course)
    assert (first.status_code, again.status_code) == (201, 200)
    place = first.json()
    assert place.pop("new_achievements")[0]["key"] == "explorer"
    assert place == {
        "course": course.pk,
        "percent": 0.0,
        "completed_lessons": 0,
        "required_lessons": 2,
        "seconds": 0,
        "started_at": place["started_at"],
        "completed_at": None,
    }
    assert again.json() == {**place, "new_achievements": []}
    assert Enrollment.objects.count() == 1


def test_leaving_keeps_everything_for_a_return(alice, course):
    started = enroll(alice, course).json()["started_at"]
    assert leave(alice, course).status_code == 204
    assert alice.get(f"/api/courses/{course.pk}/").json()["is_enrolled"] is False
    assert alice.get(f"/api/lessons/{lessons_of(course)[0].pk}/").status_code == 403
    back = enroll(alice, course)
    assert (back.status_code, back.json()["started_at"]) == (200, started)
    assert Enrollment.objects.count() == 1


def test_leaving_twice_or_without_ever_having_come_is_no_error(alice, course):
    assert leave(alice, course).status_code == 204
    enroll(alice, course)
    assert [leave(alice, course).status_code for _ in range(2)] == [204, 204]
    assert not Enrollment.objects.current().exists()


def test_a_course_that_closed_can_be_left_and_not_taken_up(alice, bob, course):
    enroll(alice, course)
    Course.objects.update(state=CourseState.ARCHIVED)
    assert leave(alice, course).status_code == 204
    assert enroll(alice, course).status_code == 404
    assert leave(bob, course).status_code == 404


@pytest.mark.parametrize("state", [CourseState.DRAFT, CourseState.ARCHIVED])
def test_nobody_takes_up_what_is_not_published_not_even_its_instructor(alice, ines, staff, course, state):
    Course.objects.update(state=state)
    assert [enroll(p, course).status_code for p in (alice, ines, staff)] == [404, 404, 404]
    assert not Enrollment.objects.exists()


@pytest.mark.parametrize("number", [999999, "99999999999999999999999"])
def test_an_unknown_course_is_404(alice, number):
    assert enroll(alice, number).status_code == 404


def test_nobody_must_sign_in_first(anonymous, course):
    assert (enroll(anonymous, course).status_code, leave(anonymous, course).status_code) == (401, 401)


@pytest.mark.parametrize("field", ["learner", "percent", "completed_at", "user_id"])
def test_nobody_enrols_another_or_writes_their_own_progress(alice, bob, course, field):
    answer = enroll(alice, course, {field: bob.user.pk})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert not Enrollment.objects.exists()


def test_ten_clicks_at_once_are_one_place(transactional_db, alice, course):
    def click(_):
        try:
            return enroll(Person(alice.user), course).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        statuses = list(pool.map(click, range(10)))
    assert sorted(statuses) == [200] * 9 + [201]
    assert Enrollment.objects.count() == 1
