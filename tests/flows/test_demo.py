"""The demo: what scripts and first visitors rely on."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from gamification.selectors.profile import profile
from learning.demo.load import InTheWay, load_demo
from learning.demo.people import LOGINS, PASSWORD
from learning.kinds import LessonKind, LessonStatus, QuestionKind
from learning.models import Course, Enrollment, Lesson, LessonProgress, Question, User
from tests.builders import a_course, a_user, enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo():
    assert load_demo(at=timezone.now())


def who(email):
    return User.objects.get(email=email)


@pytest.mark.parametrize("login", LOGINS, ids=lambda login: login.email)
def test_everybody_gets_in_with_the_same_password(demo, login):
    user = who(login.email)
    assert Client().login(username=login.email, password=PASSWORD)
    assert user.emailaddress_set.get().verified


def test_loading_it_again_changes_nothing(demo):
    before = (User.objects.count(), Course.objects.count(), LessonProgress.objects.count())
    assert not load_demo(at=timezone.now())
    assert (User.objects.count(), Course.objects.count(), LessonProgress.objects.count()) == before


def test_it_does_not_mix_with_accounts_that_have_its_names():
    a_user("bob@example.org")
    with pytest.raises(InTheWay):
        load_demo(at=timezone.now())
    assert User.objects.count() == 1


def test_alice_is_half_way_through_a_course_and_her_streak_is_alive(demo):
    alice = who("alice@example.org")
    place = Enrollment.objects.get(learner=alice)
    state = profile(alice, at=timezone.now())
    assert (place.percent, place.completed_at) == (50, None)
    assert (state.current_streak, state.last_active_day) == (4, alice.day_at(timezone.now()) - dt.timedelta(days=1))


def test_alices_totals_are_the_sums_of_her_facts(demo):
    alice = who("alice@example.org")
    mine = LessonProgress.objects.filter(learner=alice)
    place = Enrollment.objects.get(learner=alice)
    assert place.seconds == sum(p.seconds for p in mine) == sum(s.seconds for s in alice.study_time.all())
    assert place.completed_lessons == sum(p.status == LessonStatus.COMPLETED for p in mine)
    assert profile(alice, at=timezone.now()).level.xp == sum(e.amount for e in alice.xp_entries.all()) > 0
    assert all(p.completed_at is None or p.completed_at < timezone.now() for p in mine)
    assert [a.score for a in alice.practice_attempts.all()] == [80]


@pytest.mark.parametrize("hour", [0, 5, 12, 22])
def test_alices_last_days_fit_whatever_the_hour_of_loading(hour):
    load_demo(at=timezone.now().replace(hour=hour, minute=15))
    assert profile(who("alice@example.org"), at=timezone.now().replace(hour=hour, minute=15)).current_streak == 4


def test_bobs_first_free_course_begins_with_something_he_can_finish_at_once(demo):
    bob = who("bob@example.org")
    free = Course.objects.published().exclude(enrollments__learner=bob).order_by("title", "id").first()
    lesson = Lesson.objects.filter(course=free, kind=LessonKind.TEXT, is_required=True, min_seconds=0).first()
    assert lesson is not None
    enrolled(bob, free)
    assert bob.zone_at(timezone.now()) != who("alice@example.org").zone_at(timezone.now())


def test_the_instructors_teach_different_courses_and_enter_the_admin(demo):
    instructors = [who(f"{name}@example.org") for name in ("ines", "igor", "iris")]
    assert len({course for user in instructors for course in user.courses_taught.all()}) == 3
    for user in instructors:
        assert user.courses_taught.count() == 1
        assert user.is_staff
        assert not user.is_staff_member


def test_staff_and_superuser_are_what_they_are_called(demo):
    assert who("staff@example.org").is_staff_member
    assert not who("staff@example.org").is_superuser
    assert who("admin@example.org").is_superuser


def test_its_lessons_are_worth_reading_and_its_questions_can_be_answered(demo):
    for lesson in Lesson.objects.filter(kind=LessonKind.TEXT):
        assert 200 <= len(lesson.body.split()) <= 450, lesson.title
        assert "<h2" in lesson.html, lesson.title
    assert Lesson.objects.filter(is_preview=True).count() == 3
    assert {q.kind for q in Question.objects.all()} == set(QuestionKind)
    assert all(q.explanation for q in Question.objects.all())


def test_it_needs_no_empty_database():
    a_course(a_user("somebody@example.org"), title="A course of somebody else")
    assert load_demo(at=timezone.now())
