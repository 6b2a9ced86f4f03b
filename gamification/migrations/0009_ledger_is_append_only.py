from django.db import migrations

from learning.append_only import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("gamification", "0008_ledger_keeps_its_learners")]
    operations = [refuse_changes("gamification_xpentry")]
