"""What people want to hear, by which way, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Channel, Digest, Kind

if TYPE_CHECKING:
    from typing import Self

    from learning.models.courses import Viewer

USUAL_CAP = 10
MOST_A_DAY = 100


class ChoiceQuerySet(models.QuerySet["Choice"]):
    def of(self, viewer: Viewer) -> Self:
        return self.filter(person=viewer.pk)


class Choice(models.Model):
    """A field of somebody's matrix that they set themselves. Where there is none, the kind's default holds."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_choices")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    is_on = models.BooleanField(_("on"))
    objects = ChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "channel"], name="choice_once_per_field"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel} for {self.person_id}"


class Manner(models.Model):
    """When somebody wants to be written to: not in their quiet hours, at most so often a day, in a digest or not.

    Quiet hours are of the clock where they live, and may reach over midnight; without any, both ends are null. A
    null cap is none. What comes in quiet hours or over the cap waits, it is not dropped.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="notification_manner"
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True)
    digest = models.CharField(_("digest"), max_length=8, choices=Digest, default=Digest.OFF)
    daily_cap = models.PositiveSmallIntegerField(
        _("at most a day"),
        null=True,
        blank=True,
        default=USUAL_CAP,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_A_DAY)],
    )

    class Meta:
        verbose_name = _("manner")
        verbose_name_plural = _("manners")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_to=None)
                | (Q(quiet_from__isnull=False, quiet_to__isnull=False) & ~Q(quiet_from=F("quiet_to"))),
                name="manner_quiet_hours_have_two_ends",
            ),
            models.CheckConstraint(
                condition=Q(daily_cap=None) | Q(daily_cap__gte=1, daily_cap__lte=MOST_A_DAY),
                name="manner_cap_between_1_and_100",
            ),
            models.CheckConstraint(condition=Q(digest__in=Digest.values), name="manner_digest_is_known"),
        ]

    def __str__(self) -> str:
        return f"manner of {self.person_id}"
