"""What the clock runs: each task calls one service and may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from learning import outbox
from learning.services.retention import forget_what_is_over


@shared_task(name="learning.sweep_outbox")
def sweep_outbox() -> int:
    """What the relay left: rows whose lease ran out, and everything while no relay runs."""
    return outbox.drain()


@shared_task(name="learning.forget")
def forget() -> dict[str, int]:
    """Rows that nobody needs any more."""
    return forget_what_is_over(at=timezone.now())
