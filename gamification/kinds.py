"""Words and pure functions of this floor: levels, badge metrics, what pays."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

from django.db import models
from django.utils.translation import gettext_lazy as _

ACTIVE_DAY_SECONDS = 10 * 60
MARATHON_SECONDS = 4 * 60 * 60
DAILY_GOAL, WEEKLY_GOAL = 3, 15


class Metric(models.TextChoices):
    """What a badge counts."""

    LESSONS = "lessons_completed", _("lessons completed")
    ENROLLMENTS = "enrollments", _("courses enrolled in")
    COURSES = "courses_completed", _("courses completed")
    CATEGORIES = "categories_completed", _("categories with every course completed (at least 2)")
    STREAK = "longest_streak", _("longest streak, in days")
    FAST_COURSE = "courses_within_days", _("courses completed within 7 days of their start")
    QUESTIONS = "questions_asked", _("questions asked")
    NIGHT = "night_lessons", _("lessons completed between 22:00 and 03:59")
    EARLY = "early_lessons", _("lessons completed between 04:00 and 06:59")
    DAY_SECONDS = "day_seconds", _("seconds studied in a day")
    SESSIONS = "sessions", _("sessions finished")


class Rule(models.TextChoices):
    """What pays XP."""

    LESSON = "lesson_completed", _("lesson completed")
    PRACTICE = "practice_passed", _("practice passed for the first time")
    COURSE = "course_completed", _("course completed")
    CORRECTION = "correction", _("correction")


@dataclass(frozen=True)
class LevelState:
    """A level: XP so far, the XP at which it began and the XP at which the next one begins."""

    level: int
    xp: int
    level_xp: int
    next_level_xp: int


def level_of(xp: int) -> LevelState:
    """The level of a total. Level n begins at 50·n·(n−1) XP, so level 1 at 0, 2 at 100, 3 at 300."""
    total = max(xp, 0)
    level = (1 + isqrt(1 + 4 * (total // 50))) // 2
    return LevelState(level, xp, level_begins_at(level), level_begins_at(level + 1))


def level_begins_at(level: int) -> int:
    """The XP of a level's beginning."""
    return 50 * level * (level - 1)
