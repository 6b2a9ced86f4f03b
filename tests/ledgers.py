"""Tests empty tables that the product can't: the triggers of append-only tables are set aside for that, and put back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import connection

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


def let_flush_empty_ledgers() -> None:
    """Tests with real transactions end by emptying every table. PostgreSQL truncates, which no row's trigger sees."""
    if connection.vendor != "sqlite":
        return
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def execute_sql_flush(self: object, sql_list: list[str]) -> None:
        with unguarded():
            flush(self, sql_list)

    operations.execute_sql_flush = execute_sql_flush
