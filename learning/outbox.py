"""The outbox: what must happen after commit is a row of the same transaction.

`put` writes it, `drain` does it. Rows are claimed by a lease, the work runs outside any transaction, and the row is
marked only if the lease is still ours: a crash repeats, with the same key, and never loses.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
from collections.abc import Callable
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from learning.models import Outbox

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=2)
GIVE_UP_AFTER = dt.timedelta(hours=24)
LONGEST_WAIT_SECONDS = 3600


class GiveUp(Exception):
    """A handler says: trying again can't help. The row is dead at once."""


Handler = Callable[[str, dict[str, Any]], None]
_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register what does the rows of one kind. It gets the row's key, which is the same at every repeat."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def put(kind: str, key: str, payload: dict[str, Any], *, at: dt.datetime, run_at: dt.datetime | None = None) -> Outbox:
    """Ask for something after commit. The same key again asks for nothing more."""
    row, _ = Outbox.objects.get_or_create(
        key=key, defaults={"kind": kind, "payload": payload, "created_at": at, "run_at": run_at or at}
    )
    return row


def drain(*, limit: int = 100, stop: Callable[[], bool] = lambda: False) -> int:
    """Do what is due, oldest first, until `stop` says so; returns how many rows were done."""
    done = 0
    now = timezone.now()
    due = Outbox.objects.filter(state=Outbox.State.WAITING, run_at__lte=now)
    due = due.filter(Q(lease_until=None) | Q(lease_until__lt=now)).order_by("run_at")
    for row_id in list(due.values_list("pk", flat=True)[:limit]):
        if stop():
            break
        done += _do(row_id)
    return done


def try_again(rows: QuerySet[Outbox], *, at: dt.datetime) -> int:
    """Wake rows that were given up; returns how many. What waits or is done stays as it is."""
    dead = rows.filter(state=Outbox.State.DEAD)
    return dead.update(state=Outbox.State.WAITING, run_at=at, lease_until=None)


def _do(row_id: int) -> bool:
    row = _claim(row_id, at=timezone.now())
    if row is None:
        return False
    try:
        _handlers[row.kind](row.key, row.payload)
    except Exception as error:
        log.warning("outbox %s failed: %s", row.key, error)
        _put_back(row, error, at=timezone.now())
        return False
    mine = Outbox.objects.filter(pk=row.pk, attempts=row.attempts, state=Outbox.State.WAITING)
    return bool(mine.update(state=Outbox.State.DONE, done_at=timezone.now(), lease_until=None, last_error=""))


def _claim(row_id: int, *, at: dt.datetime) -> Outbox | None:
    free = Outbox.objects.filter(Q(lease_until=None) | Q(lease_until__lt=at), pk=row_id, state=Outbox.State.WAITING)
    if not free.update(lease_until=at + LEASE, attempts=F("attempts") + 1):
        return None
    return Outbox.objects.get(pk=row_id)


def _put_back(row: Outbox, error: Exception, *, at: dt.datetime) -> None:
    """Wait twice as long each time, up to an hour, at random within that; give up after a day."""
    longest = min(2**row.attempts, LONGEST_WAIT_SECONDS)
    wait = dt.timedelta(seconds=random.uniform(longest / 2, longest))  # noqa: S311  (spread, not secrecy)
    dead = isinstance(error, GiveUp) or at - row.created_at > GIVE_UP_AFTER
    Outbox.objects.filter(pk=row.pk, attempts=row.attempts).update(
        state=Outbox.State.DEAD if dead else Outbox.State.WAITING,
        run_at=at + wait,
        lease_until=None,
        last_error=f"{type(error).__name__}: {error}"[:2000],
    )
