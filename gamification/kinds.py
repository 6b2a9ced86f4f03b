"""Words and pure functions of this floor: levels, badge metrics, what pays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isqrt

from django.db import models
from django.utils.translation import gettext, ngettext
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


class Icon(models.TextChoices):
    """The drawings that a badge can have."""

    STONE = "stone", _("stones")
    STEPS = "steps", _("footprints")
    COMPASS = "compass", _("compass")
    SUMMIT = "summit", _("summit with a flag")
    RIDGE = "ridge", _("mountain ridge")
    BOOKS = "books", _("books")
    FLAME = "flame", _("flame")
    BOLT = "bolt", _("lightning")
    QUESTION = "question", _("question mark")
    MOON = "moon", _("moon")
    SUNRISE = "sunrise", _("sunrise")
    CLOCK = "clock", _("clock")


SESSION_MILESTONES = (10, 25, 50, 100, 200, 500)
STREAK_MILESTONES = (3, 7, 14, 30, 60, 100, 200, 365)


@dataclass(frozen=True)
class Passed:
    """A number passed: in which day, week or streak, and the number."""

    key: str
    scope: str
    value: int


def milestone_title(key: str, value: int) -> str:
    """A milestone in words, in the language of whoever reads."""
    kind = key if key in _MILESTONES else key.rpartition("_")[0]
    return _MILESTONES[kind](value)


_MILESTONES: dict[str, Callable[[int], str]] = {
    "first_session": lambda n: gettext("First session of the day"),
    "daily_goal": lambda n: ngettext("Daily goal: %(n)d session", "Daily goal: %(n)d sessions", n) % {"n": n},
    "five_in_a_day": lambda n: gettext("Five sessions in a day"),
    "weekly_goal": lambda n: ngettext("Weekly goal: %(n)d session", "Weekly goal: %(n)d sessions", n) % {"n": n},
    "streak": lambda n: ngettext("%(n)d day in a row", "%(n)d days in a row", n) % {"n": n},
    "sessions": lambda n: ngettext("%(n)d session in all", "%(n)d sessions in all", n) % {"n": n},
}


class Rule(models.TextChoices):
    """What pays XP."""

    LESSON = "lesson_completed", _("lesson completed")
    PRACTICE = "practice_passed", _("practice passed for the first time")
    COURSE = "course_completed", _("course completed")
    CHALLENGE = "challenge_claimed", _("challenge met")
    CORRECTION = "correction", _("correction")


class ChallengeKind(models.TextChoices):
    """What a challenge counts, on the learner's day."""

    SESSIONS = "sessions", _("sessions finished")
    MINUTES = "minutes", _("minutes studied")
    PRACTICE = "practice_score", _("practices with at least a score")
    ELSEWHERE = "other_course", _("sessions in another course than the last one")
    VIDEOS = "videos", _("videos watched to the end")
    QUESTIONS = "questions", _("questions asked")


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
