"""`manage.py rebuild_gamification`: active days, streaks and XP totals, from facts."""

from typing import Any

from django.core.management.base import BaseCommand

from gamification.services.rebuild import rebuild_gamification


class Command(BaseCommand):
    help = "Count active days, streaks and XP totals anew from facts. Safe to run at any time, and twice."

    def handle(self, *args: Any, **options: Any) -> None:
        rebuild_gamification()
        self.stdout.write(self.style.SUCCESS("Active days, streaks and XP are counted anew."))
