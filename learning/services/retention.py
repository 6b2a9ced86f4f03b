"""Forgetting: rows that have done their work and are kept no longer than they are needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Protocol

from django.contrib.sessions.models import Session

from learning.models import ClientSession, KeptAnswer, Outbox, RequestCount, SigninFailures
from learning.services.idempotency import KEPT_FOR

# Beats may come up to 72 hours late; a week leaves room for a number that must not count twice.
CLIENT_SESSIONS = dt.timedelta(days=7)
DONE_OUTBOX_ROWS = dt.timedelta(days=30)


class Forgetting(Protocol):
    """Deletes what is over and says how much."""

    def __call__(self, *, at: dt.datetime) -> int: ...


_others: dict[str, Forgetting] = {}


def forgets(name: str) -> Callable[[Forgetting], Forgetting]:
    """Register what an upper floor forgets, under the name by which it is reported."""

    def register(forgetting: Forgetting) -> Forgetting:
        _others[name] = forgetting
        return forgetting

    return register


def forget_what_is_over(*, at: dt.datetime) -> dict[str, int]:
    """Delete what is over and say how much of each. Again: nothing is left to delete."""
    over = {
        "sessions": Session.objects.filter(expire_date__lt=at),
        "client_sessions": ClientSession.objects.filter(seen_at__lt=at - CLIENT_SESSIONS),
        "signin_failures": SigninFailures.objects.filter(window_ends_at__lt=at),
        "request_counts": RequestCount.objects.filter(window_ends_at__lt=at),
        "kept_answers": KeptAnswer.objects.filter(made_at__lte=at - KEPT_FOR),
        "outbox": Outbox.objects.filter(state=Outbox.State.DONE, done_at__lt=at - DONE_OUTBOX_ROWS),
    }
    counted = {name: rows.delete()[0] for name, rows in over.items()}
    return counted | {name: forget(at=at) for name, forget in _others.items()}
