"""Who may need help: from when on a course asks, what each night found, and the flags that stand."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from analytics.kinds.risk import Reason
from learning.models import Course

if TYPE_CHECKING:
    from learning.models.courses import Viewer

DAYS = [MinValueValidator(1), MaxValueValidator(365)]


class RiskThresholds(models.Model):
    """From when on a course asks about somebody. Without a row, the defaults hold."""

    course = models.OneToOneField(Course, models.CASCADE, primary_key=True, related_name="risk_thresholds")
    inactive_days = models.PositiveSmallIntegerField(_("inactive: days without activity"), default=7, validators=DAYS)
    stuck_days = models.PositiveSmallIntegerField(
        _("stuck: days of work without a completed lesson"), default=14, validators=DAYS
    )
    failed_attempts = models.PositiveSmallIntegerField(
        _("struggling: failed or abandoned attempts"), default=3, validators=[MinValueValidator(1)]
    )
    topic_questions = models.PositiveSmallIntegerField(
        _("struggling: questions on one topic"), default=5, validators=[MinValueValidator(1)]
    )
    rushing_percent = models.PositiveSmallIntegerField(
        _("rushing: under this share of the expected time, in percent"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    grace_days = models.PositiveSmallIntegerField(
        _("new: nobody is asked about in the first days"), default=7, validators=[MaxValueValidator(90)]
    )
    head_start = models.PositiveSmallIntegerField(
        _("nights by which the learner sees it before you"), default=1, validators=[MaxValueValidator(7)]
    )

    class Meta:
        verbose_name = _("when a course asks")
        verbose_name_plural = _("when courses ask")
        constraints = [
            models.CheckConstraint(
                condition=Q(inactive_days__gte=1, stuck_days__gte=1, failed_attempts__gte=1, topic_questions__gte=1),
                name="risk_thresholds_at_least_1",
            ),
            models.CheckConstraint(
                condition=Q(rushing_percent__gte=1, rushing_percent__lte=100), name="risk_rushing_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return str(self.course)


class RiskDay(models.Model):
    """That a course's day was judged, and how many people were: the last thing that a night writes."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="risk_days")
    day = models.DateField(help_text=_("The course's day."))
    judged_at = models.DateTimeField()
    cohort = models.PositiveIntegerField(help_text=_("Who was compared."))
    flagged = models.PositiveIntegerField(help_text=_("Who of them stood out."))
    is_enough = models.BooleanField(help_text=_("Whether there was enough to compare."))

    class Meta:
        verbose_name = _("judged day")
        verbose_name_plural = _("judged days")
        constraints = [
            models.UniqueConstraint(fields=["course", "day"], name="risk_day_once"),
            models.CheckConstraint(condition=Q(flagged__lte=F("cohort")), name="risk_day_flags_some_of_its_cohort"),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} on {self.day}"


class RiskSnapshot(models.Model):
    """Where one learner stood in one course on one day. Never rewritten: the database refuses it.

    `receipts` has for each reason what was measured (`measure`, `value`), the median of those who have been in the
    course for as long (`median`), and since when (`since`).
    """

    course = models.ForeignKey(Course, models.CASCADE, related_name="risk_snapshots")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="risk_snapshots")
    day = models.DateField(help_text=_("The course's day."))
    score = models.FloatField(help_text=_("From 0 to 1; higher: further behind the others."))
    silent_days = models.PositiveIntegerField()
    active_days = models.PositiveSmallIntegerField(help_text=_("Of the last 14."))
    seconds = models.PositiveIntegerField(help_text=_("In the last 14 days."))
    receipts = models.JSONField(default=dict)
    is_flagged = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("risk on a day")
        verbose_name_plural = _("risks on days")
        constraints = [
            models.UniqueConstraint(fields=["learner", "course", "day"], name="risk_snapshot_once_a_day"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="risk_score_between_0_and_1"),
        ]
        indexes = [
            models.Index(
                fields=["course", "day", "-score", "learner"],
                condition=Q(is_flagged=True),
                name="risk_snapshot_worst_first",
            )
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} in {self.course_id} on {self.day}"


class RiskFlagQuerySet(models.QuerySet["RiskFlag"]):
    def open(self) -> Self:
        """Those that hold, whoever may see them."""
        return self.filter(cleared_on=None)

    def of(self, viewer: Viewer) -> Self:
        """This learner's own, as long as they hold and nobody said that all is well."""
        return self.open().filter(learner=viewer.pk, dismissed_at=None, answered_at=None)

    def for_teachers(self, *, today: dt.date) -> Self:
        """Those to act on: the learner saw it first, and nobody has put it off, dismissed or answered it."""
        return self.open().filter(
            Q(snoozed_until=None) | Q(snoozed_until__lte=today),
            shown_from__lte=today,
            dismissed_at=None,
            answered_at=None,
        )


class RiskFlag(models.Model):
    """One reason why one learner may need help, from the night that raised it to the one that no longer finds it."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="risk_flags")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="risk_flags")
    reason = models.CharField(_("why"), max_length=12, choices=Reason)
    since = models.DateField(_("since"))
    raised_on = models.DateField(help_text=_("The course's day that first showed it."))
    shown_from = models.DateField(help_text=_("From when on those who teach see it; the learner saw it before."))
    cleared_on = models.DateField(null=True, help_text=_("The first day that no longer showed it."))
    snoozed_until = models.DateField(null=True)
    dismissed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True, help_text=_("When the learner said that all is well."))
    objects = RiskFlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course", "reason"],
                condition=Q(cleared_on=None),
                name="risk_flag_one_open_per_reason",
            ),
            models.UniqueConstraint(
                fields=["learner", "course", "reason", "raised_on"], name="risk_flag_raised_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(cleared_on=None) | Q(cleared_on__gt=F("raised_on")), name="risk_flag_ends_after_it_began"
            ),
            models.CheckConstraint(condition=Q(since__lte=F("raised_on")), name="risk_flag_began_before_it_was_seen"),
        ]
        indexes = [
            models.Index(fields=["course", "learner"], condition=Q(cleared_on=None), name="risk_flag_open_of_course"),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.learner_id} in {self.course_id}"

    def is_for_teachers(self, today: dt.date) -> bool:
        """The same as `for_teachers` asks of the database."""
        is_open = self.cleared_on is None and self.dismissed_at is None and self.answered_at is None
        is_awake = self.snoozed_until is None or self.snoozed_until <= today
        return is_open and is_awake and self.shown_from <= today
