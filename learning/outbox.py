"""The outbox: what must happen after commit is a row of the same transaction.

`put` writes it, `drain` does it, `hand_over` gives it to a queue whose worker calls `do`. A row is claimed by a lease,
the work runs outside any transaction, and the row is marked only if the claim is still ours: a crash repeats, with the
same key, and never loses. Rows of a kind that this version does not know wait for one that does.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from learning.models import Outbox
from learning.once import insert_new
from learning.poke import poke

log = logging.getLogger(__name__)

GIVE_UP_AFTER = dt.timedelta(hours=24)
LONGEST_WAIT_SECONDS = 3600
# A row whose process died this often is what kills it: it is done once more at most, then given up.
MOST_CRASHES = 3
# A queue that has not delivered a row after this long may have lost it.
HAND_AGAIN_AFTER = dt.timedelta(seconds=60)
REQUEST_ID = "request_id"
QUEUES = ("default", "mail", "notifications", "reports")


class GiveUp(Exception):
    """A handler says: trying again can't help. The row is dead at once."""


class NotNow(Exception):
    """A handler says when to try again: what a provider answered with `Retry-After`."""

    def __init__(self, detail: str, *, wait: dt.timedelta) -> None:
        super().__init__(detail)
        self.wait = wait


class Later(NotNow):
    """A handler says that the row's time has not come. Nothing failed, so the day of patience does not begin."""


Handler = Callable[[str, dict[str, Any]], None]


@dataclass(frozen=True)
class Manner:
    """How rows of a kind are done: in which queue, how long one may take, how long it is tried after a failure."""

    queue: str = "default"
    lease: dt.timedelta = dt.timedelta(minutes=2)
    patience: dt.timedelta = GIVE_UP_AFTER
    buried: Callable[[dict[str, Any], str], None] | None = None


_handlers: dict[str, Handler] = {}
_manners: dict[str, Manner] = {}
_USUAL = Manner()


def handles(
    kind: str,
    *,
    queue: str = _USUAL.queue,
    lease: dt.timedelta = _USUAL.lease,
    patience: dt.timedelta = GIVE_UP_AFTER,
    buried: Callable[[dict[str, Any], str], None] | None = None,
) -> Callable[[Handler], Handler]:
    """Register what does the rows of one kind. It gets the row's key, which is the same at every repeat.

    `lease` is longer than the work can take, at most five minutes: a worker is stopped before its lease runs out.
    `buried` is told, in the same transaction, of a row that is given up: its payload, and why.
    """
    if queue not in QUEUES:
        raise ValueError(f"There is no queue {queue}.")

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        _manners[kind] = Manner(queue, lease, patience, buried)
        return handler

    return register


def put(kind: str, key: str, payload: dict[str, Any], *, at: dt.datetime, run_at: dt.datetime | None = None) -> Outbox:
    """Ask for something after commit. The same key again asks for nothing more."""
    new = put_many(kind, {key: payload}, at=at, run_at=run_at)
    return new[0] if new else Outbox.objects.get(key=key)


def put_many(
    kind: str, payloads: Mapping[str, dict[str, Any]], *, at: dt.datetime, run_at: dt.datetime | None = None
) -> list[Outbox]:
    """Ask for many things of one kind, by their keys, in one statement; returns those that nobody had asked for."""
    asked = _request_id()
    rows = [
        Outbox(kind=kind, key=key, payload={**payload, **asked}, created_at=at, run_at=run_at or at)
        for key, payload in payloads.items()
    ]
    new = insert_new(rows, told_apart_by="key")
    if new and new[0].run_at <= at:
        transaction.on_commit(poke)
    return new


def drain(*, limit: int = 100, stop: Callable[[], bool] = lambda: False) -> int:
    """Do what is due and in no queue, oldest first, until `stop` says so; returns how many rows were done."""
    done = 0
    for _ in range(limit):
        row = None if stop() else _claim_next(at=timezone.now())
        if row is None:
            break
        done += _do(row)
    return done


def do(row_id: int) -> bool:
    """Do this row if it is due and nobody else is at it; True when this call did it."""
    row = _claim(row_id, at=timezone.now())
    return row is not None and _do(row)


def hand_over(send: Callable[[int, str, Manner], None], *, queue: str, limit: int, at: dt.datetime) -> int:
    """Give up to `limit` rows that are due to their queue: `send` gets id, kind and manner of each.

    Whoever takes them from there calls `do`. What is not done within a minute is handed over again, so a queue may
    lose everything. When `send` fails, the rest is free at once.
    """
    kinds = [kind for kind in _handlers if _manner(kind).queue == queue]
    handed = _hand(kinds, limit=limit, at=at)
    for n, (row_id, kind) in enumerate(handed):
        try:
            send(row_id, kind, _manner(kind))
        except BaseException:
            Outbox.objects.filter(pk__in=[pk for pk, _ in handed[n:]]).update(handed_until=None)
            raise
    return len(handed)


def try_again(rows: QuerySet[Outbox], *, at: dt.datetime) -> int:
    """Wake rows that were given up; returns how many. What waits or is done stays as it is."""
    dead = rows.filter(state=Outbox.State.DEAD)
    woken = dead.update(
        state=Outbox.State.WAITING, run_at=at, lease_until=None, handed_until=None, give_up_at=None, crashes=0
    )
    if woken:
        transaction.on_commit(poke)
    return woken


def counts() -> dict[str, dict[str, int]]:
    """How many rows there are, by kind and state."""
    found: dict[str, dict[str, int]] = {}
    rows = Outbox.objects.order_by("kind", "state").values_list("kind", "state").annotate(n=Count("pk"))
    for kind, state, n in rows:
        found.setdefault(kind, {})[state] = n
    return found


def known_kinds() -> frozenset[str]:
    """The kinds that this version can do."""
    return frozenset(_handlers)


def _manner(kind: str) -> Manner:
    return _manners.get(kind, _USUAL)


# --- claiming: one statement, which passes over rows that somebody else is claiming -----------------------------------
# A lease that is still there when it is claimed has run out: whoever had it died.
_CLAIM = """
UPDATE learning_outbox SET attempts = attempts + 1, lease_until = %s, handed_until = NULL,
    crashes = crashes + CASE WHEN lease_until IS NULL THEN 0 ELSE 1 END
WHERE id = (SELECT id FROM learning_outbox
    WHERE state = 'waiting' AND run_at <= %s AND (lease_until IS NULL OR lease_until < %s) AND kind IN ({kinds}) {more}
    ORDER BY run_at, id LIMIT 1 {skip})
RETURNING *
"""
_HAND = """
UPDATE learning_outbox SET handed_until = %s
WHERE id {among} (SELECT id FROM learning_outbox
    WHERE state = 'waiting' AND run_at <= %s AND (lease_until IS NULL OR lease_until < %s)
    AND (handed_until IS NULL OR handed_until < %s) AND kind IN ({kinds})
    ORDER BY run_at, id LIMIT %s {skip}{end})
RETURNING id, kind, run_at
"""


def _claim(row_id: int, *, at: dt.datetime) -> Outbox | None:
    return _claim_where("AND id = %s", [row_id], at=at)


def _claim_next(*, at: dt.datetime) -> Outbox | None:
    return _claim_where("AND (handed_until IS NULL OR handed_until < %s)", [_moment(at)], at=at)


def _claim_where(more: str, values: Iterable[Any], *, at: dt.datetime) -> Outbox | None:
    """Claim for the usual lease; a kind with another one gets it in a second statement, while nobody else can."""
    if not _handlers:
        return None
    sql = _CLAIM.format(kinds=_places(_handlers), more=more, skip=_skip())
    moment = _moment(at)
    found = Outbox.objects.raw(sql, [_moment(at + _USUAL.lease), moment, moment, *_handlers, *values])
    row = next(iter(found), None)
    if row and _manner(row.kind).lease != _USUAL.lease:
        row.lease_until = at + _manner(row.kind).lease
        _mine(row).update(lease_until=row.lease_until)
    return row


def _hand(kinds: list[str], *, limit: int, at: dt.datetime) -> list[tuple[int, str]]:
    if not kinds or limit <= 0:
        return []
    # An array is worked out once: a subquery that locks may be asked again, and would then lock more than its limit.
    among, end = ("= ANY (ARRAY", ")") if connection.vendor == "postgresql" else ("IN", "")
    sql = _HAND.format(kinds=_places(kinds), skip=_skip(), among=among, end=end)
    moment = _moment(at)
    with connection.cursor() as cursor:
        cursor.execute(sql, [_moment(at + HAND_AGAIN_AFTER), moment, moment, moment, *kinds, limit])
        rows = sorted(cursor.fetchall(), key=lambda row: (row[2], row[0]))
    return [(pk, kind) for pk, kind, _run_at in rows]


def _places(values: Iterable[object]) -> str:
    return ", ".join("%s" for _ in values)


def _skip() -> str:
    return "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""


def _moment(at: dt.datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _mine(row: Outbox) -> QuerySet[Outbox]:
    """The row, while the claim that we have is the last one."""
    return Outbox.objects.filter(pk=row.pk, attempts=row.attempts, state=Outbox.State.WAITING)


def _request_id() -> dict[str, str]:
    """The id of the request that asks, where one does: the log lines of what follows carry it too."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    return {REQUEST_ID: request_id} if request_id else {}


# --- doing: outside any transaction -----------------------------------------------------------------------------------
def _do(row: Outbox) -> bool:
    if row.crashes > MOST_CRASHES:
        _bury(row, f"The process that did it died, {row.crashes} times.")
        return False
    try:
        with structlog.contextvars.bound_contextvars(outbox=row.key, request_id=row.payload.pop(REQUEST_ID, "")):
            _handlers[row.kind](row.key, row.payload)
    except Later as later:
        _postpone(row, later, at=timezone.now())
        return False
    except Exception as error:
        log.warning("outbox %s failed: %s", row.key, error)
        _put_back(row, error, at=timezone.now())
        return False
    done = _mine(row).update(state=Outbox.State.DONE, done_at=timezone.now(), lease_until=None, last_error="")
    return bool(done)


def _postpone(row: Outbox, later: Later, *, at: dt.datetime) -> None:
    _mine(row).update(run_at=at + later.wait, lease_until=None, handed_until=None, last_error=str(later)[:2000])


@transaction.atomic
def _bury(row: Outbox, why: str) -> None:
    log.error("outbox %s given up: %s", row.key, why)
    mine = _mine(row).update(state=Outbox.State.DEAD, lease_until=None, handed_until=None, last_error=why[:2000])
    if mine and (told := _manner(row.kind).buried):
        told(row.payload, why)


def _put_back(row: Outbox, error: Exception, *, at: dt.datetime) -> None:
    """Wait twice as long each time, up to an hour, at random within that; give up a day after the first failure."""
    why = f"{type(error).__name__}: {error}"
    give_up_at = row.give_up_at or at + _manner(row.kind).patience
    if isinstance(error, GiveUp) or at >= give_up_at:
        _bury(row, why)
        return
    wait = error.wait if isinstance(error, NotNow) else _wait(row.attempts)
    _mine(row).update(
        run_at=at + wait, lease_until=None, handed_until=None, give_up_at=give_up_at, last_error=why[:2000]
    )


def _wait(attempts: int) -> dt.timedelta:
    longest = min(2 ** min(attempts, 30), LONGEST_WAIT_SECONDS)
    return dt.timedelta(seconds=random.uniform(longest / 2, longest))  # noqa: S311  (spread, not secrecy)
