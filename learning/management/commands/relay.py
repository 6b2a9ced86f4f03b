"""`manage.py relay`: does what the outbox holds, and minds the clock where no broker is configured."""

from __future__ import annotations

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, connections
from django.utils import timezone

from learning import outbox
from learning.services.retention import forget_what_is_over

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
PAUSE_AFTER_FAILURE_SECONDS = 5.0
FORGET_EVERY_SECONDS = 24 * 60 * 60


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
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: asked_to_stop.set())
        relay(asked_to_stop.is_set, pause=asked_to_stop.wait)


def relay(stop: Callable[[], bool], *, pause: Callable[[float], Any]) -> None:
    """Drain the outbox until `stop`. A row that has begun is finished first; a database that is away is waited for."""
    clock = Clock(every=FORGET_EVERY_SECONDS) if not settings.REDIS_URL else None
    while not stop():
        try:
            outbox.drain(stop=stop)
            if clock and clock.is_due(time.monotonic()):
                forget_what_is_over(at=timezone.now())
            pause(PAUSE_SECONDS)
        except Error as error:
            log.warning("the database is away: %s", error)
            connections.close_all()
            pause(PAUSE_AFTER_FAILURE_SECONDS)


class Clock:
    """Says once per period that it is time, the first time at once. Monotonic: a set system clock changes nothing."""

    def __init__(self, *, every: float) -> None:
        self.every = every
        self.next: float | None = None

    def is_due(self, now: float) -> bool:
        if self.next is not None and now < self.next:
            return False
        self.next = now + self.every
        return True
