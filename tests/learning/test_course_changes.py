"""A course changes under its learners: nobody loses what they did, nobody passes 100 %."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from gamification.models import EarnedBadge, Profile, XPEntry
from gamification.services.rebuild import rebuild_gamification
from learning.kinds import percent_hundredths
from learning.models import (
    Certificate,
    Course,
    Enrollment,
    LearningSession,
    Lesson,
    LessonProgress,
    StudyTime,
)
from learning.services.enrollment import leave
from learning.services.rebuild import rebuild_progress
from learning.services.structure import move_lesson, structure_changed
from tests.builders import a_beat, a_course, a_lesson, a_module, a_practice, enrolled, lessons_of
from tests.ledgers import unguarded

URL = "/api/learner/track-lesson/"


def complete(person, lesson) -> dict:
    answer = person.post(URL, a_beat(lesson, seconds=30, completed=True))
    assert answer.status_code == 200, answer.content
    return answer.json()


def changed(course: Course) -> None:
    structure_changed(course, at=timezone.now())


def place(person, course) -> Enrollment:
    return Enrollment.objects.get(learner=person.user, course=course)


def test_a_lesson_added_to_a_finished_course_lowers_the_percent_and_takes_nothing_back(alice, ines):
    course = a_course(ines.user, lessons=10)
    enrolled(alice.user, course)
    for lesson in lessons_of(course):
        complete(alice, lesson)
    finished = place(alice, course).completed_at
    a_lesson(course.modules.get(), title="New")
    now = place(alice, course)
    assert float(now.percent) == 90.91
    assert (now.completed_at, float(now.highest_percent)) == (finished, 100.0)
    assert Certificate.objects.count() == 1
    assert EarnedBadge.objects.filter(badge__key="course_conqueror").exists()
    complete(alice, lessons_of(course)[-1])
    assert Certificate.objects.count() == 1
    assert XPEntry.objects.filter(rule="course_completed").count() == 1


def test_a_completed_lesson_deleted_never_makes_more_than_all(alice, ines):
    course = a_course(ines.user, lessons=10)
    enrolled(alice.user, course)
    for lesson in lessons_of(course):
        complete(alice, lesson)
    lessons_of(course)[0].delete()
    changed(course)
    now = place(alice, course)
    assert (now.completed_lessons, now.required_lessons, float(now.percent)) == (9, 9, 100.0)
    assert Certificate.objects.count() == 1


def test_a_deleted_lesson_leaves_its_time_and_its_session_behind(alice, course, at_alice):
    lesson = lessons_of(course)[0]
    complete(alice, lesson)
    lesson.delete()
    changed(course)
    assert sum(StudyTime.objects.values_list("seconds", flat=True)) == 30
    assert LearningSession.objects.count() == 1
    rebuild_progress(at=timezone.now())
    assert place(alice, course).seconds == 30


def test_deleting_the_last_open_lesson_completes_the_course_now_and_once(alice, course, at_alice):
    first, last = lessons_of(course)
    complete(alice, first)
    last.delete()
    changed(course)
    changed(course)
    assert place(alice, course).completed_at
    assert Certificate.objects.count() == 1
    assert Profile.objects.get().xp == 110


def test_three_thirds_are_exactly_a_hundred(alice, ines):
    course = a_course(ines.user, lessons=3)
    enrolled(alice.user, course)
    percents = [complete(alice, lesson)["enrollment"]["percent"] for lesson in lessons_of(course)]
    assert percents == [33.33, 66.67, 100.0]
    assert Certificate.objects.exists()


@pytest.mark.parametrize(
    ("done", "of", "hundredths"), [(1, 8, 1250), (1, 16, 625), (1, 800, 13), (2, 3, 6667), (0, 0, 0)]
)
def test_percent_is_rounded_half_up_from_whole_numbers(done, of, hundredths):
    assert percent_hundredths(done, of) == hundredths


def test_the_percent_in_the_database_is_rounded_like_the_one_in_python(alice, ines):
    course = a_course(ines.user, lessons=7)
    enrolled(alice.user, course)
    for n, lesson in enumerate(lessons_of(course), start=1):
        by_hand = complete(alice, lesson)["enrollment"]["percent"]
        changed(course)
        assert float(place(alice, course).percent) == by_hand == percent_hundredths(n, 7) / 100


def test_a_course_without_lessons_is_at_zero_and_never_completed(alice, ines):
    course = a_course(ines.user, lessons=0)
    enrolled(alice.user, course)
    a_module(course, "Empty")
    now = place(alice, course)
    assert (float(now.percent), now.completed_at) == (0.0, None)
    answer = alice.get(f"/api/learner/courses/{course.pk}/progress/").json()
    assert (answer["modules"], answer["stats"]["average_seconds_per_lesson"]) == ([], None)


def test_a_lesson_moved_to_another_module_keeps_its_completion(alice, course, at_alice):
    lesson = lessons_of(course)[0]
    complete(alice, lesson)
    move_lesson(lesson, to=a_module(course), at=timezone.now())
    assert float(place(alice, course).percent) == 50.0


def test_a_lesson_moved_to_another_course_takes_its_completion_along_and_both_are_counted_anew(
    alice, ines, course, at_alice
):
    second = a_course(ines.user, title="Second", lessons=1)
    enrolled(alice.user, second)
    lesson = lessons_of(course)[0]
    complete(alice, lesson)
    move_lesson(lesson, to=second.modules.get(), at=timezone.now())
    there, here = place(alice, second), place(alice, course)
    assert (there.completed_lessons, there.required_lessons) == (1, 2)
    assert (here.completed_lessons, here.required_lessons) == (0, 1)


def test_an_unpublished_lesson_counts_in_neither_number_and_is_back_on_return(alice, course, at_alice):
    first, _ = lessons_of(course)
    complete(alice, first)
    Lesson.objects.filter(pk=first.pk).update(is_published=False)
    changed(course)
    assert (place(alice, course).completed_lessons, place(alice, course).required_lessons) == (0, 1)
    Lesson.objects.filter(pk=first.pk).update(is_published=True)
    changed(course)
    assert (place(alice, course).completed_lessons, float(place(alice, course).percent)) == (1, 50.0)


def test_leaving_and_coming_back_keeps_progress_and_pays_no_second_welcome(alice, course, at_alice):
    complete(alice, lessons_of(course)[0])
    leave(learner=alice.user, course=course, at=timezone.now())
    a_lesson(course.modules.get(), title="Meanwhile")
    enrolled(alice.user, course)
    now = place(alice, course)
    assert (now.completed_lessons, now.required_lessons, float(now.percent)) == (1, 3, 33.33)
    assert EarnedBadge.objects.filter(badge__key="explorer").count() == 1


def test_who_left_is_not_completed_behind_their_back_but_on_return(alice, course, at_alice):
    first, last = lessons_of(course)
    complete(alice, first)
    leave(learner=alice.user, course=course, at=timezone.now())
    last.delete()
    changed(course)
    assert not Certificate.objects.exists()
    enrolled(alice.user, course)
    assert Certificate.objects.count() == 1


def test_an_optional_lesson_pays_but_does_not_count(alice, course, at_alice):
    extra = a_lesson(course.modules.get(), title="Extra", is_required=False)
    answer = complete(alice, extra)
    assert (answer["xp_awarded"], answer["enrollment"]["percent"]) == (10, 0.0)


def test_removing_somebodys_completions_touches_nobody_else(alice, bob, course, at_alice):
    enrolled(bob.user, course)
    for person in (alice, bob):
        complete(person, lessons_of(course)[0])
    LessonProgress.objects.filter(learner=alice.user).delete()
    changed(course)
    assert (place(alice, course).completed_lessons, place(bob, course).completed_lessons) == (0, 1)


def test_rebuilding_finds_what_was_counted_step_by_step(alice, bob, course, at_alice):
    quiz = a_practice(course.modules.get())
    enrolled(bob.user, course)
    with time_machine.travel(dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC), tick=False) as clock:
        for person in (alice, bob):
            for lesson in lessons_of(course)[:2]:
                complete(person, lesson)
                clock.shift(3600)
        attempt = alice.post("/api/practice/", {"lesson": quiz.pk}).json()
        answers = {str(q.pk): q.choices.get(is_correct=True).pk for q in quiz.questions.all()}
        assert alice.post(f"/api/practice/{attempt['id']}/finish/", {"answers": answers}).json()["passed"]
    kept = [
        list(m.objects.order_by("pk").values()) for m in (Course, Enrollment, LessonProgress, LearningSession, Profile)
    ]
    rebuild_progress(at=timezone.now())
    rebuild_gamification()
    again = [
        list(m.objects.order_by("pk").values()) for m in (Course, Enrollment, LessonProgress, LearningSession, Profile)
    ]
    assert again == kept
    Enrollment.objects.update(seconds=1, completed_lessons=0, percent=0)
    LessonProgress.objects.update(seconds=1)
    LearningSession.objects.all().delete()
    rebuild_progress(at=timezone.now())
    assert list(Enrollment.objects.order_by("pk").values()) == kept[1]
    assert list(LessonProgress.objects.order_by("pk").values()) == kept[2]
    assert LearningSession.objects.count() == len(kept[3])


# --- what can never be true -----------------------------------------------------------------------------------


def refused(act, name: str) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    assert name in str(error.value) or "UNIQUE" in str(error.value)


def test_the_database_refuses_what_can_never_be_true(alice, course, at_alice):
    lesson = lessons_of(course)[0]
    complete(alice, lesson)
    mine = Enrollment.objects.filter(pk=at_alice.pk)
    progress = LessonProgress.objects.filter(learner=alice.user)
    now = timezone.now()
    early = now - dt.timedelta(days=400)
    refused(lambda: Enrollment.objects.create(learner=alice.user, course=course, started_at=now), "once_per_course")
    refused(lambda: mine.update(completed_at=early), "enrollment_finishes_after_it_starts")
    refused(lambda: mine.update(percent=101), "enrollment_percent_between_0_and_100")
    refused(lambda: mine.update(completed_lessons=99), "enrollment_never_over_complete")
    refused(lambda: LessonProgress.objects.create(learner=alice.user, lesson=lesson), "progress_once_per_lesson")
    refused(lambda: progress.update(completed_day=None), "progress_completion_has_its_day_and_hour")
    refused(lambda: progress.update(position=-1), "progress_position_not_negative")
    refused(lambda: progress.update(coverage=101), "progress_coverage_between_0_and_100")
    refused(lambda: StudyTime.objects.update(seconds=4000), "study_time_hour_has_an_hour")
    refused(lambda: Lesson.objects.update(pass_mark=101), "lesson_pass_mark_at_most_100")
    with unguarded():
        refused(lambda: XPEntry.objects.update(amount=-5), "xp_negative_only_as_a_correction_with_reason")
    refused(lambda: Profile.objects.update(run=99), "profile_run_at_most_longest")
