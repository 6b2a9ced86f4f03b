from django.db import migrations

from learning.append_only import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("learning", "0003_audit_entries")]
    operations = [refuse_changes("learning_auditentry")]
