"""The catalogue over the API: found by words and filters, the same number of queries however long."""

from __future__ import annotations

import pytest

from learning.kinds import CourseState
from learning.models import Category
from tests.builders import a_course, enrolled


def titles(person, **query):
    answer = person.get("/api/courses/", query)
    assert answer.status_code == 200, answer.content
    return [c["title"] for c in answer.json()["results"]]


def refused(person, **query):
    answer = person.get("/api/courses/", query)
    assert answer.status_code == 400
    return [e["field"] for e in answer.json()["errors"]]


@pytest.fixture
def shelf(ines):
    """Three published courses, a draft and an archived one."""
    nature = Category.objects.create(name="Nature", slug="nature")
    a_course(ines.user, title="Birds", lessons=1, category=nature, subtitle="Songs and feathers")
    a_course(ines.user, title="Clouds", lessons=13, level="advanced", language="de")
    a_course(ines.user, title="Dunes", lessons=70, description="Sand and wind")
    a_course(ines.user, title="Eels", state=CourseState.DRAFT)
    a_course(ines.user, title="Foxes", state=CourseState.ARCHIVED)


def test_everybody_sees_the_published_courses(anonymous, alice, ines, shelf):
    for person in (anonymous, alice, ines):
        assert titles(person) == ["Birds", "Clouds", "Dunes"]


def test_a_course_has_the_keys_that_clients_rely_on(alice, ines, shelf):
    body = alice.get("/api/courses/").json()
    assert {k: body[k] for k in ("count", "next", "previous")} == {"count": 3, "next": None, "previous": None}
    birds, clouds, _ = body["results"]
    assert birds == {
        "id": birds["id"],
        "slug": "birds",
        "title": "Birds",
        "subtitle": "Songs and feathers",
        "category": "nature",
        "level": "beginner",
        "language": "en",
        "lessons_count": 1,
        "duration_minutes": 5,
        "instructors": [{"id": ines.user.pk, "name": "Ines"}],
        "is_enrolled": False,
    }
    assert clouds["category"] is None


def test_an_instructor_without_a_name_is_never_shown_by_address(alice, ines, shelf):
    type(ines.user).objects.filter(pk=ines.user.pk).update(display_name="")
    assert "ines@example.org" not in alice.get("/api/courses/").content.decode()


def test_my_own_courses_are_marked(alice, bob, course, other_course):
    enrolled(alice.user, course)
    marks = {c["title"]: c["is_enrolled"] for c in alice.get("/api/courses/").json()["results"]}
    assert marks == {"Stones": True, "Igor's own": False}
    assert not any(c["is_enrolled"] for c in bob.get("/api/courses/").json()["results"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"search": "SONGS"}, ["Birds"]),
        ({"search": "wind sand"}, ["Dunes"]),
        ({"search": "wind feathers"}, []),
        ({"search": "100%"}, []),
        ({"search": "' OR 1=1 --"}, []),
        ({"search": ""}, ["Birds", "Clouds", "Dunes"]),
        ({"category": "nature"}, ["Birds"]),
        ({"level": "advanced"}, ["Clouds"]),
        ({"language": "de"}, ["Clouds"]),
        ({"language": "fr"}, []),
        ({"duration": "short"}, ["Birds"]),
        ({"duration": "medium"}, ["Clouds"]),
        ({"duration": "long"}, ["Dunes"]),
        ({"ordering": "longest"}, ["Dunes", "Clouds", "Birds"]),
        ({"ordering": "shortest"}, ["Birds", "Clouds", "Dunes"]),
        ({"level": "beginner", "ordering": "longest"}, ["Dunes", "Birds"]),
        ({"colour": "green"}, ["Birds", "Clouds", "Dunes"]),
    ],
)
def test_courses_are_found(anonymous, shelf, query, expected):
    assert titles(anonymous, **query) == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("category", "unknown"),
        ("category", "\x00"),
        ("level", "expert"),
        ("level", "\x00"),
        ("language", "no language at all"),
        ("language", "\x00"),
        ("duration", "forever"),
        ("ordering", "-password"),
        ("ordering", "instructors__email"),
        ("search", "x" * 101),
        ("search", "a\x00b"),
        ("page", "one"),
        ("page", "0"),
        ("page", "-1"),
        ("page", "9" * 5000),
        ("page_size", "many"),
        ("page_size", "0"),
    ],
)
def test_a_value_that_does_not_exist_is_refused_by_name(anonymous, shelf, field, value):
    assert set(refused(anonymous, **{field: value})) == {field}


def test_pages_follow_each_other(anonymous, ines):
    for n in range(5):
        a_course(ines.user, title=f"Course {n}", lessons=0)
    first = anonymous.get("/api/courses/", {"page_size": 2}).json()
    second = anonymous.get(first["next"]).json()
    assert [c["title"] for c in first["results"] + second["results"]] == [f"Course {n}" for n in range(4)]
    assert second["previous"]
    assert anonymous.get("/api/courses/", {"page": 4, "page_size": 2}).status_code == 404


def test_a_page_has_at_most_a_hundred(anonymous, ines):
    a_course(ines.user)
    assert anonymous.get("/api/courses/", {"page_size": 1000}).status_code == 200


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_takes_at_most_eight_queries(alice, ines, igor, number, django_assert_max_num_queries):
    for n in range(number):
        course = a_course(ines.user, title=f"Course {n}", lessons=1)
        course.instructors.add(igor.user)
    with django_assert_max_num_queries(8):
        assert len(alice.get("/api/courses/").json()["results"]) == number
