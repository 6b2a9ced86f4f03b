from django.db import migrations

from learning.append_only import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("analytics", "0002_learners_who_may_need_help")]
    operations = [refuse_changes("analytics_risksnapshot", acts=("update",))]
