"""A passage of an instructor's answer goes with the answer: what was a number becomes a reference.

SQLite makes the table anew, which loses the triggers of
migration 0002; they are made again. The numbers of the rows stay, so the full-text index still fits.
"""

import importlib

import django.db.models.deletion
from django.db import migrations, models

fulltext = importlib.import_module("chat.migrations.0002_find_passages")
TRIGGERS = [statement for statement in fulltext.SQLITE if statement.startswith("CREATE TRIGGER")]
NO_TRIGGERS = [statement for statement in fulltext.NO_SQLITE if statement.startswith("DROP TRIGGER")]


def make_triggers(apps, schema_editor):
    _on_sqlite(schema_editor, TRIGGERS)


def drop_triggers(apps, schema_editor):
    _on_sqlite(schema_editor, NO_TRIGGERS)


def _on_sqlite(schema_editor, statements):
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("chat", "0010_forget_lost_answers")]

    operations = [
        migrations.RunPython(drop_triggers, make_triggers),
        migrations.AlterField(
            model_name="passage",
            name="answer",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="passages", to="chat.message"
            ),
        ),
        migrations.RunPython(make_triggers, drop_triggers),
    ]
