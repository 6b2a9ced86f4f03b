"""Whoever is about to take places in the stream leaves a mark behind which readers wait.

PostgreSQL hands out ids before the commit, so a transaction may commit a lower one after a higher one was read, and a
reader who only remembers the highest would never see it. Before each insert a shared advisory lock is taken until the
end of the transaction, on the last id handed out so far: all ids of this transaction lie above it. Shared locks wait for
nobody. SQLite has one writer at a time: there, ids are in the order of commits.
"""

from django.db import migrations

MARK = """
CREATE FUNCTION notifications_mark_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(
        1128352846, ((CASE WHEN is_called THEN last_value ELSE last_value - 1 END) & 2147483647)::int
    ) FROM notifications_liveevent_id_seq;
    RETURN NULL;
END $$;
CREATE TRIGGER notifications_mark_place BEFORE INSERT ON notifications_liveevent
    FOR EACH STATEMENT EXECUTE FUNCTION notifications_mark_place();
"""
UNMARK = """
DROP TRIGGER notifications_mark_place ON notifications_liveevent;
DROP FUNCTION notifications_mark_place();
"""


def mark(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(MARK)


def unmark(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(UNMARK)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_live_events")]
    operations = [migrations.RunPython(mark, unmark)]
