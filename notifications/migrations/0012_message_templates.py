from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('notifications', '0011_announcements')]

    operations = [
        migrations.CreateModel(
            name='Template',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('welcome', 'Welcome'), ('progress', 'Progress'), ('badge', 'Badge'), ('level', 'Level'), ('milestone', 'Milestone'), ('streak', 'Streak'), ('certificate', 'Certificate'), ('streak_at_risk', 'Streak at risk'), ('goal_near', 'Goal within reach'), ('goal_reached', 'Goal reached'), ('weekly_summary', 'Your week'), ('reminder', 'Reminder'), ('class_booked', 'Class booked'), ('class_soon', 'Class soon'), ('instructor_message', 'Message from an instructor'), ('answer', 'Answer to your question'), ('announcement', 'Announcement'), ('at_risk_digest', 'Who needs help'), ('report_ready', 'Report ready'), ('address', 'Address that does not work'), ('digest', 'Digest')], max_length=20, verbose_name='kind')),
                ('channel', models.CharField(choices=[('in_app', 'In the app'), ('email', 'Email'), ('push', 'Push'), ('sms', 'SMS')], max_length=8, verbose_name='channel')),
                ('language', models.CharField(choices=[('en', 'English')], default='en', max_length=12, verbose_name='language')),
                ('title', models.CharField(help_text='The subject of a mail, the first line of anything else.', max_length=200, verbose_name='title')),
                ('body', models.TextField(blank=True, help_text='An empty line begins a new paragraph.', verbose_name='text')),
            ],
            options={
                'verbose_name': 'message template',
                'verbose_name_plural': 'message templates',
                'ordering': ['kind', 'channel', 'language'],
            },
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=models.UniqueConstraint(fields=('kind', 'channel', 'language'), name='template_once_per_kind_and_way'),
        ),
    ]
