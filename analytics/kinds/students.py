"""Words of the list of a course's learners."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sort(models.TextChoices):
    """In which order."""

    PROGRESS = "progress", _("Progress")
    RECENT = "recent", _("Last active")
    NAME = "name", _("Name")
    TIME_SPENT = "time_spent", _("Study time")


class Show(models.TextChoices):
    """Which of them; the last four are the stages of the funnel that no other word stands for."""

    ALL = "all", _("All")
    ACTIVE = "active", _("Active")
    COMPLETED = "completed", _("Completed")
    AT_RISK = "at_risk", _("Need help")
    NOT_STARTED = "not_started", _("Not started")
    STARTED = "started", _("Began")
    P25 = "p25", _("Came to 25 %")
    P50 = "p50", _("Came to 50 %")
    P75 = "p75", _("Came to 75 %")

    @property
    def is_stage(self) -> bool:
        return self in {Show.STARTED, Show.P25, Show.P50, Show.P75}


class State(models.TextChoices):
    """How far somebody is."""

    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("Learning")
    COMPLETED = "completed", _("Completed")


class Happened(models.TextChoices):
    """What stands on a learner's timeline."""

    ENROLLED = "enrolled", _("Enrolled")
    LESSON_COMPLETED = "lesson_completed", _("Completed")
    PRACTICE_PASSED = "practice_passed", _("Passed")
    PRACTICE_FAILED = "practice_failed", _("Did not pass")
    COURSE_COMPLETED = "course_completed", _("Completed the course")
    FLAGGED = "flagged", _("May need help")
    FLAG_CLEARED = "flag_cleared", _("No longer")
    ACTED = "acted", _("Done")
