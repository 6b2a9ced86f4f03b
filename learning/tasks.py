"""What Celery runs of this floor: rows of the outbox, and the jobs of the clock."""

from __future__ import annotations

import datetime as dt
from typing import Any

from celery import shared_task

from learning import outbox
from learning.jobs import job
from learning.services.retention import forget_what_is_over


@shared_task(name="learning.do_outbox_row")
def do_outbox_row(row: int, *args: Any, **kwargs: Any) -> bool:
    """One row of the outbox. May run twice, or twice at once: only one of them claims it."""
    return outbox.do(row)


@shared_task(name="learning.sweep_outbox")
def sweep_outbox(*args: Any, **kwargs: Any) -> int:
    """What the relay left: rows whose lease ran out, and everything while no relay runs."""
    return outbox.drain()


@job("learning.forget")
def forget(at: dt.datetime) -> dict[str, int]:
    """Rows that nobody needs any more."""
    return forget_what_is_over(at=at)
