#!/usr/bin/env python
"""G22: something is told to 10,000 people by two ways, and whoever tells it is killed in the middle, five times.

    python bench/faults_fanout.py [--people 10000] [--kills 5] [--seed 7]     SQLite
    DATABASE_URL=postgres://… python bench/faults_fanout.py                   PostgreSQL

Each person is to have one row in the inbox and one delivery by email with its row of the outbox: nobody none, nobody
two. Prints one line:

    G22 rows=20000/20000 double=0 kills=5 t=6.1s seed=7

A child of this process tells everybody, in portions; the next one, forked at once, goes on where that one came to.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from bench.throwaway import own_database  # noqa: E402

PORTION = 500


def set_up() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
    import django

    django.setup()


def tell_everybody() -> None:
    """In portions, each in a transaction of its own, from where an earlier process came to."""
    from django.db import transaction
    from django.db.models import Max
    from django.utils import timezone

    from learning.models import User
    from notifications.kinds import Kind
    from notifications.models import Notification
    from notifications.services.telling import Message, tell

    now = timezone.now()
    reached = Notification.objects.aggregate(last=Max("learner"))["last"] or 0
    while people := list(User.objects.filter(pk__gt=reached).order_by("pk")[:PORTION]):
        with transaction.atomic():
            tell([Message(person, Kind.ANNOUNCEMENT, "bench", "News", now) for person in people])
        reached = people[-1].pk


def child() -> int:
    """A process that tells everybody who was not told."""
    from django.db import connection

    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # its connections and threads are this process's own
    pid = os.fork()
    if pid:
        return pid
    try:
        tell_everybody()
    finally:
        os._exit(0)


def measure(*, count: int, kills: int, seed: int) -> bool:
    from django.core.management import call_command
    from django.db import connection

    from learning.models import Outbox, User
    from notifications.models import Delivery, Notification

    call_command("migrate", verbosity=0)
    User.objects.bulk_create((User(email=f"p{n}@example.org", password="!") for n in range(count)), batch_size=500)
    chance, landed = random.Random(seed), 0
    began = time.monotonic()
    pid = child()
    for n in range(kills):
        # Each kill falls within the next part of the work that is left.
        goal = Notification.objects.count() + chance.uniform(0.3, 1.0) * (count - Notification.objects.count()) / (
            kills - n + 1
        )
        while Notification.objects.count() < goal:
            time.sleep(0.01)
        os.kill(pid, signal.SIGKILL)
        landed += os.waitpid(pid, 0)[1] == signal.SIGKILL
        pid = child()
    os.waitpid(pid, 0)
    seconds = time.monotonic() - began
    told, sent = Notification.objects.count(), Delivery.objects.count()
    asked = Outbox.objects.filter(kind="notifications.deliver").count()
    people = (
        Notification.objects.values("learner").distinct().count(),
        Delivery.objects.values("recipient").distinct().count(),
    )
    double = told + sent - sum(people)
    print(f"G22 rows={told + sent}/{2 * count} double={double} kills={landed} t={seconds:.1f}s seed={seed}")
    print(f"    {asked} rows of the outbox, on {connection.vendor}", flush=True)
    return (told, sent, asked, double) == (count, count, count, 0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, own_database():
        os.environ["CAIRN_VAR"] = folder
        set_up()
        good = measure(count=options.people, kills=options.kills, seed=options.seed)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
