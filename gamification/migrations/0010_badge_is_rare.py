"""A badge may be rare."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("gamification", "0009_ledger_is_append_only")]
    operations = [
        migrations.AddField(
            model_name="badge",
            name="is_rare",
            field=models.BooleanField(default=False, help_text="Celebrated with confetti.", verbose_name="rare"),
        ),
    ]
