"""Lessons of a course: views, viewers, rates and drop-off by hand; what stands out in a film; page and API alike."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.core.cache import cache
from django.utils import timezone

from chat.kinds import Role
from chat.models import Conversation, Message
from learning.models import Enrollment, LessonProgress, PlayedMinute
from learning.services.completion import complete_lesson
from tests.analytics.test_course_pages import figures_on
from tests.analytics.test_small_course import studies
from tests.builders import a_course, a_lesson, a_user, enrolled, lessons_of

DAY = dt.timedelta(days=1)


@pytest.fixture
def ten(course):
    """Ten learners. All open the first lesson, eight complete it; five open the second, one completes it.

    Of the four who are stuck in the second, three have been away for three weeks. Two were lost in the first.
    """
    now = timezone.now().replace(minute=30)
    first, second = lessons_of(course)
    people = [a_user(f"learner{n}@example.org", name=f"Learner {n}") for n in range(10)]
    for n, person in enumerate(people):
        place = enrolled(person, course, at=now - 40 * DAY)
        studies(person, first, now - 35 * DAY, 600)
        LessonProgress.objects.create(learner=person, lesson=first, last_seen_at=now - 35 * DAY, seconds=600)
        if n < 8:
            complete_lesson(enrollment=place, lesson=first, at=now - 35 * DAY)
        if n < 5:
            seen = now - (3 if n == 4 else 21) * DAY
            studies(person, second, seen, 300)
            LessonProgress.objects.create(learner=person, lesson=second, last_seen_at=seen, seconds=300)
        if n == 0:
            complete_lesson(enrollment=place, lesson=second, at=now - 2 * DAY)
            studies(person, second, now - 2 * DAY, 60)
    assert Enrollment.objects.exclude(completed_at=None).count() == 1
    return now


def lines(ines, course, **query):
    found = ines.get(f"/api/instructor/courses/{course.pk}/lessons/analytics/", query).json()["lessons"]
    return {one["title"][-1]: one for one in found}


def test_each_lesson_is_what_a_hand_comes_to_and_page_and_api_say_the_same(ines, course, ten):
    everything = lines(ines, course, period="all")
    keys = ("views", "viewers", "completions", "completion_rate", "average_seconds", "drop_off_rate", "flags")
    assert [everything["1"][key] for key in keys] == [10, 10, 8, 80.0, 600, 20.0, ["drop_off"]]
    # Two never came past the first; three others completed it and came no further, so they were lost at no lesson.
    assert [everything["2"][key] for key in keys] == [6, 5, 1, 20.0, 312, 60.0, ["drop_off", "low_completion"]]
    week = lines(ines, course, period="7d")["2"]
    assert [week[key] for key in keys[:5]] == [2, 2, 1, 20.0, 180]
    html = ines.get(f"/admin/analytics/courses/{course.pk}/lessons/", {"period": "7d"}).content.decode()
    shown = {pk: figures_on(row) for pk, row in re.findall(r'<tr[^>]*data-lesson="(\d+)">(.*?)</tr>', html, re.DOTALL)}
    for one in lines(ines, course, period="7d").values():
        said = {("lesson_completion_rate" if k == "completion_rate" else k): one[k] for k in keys[:6]}
        assert shown[str(one["id"])] == said
        single = ines.get(f"/admin/analytics/courses/{course.pk}/lessons/{one['id']}/", {"period": "7d"})
        assert figures_on(single.content.decode()) == said


def test_lessons_are_sorted_by_what_they_lose_and_problems_come_first(ines, course, ten):
    page = ines.get(f"/admin/analytics/courses/{course.pk}/lessons/", {"sort": "drop_off_rate"}).content.decode()
    assert re.findall(r'data-lesson="(\d+)"', page) == [str(one.pk) for one in reversed(lessons_of(course))]
    assert page.index("Loses people") < page.index("<table")
    assert f"/admin/learning/lesson/{lessons_of(course)[1].pk}/change/" in page


def test_a_films_page_names_the_minutes_where_people_stop_repeat_and_ask(ines, alice, course, at_alice):
    film = a_lesson(course.modules.get(), title="Film", kind="video", duration_seconds=300)
    for minute, plays, rewatches, stops in ((0, 40, 2, 3), (1, 38, 20, 1), (2, 35, 4, 12), (4, 20, 0, 20)):
        PlayedMinute.objects.create(lesson=film, minute=minute, plays=plays, rewatches=rewatches, stops=stops)
    talk = Conversation.objects.create(course=course, asker=alice.user, title="?", last_message_at=timezone.now())
    words = "my secret question"
    question = Message.objects.create(
        conversation=talk,
        course=course,
        asker=alice.user,
        role=Role.USER,
        content=words,
        client_message_id=uuid.uuid4(),
    )
    cited = [{"lesson": film.pk, "title": "Film", "url": "/", "heading": "", "second": 130}]
    Message.objects.create(
        conversation=talk,
        course=course,
        asker=alice.user,
        role=Role.ASSISTANT,
        content="So.",
        citations=cited,
        answers=question,
    )
    page = ines.get(f"/admin/analytics/courses/{course.pk}/lessons/{film.pk}/").content.decode()
    assert "Most who stop do so in minute 3" in page  # everybody stops in the last one: that says nothing
    assert "Minute 2 was watched again 20 times." in page
    assert "Minute 3 answers a question that was asked once." in page
    assert "The assistant answered one question from this lesson" in page
    assert words not in page
    assert page.count("<tbody><tr>") == 1
    table = re.findall(r"<tr><th scope=\"row\">(\d+)</th>", page)
    assert table == ["1", "2", "3", "4", "5"]


def test_the_class_against_its_lessons_is_a_line_of_characters_for_each_learner(ines, course, ten):
    found = ines.get(f"/api/instructor/courses/{course.pk}/students/matrix/").json()
    assert found["lessons"] == [one.pk for one in lessons_of(course)]
    assert [one["cells"] for one in found["students"]] == ["xx", *["xo"] * 4, *["x-"] * 3, *["o-"] * 2]
    assert found["students"][0]["name"] == "Learner 0"
    assert found["next"] is None
    assert ines.get(f"/api/instructor/courses/{course.pk}/students/matrix/?after=x").status_code == 400


def test_a_large_courses_numbers_are_kept_for_a_moment_and_a_lesson_newer_than_they_are_has_its_page(
    ines, course, ten, monkeypatch
):
    monkeypatch.setattr("analytics.selectors.snapshot.MANY_LEARNERS", 10)
    before = lines(ines, course, period="all")
    late = a_user("late@example.org")
    enrolled(late, course)
    studies(late, lessons_of(course)[0], timezone.now(), 60)
    assert lines(ines, course, period="all") == before
    assert lines(ines, course, period="7d") != before  # other days are asked for anew
    new = a_lesson(course.modules.get(), title="New")
    assert ines.get(f"/admin/analytics/courses/{course.pk}/lessons/{new.pk}/", {"period": "all"}).status_code == 200


def test_in_a_large_course_who_was_lost_is_looked_for_four_times_an_hour(ines, course, ten, monkeypatch):
    monkeypatch.setattr("analytics.selectors.snapshot.MANY_LEARNERS", 10)
    assert lines(ines, course, period="all")["2"]["drop_off_rate"] == 60.0
    Enrollment.objects.filter(course=course).update(last_accessed_at=timezone.now())
    assert lines(ines, course, period="7d")["2"]["drop_off_rate"] == 60.0
    cache.delete(f"analytics:dropped:{course.pk}")
    assert lines(ines, course, period="90d")["2"]["drop_off_rate"] == 0


def test_viewers_are_without_who_left_and_who_teaches(ines, course, ten):
    first = lessons_of(course)[0]
    assert lines(ines, course, period="90d")["1"]["viewers"] == 10
    Enrollment.objects.filter(learner__email="learner0@example.org").update(left_at=timezone.now())
    studies(ines.user, first, timezone.now() - 3 * DAY, 60)
    assert lines(ines, course, period="90d")["1"]["viewers"] == 9


def test_a_row_of_the_matrix_has_a_character_for_each_of_many_lessons(ines, alice):
    course = a_course(ines.user, lessons=40)
    place = enrolled(alice.user, course)
    for n, lesson in enumerate(lessons_of(course)):
        if n in {0, 17, 18, 39}:
            complete_lesson(enrollment=place, lesson=lesson, at=timezone.now())
        elif n in {1, 35, 36}:
            LessonProgress.objects.create(learner=alice.user, lesson=lesson, last_seen_at=timezone.now(), seconds=9)
    (row,) = ines.get(f"/api/instructor/courses/{course.pk}/students/matrix/").json()["students"]
    assert row["cells"] == "xo" + "-" * 15 + "xx" + "-" * 16 + "oo--x"
