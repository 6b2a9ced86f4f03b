from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('notifications', '0005_kind_answer'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notification',
            name='kind',
            field=models.CharField(choices=[('welcome', 'Welcome'), ('progress', 'Progress'), ('badge', 'Badge'), ('level', 'Level'), ('milestone', 'Milestone'), ('streak', 'Streak'), ('certificate', 'Certificate'), ('streak_at_risk', 'Streak at risk'), ('goal_near', 'Goal within reach'), ('goal_reached', 'Goal reached'), ('weekly_summary', 'Your week'), ('reminder', 'Reminder'), ('class_booked', 'Class booked'), ('class_soon', 'Class soon'), ('instructor_message', 'Message from an instructor'), ('answer', 'Answer to your question'), ('announcement', 'Announcement'), ('at_risk_digest', 'Who needs help'), ('report_ready', 'Report ready'), ('address', 'Address that does not work'), ('digest', 'Digest')], max_length=20, verbose_name='kind'),
        ),
    ]
