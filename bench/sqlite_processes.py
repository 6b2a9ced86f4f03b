#!/usr/bin/env python
"""G28: eight processes at work on one SQLite file, as the embedded default has them: nobody finds it locked.

    python bench/sqlite_processes.py [--processes 8] [--seconds 60] [--think 0.05] [--seed 7]

Seven of them are learners who send beats, complete lessons, read their inbox and look at pages, each act by its
service or through the whole WSGI stack; the eighth does what the outbox holds. All begin together, in a folder that is
gone afterwards. Prints one line:

    G28 processes=8 t=60s acts=7000 locked=0 failed=0 p50=5ms p99=60ms write_p99=20ms max=0.15s seed=7

`p99` is of all acts, `write_p99` of those that only write; both hold the time that an act waits for a processor. The
exit code is 1 when an act failed.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
LESSONS = 400
PAGES = ("/api/learner/dashboard/", "/api/notifications/", "/courses/", "/my-learning/")
SHARES = {"beat": 50, "complete": 10, "inbox": 15, "page": 25}
WRITES = {"beat", "complete", "inbox", "outbox"}


def set_up() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
    os.environ.update(DATABASE_URL="", REDIS_URL="", ALLOWED_HOSTS="testserver")
    import logging

    import django

    django.setup()
    logging.disable(logging.WARNING)


def email(n: int) -> str:
    return f"learner-{n}@example.org"


def make_data(learners: int) -> None:
    from django.core.management import call_command

    from tests.builders import a_course, a_user, enrolled

    call_command("migrate", verbosity=0)
    course = a_course(a_user("teacher@example.org"), lessons=LESSONS)
    for n in range(learners):
        enrolled(a_user(email(n)), course)


class Learner:
    """One person with a browser; `act` does one thing of a kind."""

    def __init__(self, n: int, chance: random.Random) -> None:
        from django.test import Client

        from learning.models import Enrollment, User

        self.chance, self.tab, self.seq = chance, str(uuid.uuid4()), 0
        self.user = User.objects.get(email=email(n))
        self.place = Enrollment.objects.select_related("course").get(learner=self.user)
        self.lessons = list(self.place.course.lessons.order_by("pk"))
        self.left = list(self.lessons)
        self.client = Client(raise_request_exception=True)
        self.client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")

    def act(self, kind: str) -> None:
        getattr(self, kind)()

    def beat(self) -> None:
        from django.utils import timezone

        from learning.kinds import Beat
        from learning.services.tracking import record_beats

        self.seq += 1
        beat = Beat(self.chance.choice(self.lessons).pk, self.tab, self.seq, 5)
        record_beats(learner=self.user, beats=[beat], at=timezone.now())

    def complete(self) -> None:
        from django.utils import timezone

        from learning.services.completion import complete_lesson

        if self.left:
            complete_lesson(enrollment=self.place, lesson=self.left.pop(), at=timezone.now())

    def inbox(self) -> None:
        from django.utils import timezone

        from notifications.kinds import Kind
        from notifications.services.inbox import read
        from notifications.services.telling import Message, tell

        now, key = timezone.now(), uuid.uuid4().hex
        for told in tell([Message(self.user, Kind.LEVEL, key, "Level", now)]):
            read(told, at=now)

    def page(self) -> None:
        path = self.chance.choice(PAGES)
        answer = self.client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} {answer.status_code}")


def relay(chance: random.Random) -> None:
    from django.utils import timezone

    from learning import outbox

    outbox.put("bench.nothing", uuid.uuid4().hex, {}, at=timezone.now())
    outbox.drain(limit=5)


def be(n: int, *, processes: int, seconds: float, think: float, seed: int) -> None:
    """One of the processes: says that it is ready, begins when told, and leaves what each act took."""
    set_up()
    from learning import outbox

    outbox.handles("bench.nothing")(lambda key, payload: None)
    chance = random.Random(seed * 100 + n)
    learner = None if n == processes - 1 else Learner(n, chance)
    for kind in [*SHARES, *["page"] * 8] if learner else ["outbox"]:  # the first time loads code and templates
        learner.act(kind) if learner else relay(chance)
    print("ready", flush=True)
    sys.stdin.readline()
    took: dict[str, list[float]] = collections.defaultdict(list)
    failed: list[str] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        kind = chance.choices(list(SHARES), list(SHARES.values()))[0] if learner else "outbox"
        began = time.monotonic()
        try:
            learner.act(kind) if learner else relay(chance)
        except Exception:
            failed.append(traceback.format_exc(limit=-3))
        took[kind].append(time.monotonic() - began)
        time.sleep(chance.uniform(0, 2 * think))
    print(json.dumps({"took": took, "failed": failed}))


def p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98] * 1000


def measure(options: argparse.Namespace) -> bool:
    make_data(options.processes - 1)
    words = ["--processes", options.processes, "--seconds", options.seconds, "--think", options.think]
    words = [sys.executable, __file__, *map(str, [*words, "--seed", options.seed])]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen([*words, "--be", str(n)], cwd=ROOT, **pipes) for n in range(options.processes)]
    for one in running:
        assert one.stdout.readline() == "ready\n"
    for one in running:
        one.stdin.write("go\n")
        one.stdin.flush()
    left = [json.loads(one.communicate()[0]) for one in running]
    by_kind: dict[str, list[float]] = collections.defaultdict(list)
    for one in left:
        for kind, times in one["took"].items():
            by_kind[kind] += times
    failed = [why for one in left for why in one["failed"]]
    everything = sorted(t for times in by_kind.values() for t in times)
    writes = [t for kind, times in by_kind.items() if kind in WRITES for t in times]
    locked = sum("locked" in why for why in failed)
    print(f"G28 processes={options.processes} t={options.seconds:.0f}s acts={len(everything)} locked={locked} "
          f"failed={len(failed)} p50={everything[len(everything) // 2] * 1000:.0f}ms p99={p99(everything):.0f}ms "
          f"write_p99={p99(writes):.0f}ms max={everything[-1]:.2f}s seed={options.seed}")  # fmt: skip
    for kind, times in sorted(by_kind.items()):
        print(f"    {kind}: {len(times)}, p50 {statistics.median(times) * 1000:.1f} ms, p99 {p99(times):.0f} ms")
    for why in failed[:3]:
        print(why)
    return not failed


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=0.05, help="seconds between two acts of one process, on average")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--be", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.be is not None:
        given = vars(options)
        be(given.pop("be"), **given)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CAIRN_VAR"] = folder
        set_up()
        good = measure(options)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
