import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('learning', '0006_request_counts'),
        ('notifications', '0007_preferences'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeadAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('in_app', 'In the app'), ('email', 'Email'), ('push', 'Push'), ('sms', 'SMS')], max_length=8, verbose_name='channel')),
                ('address', models.CharField(max_length=254, verbose_name='address')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dead_addresses', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'address that does not work',
                'verbose_name_plural': 'addresses that do not work',
                'constraints': [models.UniqueConstraint(fields=('person', 'channel', 'address'), name='dead_address_once_per_address')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('welcome', 'Welcome'), ('progress', 'Progress'), ('badge', 'Badge'), ('level', 'Level'), ('milestone', 'Milestone'), ('streak', 'Streak'), ('certificate', 'Certificate'), ('streak_at_risk', 'Streak at risk'), ('goal_near', 'Goal within reach'), ('goal_reached', 'Goal reached'), ('weekly_summary', 'Your week'), ('reminder', 'Reminder'), ('class_booked', 'Class booked'), ('class_soon', 'Class soon'), ('instructor_message', 'Message from an instructor'), ('answer', 'Answer to your question'), ('announcement', 'Announcement'), ('at_risk_digest', 'Who needs help'), ('report_ready', 'Report ready'), ('address', 'Address that does not work'), ('digest', 'Digest')], max_length=20, verbose_name='kind')),
                ('channel', models.CharField(choices=[('in_app', 'In the app'), ('email', 'Email'), ('push', 'Push'), ('sms', 'SMS')], max_length=8, verbose_name='channel')),
                ('key', models.CharField(help_text='What it is about: the same for the same thing.', max_length=120)),
                ('address', models.CharField(blank=True, help_text='Empty where a person has one address.', max_length=200, verbose_name='device')),
                ('title', models.CharField(max_length=240, verbose_name='title')),
                ('body', models.TextField(blank=True, verbose_name='text')),
                ('url', models.CharField(blank=True, max_length=300, verbose_name='leads to')),
                ('words', models.JSONField(blank=True, default=dict)),
                ('at_once', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('deferred', 'Waits for its time'), ('sent', 'Sent'), ('suppressed', 'Not sent'), ('dead', 'Given up')], default='queued', max_length=12, verbose_name='state')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('created_at', models.DateTimeField(verbose_name='told')),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('counted_on', models.DateField(blank=True, null=True)),
                ('error', models.TextField(blank=True, verbose_name='why not')),
                ('course', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='learning.course', verbose_name='course')),
                ('digest', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='carries', to='notifications.delivery')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
                'indexes': [models.Index(fields=['recipient', 'counted_on'], name='delivery_under_the_cap'), models.Index(condition=models.Q(('state', 'deferred')), fields=['recipient'], name='delivery_waits'), models.Index(fields=['-created_at', '-id'], name='delivery_newest_first')],
                'constraints': [models.UniqueConstraint(fields=('recipient', 'kind', 'channel', 'key', 'address'), name='delivery_once_per_thing_and_address'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at', None)), _connector='OR'), name='delivery_sent_has_its_moment'), models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'deferred', 'sent', 'suppressed', 'dead'])), name='delivery_state_is_known'), models.CheckConstraint(condition=models.Q(('channel', 'in_app'), _negated=True), name='delivery_leaves_the_app'), models.CheckConstraint(condition=models.Q(('url', ''), models.Q(('url__startswith', '/'), models.Q(('url__startswith', '//'), _negated=True), models.Q(('url__startswith', '/\\'), _negated=True)), _connector='OR'), name='delivery_leads_to_this_site')],
            },
        ),
    ]
