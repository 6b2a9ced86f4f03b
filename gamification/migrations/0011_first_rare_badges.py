"""Which of the first badges are rare; staff decide afterwards."""

from django.db import migrations

RARE = [
    "course_conqueror", "bookworm", "subject_master", "monthly_master", "streak_60", "streak_100", "streak_365",
    "marathon", "sessions_100", "sessions_200", "sessions_500",
]  # fmt: skip


def mark(apps, schema_editor):
    apps.get_model("gamification", "Badge").objects.filter(key__in=RARE).update(is_rare=True)


class Migration(migrations.Migration):
    dependencies = [("gamification", "0010_badge_is_rare")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
