"""Words about learners who may need help, and what is done for them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """Why somebody may need help."""

    STUCK = "stuck", _("Stuck")
    INACTIVE = "inactive", _("Inactive")
    STRUGGLING = "struggling", _("Struggling")
    RUSHING = "rushing", _("Rushing")


class Measure(models.TextChoices):
    """What was measured for a reason: in it a value and the course's median are said."""

    DAYS_SILENT = "days_since_activity", _("days since the last activity")
    DAYS_WITHOUT_COMPLETION = "days_since_completion", _("days since the last completed lesson")
    FAILED_ATTEMPTS = "failed_attempts", _("failed or abandoned attempts in 14 days")
    QUESTIONS_ON_A_TOPIC = "questions_on_a_topic", _("questions on one topic in 14 days")
    PERCENT_OF_TIME = "percent_of_expected_time", _("% of the expected time, over 14 days")


class Act(models.TextChoices):
    """What was done for a learner, or by them, about a flag."""

    ENCOURAGE = "encourage", _("Encouragement")
    OFFER_HELP = "offer_help", _("Offer of help")
    NOTE = "note", _("Note")
    SNOOZE = "snooze", _("Put off")
    DISMISS = "dismiss", _("Not a problem")
    ANSWER = "answer", _("The learner’s answer")
