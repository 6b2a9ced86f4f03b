"""Tests empty tables that the product can't: the triggers of append-only tables are set aside for that, and put back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

_GUARDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%append_only%'"


@contextlib.contextmanager
def unguarded() -> Iterator[None]:
    """Inside, rows of append-only tables can be deleted."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = origin")
        return
    with connection.cursor() as cursor:
        guards = cursor.execute(_GUARDS).fetchall()
        for name, _ in guards:
            cursor.execute(f"DROP TRIGGER {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for _, sql in guards:
                cursor.execute(sql)


# What migrations made once and no test changes: emptying it would mean to make some hundred rows anew each time.
KEPT = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}


def empty_only_what_is_full() -> None:
    """Tests with real transactions end by emptying the database: here, only the tables that hold something.

    Django truncates every table, which on PostgreSQL takes seconds where a handful of rows were written. And what
    migrations wrote is put back at once, not before the next such test: whatever runs in between finds it.
    """
    type(connection.ops).execute_sql_flush = _empty
    creation = type(connection.creation)
    creation.put_back = creation.deserialize_db_from_string
    creation.deserialize_db_from_string = lambda self, data: None


def _empty(operations: object, sql_list: list[str]) -> None:
    with unguarded(), transaction.atomic(), connection.cursor() as cursor:
        for table in _full(cursor):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
    connection.creation.put_back(connection._test_serialized_contents)


def _full(cursor: CursorWrapper) -> list[str]:
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    asked = (f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(t)})" for t in sorted(tables))
    found: list[str] = []
    for some in _by_hundreds(list(asked)):  # SQLite: at most 500 terms
        cursor.execute(" UNION ALL ".join(some))
        found += [table for (table,) in cursor.fetchall()]
    return found


def _by_hundreds(parts: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(parts), 100):
        yield parts[start : start + 100]
