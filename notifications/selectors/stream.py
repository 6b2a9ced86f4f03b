"""Reading the stream of events: never past one that is still to be committed.

Everything here is read in a moment and keeps no connection.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.db.models import Max, Min

from gamification.selectors.profile import profile, session_stats
from gamification.selectors.today import today_of
from learning.models import StudyClock, User
from notifications.kinds import EventKind
from notifications.models import LiveEvent

AT_ONCE = 500
JUST_NOW = dt.timedelta(seconds=3)
CATCH_UP = 200
# As in migration 0004: the namespace of the marks, and how much of an id fits into one.
MARKS, MARK_BITS = 1128352846, 31


@dataclass(frozen=True)
class Told:
    """One event as a stream tells it."""

    place: int
    person: int
    kind: str
    data: dict[str, Any]


@dataclass(frozen=True)
class News:
    """What came after a place. `place` is where the next look begins; `is_all` says that nothing waits behind it."""

    events: list[Told]
    place: int
    is_all: bool


def newest_place() -> int:
    """The place after which everything is news: all up to it is committed. 0 before the first event."""
    top = highest()
    return min(top, _first_mark_below(top))


def highest() -> int:
    """The highest place that can be seen; a lower one may still be to come. 0 before the first event."""
    return LiveEvent.objects.aggregate(top=Max("pk"))["top"] or 0


def look(*, after: int, people: Collection[int], at: dt.datetime) -> News:
    """What these people are to be told after that place, in order; one statement while there is nothing."""
    seen = list(LiveEvent.objects.after(after).values_list("pk", flat=True)[:AT_ONCE])
    if not seen:
        return News([], after, is_all=True)
    # Ids up to this one were handed out before that read. Who holds one of them still has a mark below it, or has
    # ended: then the next read, which comes after, sees it.
    top = seen[-1]
    safe = min(top, _first_mark_below(top))
    rows = list(LiveEvent.objects.after(after).filter(pk__lte=safe, person__in=list(people)))
    return News(_told(rows, at=at), max(safe, after), is_all=safe == top and len(seen) < AT_ONCE)


def studying(people: Collection[int], *, at: dt.datetime) -> dict[int, int]:
    """Who of these people was credited study time in the last three seconds, and until when (ms since 1970, UTC)."""
    since = int((at - JUST_NOW).timestamp() * 1000)
    return dict(StudyClock.objects.filter(pk__in=people, credited_until__gt=since).values_list("pk", "credited_until"))


def missed(person: int, *, after: int, until: int, at: dt.datetime) -> list[Told] | None:
    """What one person was told between two places; None when that can't be said any more, or is too much to say."""
    oldest = LiveEvent.objects.aggregate(oldest=Min("pk"))["oldest"]
    if after > until or (oldest is not None and after < oldest - 1):
        return None
    rows = list(LiveEvent.objects.after(after).filter(pk__lte=until, person=person)[: CATCH_UP + 1])
    return None if len(rows) > CATCH_UP else _told(rows, at=at)


def _first_mark_below(top: int) -> int:
    """The lowest mark of a transaction that may still commit an id up to `top`; `top` itself when there is none."""
    if connection.vendor != "postgresql":
        return top
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = %s AND objsubid = 2"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [MARKS],
        )
        return top - max((_behind(top, mark) for (mark,) in cursor.fetchall()), default=0)


def _behind(top: int, mark: int) -> int:
    """How far a mark lies below `top`, 0 for one above; a mark is the last bits of an id."""
    distance = (top - mark) % (1 << MARK_BITS)
    return distance if distance < 1 << (MARK_BITS - 1) else 0


def _told(rows: list[LiveEvent], *, at: dt.datetime) -> list[Told]:
    """As they were written; numbers that moved are told once per person, by the last event, and as they are now."""
    last = {row.person_id: row.pk for row in rows if row.kind == EventKind.STATS}
    people = User.objects.in_bulk(last)
    now = {row: numbers(people[person], at=at) for person, row in last.items() if person in people}
    told = [row for row in rows if row.kind != EventKind.STATS or row.pk in now]
    return [Told(row.pk, row.person_id, row.kind, now.get(row.pk, row.data)) for row in told]


def numbers(learner: User, *, at: dt.datetime) -> dict[str, Any]:
    """A learner's counters as they are now: `stats` and `goals` as API.md fixes them, `level`, and what is `shown`."""
    state, today = profile(learner, at=at), today_of(learner, day=learner.day_at(at))
    return {
        "stats": session_stats(today, state),
        "goals": today.goals,
        "level": asdict(state.level),
        "shown": asdict(today.shown),
    }
