"""The database's full-text index over passages: `tsvector` with GIN on PostgreSQL, FTS5 on SQLite.

On PostgreSQL the column is generated from `terms`, which holds stems already: they become lexemes as they are. On SQLite
triggers keep the FTS5 table in step; its entries begin with a word that names the course. A later migration that
rebuilds the SQLite table (any change of a column or constraint there does) must make the triggers again.
"""

from django.db import migrations

POSTGRESQL = [
    """ALTER TABLE chat_passage ADD COLUMN search tsvector
       GENERATED ALWAYS AS (array_to_tsvector(array_remove(string_to_array(terms, ' '), ''))) STORED""",
    "CREATE INDEX passage_search ON chat_passage USING gin (search)",
]
NO_POSTGRESQL = ["DROP INDEX passage_search", "ALTER TABLE chat_passage DROP COLUMN search"]

SQLITE = [
    """CREATE VIRTUAL TABLE chat_passage_fts
       USING fts5(terms, content='', tokenize="unicode61 remove_diacritics 0")""",
    """CREATE TRIGGER chat_passage_fts_insert AFTER INSERT ON chat_passage BEGIN
         INSERT INTO chat_passage_fts(rowid, terms) VALUES (new.id, 'incourse' || new.course_id || ' ' || new.terms);
       END""",
    """CREATE TRIGGER chat_passage_fts_delete AFTER DELETE ON chat_passage BEGIN
         INSERT INTO chat_passage_fts(chat_passage_fts, rowid, terms)
         VALUES ('delete', old.id, 'incourse' || old.course_id || ' ' || old.terms);
       END""",
    """CREATE TRIGGER chat_passage_fts_update AFTER UPDATE OF id, course_id, terms ON chat_passage BEGIN
         INSERT INTO chat_passage_fts(chat_passage_fts, rowid, terms)
         VALUES ('delete', old.id, 'incourse' || old.course_id || ' ' || old.terms);
         INSERT INTO chat_passage_fts(rowid, terms) VALUES (new.id, 'incourse' || new.course_id || ' ' || new.terms);
       END""",
    """INSERT INTO chat_passage_fts(rowid, terms)
       SELECT id, 'incourse' || course_id || ' ' || terms FROM chat_passage""",
]
NO_SQLITE = [
    "DROP TRIGGER chat_passage_fts_update",
    "DROP TRIGGER chat_passage_fts_delete",
    "DROP TRIGGER chat_passage_fts_insert",
    "DROP TABLE chat_passage_fts",
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
    dependencies = [("chat", "0001_passages")]

    operations = [migrations.RunPython(make, unmake)]
