"""`manage.py rebuild_analytics`: the counted days of courses, from facts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from analytics.services.rollups import rebuild
from learning.models import Course


class Command(BaseCommand):
    help = "Count the days of all courses (or of some) anew from facts. Safe to run at any time, and twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--course", action="append", metavar="SLUG", help="Only this course; may be given again.")

    def handle(self, *args: Any, **options: Any) -> None:
        rebuild(at=timezone.now(), courses=self._courses(options["course"]), told=self._tell)
        self.stdout.write(self.style.SUCCESS("The days of courses are counted anew."))

    def _courses(self, slugs: list[str] | None) -> list[int] | None:
        if not slugs:
            return None
        found = dict(Course.objects.filter(slug__in=slugs).values_list("slug", "pk"))
        if unknown := sorted(set(slugs) - set(found)):
            raise CommandError(f"No such course: {', '.join(unknown)}.")
        return list(found.values())

    def _tell(self, done: int, of: int) -> None:
        if done == of or done % 10 == 0 or of <= 10:
            self.stdout.write(f"{done} of {of} courses")
