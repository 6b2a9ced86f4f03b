"""One beat in the database: one statement on PostgreSQL, the same pieces one after the other on SQLite.

The pieces build on one another: a beat number above the last one lets the learner's clock move, the clock says how
many seconds are credited, and the enrolment, the lesson's progress, the hour and the view follow. The order (clock,
enrolment, progress) is the order in which every other path locks these rows.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.utils.dateparse import parse_datetime

from learning.kinds import CourseState

MOST_SECONDS = 60
VIEW_AGAIN_AFTER = dt.timedelta(minutes=30)

PLACE = """
SELECT l.id, l.kind, l.min_seconds, l.duration_seconds, l.pass_mark, l.forbid_skipping, l.is_required, l.is_published,
       c.id, c.state, c.time_zone, e.id, e.started_at, e.left_at, e.percent, e.completed_lessons, e.required_lessons,
       e.seconds, e.completed_at,
       p.seconds, p.position, p.coverage, p.completed_at, p.last_seen_at, s.last_seq
FROM learning_lesson l
JOIN learning_course c ON c.id = l.course_id
LEFT JOIN learning_enrollment e ON e.course_id = c.id AND e.learner_id = %(learner)s
LEFT JOIN learning_lessonprogress p ON p.lesson_id = l.id AND p.learner_id = %(learner)s
LEFT JOIN learning_clientsession s ON s.learner_id = %(learner)s AND s.key = %(key)s
WHERE l.id = %(lesson)s
"""

SEQ = """
INSERT INTO learning_clientsession AS s (learner_id, key, last_seq, seen_at)
VALUES (%(learner)s, %(key)s, %(seq)s, %(at)s)
ON CONFLICT (learner_id, key) DO UPDATE SET last_seq = EXCLUDED.last_seq, seen_at = EXCLUDED.seen_at
WHERE s.last_seq < EXCLUDED.last_seq
RETURNING last_seq
"""

# gap: whole seconds since the clock was last moved. What a claim leaves of a second stays on the clock.
CLOCK = """
INSERT INTO learning_studyclock AS c (learner_id, credited_until, last_credit, day, day_seconds)
SELECT %(learner)s, %(now)s - CASE WHEN %(claim)s = 0 THEN {most} * 1000 ELSE 0 END, %(claim)s, %(day)s, %(claim)s
{from_seq} WHERE true
ON CONFLICT (learner_id) DO UPDATE SET
  last_credit = {least}(%(claim)s, {greatest}(0, (%(now)s - c.credited_until) / 1000)),
  credited_until = CASE
    WHEN %(claim)s = 0 OR %(now)s <= c.credited_until THEN c.credited_until
    WHEN (%(now)s - c.credited_until) / 1000 <= %(claim)s
      THEN c.credited_until + (%(now)s - c.credited_until) / 1000 * 1000
    ELSE %(now)s END,
  day_seconds = CASE
    WHEN c.day > %(day)s THEN c.day_seconds
    WHEN c.day = %(day)s THEN c.day_seconds
      + {least}(%(claim)s, {greatest}(0, (%(now)s - c.credited_until) / 1000))
    ELSE {least}(%(claim)s, {greatest}(0, (%(now)s - c.credited_until) / 1000)) END,
  day = {greatest}(c.day, EXCLUDED.day)
RETURNING last_credit AS credited, day_seconds
"""

ENROLLMENT = """
UPDATE learning_enrollment AS e SET
  seconds = e.seconds + {credited},
  last_accessed_at = CASE WHEN e.last_accessed_at > %(seen)s THEN e.last_accessed_at ELSE %(seen)s END,
  first_activity_at = CASE WHEN e.first_activity_at IS NULL AND {credited} > 0 THEN %(seen)s
                           ELSE e.first_activity_at END
{from_clock} WHERE e.id = %(enrollment)s
RETURNING seconds AS enrollment_seconds
"""

PROGRESS = """
INSERT INTO learning_lessonprogress AS p (learner_id, lesson_id, seconds, last_seen_at, opened_at, position, ranges)
SELECT %(learner)s, %(lesson)s, {credited}, %(seen)s, %(seen)s, COALESCE(%(position)s, 0), '[]'
{from_enrollment} WHERE true
ON CONFLICT (learner_id, lesson_id) DO UPDATE SET
  seconds = p.seconds + EXCLUDED.seconds,
  opened_at = CASE WHEN p.last_seen_at IS NULL OR p.last_seen_at < %(stale)s THEN EXCLUDED.opened_at
                   ELSE p.opened_at END,
  last_seen_at = CASE WHEN p.last_seen_at > %(seen)s THEN p.last_seen_at ELSE EXCLUDED.last_seen_at END,
  position = COALESCE(%(position)s, p.position)
RETURNING seconds AS lesson_seconds, position, completed_at, ranges, opened_at = %(seen)s AS opened
"""

HOUR = """
INSERT INTO learning_studytime AS t (learner_id, course_id, lesson_id, hour, day, course_day, seconds)
SELECT %(learner)s, %(course)s, %(lesson)s, %(hour)s, %(day)s, %(course_day)s, {credited}
{from_clock} WHERE {credited} > 0
ON CONFLICT (learner_id, lesson_id, hour, day, course_day) DO UPDATE SET seconds = t.seconds + EXCLUDED.seconds
"""

VIEW = """
INSERT INTO learning_lessonview (learner_id, lesson_id, at, day, course_day)
SELECT %(learner)s, %(lesson)s, %(seen)s, %(day)s, %(course_day)s
{from_progress} WHERE {opened}
ON CONFLICT (learner_id, lesson_id, at) DO NOTHING
"""

# What was played of a video. The row is ours already: PROGRESS has locked it and told the ranges before.
WATCHED = """
UPDATE learning_lessonprogress SET ranges = %(ranges)s, coverage = {greatest}(COALESCE(coverage, 0), %(coverage)s)
WHERE learner_id = %(learner)s AND lesson_id = %(lesson)s
"""
MINUTES = """
INSERT INTO learning_playedminute AS m (lesson_id, minute, plays, rewatches, stops) VALUES {rows}
ON CONFLICT (lesson_id, minute) DO UPDATE SET
  plays = m.plays + EXCLUDED.plays, rewatches = m.rewatches + EXCLUDED.rewatches, stops = m.stops + EXCLUDED.stops
"""

_ON_POSTGRESQL = {
    "most": MOST_SECONDS, "least": "LEAST", "greatest": "GREATEST", "credited": "clock.credited",
    "from_seq": "FROM seq", "from_clock": "FROM clock", "from_enrollment": "FROM clock, enrollment",
    "from_progress": "FROM progress", "opened": "progress.opened",
}  # fmt: skip
_ALONE = {
    "most": MOST_SECONDS, "least": "MIN", "greatest": "MAX", "credited": "%(credited)s",
    "from_seq": "", "from_clock": "", "from_enrollment": "", "from_progress": "", "opened": "true",
}  # fmt: skip
_ALONE_POSTGRESQL = {**_ALONE, "least": "LEAST", "greatest": "GREATEST"}

_TYPES = {
    "learner": "bigint", "lesson": "bigint", "course": "bigint", "enrollment": "bigint", "key": "uuid", "seq": "bigint",
    "claim": "bigint", "now": "bigint", "day": "date", "course_day": "date", "position": "double precision",
    "at": "timestamptz", "seen": "timestamptz", "stale": "timestamptz", "hour": "timestamptz",
}  # fmt: skip


def _typed(sql: str) -> str:
    """Parameters with their types, so that PostgreSQL can prepare the statement once and plan it no more."""
    return re.sub(r"%\((\w+)\)s", lambda found: f"{found[0]}::{_TYPES[found[1]]}", sql)


IN_ONE = _typed(
    f"""
WITH seq AS ({SEQ}), clock AS ({CLOCK}), enrollment AS ({ENROLLMENT}), progress AS ({PROGRESS}), hour AS ({HOUR}),
view AS ({VIEW})
SELECT credited, day_seconds, enrollment_seconds, lesson_seconds, position, completed_at, ranges
FROM clock, enrollment, progress
""".format(**_ON_POSTGRESQL)
)
PLACE_PREPARED = _typed(PLACE)


@dataclass(frozen=True)
class Place:
    """A lesson as one learner finds it: the lesson, the course, their enrolment and progress, their tab's last beat."""

    lesson: int
    kind: str
    min_seconds: int
    duration_seconds: int
    pass_mark: int
    forbid_skipping: bool
    is_required: bool
    is_published: bool
    course: int
    course_state: str
    course_zone: str
    enrollment: int | None
    started_at: dt.datetime | None
    left_at: dt.datetime | None
    percent: float
    completed_lessons: int
    required_lessons: int
    enrollment_seconds: int
    course_completed_at: dt.datetime | None
    seconds: int
    position: float
    coverage: float | None
    completed_at: dt.datetime | None
    last_seen_at: dt.datetime | None
    last_seq: int

    @property
    def exists(self) -> bool:
        return bool(self.is_published) and self.course_state == CourseState.PUBLISHED

    @property
    def is_enrolled(self) -> bool:
        return self.enrollment is not None and self.left_at is None


@dataclass(frozen=True)
class Booked:
    """What a beat came to, and the totals after it. `day_seconds` is the learner's day so far."""

    credited: int
    day_seconds: int
    enrollment_seconds: int
    lesson_seconds: int
    position: float
    completed_at: dt.datetime | None
    ranges: list[list[float]] = field(default_factory=list)


class Minute(NamedTuple):
    """What a beat adds to one minute of a video."""

    minute: int
    plays: int = 0
    rewatches: int = 0
    stops: int = 0


def find_place(*, learner: int, lesson: int, key: uuid.UUID) -> Place | None:
    """Where a beat would land, in one read; None when there is no such lesson at all."""
    values = {"learner": learner, "lesson": lesson, "key": _uuid(key)}
    with _cursor() as cursor:
        cursor.execute(PLACE_PREPARED if connection.vendor == "postgresql" else PLACE, values)
        row = cursor.fetchone()
    if row is None:
        return None
    *head, since, left_at = row[:14]
    percent, done, required, total, course_done, seconds, position, covered, done_at, seen, seq = row[14:]
    return Place(  # type: ignore[call-arg]  # the statement's columns, in the order of the fields
        *head, _instant(since), _instant(left_at), float(percent or 0), done or 0, required or 0, total or 0,
        _instant(course_done), seconds or 0, position or 0, None if covered is None else float(covered),
        _instant(done_at), _instant(seen), seq or 0,
    )  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A beat as it is booked. `seen` is when it happened, `at` is now; they differ for a beat kept offline."""

    learner: int
    lesson: int
    course: int
    enrollment: int
    key: uuid.UUID
    seq: int
    claim: int
    at: dt.datetime
    seen: dt.datetime
    day: dt.date
    course_day: dt.date
    position: float | None

    def parameters(self) -> dict[str, Any]:
        instant, date = connection.ops.adapt_datetimefield_value, connection.ops.adapt_datefield_value
        return {
            "learner": self.learner,
            "lesson": self.lesson,
            "course": self.course,
            "enrollment": self.enrollment,
            "key": _uuid(self.key),
            "seq": self.seq,
            "claim": self.claim,
            "position": self.position,
            "at": instant(self.at),
            "seen": instant(self.seen),
            "stale": instant(self.seen - VIEW_AGAIN_AFTER),
            "hour": instant(self.seen.replace(minute=0, second=0, microsecond=0)),
            # When it happened: beats that a short outage held up arrive at once, and each has its own seconds.
            "now": milliseconds(self.seen),
            "day": date(self.day),
            "course_day": date(self.course_day),
        }


def book(entry: Entry) -> Booked | None:
    """Credit one beat by the learner's clock; None when its number is not above the last one. In a transaction."""
    values = entry.parameters()
    with _cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(IN_ONE, values)
            *totals, ranges = cursor.fetchone() or (None,)
            return Booked(*totals, json.loads(ranges or "[]")) if totals else None  # type: ignore[call-arg]
        if not _one(cursor, SEQ, values):
            return None
        credited, day_seconds = _one(cursor, CLOCK, values) or (0, 0)
        return _follow(cursor, values, credited=credited, day_seconds=day_seconds)


def take_number(entry: Entry) -> bool:
    """Whether this beat's number is above the last one; from now on it is the last one."""
    with connection.cursor() as cursor:
        return _one(cursor, SEQ, entry.parameters()) is not None


def book_late(entry: Entry, *, credited: int, day_seconds: int) -> Booked:
    """Write down a beat whose credit was worked out by the caller, who holds the learner's clock."""
    with connection.cursor() as cursor:
        return _follow(cursor, entry.parameters(), credited=credited, day_seconds=day_seconds)


def _follow(cursor: Any, values: dict[str, Any], *, credited: int, day_seconds: int) -> Booked:
    values = {**values, "credited": credited}
    (enrollment_seconds,) = _one(cursor, ENROLLMENT, values) or (0,)
    seconds, position, completed_at, ranges, opened = _one(cursor, PROGRESS, values) or (0, 0, None, "[]", False)
    if credited:
        _run(cursor, HOUR, values)
    if opened:
        _run(cursor, VIEW, values)
    return Booked(
        credited, day_seconds, enrollment_seconds, seconds, position, _instant(completed_at), json.loads(ranges)
    )


def write_watched(
    *, learner: int, lesson: int, ranges: list[list[float]], coverage: float, minutes: Sequence[Minute]
) -> None:
    """Keep the learner's merged ranges, and count the minutes for everybody. After `book`, in its transaction.

    The minutes are written in their order: two learners who watch the same film lock them alike.
    """
    values = {"learner": learner, "lesson": lesson, "ranges": json.dumps(ranges), "coverage": coverage}
    pieces = [WATCHED]
    if minutes:
        rows = [_row_of(n) for n in range(len(minutes))]
        pieces.append(MINUTES.replace("{rows}", ", ".join(rows)))
        for n, minute in enumerate(sorted(minutes)):
            values |= {f"{name}{n}": number for name, number in minute._asdict().items()}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and minutes:
            pieces = ["WITH watched AS ({}) {}".format(*pieces)]
        for piece in pieces:
            _run(cursor, piece, values)


def _row_of(n: int) -> str:
    return f"(%(lesson)s, {', '.join(f'%({name}{n})s' for name in Minute._fields)})"


def _run(cursor: Any, piece: str, values: dict[str, Any]) -> None:
    words = _ALONE_POSTGRESQL if connection.vendor == "postgresql" else _ALONE
    cursor.execute(piece.format(**words), values)


def _one(cursor: Any, piece: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    _run(cursor, piece, values)
    return cursor.fetchone()


def _cursor() -> Any:
    """A cursor that binds on the server, where that lets a statement be prepared; an ordinary one elsewhere."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.ensure_connection()
    cursor = ServerBindingCursor(connection.connection)  # type: ignore
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)  # type: ignore


def milliseconds(instant: dt.datetime) -> int:
    """Milliseconds since 1970, UTC."""
    return (instant - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)


def _uuid(key: uuid.UUID) -> Any:
    return key if connection.features.has_native_uuid_field else key.hex


def _instant(value: Any) -> dt.datetime | None:
    """SQLite hands datetimes out as text."""
    if isinstance(value, str):
        value = parse_datetime(value)
    return value.replace(tzinfo=dt.UTC) if value is not None and value.tzinfo is None else value
