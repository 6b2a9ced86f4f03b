"""Words that are stored or sent, and small values that every floor may use. No database here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class CourseState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


class Level(models.TextChoices):
    BEGINNER = "beginner", _("Beginner")
    INTERMEDIATE = "intermediate", _("Intermediate")
    ADVANCED = "advanced", _("Advanced")


class LessonKind(models.TextChoices):
    TEXT = "text", _("Text")
    VIDEO = "video", _("Video")
    PRACTICE = "practice", _("Practice")


class QuestionKind(models.TextChoices):
    SINGLE = "single", _("Single choice")
    MULTIPLE = "multiple", _("Multiple choice")
    TEXT = "text", _("Short text")
    NUMBER = "number", _("Number")


class LessonStatus(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


# How much of a video must have been played, in percent, before it counts as watched.
VIDEO_COVERAGE_NEEDED = 95


@dataclass(frozen=True)
class Missing:
    """What still stands between a learner and the completion of a lesson: seconds, coverage or practice."""

    what: str
    have: float
    need: float


@dataclass(frozen=True)
class Effect:
    """What followed from a fact on an upper floor, told to whoever asked for the act.

    `kind` is `xp`, `achievement`, `streak`, `milestone`, `stats` or `goals`; `detail` is ready for JSON.
    """

    kind: str
    key: str
    title: str = ""
    detail: Any = None


@dataclass(frozen=True)
class Beat:
    """One beat of a lesson page: `seconds` since the last beat, never a running total."""

    lesson: int
    client_session: str
    seq: int
    seconds: float
    position: float | None = None
    rate: float = 1.0
    ranges: tuple[tuple[float, float], ...] = ()
    recorded_at: dt.datetime | None = None
    completed: bool = False


@dataclass(frozen=True)
class ProgressState:
    """Where a learner stands in one lesson. `coverage` is a percentage (0-100), None where it has no meaning."""

    lesson: int
    status: LessonStatus
    seconds: int
    coverage: float | None
    position: float
    completed_at: dt.datetime | None
    missing: list[Missing] = field(default_factory=list)


@dataclass(frozen=True)
class EnrollmentState:
    """Where a learner stands in one course; `percent` is 0-100 with two decimals."""

    course: int
    percent: float
    completed_lessons: int
    required_lessons: int
    seconds: int
    completed_at: dt.datetime | None


def percent_hundredths(done: int, of: int) -> int:
    """`done / of` in hundredths of a percent, rounded half up from whole numbers; 0 when there is nothing to do."""
    return (done * 20_000 + of) // (2 * of) if of else 0
