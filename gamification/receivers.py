"""What follows here from facts of learning. Each receiver has a savepoint of its own and answers with effects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.dispatch import receiver

from gamification.kinds import ACTIVE_DAY_SECONDS, MARATHON_SECONDS, Metric, Rule
from gamification.models import EarnedBadge
from gamification.selectors.achievements import achievement
from gamification.selectors.metrics import EARLY_HOURS, NIGHT_HOURS
from gamification.selectors.profile import goals, session_stats
from gamification.services.badges import grant_due_badges
from gamification.services.streaks import mark_active
from gamification.services.xp import award
from learning.kinds import Effect, LessonKind
from learning.models import User
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
    return _badges(event.enrollment.learner, {Metric.ENROLLMENTS}, at=event.at) if event.is_first else []


@receiver(lesson_completed, dispatch_uid="gamification.reward_lesson")
@transaction.atomic
def reward_lesson(event: LessonCompleted, **kwargs: object) -> list[Effect]:
    learner, is_practice = event.enrollment.learner, event.lesson.kind == LessonKind.PRACTICE
    rule = Rule.PRACTICE if is_practice else Rule.LESSON
    effects = _xp(learner, rule, f"lesson:{event.lesson.pk}", at=event.at, day=event.day)
    metrics = {Metric.LESSONS}
    if event.hour in NIGHT_HOURS:
        metrics.add(Metric.NIGHT)
    if event.hour in EARLY_HOURS:
        metrics.add(Metric.EARLY)
    if is_practice:  # its session and its active day come with the attempt
        return effects + _badges(learner, metrics, at=event.at)
    return effects + _active(learner, event.day, metrics | {Metric.SESSIONS}, at=event.at)


@receiver(practice_finished, dispatch_uid="gamification.reward_practice")
@transaction.atomic
def reward_practice(event: PracticeFinished, **kwargs: object) -> list[Effect]:
    learner, day = event.enrollment.learner, event.attempt.day
    effects = _active(learner, day, {Metric.SESSIONS}, at=event.at) if event.counts and day else []
    stats = session_stats(learner, at=event.at)
    aims = goals(stats["today_sessions"], stats["weekly_sessions"])
    return [*effects, Effect("stats", "stats", detail=stats), Effect("goals", "goals", detail=aims)]


@receiver(study_credited, dispatch_uid="gamification.count_active_day")
@transaction.atomic
def count_active_day(event: StudyCredited, **kwargs: object) -> list[Effect]:
    metrics = {Metric.DAY_SECONDS} if event.seconds >= MARATHON_SECONDS else set()
    if event.seconds < ACTIVE_DAY_SECONDS:
        return []
    return _active(event.learner, event.day, metrics, at=event.at)


@receiver(course_completed, dispatch_uid="gamification.reward_course")
@transaction.atomic
def reward_course(event: CourseCompleted, **kwargs: object) -> list[Effect]:
    learner = event.enrollment.learner
    source = f"course:{event.enrollment.course_id}"
    effects = _xp(learner, Rule.COURSE, source, at=event.at, day=learner.day_at(event.at))
    metrics = {Metric.COURSES, Metric.FAST_COURSE, Metric.CATEGORIES}
    return effects + _badges(learner, metrics, at=event.at)


def _xp(learner: User, rule: Rule, source: str, *, at: dt.datetime, day: dt.date) -> list[Effect]:
    paid = award(learner=learner, rule=rule, source=source, at=at, day=day)
    return [Effect("xp", source, detail=paid.amount)] if paid.amount else []


def _active(learner: User, day: dt.date, metrics: Collection[str], *, at: dt.datetime) -> list[Effect]:
    """The day counts; the streak is told only when this moved it."""
    streak = mark_active(learner=learner, day=day, at=at)
    if streak is None:
        return _badges(learner, metrics, at=at)
    return [Effect("streak", str(day), detail=streak.current), *_badges(learner, {*metrics, Metric.STREAK}, at=at)]


def _badges(learner: User, metrics: Collection[str], *, at: dt.datetime) -> list[Effect]:
    earned = grant_due_badges(learner=learner, metrics=metrics, at=at) if metrics else []
    return [_badge(e) for e in earned]


def _badge(earned: EarnedBadge) -> Effect:
    return Effect("achievement", earned.badge.key, earned.badge.title, achievement(earned))
