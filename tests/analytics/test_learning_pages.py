"""My learning, the counters in the header and the progress in a course."""

import datetime as dt

import pytest
from django.utils import timezone

from learning.kinds import CourseState
from learning.models import Course, Enrollment, Lesson, LessonProgress
from learning.services.completion import complete_lesson
from tests.builders import a_course, a_lesson, enrolled, lessons_of
from tests.learning.test_pages import asked_of_database, text_of


@pytest.mark.parametrize("path", ["/my-learning/", "/courses/stones/progress/"])
def test_visitors_sign_in_first(anonymous, course, path):
    assert anonymous.get(path).url == f"/accounts/login/?next={path}"


def test_who_has_no_course_is_shown_the_way_to_one(alice):
    page = text_of(alice.get("/my-learning/"))
    assert "Your path starts with one course" in page
    assert "Find a course" in page


def test_the_lesson_that_was_open_last_is_the_one_to_resume(alice, course, at_alice):
    first, second = lessons_of(course)
    alice.get(second.get_absolute_url())
    html = alice.get("/my-learning/").content.decode()
    page = text_of(alice.get("/my-learning/"))
    assert "Resume" in page
    assert "Next: Stones 1" in page
    assert html.index(second.get_absolute_url()) < html.index(first.get_absolute_url())


def test_a_video_resumes_at_its_second(alice, course, at_alice):
    film = a_lesson(course.modules.first(), title="Film", kind="video", video_url="https://v.example/a.mp4")
    LessonProgress.objects.create(learner=alice.user, lesson=film, position=75, last_seen_at=timezone.now())
    assert "Resume at 1:15" in text_of(alice.get("/my-learning/"))


def test_a_lesson_today_counts_for_the_streak_and_the_level(alice, course, at_alice):
    complete_lesson(enrollment=at_alice, lesson=lessons_of(course)[0], at=timezone.now())
    page = text_of(alice.get("/my-learning/"))
    assert "Today counts: your streak has begun." in page
    assert "Level 1 10 XP" in page
    assert "90 XP to level 2." in page
    assert "1 of 2 lessons" in page


def test_a_missed_streak_says_what_is_kept(alice, course, at_alice):
    for n, lesson in enumerate(lessons_of(course)):
        complete_lesson(enrollment=at_alice, lesson=lesson, at=timezone.now() - dt.timedelta(days=9 - n))
    page = text_of(alice.get("/my-learning/"))
    assert "A fresh start" in page
    assert "Your best, 2 days, stays." in page


def test_a_finished_course_shows_its_certificate(alice, course, at_alice):
    for lesson in lessons_of(course):
        complete_lesson(enrollment=at_alice, lesson=lesson, at=timezone.now())
    page = alice.get("/my-learning/")
    assert "Everything here is finished" in text_of(page)
    assert b"/certificates/" in page.content


def test_courses_that_were_left_or_archived_are_not_listed(alice, ines, course, at_alice):
    gone = a_course(ines.user, title="Gone")
    enrolled(alice.user, gone)
    Course.objects.filter(pk=gone.pk).update(state=CourseState.ARCHIVED)
    alice.submit("/courses/stones/leave/")
    page = text_of(alice.get("/my-learning/"))
    assert "Stones" not in page
    assert "Gone" not in page


def test_counters_are_for_learners_only(alice, anonymous):
    assert anonymous.get("/my-learning/counters/").content == b""
    assert "days in a row" in text_of(alice.get("/my-learning/counters/"))


def test_progress_shows_modules_and_what_is_left(alice, course, at_alice):
    complete_lesson(enrollment=at_alice, lesson=lessons_of(course)[0], at=timezone.now())
    page = text_of(alice.get("/courses/stones/progress/"))
    assert "50 %" in page
    assert "First steps" in page
    assert "1 of 2" in page
    assert "Completed Stones 1" in page
    assert "Not started Stones 2" in page


def test_progress_of_a_course_without_lessons_is_a_page_too(alice, course, at_alice):
    Lesson.objects.all().delete()
    Enrollment.objects.update(required_lessons=0)
    assert "The lessons of this course are still being written" in text_of(alice.get("/courses/stones/progress/"))


def test_who_is_not_in_the_course_is_led_to_it(alice, bob, course, at_alice, ines):
    assert bob.get("/courses/stones/progress/").url == "/courses/stones/"
    a_course(ines.user, title="Draft", state=CourseState.DRAFT)
    assert bob.get("/courses/draft/progress/").status_code == 404


def test_my_learning_asks_the_same_for_two_courses_as_for_twelve(alice, ines):
    for n in range(2):
        enrolled(alice.user, a_course(ines.user, title=f"Few {n}"))
    alice.get("/my-learning/")  # the first look of a day gives its challenges
    few = asked_of_database(alice, "/my-learning/")
    for n in range(10):
        enrolled(alice.user, a_course(ines.user, title=f"Many {n}", lessons=5))
    assert len(asked_of_database(alice, "/my-learning/")) == len(few) <= 12
