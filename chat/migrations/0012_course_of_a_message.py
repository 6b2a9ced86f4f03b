"""A message names its course itself, so that a course's questions are counted without looking at anybody else's."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0011_passages_go_with_their_answer"),
        ("learning", "0006_request_counts"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="course",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="learning.course",
            ),
        ),
    ]
