"""Badges are data: what they count, from when on, and in which scope."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gamification.kinds import Icon, Metric

if TYPE_CHECKING:
    from typing import Self


# What a badge may count once per course, or per category. A streak and a day belong to no course.
COUNTED_IN_A_COURSE = [
    Metric.LESSONS, Metric.COURSES, Metric.FAST_COURSE, Metric.NIGHT, Metric.EARLY, Metric.SESSIONS,
]  # fmt: skip


class Badge(models.Model):
    """Something to be proud of. Changing the rule changes who earns it from now on; earned stays."""

    class Scope(models.TextChoices):
        SITE = "site", _("once")
        COURSE = "course", _("once per course")
        CATEGORY = "category", _("once per category")

    key = models.SlugField(_("key"), max_length=60, unique=True, help_text=_("Its name in the API and in addresses."))
    title = models.CharField(_("title"), max_length=80)
    description = models.CharField(_("what to do for it"), max_length=200)
    icon = models.CharField(_("drawing"), max_length=40, default=Icon.STONE, choices=Icon)
    metric = models.CharField(_("counts"), max_length=40, choices=Metric)
    threshold = models.PositiveIntegerField(
        _("from"),
        validators=[MinValueValidator(1)],
        help_text=_("So many of what it counts; 4 hours are 14400 seconds."),
    )
    scope = models.CharField(_("scope"), max_length=16, choices=Scope, default=Scope.SITE)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("can be earned"), default=True)
    is_rare = models.BooleanField(_("rare"), default=False, help_text=_("Celebrated with confetti."))

    class Meta:
        verbose_name = _("badge")
        verbose_name_plural = _("badges")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(threshold__gte=1), name="badge_threshold_at_least_1"),
            models.CheckConstraint(
                condition=Q(scope="site")
                | Q(scope="course", metric__in=COUNTED_IN_A_COURSE)
                | Q(scope="category", metric__in=[*COUNTED_IN_A_COURSE, Metric.CATEGORIES]),
                name="badge_scope_fits_what_it_counts",
                violation_error_message=_("This can't be counted in a single course or category."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EarnedBadge(models.Model):
    """A badge in somebody's hands. `scope` is empty, or names the course or category: `course:7`, `category:3`."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="earned_badges")
    badge = models.ForeignKey(Badge, models.PROTECT, related_name="earned")
    scope = models.CharField(max_length=40, blank=True)
    course = models.ForeignKey("learning.Course", models.SET_NULL, null=True, blank=True, related_name="+")
    category = models.ForeignKey("learning.Category", models.SET_NULL, null=True, blank=True, related_name="+")
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


class BadgeShareQuerySet(models.QuerySet["BadgeShare"]):
    def open(self) -> Self:
        """Those that anybody with the address may see."""
        return self.filter(revoked_at=None)


class BadgeShare(models.Model):
    """An address at which anybody sees this badge and the name that its holder chose; nothing else of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    earned = models.OneToOneField(EarnedBadge, models.CASCADE, related_name="share")
    name = models.CharField(_("name shown"), max_length=80)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    objects = BadgeShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared badge")
        verbose_name_plural = _("shared badges")
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="badge_share_has_a_name")]

    def __str__(self) -> str:
        return f"{self.earned_id} as {self.name}"
