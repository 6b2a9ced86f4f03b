"""The demo's learners: every number follows from facts, and every fact could have happened."""

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F, Max, Min, Q, Sum

from config.demo import load
from gamification.kinds import ACTIVE_DAY_SECONDS
from gamification.models import ActiveDay, Badge, Challenge, EarnedBadge, Pause, Preferences, Profile, XPEntry
from gamification.selectors.boards import board
from gamification.selectors.days import calendar_of, streak_calendar
from gamification.selectors.metrics import EVERYWHERE, measure
from gamification.services.rebuild import rebuild_gamification
from gamification.walk import DayState, walk
from learning import outbox
from learning.kinds import LessonKind, percent_hundredths
from learning.models import (
    AuditEntry,
    Certificate,
    Course,
    Enrollment,
    LearningSession,
    Lesson,
    LessonProgress,
    LessonView,
    PlayedMinute,
    PracticeAttempt,
    StudyTime,
    User,
)
from learning.services.rebuild import rebuild_progress
from learning.zones import day_at, zone
from tests.builders import Person
from tests.ledgers import unguarded

pytestmark = pytest.mark.django_db
# A day after Europe put its clocks forward, three weeks after America did.
AT = dt.datetime(2026, 3, 30, 15, 37, 12, 345678, tzinfo=dt.UTC)
LEARNERS = 30
FACTS = (
    Enrollment, LessonProgress, StudyTime, LessonView, PracticeAttempt, LearningSession, Certificate, PlayedMinute,
    XPEntry, EarnedBadge, ActiveDay, Profile,
)  # fmt: skip


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Loaded once for all of them: what a test does to it is rolled back to a savepoint."""
    whole = transaction.atomic()
    whole._from_testcase = True  # as in Django's own tests, `durable` may lie within it
    with django_db_blocker.unblock(), whole:
        assert load(at=AT, learners=LEARNERS)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded, db):
    """Thirty learners and their ninety days."""


def numbers():
    """Every row of every table, without what the database chose or a certificate's secret."""
    left_out = {"id", "uuid", "password"}
    return {
        model.__name__: [
            {f.attname: row[f.attname] for f in model._meta.concrete_fields if f.name not in left_out}
            for row in model.objects.order_by("pk").values()
        ]
        for model in (*FACTS, User)
    }


def learners():
    return User.objects.filter(is_staff=False)


def by(model, *keys, what="seconds"):
    return {row[:-1]: row[-1] for row in model.objects.order_by().values_list(*keys).annotate(total=Sum(what))}


def test_study_time_is_the_time_of_lessons_and_of_courses(demo):
    courses, lessons = by(StudyTime, "learner", "course"), by(StudyTime, "learner", "lesson")
    assert sum(courses.values()) > 30 * 3600
    for place in Enrollment.objects.all():
        assert place.seconds == courses.pop((place.learner_id, place.course_id), 0)
    for mine in LessonProgress.objects.all():
        assert mine.seconds == lessons.pop((mine.learner_id, mine.lesson_id), 0)
    assert not courses
    assert not lessons


def test_percents_follow_from_counts_and_counts_from_completions(demo):
    for place in Enrollment.objects.select_related("course"):
        required = Lesson.objects.countable().filter(course=place.course)
        done = required.filter(progress__learner=place.learner_id, progress__completed_at__isnull=False).count()
        assert (place.completed_lessons, place.required_lessons) == (done, required.count())
        assert place.percent == Decimal(percent_hundredths(done, required.count())) / 100 == place.highest_percent
        assert (place.completed_at is not None) == (done == required.count())
        assert Certificate.objects.filter(enrollment=place).count() == (place.completed_at is not None)


def test_xp_is_the_sum_of_a_ledger_that_the_rules_explain(demo):
    paid = by(XPEntry, "learner", what="amount")
    for learner in learners():
        finished = LessonProgress.objects.filter(learner=learner, completed_at__isnull=False)
        practised = finished.filter(lesson__kind=LessonKind.PRACTICE).count()
        courses = Enrollment.objects.filter(learner=learner, completed_at__isnull=False).count()
        claimed = Challenge.objects.filter(learner=learner, claimed_at__isnull=False)
        due = 10 * (finished.count() - practised) + 15 * practised + 100 * courses
        due += sum(claimed.values_list("xp", flat=True))
        profile = Profile.objects.filter(learner=learner).first()
        assert due == paid.get((learner.pk,), 0) == (profile.xp if profile else 0)


def test_streaks_are_a_walk_over_active_days_and_those_follow_from_sessions_and_minutes(demo):
    studied = by(StudyTime, "learner", "day")
    days = {key for key, seconds in studied.items() if seconds >= ACTIVE_DAY_SECONDS}
    days |= set(LearningSession.objects.values_list("learner", "day"))
    assert set(ActiveDay.objects.values_list("learner", "day")) == days
    for profile in Profile.objects.all():
        mine = (day for learner, day in days if learner == profile.learner_id)
        run = walk(mine, calendar_of(profile.learner))
        assert (profile.run, profile.longest_streak, profile.last_active_day) == (run.length, run.longest, run.last_day)


def test_sessions_are_completions_and_days_of_practice(demo):
    texts = LessonProgress.objects.filter(completed_at__isnull=False).exclude(lesson__kind=LessonKind.PRACTICE)
    practised = PracticeAttempt.objects.finished().values_list("learner", "lesson", "day").distinct()
    due = set(texts.values_list("learner", "lesson", "completed_day")) | set(practised)
    assert set(LearningSession.objects.values_list("learner", "lesson", "day")) == due


def test_everybody_holds_the_badges_that_are_due_since_they_were(demo):
    badges = list(Badge.objects.filter(is_active=True))
    for learner in learners():
        have = measure(learner, {(badge.metric, EVERYWHERE) for badge in badges})
        due = {badge.key for badge in badges if have[badge.metric, EVERYWHERE] >= badge.threshold}
        held = EarnedBadge.objects.filter(learner=learner)
        assert set(held.values_list("badge__key", flat=True)) == due
        first = Enrollment.objects.filter(learner=learner).aggregate(at=Min("started_at"))["at"]
        assert all(first <= earned.earned_at <= AT for earned in held)


def test_it_is_lived_in_freezes_used_challenges_claimed_and_a_board_with_names(demo):
    states = Counter(
        day.state
        for p in Profile.objects.filter(longest_streak__gte=8).select_related("learner")
        for day in streak_calendar(p.learner, today=p.learner.day_at(AT), days=90)
    )
    assert states[DayState.FROZEN] >= 3
    assert Challenge.objects.filter(claimed_at__isnull=False).count() >= 10
    assert Preferences.objects.exclude(alias=None).count() >= 10
    assert Pause.objects.filter(kind="rest").exists()
    alice = User.objects.get(email="alice@example.org")
    assert len(board(alice, at=AT - dt.timedelta(days=1)).entries) >= 3  # AT is a Monday, on which a week begins


def test_nothing_is_in_the_future(demo):
    for model in FACTS:
        for field in model._meta.concrete_fields:
            if field.get_internal_type() == "DateTimeField":
                assert not model.objects.filter(**{f"{field.name}__gt": AT}).exists(), (model, field)
    today = {learner.pk: learner.day_at(AT) for learner in learners()}
    for model in (StudyTime, LessonView, LearningSession, XPEntry, ActiveDay):
        assert all(day <= today[learner] for learner, day in model.objects.values_list("learner", "day").distinct())
    assert StudyTime.objects.aggregate(day=Max("day"))["day"] >= AT.date()


def test_nothing_is_before_enrolling_and_nobody_learns_after_leaving(demo):
    for place in Enrollment.objects.select_related("learner"):
        mine = Q(learner=place.learner_id, lesson__course=place.course_id)
        assert place.learner.date_joined <= place.started_at
        assert not LessonView.objects.filter(mine, at__lt=place.started_at).exists()
        assert not PracticeAttempt.objects.filter(mine, started_at__lt=place.started_at).exists()
        assert not LessonProgress.objects.filter(mine, completed_at__lt=place.started_at).exists()
        hour = place.started_at.replace(minute=0, second=0, microsecond=0)
        assert not StudyTime.objects.filter(mine, hour__lt=hour).exists()
        if place.left_at:
            assert not LessonProgress.objects.filter(mine, last_seen_at__gt=place.left_at).exists()
    assert not Enrollment.objects.filter(last_accessed_at__lt=F("first_activity_at")).exists()
    where_nobody_enrolled = LessonProgress.objects.exclude(lesson__course__enrollments__learner=F("learner"))
    assert not where_nobody_enrolled.exists()


def test_every_fact_is_on_its_learners_own_day(demo):
    zones = dict(User.objects.values_list("pk", "time_zone"))
    assert len(set(zones.values())) > 10
    for learner, at, day in LessonView.objects.values_list("learner", "at", "day"):
        assert day == day_at(at, zones[learner])
    for mine in LessonProgress.objects.filter(completed_at__isnull=False):
        local = mine.completed_at.astimezone(zone(zones[mine.learner_id]))
        assert (mine.completed_day, mine.completed_hour) == (local.date(), local.hour)
    for learner, at, day in PracticeAttempt.objects.finished().values_list("learner", "finished_at", "day"):
        assert day == day_at(at, zones[learner])
    for learner, at, day in XPEntry.objects.values_list("learner", "created_at", "day"):
        assert day == day_at(at, zones[learner])
    for row in StudyTime.objects.select_related("course"):
        last = row.hour + dt.timedelta(minutes=59)
        assert row.day in {day_at(row.hour, zones[row.learner_id]), day_at(last, zones[row.learner_id])}
        assert row.course_day in {day_at(row.hour, row.course.time_zone), day_at(last, row.course.time_zone)}


def test_nobody_is_in_two_lessons_at_once(demo):
    hours = StudyTime.objects.order_by().values("learner", "hour").annotate(total=Sum("seconds"))
    assert not hours.filter(total__gt=3600).exists()


def test_a_lesson_that_was_completed_was_studied_and_a_practice_was_passed(demo):
    for mine in LessonProgress.objects.filter(completed_at__isnull=False).select_related("lesson"):
        assert mine.seconds >= max(mine.lesson.min_seconds, 60)
        if mine.lesson.kind == LessonKind.PRACTICE:
            passed = PracticeAttempt.objects.filter(learner=mine.learner, lesson=mine.lesson, passed=True)
            assert passed.aggregate(at=Min("finished_at"))["at"] == mine.completed_at
        if mine.lesson.kind == LessonKind.VIDEO:
            assert mine.coverage >= 95
    for attempt in PracticeAttempt.objects.finished().select_related("lesson"):
        right = [mark["is_correct"] for mark in attempt.results]
        assert attempt.score == Decimal(percent_hundredths(sum(right), len(right))) / 100
        assert attempt.passed == (attempt.score >= attempt.lesson.pass_mark)


def test_loading_twice_and_counting_twice_change_nothing(demo):
    before = numbers()
    assert not load(at=AT, learners=LEARNERS)
    rebuild_progress(at=AT + dt.timedelta(hours=1))
    rebuild_gamification()
    assert numbers() == before


def test_two_loads_on_one_day_give_the_same_numbers(demo):
    stories = {u.email: story(u) for u in learners()}
    empty()
    assert load(at=AT, learners=LEARNERS)
    assert {u.email: story(u) for u in learners()} == stories


def empty():
    with unguarded():
        for model in (AuditEntry, *reversed(FACTS), Course, User):
            model.objects.all().delete()


def story(learner):
    """What somebody did, without the ids that the database chose."""
    mine = {"learner": learner}
    return (
        learner.name, learner.time_zone, learner.date_joined,
        list(Enrollment.objects.filter(**mine).order_by("started_at", "course__slug")
             .values_list("course__slug", "started_at", "left_at", "completed_at", "percent", "seconds")),
        list(LessonProgress.objects.filter(**mine).order_by("lesson__slug")
             .values_list("lesson__slug", "seconds", "completed_at", "last_seen_at", "position")),
        list(StudyTime.objects.filter(**mine).order_by("hour", "lesson__slug", "day", "course_day")
             .values_list("lesson__slug", "hour", "day", "course_day", "seconds")),
        list(PracticeAttempt.objects.filter(**mine).order_by("started_at").values_list("lesson__slug", "score")),
        list(EarnedBadge.objects.filter(**mine).order_by("badge__key").values_list("badge__key", "earned_at")),
        list(Profile.objects.filter(**mine).values_list("xp", "run", "longest_streak", "last_active_day")),
    )  # fmt: skip


def test_a_learner_is_the_same_however_many_there_are(demo):
    ours = {u.email: story(u) for u in learners().order_by("email")[:10]}
    empty()
    load(at=AT, learners=8)
    assert {u.email: story(u) for u in learners()} == ours


def test_wanjirus_numbers_are_those_of_the_handbook(demo, time_machine):
    """docs/demo.md works these out by hand; they hold on every date."""
    time_machine.move_to(AT, tick=False)
    wanjiru = Person(User.objects.get(email="learner00001@example.org"))
    dashboard = wanjiru.get("/api/learner/dashboard/").json()
    assert dashboard["stats"] == {
        "total_courses": 1, "total_seconds": 3480, "achievements_count": 3, "current_streak": 0, "longest_streak": 3,
        "average_completion": 71.43, "completed_courses": 0,
    }  # fmt: skip
    assert (dashboard["sessions"]["total_sessions"], dashboard["sessions"]["average_score"]) == (6, 62.5)
    assert dashboard["level"] == {"level": 1, "xp": 55, "level_xp": 0, "next_level_xp": 100}
    assert {a["key"] for a in dashboard["recent_achievements"]} == {"explorer", "first_steps", "streak_3"}
    days = [(day["seconds"] // 60, day["sessions"]) for day in dashboard["activity"][-13:]]
    assert days == [
        (8, 1),
        (15, 2),
        (12, 2),
        (0, 0),
        (0, 0),
        (0, 0),
        (4, 0),
        (0, 0),
        (0, 0),
        (7, 1),
        (12, 0),
        (0, 0),
        (0, 0),
    ]
    (going_on,) = dashboard["in_progress_courses"]
    assert (going_on["resume"]["slug"], going_on["minutes_left"]) == ("steam-and-colour", 10)
    stats = wanjiru.get(f"/api/learner/courses/{going_on['course']}/progress/").json()["stats"]
    assert (stats["average_seconds_per_lesson"], stats["fastest_lesson"]["seconds"]) == (552, 420)
    assert (stats["lessons_per_week"], stats["estimated_completion_date"]) == (2.69, "2026-04-05")


def test_the_doctor_finds_nothing_broken_in_it(demo, capsys):
    outbox.drain()
    call_command("doctor", no_color=True)
    lines = capsys.readouterr().out.splitlines()
    assert not [line for line in lines if line.startswith("broken")]
    assert ", 0 broken, " in lines[-1]
