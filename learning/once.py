"""Insert a row unless a constraint says that it is there: one statement, safe in any race."""

from __future__ import annotations

from django.db import connections, models, router


def insert_once(row: models.Model) -> bool:
    """Insert `row`; False, and nothing changed, when a unique constraint already holds such a row.

    Unlike get_or_create it reads nothing and needs no savepoint; unlike `bulk_create(ignore_conflicts=True)` it says
    whether this call was the one.
    """
    connection = connections[router.db_for_write(type(row), instance=row)]
    fields = [f for f in row._meta.concrete_fields if not (isinstance(f, models.AutoField) and row.pk is None)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(f.column)) for f in fields)
    values = [f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields]
    key = row._meta.pk
    sql = (
        f"INSERT INTO {quote(row._meta.db_table)} ({columns}) VALUES ({', '.join(['%s'] * len(fields))}) "  # noqa: S608
        f"ON CONFLICT DO NOTHING RETURNING {quote(str(key.column))}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        returned = cursor.fetchone()
    if returned is None:
        return False
    row.pk = returned[0]
    row._state.adding = False
    return True
