"""One course over the API, with its outline."""

from __future__ import annotations

import pytest

from learning.kinds import CourseState
from learning.models import Course, Lesson
from tests.builders import a_course, a_lesson, a_module, enrolled, lessons_of


def state(course, value):
    Course.objects.filter(pk=course.pk).update(state=value)


def test_everybody_reads_a_published_course(anonymous, course):
    Course.objects.update(description="# About\n\n<script>alert(1)</script>\n\n**stones**")
    body = anonymous.get(f"/api/courses/{course.pk}/").json()
    assert "<strong>stones</strong>" in body["description_html"]
    assert "<script" not in body["description_html"]
    first = lessons_of(course)[0]
    [module] = body["modules"]
    assert module["title"] == "First steps"
    assert module["lessons"][0] == {
        "id": first.pk,
        "slug": first.slug,
        "title": "Stones 1",
        "kind": "text",
        "is_required": True,
        "is_preview": False,
        "is_published": True,
        "minutes": 5,
        "min_seconds": 0,
    }
    assert body["is_enrolled"] is False


def test_the_outline_is_in_the_order_of_the_course(anonymous, course):
    module = a_module(course)
    a_lesson(module, title="Last", position=9)
    a_lesson(module, title="Middle", position=1)
    body = anonymous.get(f"/api/courses/{course.pk}/").json()
    assert [lesson["title"] for m in body["modules"] for lesson in m["lessons"]] == [
        "Stones 1",
        "Stones 2",
        "Middle",
        "Last",
    ]


def test_an_enrolled_learner_is_told_so(alice, course, at_alice):
    assert alice.get(f"/api/courses/{course.pk}/").json()["is_enrolled"] is True


def test_unpublished_lessons_are_for_those_who_teach(alice, ines, igor, staff, course):
    Lesson.objects.filter(pk=lessons_of(course)[0].pk).update(is_published=False)

    def seen(person):
        modules = person.get(f"/api/courses/{course.pk}/").json()["modules"]
        return [(lesson["title"], lesson["is_published"]) for m in modules for lesson in m["lessons"]]

    assert seen(alice) == seen(igor) == [("Stones 2", True)]
    assert seen(ines) == seen(staff) == [("Stones 1", False), ("Stones 2", True)]


@pytest.mark.parametrize("value", [CourseState.DRAFT, CourseState.ARCHIVED])
def test_a_course_that_is_not_published_is_there_for_its_own_instructors_and_staff_only(
    alice, bob, ines, igor, staff, admin, anonymous, course, value
):
    enrolled(alice.user, course)
    state(course, value)
    for person in (alice, bob, igor, anonymous):
        answer = person.get(f"/api/courses/{course.pk}/")
        assert answer.status_code == 404
        assert "Stones" not in answer.content.decode()
    for person in (ines, staff, admin):
        assert person.get(f"/api/courses/{course.pk}/").status_code == 200


@pytest.mark.parametrize("number", ["999999", "99999999999999999999999", "9" * 5000, "0", "-1", "x", "1.0", "%00"])
def test_an_unknown_course_is_404(anonymous, course, number):
    answer = anonymous.get(f"/api/courses/{number}/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("modules", [1, 6])
def test_a_course_takes_at_most_twelve_queries(alice, ines, modules, django_assert_max_num_queries):
    course = a_course(ines.user)
    for n in range(modules):
        for _ in range(5):
            a_lesson(a_module(course, f"Module {n}"))
    with django_assert_max_num_queries(12):
        alice.get(f"/api/courses/{course.pk}/")
