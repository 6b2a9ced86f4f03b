"""`manage.py rebuild_passages`: what the assistant answers from, made anew from what is published."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from chat.services.passages import rebuild_course
from learning.models import Course


class Command(BaseCommand):
    help = "Make the passages of all courses, or of one, anew. Safe to run at any time, and twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--course", metavar="SLUG", help="only this course")

    def handle(self, *args: Any, course: str | None, **options: Any) -> None:
        courses = Course.objects.filter(slug=course) if course else Course.objects.order_by("pk")
        if course and not courses:
            raise CommandError(f"There is no course {course}.")
        for found in courses.iterator():
            count = rebuild_course(found, at=timezone.now())
            self.stdout.write(f"{found.slug}: {count} passages")
