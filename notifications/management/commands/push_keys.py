"""`manage.py push_keys`: a pair of keys for push on browsers, as lines for the environment."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from notifications.channels import webpush


class Command(BaseCommand):
    help = "Make a pair of VAPID keys. Nothing is stored: put the lines into the environment, once for all processes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="say whether the keys of the environment are a pair")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if check:
            self._check()
            return
        pair = webpush.new_keys()
        self.stdout.write(f"VAPID_PUBLIC_KEY={pair.public}\nVAPID_PRIVATE_KEY={pair.private}")
        if webpush.is_on():
            self.stderr.write("This site has keys. With others, each browser has to be turned on anew.")

    def _check(self) -> None:
        if not webpush.is_on():
            raise CommandError("VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY are not set: push on browsers is off.")
        if wrong := webpush.do_not_fit(settings.VAPID_PUBLIC_KEY, settings.VAPID_PRIVATE_KEY):
            raise CommandError(wrong)
        self.stdout.write("The keys are a pair.")
