"""Active days, and the totals that pages need; every total can be rebuilt from facts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gamification.walk import MOST_FREEZES


class ActiveDay(models.Model):
    """A learner's day with at least one session or 10 minutes of study. Never rewritten."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="active_days")
    day = models.DateField()
    time_zone = models.CharField(max_length=64, help_text=_("The zone that the day was counted in."))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "day"], name="active_day_once")]

    def __str__(self) -> str:
        return f"{self.learner_id} on {self.day}"


class Profile(models.Model):
    """A learner's cached totals.

    `run` is the streak that began on `begun_on` and ended on `last_active_day`, `freezes` what they held after it;
    today decides what is left (`gamification.walk`). `closed_through` is the last day that the clock has closed,
    `ended_on` the one on which it saw the run end: for lists of many learners, never for what one is shown.
    """

    learner = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="gamification"
    )
    xp = models.IntegerField(_("XP"), default=0)
    run = models.PositiveIntegerField(_("streak"), default=0)
    longest_streak = models.PositiveIntegerField(_("longest streak"), default=0)
    last_active_day = models.DateField(_("last active day"), null=True)
    begun_on = models.DateField(_("streak began"), null=True)
    freezes = models.PositiveSmallIntegerField(_("freezes"), default=0, db_default=0)
    closed_through = models.DateField(_("closed through"), null=True)
    ended_on = models.DateField(_("ended on"), null=True)

    class Meta:
        verbose_name = _("learner's totals")
        verbose_name_plural = _("learners' totals")
        constraints = [
            models.CheckConstraint(condition=Q(run__lte=F("longest_streak")), name="profile_run_at_most_longest"),
            models.CheckConstraint(condition=Q(freezes__lte=MOST_FREEZES), name="profile_freezes_at_most_2"),
        ]
        indexes = [
            models.Index(fields=["last_active_day"], condition=Q(ended_on=None), name="profile_streak_to_close"),
        ]

    def __str__(self) -> str:
        return f"totals of {self.learner_id}"
