"""What the open page of an instructor is told, and who is told nothing."""

from __future__ import annotations

import uuid

from learning.models import Course
from notifications.models import Delivery, LiveEvent, Notification
from tests.builders import a_beat, enrolled, lessons_of


def told(person):
    rows = LiveEvent.objects.filter(person=person.user, kind="course").order_by("pk")
    return [(row.data["what"], row.data["name"]) for row in rows]


def test_a_teacher_hears_of_enrolments_completions_and_questions_of_their_own_course(ines, igor, alice, course):
    alice.post(f"/api/courses/{course.pk}/enrollment/")
    assert told(ines) == [("enrolled", "Alice")]
    first, second = lessons_of(course)
    alice.post("/api/learner/track-lesson/", a_beat(first, completed=True))
    alice.post("/api/learner/track-lesson/", a_beat(second, completed=True))
    question = {"course": course.pk, "content": "Why stones?", "client_message_id": str(uuid.uuid4())}
    assert alice.post("/api/chat/sessions/", question).status_code == 201
    assert told(ines) == [
        ("enrolled", "Alice"),
        ("lesson", "Alice"),
        ("lesson", "Alice"),
        ("completed", "Alice"),
        ("asked", "Alice"),
    ]
    assert told(igor) == told(alice) == []
    assert "Why stones?" not in str(list(LiveEvent.objects.filter(person=ines.user).values_list("data")))


def test_a_teacher_who_tries_the_course_is_no_news(ines, course):
    enrolled(ines.user, course)
    ines.post("/api/learner/track-lesson/", a_beat(lessons_of(course)[0], completed=True))
    assert told(ines) == []


def test_in_a_course_of_aliases_nobody_is_named(ines, alice, course):
    Course.objects.filter(pk=course.pk).update(learners_by_alias=True)
    alice.post(f"/api/courses/{course.pk}/enrollment/")
    alice.post("/api/learner/track-lesson/", a_beat(lessons_of(course)[0], completed=True))
    root = f"/api/instructor/courses/{course.pk}/students"
    seen = [str(told(ines)), *(ines.get(f"{root}/{what}/").content.decode() for what in ("top", "matrix"))]
    seen.append(ines.get(f"/admin/analytics/courses/{course.pk}/").content.decode())
    assert all("Alice" not in words and "Learner " in words for words in seen)


def test_a_question_that_is_sent_waits_in_the_inbox_of_who_teaches_and_says_nothing_of_itself(
    ines, igor, alice, course, at_alice
):
    question = {"course": course.pk, "content": "Why zyzzyva?", "client_message_id": str(uuid.uuid4())}
    talk = alice.post("/api/chat/sessions/", question).json()
    for _ in range(2):
        alice.post(f"/api/chat/messages/{talk['messages'][0]['id']}/ask-instructor/", {})
    (row,) = Notification.objects.filter(kind="question")
    assert (row.learner, row.title) == (ines.user, "A question for you in Stones")
    assert "zyzzyva" not in row.title + row.body
    assert "Why zyzzyva?" in ines.get(row.url).content.decode()
    assert Delivery.objects.get(kind="question").channel == "email"
