from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('notifications', '0012_message_templates')]

    operations = [
        migrations.RemoveIndex(
            model_name='delivery',
            name='delivery_waits',
        ),
        migrations.AddField(
            model_name='delivery',
            name='is_held',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('digest', None), ('is_held', True)), fields=['recipient'], name='delivery_for_a_digest'),
        ),
    ]
