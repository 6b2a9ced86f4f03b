"""`manage.py outbox`: what waits, what is done, what was given up; and doing it, or trying again."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from learning import outbox
from learning.models import Outbox

STATES = [str(state) for state in Outbox.State]


class Command(BaseCommand):
    help = "Count the rows of the outbox by kind and state; with --drain, do what is due first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--drain", action="store_true", help="do everything that is due and in no queue")
        parser.add_argument("--try-again", metavar="KIND", help="wake the rows of this kind that were given up")

    def handle(self, *args: Any, drain: bool, try_again: str | None, **options: Any) -> None:
        if try_again:
            woken = outbox.try_again(Outbox.objects.filter(kind=try_again), at=timezone.now())
            self.stdout.write(f"{woken} woken")
        if drain:
            self.stdout.write(f"{_drain_all()} done")
        self._table(outbox.counts())

    def _table(self, counts: dict[str, dict[str, int]]) -> None:
        if not counts:
            self.stdout.write("The outbox is empty.")
            return
        width = max(len(kind) for kind in [*counts, "kind"])
        self.stdout.write(f"{'kind':<{width}}" + "".join(f"{state:>10}" for state in STATES))
        for kind, by_state in counts.items():
            unknown = "" if kind in outbox.known_kinds() else "  (unknown to this version)"
            figures = "".join(f"{by_state.get(state, 0):>10}" for state in STATES)
            self.stdout.write(f"{kind:<{width}}{figures}{unknown}")


def _drain_all() -> int:
    """Until nothing is due; a row that fails is due only later, so this ends."""
    done = 0
    while some := outbox.drain():
        done += some
    return done
