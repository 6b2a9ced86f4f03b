"""A reservation that is settled says what was spent, also where a missing figure would pass for true."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0003_conversations'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='reservation',
            name='reservation_settled_with_what_was_spent',
        ),
        migrations.AddConstraint(
            model_name='reservation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('spent', None)), models.Q(('settled_at__isnull', False), ('spent__gte', 0), ('spent__isnull', False)), _connector='OR'), name='reservation_settled_with_what_was_spent'),
        ),
    ]
