"""`manage.py evaluate_assistant`: what the assistant cites and refuses, for questions whose lesson is known."""

import dataclasses
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from chat.services.evaluation import evaluate, member_of_the_team
from learning.models import Course, User


class Command(BaseCommand):
    help = "Ask each question of a JSONL file (`id`, `question`) and write what was cited. Needs no worker, no broker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--course", metavar="SLUG", required=True)
        parser.add_argument("--questions", metavar="FILE", type=Path, required=True)
        parser.add_argument("--out", metavar="FILE", type=Path, required=True)

    def handle(self, *args: Any, course: str, questions: Path, out: Path, **options: Any) -> None:
        found = Course.objects.filter(slug=course).first()
        if found is None:
            raise CommandError(f"There is no course {course}.")
        try:
            member_of_the_team(found)
        except User.DoesNotExist:
            raise CommandError(f"{course} has no instructor, and there is no superuser: nobody can ask.") from None
        with out.open("w", encoding="utf-8") as file:
            count = 0
            for asked in evaluate(found, _questions(questions), at=timezone.now()):
                file.write(json.dumps(dataclasses.asdict(asked), ensure_ascii=False) + "\n")
                count += 1
        self.stdout.write(f"{count} questions asked; the answers' sources are in {out}")


def _questions(path: Path) -> list[tuple[str, str]]:
    """The file's questions; a line that is none is named."""
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CommandError(str(error)) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found.append((str(row["id"]), str(row["question"])))
        except (ValueError, KeyError, TypeError) as error:
            raise CommandError(f"{path}, line {number}: no JSON with `id` and `question`.") from error
    return found
