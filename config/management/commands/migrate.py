"""`manage.py migrate`, which would rather give up than make the site wait."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import OperationalError, connections

LOCK_SECONDS = 2
TRIES = 10
BETWEEN_SECONDS = 3


class Command(DjangoMigrate):
    """On PostgreSQL a lock that is not had within 2 s is given up and asked for again, ten times.

    A table that waits for its lock makes every later query wait behind it: without the limit, one long read and one
    migration are a standstill. Each migration is a transaction, so trying again goes on where it stopped.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        if connections[options["database"]].vendor != "postgresql":
            super().handle(*args, **options)
            return
        left = TRIES
        while not self._went_through(last=left == 1, args=args, options=options):
            left -= 1
            time.sleep(BETWEEN_SECONDS)

    def _went_through(self, *, last: bool, args: Any, options: Any) -> bool:
        with connections[options["database"]].cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
            cursor.execute("SET statement_timeout = 0")
        try:
            super().handle(*args, **options)
        except OperationalError as error:
            if last or "lock timeout" not in str(error):
                raise
            self.stderr.write(f"A table is busy; trying again in {BETWEEN_SECONDS} s.")
            return False
        return True
