"""Failed sign-ins, counted where they cannot be lost."""

from __future__ import annotations

from django.db import models


class SigninFailures(models.Model):
    """How many sign-ins failed for one account or one address in one window. The key is a digest, not the address."""

    key = models.CharField(max_length=80, unique=True)
    failures = models.PositiveIntegerField(default=0)
    window_ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.failures} failures"
