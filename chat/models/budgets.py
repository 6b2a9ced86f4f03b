"""What the assistant may spend: meters that fill up, and the reservations that hold a part of them for a while."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from learning.models import Course


class Meter(models.Model):
    """What was used of one limit in one window of time: questions of a learner, or tokens of a learner, course or site.

    `key` names whose, which limit and which window. Admission is one conditional update, so any number of requests at
    once are admitted exactly up to the limit.
    """

    key = models.CharField(max_length=120, unique=True)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    course = models.ForeignKey(Course, models.CASCADE, null=True, related_name="+")
    ends_at = models.DateTimeField(db_index=True)
    used = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("meter")
        verbose_name_plural = _("meters")
        constraints = [
            models.CheckConstraint(condition=Q(used__gte=0, reserved__gte=0), name="meter_never_below_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.used} + {self.reserved}"


class Reservation(models.Model):
    """Tokens that one answer may use, held in each of its meters until it is settled or expires."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    course = models.ForeignKey(Course, models.CASCADE, related_name="+")
    meters = models.JSONField(help_text=_("The keys of its meters, in the order that they are locked in."))
    tokens = models.BigIntegerField()
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    spent = models.BigIntegerField(null=True, help_text=_("Tokens that were really used."))

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.CheckConstraint(condition=Q(tokens__gt=0), name="reservation_of_something"),
            models.CheckConstraint(
                condition=Q(settled_at=None, spent=None)
                | Q(settled_at__isnull=False, spent__isnull=False, spent__gte=0),
                name="reservation_settled_with_what_was_spent",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(settled_at=None), name="reservation_open_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.tokens} of {self.learner_id} in {self.course_id}"
