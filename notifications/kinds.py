"""Words of this floor."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a notification tells."""

    BADGE = "badge", _("Badge")
    LEVEL = "level", _("Level")
    MILESTONE = "milestone", _("Milestone")
    STREAK = "streak", _("Streak")
    CERTIFICATE = "certificate", _("Certificate")
    ANSWER = "answer", _("Answer of an instructor")


class EventKind(models.TextChoices):
    """What a live stream tells an open page."""

    NOTIFICATION = "notification", _("Notification")
    ACHIEVEMENT = "achievement", _("Achievement")
    MILESTONE = "milestone", _("Milestone")
    STATS = "stats", _("Numbers that moved")
    COURSE = "course", _("News of a course that one teaches")
