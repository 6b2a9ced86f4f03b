"""How a learner likes My learning."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('learning', '0004_audit_is_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='DashboardLayout',
            fields=[
                ('learner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='dashboard_layout', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('order', models.JSONField(default=list, verbose_name='order')),
                ('hidden', models.JSONField(default=list, verbose_name='hidden')),
            ],
            options={
                'verbose_name': 'layout of My learning',
                'verbose_name_plural': 'layouts of My learning',
            },
        ),
    ]
