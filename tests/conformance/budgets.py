"""Counting statements the way the budgets do: without session, user and the words that frame a transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
USER = 'FROM "learning_user" WHERE "learning_user"."id"'
FREE = ('"django_session"', USER)


@contextmanager
def statements(*, caller_only: bool = False) -> Iterator[list[str]]:
    """The statements that count, filled in when the block ends.

    A person looked up by id is free; with `caller_only` the first one is, so that a list which asks for people one by
    one is seen.
    """
    counted: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield counted
    people = [q["sql"] for q in captured.captured_queries if USER in q["sql"]][1:] if caller_only else []
    counted += [q["sql"] for q in captured.captured_queries if _counts(q["sql"])] + people


def _counts(sql: str) -> bool:
    return not sql.startswith(FRAME) and not any(word in sql for word in FREE)


def shown(sql: list[str]) -> str:
    """The statements, short enough to read in a failure."""
    return "\n".join(" ".join(one.split())[:110] for one in sql)
