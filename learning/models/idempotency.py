"""Answers that are given again to whoever asks again under the same key."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class KeptAnswer(models.Model):
    """The answer to one request that came with an Idempotency-Key, as it was sent, for a day.

    The row is written by the transaction that acts: it is there exactly when what it tells of has happened. `request`
    is a digest of method, path and key, `asked` one of the body. Inside that transaction alone `status` is null.
    """

    caller = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    request = models.CharField(max_length=64)
    asked = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, default="")
    body = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "request"], name="kept_answer_once_per_caller_and_request"),
            models.CheckConstraint(
                condition=Q(status=None) | Q(status__gte=200, status__lt=429) | Q(status__gt=429, status__lt=500),
                name="kept_answer_is_no_failure_of_ours",
            ),
        ]
        indexes = [models.Index(fields=["made_at"], name="kept_answer_oldest")]

    def __str__(self) -> str:
        return f"{self.status} for {self.request[:8]}"
