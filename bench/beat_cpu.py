#!/usr/bin/env python
"""CPU of a beat against a bare authenticated view of the same project, in pairs.

    python bench/beat_cpu.py [--rounds 9] [--requests 300]            SQLite in a throw-away folder
    python bench/beat_cpu.py --videos                                 beats of a playing video, with position and ranges
    DATABASE_URL=postgres://… REDIS_URL=redis://… python bench/beat_cpu.py

Both go through the whole WSGI stack in this process, with the same middleware, signed in by session cookie; beats of
100 learners on 50 lessons are ordinary ones. Process CPU time is measured, and the CPU of this process's own PostgreSQL
backend is added. Rounds alternate (bare, beat, bare, beat …); the figure is the median of the ratios pair by pair. On
PostgreSQL a database `cairn_bench` is made anew in the server that DATABASE_URL names, and dropped.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
TICKS = os.sysconf("SC_CLK_TCK")
LEARNERS, LESSONS = 100, 50


def set_up(folder: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
    os.environ["CAIRN_VAR"] = folder
    import django
    from django.conf import settings

    settings.ROOT_URLCONF = "bench.bare_urls"
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "whitenoise" not in m]  # files are not what is measured
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()


def make_data(kind: str) -> tuple[list, list[int]]:
    from django.utils import timezone

    from learning.models import Course, Lesson, Module, User
    from learning.services.enrollment import enroll
    from learning.services.structure import structure_changed

    course = Course.objects.create(title="Bench", slug="bench", state="published")
    module = Module.objects.create(course=course, title="Bench")
    like = {"module": module, "kind": kind, "duration_seconds": 3600 if kind == "video" else 0}
    lessons = [Lesson.objects.create(title=f"L{n}", slug=f"l{n}", position=n, **like) for n in range(LESSONS)]
    structure_changed(course, at=timezone.now())
    course.refresh_from_db()
    learners = [User.objects.create_user(f"learner{n:05d}@example.org", "x") for n in range(LEARNERS)]
    for learner in learners:
        enroll(learner=learner, course=course, at=timezone.now())
    return learners, [lesson.pk for lesson in lessons]


def backend_cpu() -> float:
    """CPU seconds of this connection's PostgreSQL backend; 0 on SQLite, which runs in this process."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu(act, requests: int) -> float:
    """Milliseconds of CPU per request."""
    before, began = backend_cpu(), time.process_time()
    for _ in range(requests):
        act()
    return ((time.process_time() - began) + (backend_cpu() - before)) / requests * 1000


def run(rounds: int, requests: int, *, videos: bool) -> None:
    from django.test import Client

    learners, lessons = make_data("video" if videos else "text")
    clients = []
    for learner in learners:
        client = Client()
        client.force_login(learner, backend="django.contrib.auth.backends.ModelBackend")
        clients.append((client, str(uuid.uuid4())))
    turn = {"bare": 0, "beat": 0}

    def bare() -> None:
        turn["bare"] += 1
        assert clients[turn["bare"] % LEARNERS][0].get("/bare/").status_code == 200

    def beat() -> None:
        turn["beat"] += 1
        client, tab = clients[turn["beat"] % LEARNERS]
        body = {"lesson": lessons[turn["beat"] % 7], "client_session": tab, "seq": turn["beat"], "seconds": 1}
        if videos:  # each learner has one film running, of which every beat brings the next tenth of a second
            second = turn["beat"] // LEARNERS / 10
            body |= {"lesson": lessons[turn["beat"] % LEARNERS % LESSONS], "position": second + 0.1}
            body |= {"ranges": [[second, second + 0.1]]}
        answer = client.post("/api/learner/track-lesson/", json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content

    for act in (bare, beat):
        cpu(act, LEARNERS * 8)
    analyze()
    pairs = [(cpu(bare, requests), cpu(beat, requests)) for _ in range(rounds)]
    report(pairs)


def analyze() -> None:
    """The planner knows the tables, as it does wherever autovacuum has run."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def report(pairs: list[tuple[float, float]]) -> None:
    from django.conf import settings
    from django.db import connection

    ratios = sorted(beat / bare for bare, beat in pairs)
    print(f"machine   {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"database  {connection.vendor}, sessions in {settings.SESSION_ENGINE.rsplit('.', 1)[1]}")
    print(f"bare view {statistics.median(b for b, _ in pairs):.2f} ms CPU a request")
    print(f"beat      {statistics.median(b for _, b in pairs):.2f} ms CPU a request")
    print(f"ratio     {statistics.median(ratios):.2f} (pairs from {ratios[0]:.2f} to {ratios[-1]:.2f})")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--requests", type=int, default=300)
    options.add_argument("--videos", action="store_true")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="cairn-bench-") as folder:
        set_up(folder)
        from django.db import connection
        from django.test.utils import setup_databases, teardown_databases

        connection.settings_dict["TEST"]["NAME"] = (
            "cairn_bench" if connection.vendor == "postgresql" else f"{folder}/bench.sqlite3"
        )
        made = setup_databases(verbosity=0, interactive=False)
        try:
            run(asked.rounds, asked.requests, videos=asked.videos)
        finally:
            connection.close()
            teardown_databases(made, verbosity=0)


if __name__ == "__main__":
    main()
