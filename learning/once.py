"""Insert rows unless a constraint says that they are there: one statement, safe in any race."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.db import connections, models, router

Row = TypeVar("Row", bound=models.Model)


def insert_once(row: models.Model) -> bool:
    """Insert `row`; False, and nothing changed, when a unique constraint already holds such a row.

    Unlike get_or_create it reads nothing and needs no savepoint; unlike `bulk_create(ignore_conflicts=True)` it says
    whether this call was the one.
    """
    return bool(insert_new([row], told_apart_by=str(row._meta.pk.column)))


def insert_new(rows: Sequence[Row], *, told_apart_by: str | Sequence[str]) -> list[Row]:
    """Insert those of `rows` that no constraint refuses, and return them.

    `told_apart_by` names the column, or the columns, in which these rows differ from one another (not needed for a
    single one).
    """
    if not rows:
        return []
    model = type(rows[0])
    connection = connections[router.db_for_write(model, instance=rows[0])]
    quote = connection.ops.quote_name
    fields = [f for f in model._meta.concrete_fields if not (isinstance(f, models.AutoField) and rows[0].pk is None)]
    one_row = f"({', '.join(['%s'] * len(fields))})"
    key = str(model._meta.pk.column)
    marks = [told_apart_by] if isinstance(told_apart_by, str) else list(told_apart_by)
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(quote(str(f.column)) for f in fields)}) "  # noqa: S608
        f"VALUES {', '.join([one_row] * len(rows))} ON CONFLICT DO NOTHING "
        f"RETURNING {', '.join(quote(column) for column in [key, *marks])}"
    )
    values = [f.get_db_prep_save(getattr(row, f.attname), connection) for row in rows for f in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        returned = {tuple(mark): pk for pk, *mark in cursor.fetchall()}
    new = [row for row in rows if (len(rows) == 1 and returned) or _mark(row, marks) in returned]
    for row in new:
        row._state.adding = False
        if row.pk is not None:
            continue  # it came with a key of its own
        row.pk = next(iter(returned.values())) if len(rows) == 1 else returned[_mark(row, marks)]
    return new


def _mark(row: models.Model, columns: Sequence[str]) -> tuple[object, ...]:
    return tuple(getattr(row, column) for column in columns)
