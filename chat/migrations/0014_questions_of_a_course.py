"""Every message names its course, and questions of a course are found by it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0013_course_of_earlier_messages'),
        ('learning', '0006_request_counts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='course',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='learning.course'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('role', 'user')), fields=['course', 'created_at', 'asker'], name='message_questions'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('role', 'assistant'), models.Q(('answer_status', 'unanswered'), ('feedback', 'down'), ('status', 'failed'), _connector='OR')), fields=['course', 'created_at', 'asker'], name='message_unhelpful'),
        ),
    ]
