"""Writing down who changed what: in the transaction of the change, or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import structlog
from django.db.models import Model

from learning.models import AuditEntry, Course, User


def record(
    action: str,
    thing: Model,
    *,
    by: User | None,
    at: dt.datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    course: Course | None = None,
) -> AuditEntry:
    """Write down one privileged change. The caller is in the transaction that makes it; `by` None is the command line.

    `action` is `what.happened`; `before` and `after` are values that JSON can hold, of fields that decide about rights
    and amounts.
    """
    return record_each(action, [thing], by=by, at=at, before=before, after=after, course=course)[0]


def record_each(
    action: str,
    things: Iterable[Model],
    *,
    by: User | None,
    at: dt.datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    course: Course | None = None,
) -> list[AuditEntry]:
    """The same change of several things, an entry each, in one statement."""
    entries = [
        AuditEntry(
            at=at,
            actor=by,
            action=action,
            thing=name_of(thing),
            course=course if course is not None else _course_of(thing),
            before=before or {},
            after=after or {},
            request_id=_request_id(),
        )
        for thing in things
    ]
    return AuditEntry.objects.bulk_create(entries)


def name_of(thing: Model) -> str:
    """How the log names a row: `learning.user:12`."""
    return f"{thing._meta.label_lower}:{thing.pk}"


def _course_of(thing: Model) -> Course | None:
    return thing if isinstance(thing, Course) else None


def _request_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64]
