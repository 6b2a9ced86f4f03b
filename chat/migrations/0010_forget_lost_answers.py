"""Passages of answers that were never stored as messages are of no use: the next migration ties each to its message."""

from django.db import migrations


def forget_lost_answers(apps, schema_editor):
    apps.get_model("chat", "Passage").objects.filter(source="answer").delete()


class Migration(migrations.Migration):
    dependencies = [("chat", "0009_one_instructors_answer_whole")]

    operations = [migrations.RunPython(forget_lost_answers, migrations.RunPython.noop)]
