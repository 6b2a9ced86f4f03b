"""Days on which nothing is asked of a learner: weekly rest days, vacation, and amnesty while the platform was down."""

from __future__ import annotations

import datetime as dt
from itertools import combinations
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from typing import Self

MOST_REST_DAYS = 2
VACATION_DAYS_A_YEAR = 30


def weekday_bits(weekdays: frozenset[int] | set[int]) -> int:
    """Weekdays (Monday is 0) as one number."""
    return sum(1 << day for day in weekdays)


REST_PLANS = sorted(weekday_bits(set(days)) for n in range(MOST_REST_DAYS + 1) for days in combinations(range(7), n))


class PauseQuerySet(models.QuerySet["Pause"]):
    def for_learner(self, learner: int) -> Self:
        """This learner's own, and what holds for everybody."""
        return self.filter(Q(learner=learner) | Q(learner=None))


class Pause(models.Model):
    """A reason why a day that passes without learning is not missed.

    A rest plan holds from `first_day` until the next plan begins; a vacation from its first to its last day; an amnesty
    is everybody's, and covers each learner's days that the time it names reaches into.
    """

    class Kind(models.TextChoices):
        REST = "rest", _("weekly rest days")
        VACATION = "vacation", _("vacation")
        AMNESTY = "amnesty", _("amnesty")

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="pauses", null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    weekdays = models.PositiveSmallIntegerField(default=0, help_text=_("Monday is 1, Tuesday 2, Wednesday 4, …"))
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("entered"), editable=False)
    objects = PauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "first_day"], condition=Q(kind="rest"), name="pause_one_rest_plan_from_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(kind="rest")
                | Q(learner__isnull=False, first_day__isnull=False, last_day=None, weekdays__in=REST_PLANS),
                name="pause_rests_at_most_2_days_a_week",
            ),
            models.CheckConstraint(
                condition=~Q(kind="vacation")
                | Q(
                    learner__isnull=False,
                    first_day__isnull=False,
                    last_day__isnull=False,
                    last_day__gte=F("first_day"),
                ),
                name="pause_vacation_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(kind="amnesty")
                | (
                    Q(learner=None, starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("starts_at"))
                    & ~Q(reason="")
                ),
                name="pause_amnesty_is_for_all_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.learner_id or 'everybody'}"

    @property
    def rest_days(self) -> frozenset[int]:
        return frozenset(day for day in range(7) if self.weekdays >> day & 1)

    @property
    def length(self) -> int:
        """The days of a vacation."""
        return (self.last_day - self.first_day).days + 1 if self.first_day and self.last_day else 0

    def days_in(self, year: int) -> int:
        """How many days of a vacation lie in that calendar year."""
        if not (self.first_day and self.last_day):
            return 0
        first, last = max(self.first_day, dt.date(year, 1, 1)), min(self.last_day, dt.date(year, 12, 31))
        return max(0, (last - first).days + 1)


class AmnestyManager(models.Manager["Amnesty"]):
    def get_queryset(self) -> models.QuerySet[Amnesty]:
        return super().get_queryset().filter(kind=Pause.Kind.AMNESTY)


class Amnesty(Pause):
    """The pauses that staff enter."""

    objects: ClassVar[models.Manager[Amnesty]] = AmnestyManager()  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("amnesty")
        verbose_name_plural = _("amnesties")

    def __str__(self) -> str:
        return self.reason

    def clean(self) -> None:
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("Must be later than the beginning.")}, code="order")
