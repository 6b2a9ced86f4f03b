"""Requests, counted where all processes see the count."""

from __future__ import annotations

from django.db import models


class RequestCount(models.Model):
    """How many requests of one kind one person or address has made in the window that is open.

    One row for each of them, used again by the next window. The key is a digest: the table tells nobody who asks from
    where. Nothing but the key is indexed, so that counting rewrites no index; the table is small.
    """

    key = models.CharField(max_length=64, unique=True)
    number = models.PositiveIntegerField()
    window_ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number} requests"
