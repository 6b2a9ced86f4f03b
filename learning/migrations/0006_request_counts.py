from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('learning', '0005_kept_answers'),
    ]

    operations = [
        migrations.CreateModel(
            name='RequestCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('number', models.PositiveIntegerField()),
                ('window_ends_at', models.DateTimeField()),
            ],
        ),
    ]
