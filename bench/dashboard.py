#!/usr/bin/env python
"""How long a learner's page and the dashboard's endpoints take for somebody with much behind them.

    python bench/dashboard.py [--requests 60]            SQLite, in memory
    DATABASE_URL=postgres://… python bench/dashboard.py   a test database there, made anew and dropped

One learner with 20 courses of 30 lessons and 100,000 StudyTime facts of three years, among 50,000 facts of others. Each
request goes through the whole WSGI stack in this process, signed in by session cookie. Prints the machine and p50/p95
in milliseconds, the page's weight, and how many statements it costs, session and user among them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
COURSES, LESSONS, FACTS, OTHERS = 20, 30, 100_000, 50_000
PATHS = (
    "/my-learning/", "/my-learning/?days=90", "/achievements/", "/courses/bench-0/progress/",
    "/api/learner/dashboard/", "/api/learner/dashboard/?days=90", "/api/learner/achievements/",
)  # fmt: skip


def set_up(folder: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
    os.environ["CAIRN_VAR"] = folder
    import django
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "whitenoise" not in m]  # files are not what is measured
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()


def make_data():
    """The learner. Completions go through the service; the mass of facts goes in as rows, and totals are rebuilt."""
    from django.utils import timezone

    from learning.models import Course, Lesson, Module, StudyTime, User
    from learning.services.completion import complete_lesson
    from learning.services.enrollment import enroll
    from learning.services.structure import structure_changed

    now = timezone.now()
    learner = User.objects.create_user("learner@example.org", "x", time_zone="Europe/Madrid")
    other = User.objects.create_user("other@example.org", "x")
    lessons: list[Lesson] = []
    for n in range(COURSES):
        course = Course.objects.create(title=f"Bench {n}", slug=f"bench-{n}", state="published")
        module = Module.objects.create(course=course, title="Bench")
        own = [Lesson.objects.create(module=module, title=f"L{i}", slug=f"l{i}", position=i) for i in range(LESSONS)]
        structure_changed(course, at=now)
        enrollment = enroll(learner=learner, course=course, at=now)[0]
        for lesson in own[: n + 1]:
            complete_lesson(enrollment=enrollment, lesson=lesson, at=now)
        lessons += own
    for who, count in ((learner, FACTS), (other, OTHERS)):
        StudyTime.objects.bulk_create(
            facts(StudyTime, who, lessons, count, now), batch_size=2000, ignore_conflicts=True
        )
    return learner


def facts(model, learner, lessons, count, now):
    """Distinct lessons and hours over three years; minutes chosen by a fixed seed."""
    chance = Random(7)
    start = now.replace(minute=0, second=0, microsecond=0)
    for n in range(count):
        hour = start - dt.timedelta(hours=(n // 4) % 26_000)
        lesson = lessons[n % len(lessons)]
        yield model(
            learner=learner, course_id=lesson.course_id, lesson=lesson, hour=hour, day=hour.date(),
            course_day=hour.date(), seconds=chance.randint(30, 900),
        )  # fmt: skip


def measure(client, path: str, requests: int) -> dict[str, float]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    took = []
    for n in range(requests + 5):  # the first five fill caches of templates and plans
        begun = time.perf_counter()
        answer = client.get(path)
        if n >= 5:
            took.append(1000 * (time.perf_counter() - begun))
        assert answer.status_code == 200, (path, answer.status_code)
    took.sort()
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return {
        "p50_ms": round(took[len(took) // 2], 1),
        "p95_ms": round(took[int(len(took) * 0.95)], 1),
        "gzip_kb": round(len(gzip.compress(answer.content)) / 1000, 1),
        "statements": len(asked),
    }


def run(requests: int) -> dict:
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from analytics.selectors.stamp import stamp
    from learning.models import StudyTime

    learner = make_data()
    client = Client()
    client.force_login(learner, backend="django.contrib.auth.backends.ModelBackend")
    results = {path: measure(client, path, requests) for path in PATHS}
    begun = time.perf_counter()
    for _ in range(requests):
        stamp(learner, at=timezone.now())
    results["stamp alone"] = {"mean_ms": round(1000 * (time.perf_counter() - begun) / requests, 2)}
    return {
        "machine": {
            "cpu": platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "database": connection.vendor,
        },
        "facts": StudyTime.objects.filter(learner=learner).count(),
        "courses": COURSES,
        "requests": requests,
        "results": results,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        set_up(folder)
        from django.db import connection

        name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            print(json.dumps(run(options.requests), indent=2))
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
