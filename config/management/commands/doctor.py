"""`manage.py doctor`: is everything what it should be? And `--repair` for what can be counted anew."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from config import doctor as _config  # noqa: F401  (registers its checks)
from learning.doctor import Check, Found, Repair, checks

MIGRATIONS = "config.migrations"


@dataclass(frozen=True)
class Result:
    """How a check went; `failed` says why it could not even be asked."""

    check: Check
    found: Found = field(default_factory=Found)
    failed: str = ""

    @property
    def is_broken(self) -> bool:
        return bool(self.failed) or (bool(self.found.count) and not self.check.is_warning)

    @property
    def is_warning(self) -> bool:
        return not self.failed and bool(self.found.count) and self.check.is_warning

    def __str__(self) -> str:
        if self.failed:
            return f"could not be asked: {self.failed}"
        more = ", …" if self.found.count > len(self.found.first) else ""
        return f"{self.found.count} {self.check.wrong} ({', '.join(self.found.first)}{more})"


class Command(BaseCommand):
    help = "Check what must always be true, beside whatever is going on. Ends with 1 when something is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="make caches that are wrong anew, from facts")
        parser.add_argument("--only", metavar="KEY", action="append", help="this check; more than once for more")

    def handle(self, *args: Any, repair: bool, only: list[str] | None, **options: Any) -> None:
        results = _ask_all(_chosen(only))
        for result in results:
            self._tell(result)
        if repair:
            results = self._repair(results)
        broken, warnings = sum(r.is_broken for r in results), sum(r.is_warning for r in results)
        told = f"doctor: {_count(results, 'check')}, {broken} broken, {_count([1] * warnings, 'warning')}"
        self.stdout.write(self.style.ERROR(told) if broken else self.style.SUCCESS(told))
        if broken:
            sys.exit(1)

    def _tell(self, result: Result) -> None:
        if result.is_broken:
            self.stdout.write(f"{self.style.ERROR('broken ')} {result.check.key}: {result}")
        elif result.is_warning:
            self.stdout.write(f"{self.style.WARNING('warning')} {result.check.key}: {result}")
        else:
            self.stdout.write(f"ok      {result.check.key}")

    def _repair(self, results: list[Result]) -> list[Result]:
        """From the ground up, each way to repair once; then ask again what was found."""
        found = [r for r in results if r.found.count and r.check.repair]
        ways: dict[Repair, None] = dict.fromkeys(r.check.repair for r in found if r.check.repair)
        for way in ways:
            way(timezone.now())
        again = {r.check.key: _ask(r.check) for r in results if r.is_broken or r in found}
        for result in found:
            now = again[result.check.key]
            left = f"{now.found.count} are left" if now.found.count or now.failed else "nothing is left"
            self.stdout.write(f"repaired {result.check.key}: {left}")
        return [again.get(r.check.key, r) for r in results]


def _ask_all(chosen: Sequence[Check]) -> list[Result]:
    """In their order. Where a migration is missing nothing else can be asked."""
    results: list[Result] = []
    for check in chosen:
        results.append(_ask(check))
        if check.key == MIGRATIONS and results[-1].is_broken:
            break
    return results


def _ask(check: Check) -> Result:
    """That the database can't answer is an answer too."""
    try:
        return Result(check, check.find(timezone.now()))
    except Error as error:
        return Result(check, failed=f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")


def _chosen(only: Sequence[str] | None) -> list[Check]:
    autodiscover_modules("services.doctor")
    known = {check.key: check for check in checks()}
    if unknown := set(only or ()) - set(known):
        raise CommandError(f"There is no check {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
    return [check for key, check in known.items() if not only or key in only]


def _count(things: Sequence[object], word: str) -> str:
    return f"{len(things)} {word}" if len(things) == 1 else f"{len(things)} {word}s"
