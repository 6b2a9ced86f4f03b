"""`manage.py rebuild_progress`: cached totals of learning, from facts."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from learning.services.rebuild import rebuild_progress


class Command(BaseCommand):
    help = "Count time, sessions, progress and certificates anew from facts. Safe to run at any time, and twice."

    def handle(self, *args: Any, **options: Any) -> None:
        rebuild_progress(at=timezone.now())
        self.stdout.write(self.style.SUCCESS("Progress is counted anew."))
