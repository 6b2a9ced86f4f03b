"""`manage.py evaluate_risk`: the product's own risk score for learners of another platform."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from analytics.services.evaluation import Activity, NoSuchActivity, evaluate

INSIDE = "CAIRN_THROW_AWAY"


class Command(BaseCommand):
    help = (
        "Score learners whose activity comes in the format of the Open University dataset, as of one day, with the "
        "score that flags are ordered by. Works in a database of its own that is thrown away; writes id_student,score."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--activity", required=True, help="The folder with studentVle.csv(.gz) and the others.")
        parser.add_argument("--module", required=True, help="code_module, such as AAA")
        parser.add_argument("--presentation", required=True, help="code_presentation, such as 2014J")
        parser.add_argument("--day", required=True, type=int, help="Events up to this day of the module count.")
        parser.add_argument("--out", required=True, help="The CSV file to write.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._activity(options).check()
        except NoSuchActivity as missing:
            raise CommandError(str(missing)) from missing
        if os.environ.get(INSIDE) == str(settings.DATABASES["default"]["NAME"]):
            self._score(options)
            return
        with tempfile.TemporaryDirectory(prefix="cairn-risk-") as folder:
            self._again_in(folder, options)

    def _again_in(self, folder: str, options: dict[str, Any]) -> None:
        """The same command in a process of its own, whose whole world is the folder."""
        database = f"{folder}/risk.sqlite3"
        given = {name: str(options[name]) for name in ("module", "presentation", "day")}
        paths = {name: str(Path(options[name]).resolve()) for name in ("activity", "out")}
        words = [f"--{name}={value}" for name, value in (given | paths).items()]
        world = {"DATABASE_URL": f"sqlite:///{database}", "REDIS_URL": "", "CAIRN_VAR": folder, INSIDE: database}
        done = subprocess.run(  # noqa: S603  (our own command, no shell)
            [sys.executable, "-m", "django", "evaluate_risk", *words],
            cwd=settings.BASE_DIR,
            env={**os.environ, "PYTHONPATH": str(settings.BASE_DIR), **world},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandError(done.stderr.strip().removeprefix("CommandError: "))
        self.stdout.write(done.stdout.strip())

    def _activity(self, options: dict[str, Any]) -> Activity:
        return Activity(Path(options["activity"]), options["module"], options["presentation"], options["day"])

    def _score(self, options: dict[str, Any]) -> None:
        call_command("migrate", verbosity=0)
        try:
            scored = evaluate(self._activity(options))
        except NoSuchActivity as missing:
            raise CommandError(str(missing)) from missing
        with Path(options["out"]).open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(["id_student", "score"])
            out.writerows((who, f"{score:.6f}") for who, score in scored)
        self.stdout.write(f"{len(scored)} learners scored as of day {options['day']}.")
