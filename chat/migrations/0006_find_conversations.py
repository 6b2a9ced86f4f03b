"""The database's full-text index over conversations: `tsvector` with GIN on PostgreSQL, FTS5 on SQLite.

As for passages (0002): `terms` holds stems already, a generated column or triggers keep the index in step. A later
migration that rebuilds the SQLite table must make the triggers again.
"""

from django.db import migrations

POSTGRESQL = [
    """ALTER TABLE chat_findable ADD COLUMN search tsvector
       GENERATED ALWAYS AS (array_to_tsvector(array_remove(string_to_array(terms, ' '), ''))) STORED""",
    "CREATE INDEX findable_search ON chat_findable USING gin (search)",
]
NO_POSTGRESQL = ["DROP INDEX findable_search", "ALTER TABLE chat_findable DROP COLUMN search"]

SQLITE = [
    """CREATE VIRTUAL TABLE chat_findable_fts
       USING fts5(terms, content='', tokenize="unicode61 remove_diacritics 0")""",
    """CREATE TRIGGER chat_findable_fts_insert AFTER INSERT ON chat_findable BEGIN
         INSERT INTO chat_findable_fts(rowid, terms) VALUES (new.id, new.terms);
       END""",
    """CREATE TRIGGER chat_findable_fts_delete AFTER DELETE ON chat_findable BEGIN
         INSERT INTO chat_findable_fts(chat_findable_fts, rowid, terms) VALUES ('delete', old.id, old.terms);
       END""",
    """CREATE TRIGGER chat_findable_fts_update AFTER UPDATE OF id, terms ON chat_findable BEGIN
         INSERT INTO chat_findable_fts(chat_findable_fts, rowid, terms) VALUES ('delete', old.id, old.terms);
         INSERT INTO chat_findable_fts(rowid, terms) VALUES (new.id, new.terms);
       END""",
]
NO_SQLITE = [
    "DROP TRIGGER chat_findable_fts_update",
    "DROP TRIGGER chat_findable_fts_delete",
    "DROP TRIGGER chat_findable_fts_insert",
    "DROP TABLE chat_findable_fts",
]


def make(apps, schema_editor):
    _run(schema_editor, POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE)


def unmake(apps, schema_editor):
    _run(schema_editor, NO_POSTGRESQL if schema_editor.connection.vendor == "postgresql" else NO_SQLITE)


def _run(schema_editor, statements):
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("chat", "0005_findable")]

    operations = [migrations.RunPython(make, unmake)]
