"""One lesson over the API: who may read it, and what stands in it."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from learning.kinds import CourseState, LessonKind
from learning.models import Course, Lesson, LessonProgress, LessonView, PracticeAttempt, SubPage
from tests.builders import a_lesson, a_practice, enrolled, lessons_of


def read(person, lesson):
    return person.get(f"/api/lessons/{lesson if isinstance(lesson, int | str) else lesson.pk}/")


@pytest.fixture
def lesson(course):
    return lessons_of(course)[0]


@pytest.fixture
def module(course):
    return course.modules.get()


def test_an_enrolled_learner_reads_it(alice, at_alice, lesson):
    body = read(alice, lesson).json()
    assert body == {
        "id": lesson.pk,
        "course": lesson.course_id,
        "module": lesson.module_id,
        "slug": lesson.slug,
        "title": "Stones 1",
        "kind": "text",
        "is_preview": False,
        "html": body["html"],
        "video": None,
        "practice": None,
        "progress": {
            "lesson": lesson.pk,
            "status": "not_started",
            "seconds": 0,
            "coverage": None,
            "position": 0.0,
            "completed_at": None,
            "missing": [],
        },
        "sub_pages": [],
    }
    assert "Words about Stones 1." in body["html"]


def test_what_is_missing_is_said(alice, at_alice, module):
    timed = a_lesson(module, title="Timed", min_seconds=120)
    LessonProgress.objects.create(learner=alice.user, lesson=timed, seconds=30, last_seen_at=timezone.now())
    progress = read(alice, timed).json()["progress"]
    assert (progress["status"], progress["seconds"]) == ("in_progress", 30)
    assert progress["missing"] == [{"what": "seconds", "have": 30.0, "need": 120.0}]


def test_what_is_completed_misses_nothing(alice, at_alice, module):
    timed = a_lesson(module, title="Timed", min_seconds=120)
    now = timezone.now()
    LessonProgress.objects.create(
        learner=alice.user, lesson=timed, last_seen_at=now, completed_at=now, completed_day=now.date(), completed_hour=1
    )
    progress = read(alice, timed).json()["progress"]
    assert (progress["status"], progress["missing"]) == ("completed", [])
    assert progress["completed_at"]


def test_a_video_says_where_it_is_and_how_much_was_seen(alice, at_alice, module):
    video = a_lesson(
        module, title="Film", kind=LessonKind.VIDEO, video_url="https://video.example/a.mp4", duration_seconds=600
    )
    LessonProgress.objects.create(
        learner=alice.user, lesson=video, position=61.5, coverage="12.50", last_seen_at=timezone.now()
    )
    body = read(alice, video).json()
    assert body["video"] == {
        "url": "https://video.example/a.mp4",
        "captions_url": None,
        "duration_seconds": 600,
        "forbid_skipping": False,
    }
    assert (body["progress"]["coverage"], body["progress"]["position"]) == (12.5, 61.5)
    assert body["progress"]["missing"] == [{"what": "coverage", "have": 12.5, "need": 95.0}]


def test_an_uploaded_video_is_where_the_answer_says(alice, bob, at_alice, module):
    video = a_lesson(module, title="Film", kind=LessonKind.VIDEO)
    video.video_file.save("film.mp4", ContentFile(b"film"))
    video.captions.save("film.vtt", ContentFile(b"WEBVTT"))
    said = read(alice, video).json()["video"]
    for where, what in ((said["url"], b"film"), (said["captions_url"], b"WEBVTT")):
        assert b"".join(alice.get(where).streaming_content) == what
        assert bob.get(where).status_code == 404


def test_a_practice_says_what_it_asks_for_and_never_the_answers(alice, bob, at_alice, module):
    practice = a_practice(module, questions=3, pass_mark=70)
    now = timezone.now()
    for learner, score in ((alice.user, 33), (alice.user, 66), (bob.user, 100)):
        PracticeAttempt.objects.create(
            learner=learner, lesson=practice, started_at=now, finished_at=now, day=now.date(), score=score
        )
    PracticeAttempt.objects.create(learner=alice.user, lesson=practice, started_at=now)
    answer = read(alice, practice)
    assert answer.json()["practice"] == {"questions_count": 3, "pass_mark": 70, "attempts": 2, "best_score": 66.0}
    assert answer.json()["progress"]["missing"] == [{"what": "practice", "have": 66.0, "need": 70.0}]
    assert "right" not in answer.content.decode()


def test_further_pages_come_along(alice, at_alice, lesson):
    SubPage.objects.create(lesson=lesson, title="Homework", slug="homework", body="Collect **three**.")
    [page] = read(alice, lesson).json()["sub_pages"]
    assert (page["title"], page["slug"]) == ("Homework", "homework")
    assert "<strong>three</strong>" in page["html"]


def test_reading_here_is_no_view(alice, at_alice, lesson):
    read(alice, lesson)
    assert not LessonView.objects.exists()
    assert not LessonProgress.objects.exists()


def test_without_an_enrolment_it_is_403_and_nothing_of_it_is_shown(bob, igor, lesson):
    for person in (bob, igor):
        answer = read(person, lesson)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_enrolled")
        assert "Words about" not in answer.content.decode()


def test_somebody_who_left_is_not_enrolled(alice, course, at_alice, lesson):
    alice.delete(f"/api/courses/{course.pk}/enrollment/")
    assert read(alice, lesson).json()["code"] == "not_enrolled"


def test_nobody_must_sign_in_first(anonymous, lesson):
    answer = read(anonymous, lesson)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")


def test_a_preview_lesson_is_for_everybody_and_tracks_nobody(anonymous, bob, alice, at_alice, module):
    preview = a_lesson(module, title="Taste", is_preview=True)
    for person in (anonymous, bob):
        assert read(person, preview).json()["progress"] is None
    assert read(alice, preview).json()["progress"]["status"] == "not_started"


def test_those_who_teach_it_see_it_as_a_preview(ines, staff, admin, lesson):
    for person in (ines, staff, admin):
        assert (read(person, lesson).status_code, read(person, lesson).json()["progress"]) == (200, None)


def test_an_instructor_who_enrols_is_a_learner_there(ines, course, lesson):
    enrolled(ines.user, course)
    assert read(ines, lesson).json()["progress"]["status"] == "not_started"


def test_an_unpublished_lesson_is_404_for_all_but_those_who_teach_it(
    alice, bob, igor, ines, anonymous, at_alice, lesson
):
    Lesson.objects.filter(pk=lesson.pk).update(is_published=False, is_preview=True)
    assert [read(p, lesson).status_code for p in (alice, bob, igor, anonymous)] == [404] * 4
    assert read(ines, lesson).status_code == 200


@pytest.mark.parametrize("state", [CourseState.DRAFT, CourseState.ARCHIVED])
def test_a_lesson_of_a_course_that_is_not_published_is_404(alice, anonymous, igor, ines, at_alice, lesson, state):
    Course.objects.update(state=state)
    assert [read(p, lesson).status_code for p in (alice, anonymous, igor)] == [404] * 3
    assert read(ines, lesson).status_code == 200


@pytest.mark.parametrize("number", ["999999", "99999999999999999999999", "9" * 5000, "0", "-1", "x"])
def test_an_unknown_lesson_is_404(alice, at_alice, number):
    assert read(alice, number).status_code == 404


def test_a_lesson_takes_at_most_twelve_queries(alice, at_alice, module, django_assert_max_num_queries):
    practice = a_practice(module, questions=20)
    with django_assert_max_num_queries(12):
        read(alice, practice)
