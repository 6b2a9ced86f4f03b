"""`manage.py rebuild_gamification`: active days, streaks, XP and badges, from facts."""

from typing import Any

from django.core.management.base import BaseCommand

from gamification.services.rebuild import rebuild_gamification


class Command(BaseCommand):
    help = (
        "Count active days, streaks and XP anew from facts; pay and grant what is missing. Safe at any time, and twice."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        rebuild_gamification()
        self.stdout.write(self.style.SUCCESS("Active days, streaks, XP and badges are counted anew."))
