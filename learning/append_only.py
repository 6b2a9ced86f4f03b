"""Tables whose rows are written once: the database itself refuses to change or delete one.

A migration that makes such a table ends with `refuse_changes("table")`. SQLite forgets a table's triggers when a later
migration remakes the table, so that migration ends with it too; a test asks every such table. TRUNCATE, which no
code of ours says and which needs the table's owner, is not refused.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

BOTH = ("update", "delete")
_FUNCTION = """
CREATE OR REPLACE FUNCTION cairn_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only: ' || TG_OP || ' refused',
        ERRCODE = 'integrity_constraint_violation';
END $$
"""
_ON_POSTGRESQL = """
CREATE OR REPLACE TRIGGER {name} BEFORE {acts} ON {table} FOR EACH ROW EXECUTE FUNCTION cairn_refuse_change()
"""
_ON_SQLITE = """
CREATE TRIGGER IF NOT EXISTS {name}_{act} BEFORE {act} ON {table} FOR EACH ROW
BEGIN SELECT RAISE(ABORT, '{table} is append-only: {act} refused'); END
"""


def refuse_changes(table: str, *, acts: tuple[str, ...] = BOTH) -> migrations.RunPython:
    """The migration's step: from now on UPDATE and DELETE of this table (or only `acts`) are an IntegrityError."""

    def put_on(apps: Any, schema_editor: Any) -> None:
        for statement in _statements(schema_editor.connection.vendor, table, acts):
            schema_editor.execute(statement)

    def take_off(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {_name(table)} ON {table}")
            return
        for act in acts:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {_name(table)}_{act}")

    return migrations.RunPython(put_on, take_off, elidable=False)


def _name(table: str) -> str:
    return f"{table}_append_only"


def _statements(vendor: str, table: str, acts: tuple[str, ...]) -> list[str]:
    words = {"name": _name(table), "table": table, "acts": " OR ".join(acts)}
    if vendor == "postgresql":
        return [_FUNCTION, _ON_POSTGRESQL.format(**words)]
    return [_ON_SQLITE.format(act=act, **words) for act in acts]
