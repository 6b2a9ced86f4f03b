"""`manage.py relay`: keeps the outbox moving, and minds the clock where no broker is configured."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from learning import outbox
from learning.management.relaying import relay
from learning.poke import listening, poke


class Command(BaseCommand):
    help = "Do what is due in the outbox, for ever or once."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, and end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if once:
            self.stdout.write(f"{outbox.drain()} done")
            return
        asked_to_stop = threading.Event()

        def end(number: int, frame: object) -> None:
            asked_to_stop.set()
            poke()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        with listening() as pokes:
            relay(asked_to_stop.is_set, pause=pokes.wait)
