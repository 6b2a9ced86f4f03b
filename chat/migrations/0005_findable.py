"""What conversations are found by: one row for each title and message."""


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0004_settled_with_what_was_spent'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Findable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('terms', models.TextField()),
                ('asker', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findable', to='chat.conversation')),
                ('message', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='findable', to='chat.message')),
            ],
            options={
                'verbose_name': 'findable words',
                'verbose_name_plural': 'findable words',
                'constraints': [models.UniqueConstraint(condition=models.Q(('message', None)), fields=('conversation',), name='findable_title_once_per_conversation')],
            },
        ),
    ]
