"""`manage.py demo`: two courses and six people to try Cairn with."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from learning.demo.load import InTheWay, load_demo


class Command(BaseCommand):
    help = "Load the demo's courses and people. Again: changes nothing. Everybody's password is public."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = load_demo(at=timezone.now())
        except InTheWay as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The demo is loaded." if made else "The demo is there.")
