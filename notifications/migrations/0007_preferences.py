import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('notifications', '0006_kinds_of_messages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Manner',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='notification_manner', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('quiet_from', models.TimeField(blank=True, null=True, verbose_name='quiet from')),
                ('quiet_to', models.TimeField(blank=True, null=True, verbose_name='quiet until')),
                ('digest', models.CharField(choices=[('off', 'As it happens'), ('daily', 'Once a day, in the morning'), ('weekly', 'Once a week, on Monday morning')], default='off', max_length=8, verbose_name='digest')),
                ('daily_cap', models.PositiveSmallIntegerField(blank=True, default=10, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='at most a day')),
            ],
            options={
                'verbose_name': 'manner',
                'verbose_name_plural': 'manners',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('quiet_from', None), ('quiet_to', None)), models.Q(('quiet_from__isnull', False), ('quiet_to__isnull', False), models.Q(('quiet_from', models.F('quiet_to')), _negated=True)), _connector='OR'), name='manner_quiet_hours_have_two_ends'), models.CheckConstraint(condition=models.Q(('daily_cap', None), models.Q(('daily_cap__gte', 1), ('daily_cap__lte', 100)), _connector='OR'), name='manner_cap_between_1_and_100'), models.CheckConstraint(condition=models.Q(('digest__in', ['off', 'daily', 'weekly'])), name='manner_digest_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Choice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('welcome', 'Welcome'), ('progress', 'Progress'), ('badge', 'Badge'), ('level', 'Level'), ('milestone', 'Milestone'), ('streak', 'Streak'), ('certificate', 'Certificate'), ('streak_at_risk', 'Streak at risk'), ('goal_near', 'Goal within reach'), ('goal_reached', 'Goal reached'), ('weekly_summary', 'Your week'), ('reminder', 'Reminder'), ('class_booked', 'Class booked'), ('class_soon', 'Class soon'), ('instructor_message', 'Message from an instructor'), ('answer', 'Answer to your question'), ('announcement', 'Announcement'), ('at_risk_digest', 'Who needs help'), ('report_ready', 'Report ready'), ('address', 'Address that does not work'), ('digest', 'Digest')], max_length=20, verbose_name='kind')),
                ('channel', models.CharField(choices=[('in_app', 'In the app'), ('email', 'Email'), ('push', 'Push'), ('sms', 'SMS')], max_length=8, verbose_name='channel')),
                ('is_on', models.BooleanField(verbose_name='on')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notification_choices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'choice',
                'verbose_name_plural': 'choices',
                'constraints': [models.UniqueConstraint(fields=('person', 'kind', 'channel'), name='choice_once_per_field')],
            },
        ),
    ]
