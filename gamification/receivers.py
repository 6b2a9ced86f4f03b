"""What follows here from facts of learning. Each receiver has a savepoint of its own and answers with effects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from django.db import transaction
from django.dispatch import receiver

from chat.signals import QuestionAsked, question_asked
from gamification.kinds import ACTIVE_DAY_SECONDS, MARATHON_SECONDS, Metric, Rule, milestone_title
from gamification.models import EarnedBadge, Milestone
from gamification.selectors.achievements import achievement
from gamification.selectors.metrics import EARLY_HOURS, NIGHT_HOURS
from gamification.selectors.profile import profile, session_stats
from gamification.selectors.today import Shown, Today, shown_to, today_of
from gamification.services.badges import grant_due_badges
from gamification.services.milestones import pass_milestones
from gamification.services.streaks import Streak, lock_totals, mark_active
from gamification.services.xp import Payment, announce_level, award
from learning.kinds import Effect, LessonKind
from learning.models import Course, User
from learning.signals import (
    CourseCompleted,
    LearnerEnrolled,
    LessonCompleted,
    PracticeFinished,
    StudyCredited,
    course_completed,
    learner_enrolled,
    lesson_completed,
    practice_finished,
    study_credited,
)


@receiver(learner_enrolled, dispatch_uid="gamification.welcome_explorer")
@transaction.atomic
def welcome_explorer(event: LearnerEnrolled, **kwargs: object) -> list[Effect]:
    if not event.is_first:
        return []
    place = event.enrollment
    shown = shown_to(place.learner, course=place.course_id)
    return list(_badges(place.learner, {Metric.ENROLLMENTS}, shown, course=place.course, at=event.at)[1])


@receiver(lesson_completed, dispatch_uid="gamification.reward_lesson")
@transaction.atomic
def reward_lesson(event: LessonCompleted, **kwargs: object) -> list[Effect]:
    """XP first: it locks the learner's totals, so that of two sessions at once the second counts the first."""
    learner, course, day = event.enrollment.learner, event.enrollment.course, event.day
    is_practice = event.lesson.kind == LessonKind.PRACTICE
    source = f"lesson:{event.lesson.pk}"
    paid = award(
        learner=learner, rule=Rule.PRACTICE if is_practice else Rule.LESSON, source=source, at=event.at, day=day
    )
    metrics = {Metric.LESSONS}
    if event.hour in NIGHT_HOURS:
        metrics.add(Metric.NIGHT)
    if event.hour in EARLY_HOURS:
        metrics.add(Metric.EARLY)
    if is_practice:  # its session and its active day come with the attempt
        shown = shown_to(learner, course=course.pk)
        return [
            *_xp(learner, paid, source, shown, at=event.at),
            *_badges(learner, metrics, shown, course=course, at=event.at)[1],
        ]
    streak = mark_active(learner=learner, day=day, at=event.at)
    today = today_of(learner, day=day, course=course.pk)
    return [
        *_xp(learner, paid, source, today.shown, at=event.at),
        *_session(learner, course, day, metrics, today, streak, at=event.at),
    ]


@receiver(practice_finished, dispatch_uid="gamification.reward_practice")
@transaction.atomic
def reward_practice(event: PracticeFinished, **kwargs: object) -> list[Effect]:
    learner, day, course = event.enrollment.learner, event.attempt.day, event.enrollment.course
    streak = None
    if event.counts and day:
        lock_totals(learner)
        streak = mark_active(learner=learner, day=day, at=event.at)
    now = learner.day_at(event.at)
    today = today_of(learner, day=now, course=course.pk)
    effects = list(_session(learner, course, now, set(), today, streak, at=event.at)) if event.counts and day else []
    stats = session_stats(today, profile(learner, at=event.at))
    return [*effects, Effect("stats", "stats", detail=stats), Effect("goals", "goals", detail=today.goals)]


@receiver(study_credited, dispatch_uid="gamification.count_active_day")
@transaction.atomic
def count_active_day(event: StudyCredited, **kwargs: object) -> list[Effect]:
    metrics = {Metric.DAY_SECONDS} if event.seconds >= MARATHON_SECONDS else set()
    if event.seconds < ACTIVE_DAY_SECONDS:
        return []
    streak = mark_active(learner=event.learner, day=event.day, at=event.at)
    if streak is None and not metrics:
        return []
    shown = shown_to(event.learner)
    earned, effects = _badges(event.learner, metrics | _of_streak(streak), shown, at=event.at)
    passed = pass_milestones(
        learner=event.learner, day=event.day, at=event.at, shown=shown, streak=streak, earned=earned
    )
    return [*_streak(streak, event.day, shown), *effects, *_milestones(passed)]


@receiver(course_completed, dispatch_uid="gamification.reward_course")
@transaction.atomic
def reward_course(event: CourseCompleted, **kwargs: object) -> list[Effect]:
    learner, course = event.enrollment.learner, event.enrollment.course
    source = f"course:{course.pk}"
    paid = award(learner=learner, rule=Rule.COURSE, source=source, at=event.at, day=learner.day_at(event.at))
    shown = shown_to(learner, course=course.pk)
    metrics = {Metric.COURSES, Metric.FAST_COURSE, Metric.CATEGORIES}
    _, effects = _badges(learner, metrics, shown, course=course, at=event.at)
    return [*_xp(learner, paid, source, shown, at=event.at), *effects]


@receiver(question_asked, dispatch_uid="gamification.count_question")
@transaction.atomic
def count_question(event: QuestionAsked, **kwargs: object) -> list[Effect]:
    """A question pays no XP; it counts for badges, and for the challenge of the day."""
    asker, course = event.conversation.asker, event.conversation.course
    shown = shown_to(asker, course=course.pk)
    return _badges(asker, {Metric.QUESTIONS}, shown, course=course, at=event.at)[1]


def _session(
    learner: User,
    course: Course,
    day: dt.date,
    metrics: Collection[str],
    today: Today,
    streak: Streak | None,
    *,
    at: dt.datetime,
) -> Iterator[Effect]:
    """What a new session brings beside its XP: streak, badges, milestones."""
    metrics = {*metrics, Metric.SESSIONS, *_of_streak(streak)}
    earned, effects = _badges(learner, metrics, today.shown, course=course, at=at)
    passed = pass_milestones(
        learner=learner, day=day, at=at, shown=today.shown, today=today, streak=streak, earned=earned
    )
    yield from _streak(streak, day, today.shown)
    yield from effects
    yield from _milestones(passed)


def _of_streak(streak: Streak | None) -> set[str]:
    return {Metric.STREAK} if streak else set()


def _xp(learner: User, paid: Payment, source: str, shown: Shown, *, at: dt.datetime) -> Iterator[Effect]:
    if paid.amount and shown.xp:
        announce_level(learner, paid, at=at, celebrated=shown.toasts)
        yield Effect("xp", source, detail=paid.amount)


def _streak(streak: Streak | None, day: dt.date, shown: Shown) -> Iterator[Effect]:
    """The streak is told only when this moved it."""
    if streak and shown.streaks:
        yield Effect("streak", str(day), detail=streak.current)


def _badges(
    learner: User, metrics: Collection[str], shown: Shown, *, at: dt.datetime, course: Course | None = None
) -> tuple[list[EarnedBadge], list[Effect]]:
    if not metrics:
        return [], []
    earned = grant_due_badges(
        learner=learner, metrics=metrics, course=course, at=at, told=shown.badges, celebrated=shown.toasts
    )
    told = earned if shown.badges and shown.toasts else []
    return earned, [Effect("achievement", e.badge.key, e.badge.title, achievement(e)) for e in told]


def _milestones(celebrated: Collection[Milestone]) -> Iterator[Effect]:
    for milestone in celebrated:
        title = milestone_title(milestone.key, milestone.value)
        detail = {"key": milestone.key, "title": title, "value": milestone.value}
        yield Effect("milestone", milestone.key, title, detail)
