"""Warnings of a streak that ends at midnight become a kind of their own; their keys are the days."""

from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

PREFIX = "risk:"


def split(apps, schema_editor):
    rows = apps.get_model("notifications", "Notification").objects.filter(kind="streak", key__startswith=PREFIX)
    rows.update(kind="streak_at_risk", key=Substr("key", len(PREFIX) + 1))


def join(apps, schema_editor):
    rows = apps.get_model("notifications", "Notification").objects.filter(kind="streak_at_risk")
    rows.update(kind="streak", key=Concat(Value(PREFIX), F("key")))


class Migration(migrations.Migration):
    dependencies = [("notifications", "0008_deliveries")]
    operations = [migrations.RunPython(split, join)]
