import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('learning', '0004_audit_is_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request', models.CharField(max_length=64)),
                ('asked', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('content_type', models.CharField(default='', max_length=100)),
                ('body', models.TextField(default='')),
                ('caller', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['made_at'], name='kept_answer_oldest')],
                'constraints': [
                    models.UniqueConstraint(fields=('caller', 'request'), name='kept_answer_once_per_caller_and_request'),
                    models.CheckConstraint(
                        condition=models.Q(('status', None), models.Q(('status__gte', 200), ('status__lt', 429)), models.Q(('status__gt', 429), ('status__lt', 500)), _connector='OR'),
                        name='kept_answer_is_no_failure_of_ours',
                    ),
                ],
            },
        ),
    ]
