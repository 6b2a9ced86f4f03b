"""Daily challenges: what staff offer, and what a learner was given on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gamification.kinds import ChallengeKind

if TYPE_CHECKING:
    from typing import Self

    from learning.models.courses import Viewer

LEAST_XP, MOST_XP = 20, 50


class ChallengeTemplate(models.Model):
    """Something that can be done in a day. Changing it changes what is given from tomorrow on."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=80)
    description = models.CharField(_("what to do for it"), max_length=200)
    kind = models.CharField(_("counts"), max_length=20, choices=ChallengeKind)
    target = models.PositiveIntegerField(_("how many"), validators=[MinValueValidator(1)], default=1)
    score = models.PositiveSmallIntegerField(
        _("score from"),
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=_("For practice: attempts with at least this score, in percent."),
    )
    xp = models.PositiveSmallIntegerField(
        _("XP"), default=LEAST_XP, validators=[MinValueValidator(LEAST_XP), MaxValueValidator(MOST_XP)]
    )
    is_active = models.BooleanField(_("is offered"), default=True)

    class Meta:
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")
        ordering = ["kind", "target", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(xp__gte=LEAST_XP, xp__lte=MOST_XP), name="challenge_pays_20_to_50_xp"),
            models.CheckConstraint(condition=Q(target__gte=1), name="challenge_target_at_least_1"),
            models.CheckConstraint(condition=Q(score__lte=100), name="challenge_score_at_most_100"),
        ]

    def __str__(self) -> str:
        return self.title


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def of(self, viewer: Viewer) -> Self:
        """This person's own."""
        return self.filter(learner=viewer.pk)


class Challenge(models.Model):
    """One of a learner's three of a day, in the terms that it was given in; it is gone at their midnight."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="challenges")
    template = models.ForeignKey(ChallengeTemplate, models.PROTECT, related_name="given")
    day = models.DateField(help_text=_("The learner's day."))
    slot = models.PositiveSmallIntegerField()
    target = models.PositiveIntegerField()
    score = models.PositiveSmallIntegerField(default=0)
    xp = models.PositiveSmallIntegerField()
    course = models.ForeignKey(
        "learning.Course", models.SET_NULL, null=True, related_name="+", help_text=_("The course that does not count.")
    )
    claimed_at = models.DateTimeField(null=True)
    objects = ChallengeQuerySet.as_manager()

    class Meta:
        verbose_name = _("given challenge")
        verbose_name_plural = _("given challenges")
        constraints = [
            models.UniqueConstraint(fields=["learner", "day", "slot"], name="challenge_one_per_slot_of_a_day"),
            models.CheckConstraint(condition=Q(slot__lt=3), name="challenge_three_a_day"),
            models.CheckConstraint(
                condition=Q(xp__gte=LEAST_XP, xp__lte=MOST_XP), name="challenge_given_pays_20_to_50_xp"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} of {self.learner_id} on {self.day}"
