"""`manage.py demo`: three courses and some hundreds of people to try Cairn with."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo import load
from learning.demo.load import LEARNERS, InTheWay


class Command(BaseCommand):
    help = "Load the demo's courses and people. Again: changes nothing. Everybody's password is public."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--learners", type=int, default=LEARNERS, help="so many beside Alice and Bob")

    def handle(self, *args: Any, learners: int, **options: Any) -> None:
        try:
            made = load(at=timezone.now(), learners=learners)
        except InTheWay as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The demo is loaded." if made else "The demo is there.")
