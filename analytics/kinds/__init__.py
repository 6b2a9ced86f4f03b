"""Words of this floor."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Card(models.TextChoices):
    """The cards of My learning that can be moved and hidden, in the order in which a page begins."""

    TODAY = "today", _("Today and this week")
    CHALLENGES = "challenges", _("Today’s challenges")
    BADGES = "badges", _("Recent badges")
    FIGURES = "figures", _("Your numbers")
    ACTIVITY = "activity", _("Activity")
    STREAK = "streak", _("Streak")
    COURSES = "courses", _("My courses")


class Move(models.TextChoices):
    """What can be done to a card."""

    UP = "up"
    DOWN = "down"
    HIDE = "hide"
    SHOW = "show"
