"""Goals that learners set themselves, and milestones that they passed."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

SESSIONS = "sessions"


class Goal(models.Model):
    """So much of a metric in a day, in a week, or by a date.

    This floor reads `sessions` by day and week. Other metrics' keys come from the floors that know them: the table
    holds any, and says nothing of what they count.
    """

    class Period(models.TextChoices):
        DAILY = "daily", _("every day")
        WEEKLY = "weekly", _("every week")
        BY_DATE = "by_date", _("by a date")

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        ACHIEVED = "achieved", _("achieved")
        MISSED = "missed", _("missed")

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="goals")
    metric = models.CharField(_("metric"), max_length=80, default=SESSIONS)
    period = models.CharField(_("period"), max_length=12, choices=Period)
    target_value = models.DecimalField(_("target"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])
    start_date = models.DateField(_("from"))
    target_date = models.DateField(_("until"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.ACTIVE)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "metric", "period"],
                condition=Q(status="active", period__in=["daily", "weekly"]),
                name="goal_one_per_metric_and_period",
            ),
            models.CheckConstraint(
                condition=Q(period="by_date", target_date__isnull=False, target_date__gte=F("start_date"))
                | Q(period__in=["daily", "weekly"], target_date=None),
                name="goal_has_a_date_if_it_is_by_one",
            ),
            models.CheckConstraint(
                condition=~Q(metric=SESSIONS) | Q(target_value__gte=1, target_value__lte=500),
                name="goal_of_1_to_500_sessions",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_value} {self.metric} {self.period} of {self.learner_id}"


class Milestone(models.Model):
    """A number that a learner passed. `scope` says which day, week or streak; the same is passed once."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="milestones")
    key = models.CharField(max_length=40)
    scope = models.CharField(max_length=40, blank=True)
    value = models.PositiveIntegerField()
    passed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints = [
            models.UniqueConstraint(fields=["learner", "key", "scope"], name="milestone_passed_once_per_scope")
        ]
        indexes = [models.Index(fields=["learner", "-passed_at"], name="milestone_newest")]

    def __str__(self) -> str:
        return f"{self.key} {self.scope} of {self.learner_id}"

    @property
    def is_of_a_streak(self) -> bool:
        return self.key.startswith("streak_")

    @property
    def is_of_a_goal(self) -> bool:
        return self.key in {"daily_goal", "weekly_goal"}
