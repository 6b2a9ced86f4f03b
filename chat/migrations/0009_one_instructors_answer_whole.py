"""What an instructor answers is whole, and answers one question."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0008_sharing_and_instructors'),
        ('learning', '0006_request_counts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role', 'instructor'), _negated=True), models.Q(('answer_status', ''), ('answers', None), ('replies_to__isnull', False), ('status', 'complete'), models.Q(('content', ''), _negated=True)), _connector='OR'), name='message_instructor_says_it_whole'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('replies_to',), name='message_one_instructor_answers'),
        ),
    ]
