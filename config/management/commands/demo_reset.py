"""`manage.py demo_reset`: back to an empty folder, so that the next `up --demo` makes everything anew."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from config.processes import AlreadyRunning, end_leftovers, only_one

FOLDERS = ("media", "mail")


class Command(BaseCommand):
    help = "Delete the SQLite database, files and mails under var/. Refuses while Cairn is running there."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        database = settings.DATABASES["default"]
        ours = database["ENGINE"].endswith("sqlite3") and Path(database["NAME"]).is_relative_to(settings.VAR_DIR)
        if not ours:
            raise CommandError("DATABASE_URL names a database of its own: this deletes only what lies under var/.")
        try:
            with only_one(settings.VAR_DIR):
                self._delete(Path(database["NAME"]))
        except AlreadyRunning as error:
            raise CommandError(f"Cairn is running in {error}. Stop it first.") from error

    def _delete(self, database: Path) -> None:
        end_leftovers(settings.VAR_DIR / "up.pids")
        connections.close_all()
        for path in database.parent.glob(f"{database.name}*"):  # with its -wal and -shm
            path.unlink()
        for name in FOLDERS:
            shutil.rmtree(settings.VAR_DIR / name, ignore_errors=True)
        self.stdout.write("Deleted. The next `make demo` begins anew.")
