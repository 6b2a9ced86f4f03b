"""Badges are data: what they count, from when on, and in which scope."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gamification.kinds import Metric


class Badge(models.Model):
    """Something to be proud of. Changing the rule changes who earns it from now on; earned stays."""

    class Scope(models.TextChoices):
        SITE = "site", _("once")
        COURSE = "course", _("once per course")

    key = models.SlugField(_("key"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=80)
    description = models.CharField(_("what to do for it"), max_length=200)
    icon = models.CharField(_("icon"), max_length=40, default="stone")
    metric = models.CharField(_("counts"), max_length=40, choices=Metric)
    threshold = models.PositiveIntegerField(_("from"), validators=[MinValueValidator(1)])
    scope = models.CharField(_("scope"), max_length=16, choices=Scope, default=Scope.SITE)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("can be earned"), default=True)

    class Meta:
        verbose_name = _("badge")
        verbose_name_plural = _("badges")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(threshold__gte=1), name="badge_threshold_at_least_1"),
        ]

    def __str__(self) -> str:
        return self.title


class EarnedBadge(models.Model):
    """A badge in somebody's hands. `scope` is empty, or names the course: `course:7`."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="earned_badges")
    badge = models.ForeignKey(Badge, models.PROTECT, related_name="earned")
    scope = models.CharField(max_length=40, blank=True)
    course = models.ForeignKey("learning.Course", models.SET_NULL, null=True, blank=True, related_name="+")
    earned_at = models.DateTimeField(_("earned"))

    class Meta:
        verbose_name = _("earned badge")
        verbose_name_plural = _("earned badges")
        constraints = [
            models.UniqueConstraint(fields=["learner", "badge", "scope"], name="badge_earned_once_per_scope")
        ]
        indexes = [models.Index(fields=["learner", "-earned_at"], name="badge_earned_newest")]

    def __str__(self) -> str:
        return f"{self.badge_id} of {self.learner_id}"
