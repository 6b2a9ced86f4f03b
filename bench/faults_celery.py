#!/usr/bin/env python
"""G23: mixed jobs on Celery, two beats and a poisoned job, while everything that runs them is killed at random.

    DATABASE_URL=postgres://… REDIS_URL=redis://… python bench/faults_celery.py [--jobs 1000] [--kills 20] [--seed 7]

Quick, slow and failing jobs on three queues: each leaves a row that may be there once, and a line each time it runs.
One more job kills whatever process does it. `kill -9` hits a child of the worker, the worker, the relay or one of two
beats, and whoever died is started again. Leases are 15 s here, and a message that got lost is sent again after as long
(two minutes and one in production), so that the run is short. Prints one line:

    G23 jobs=1000 lost=0 twice=0 reruns=3 kills=20 empty_after=18s slots=41 slots_twice=0 poison_runs=4 t=190s seed=7

The exit code is 1 when a job was lost or its effect is there twice, more was run again than killed, the queues were not
empty a minute after the last kill, a slot of the clock was asked for twice, or the poison ran more than four times.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.faults_outbox import Run, empty_queues
from bench.throwaway import own_database

LEASE = dt.timedelta(seconds=15)
TICK_SECONDS = 5.0
TICK, POISON = "bench.tick", "bench.poison"
# Kind: its queue, how long it takes, its share of the jobs. Of the failing ones every first try fails.
KINDS = {
    "bench.quick": ("mail", 0.01, 0.6),
    "bench.usual": ("default", 0.03, 0.25),
    "bench.slow": ("reports", 0.2, 0.1),
    "bench.failing": ("default", 0.01, 0.05),
}
EMPTY_WITHIN_SECONDS = 60


def set_up() -> None:
    """Django, and the jobs that every process of the run knows."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
    import django

    django.setup()
    from config.celery import app
    from learning import outbox
    from learning.jobs import job

    outbox.HAND_AGAIN_AFTER = LEASE
    for kind, (queue, seconds, _share) in KINDS.items():
        outbox.handles(kind, queue=queue, lease=LEASE)(_doing(kind, seconds))
    outbox.handles(POISON, lease=LEASE)(_die)
    job(TICK, lease=LEASE)(lambda at: _line("tick"))
    app.conf.beat_schedule = {"bench-tick": {"task": TICK, "schedule": TICK_SECONDS}}


def _doing(kind: str, seconds: float):
    def do(key: str, payload: dict) -> None:
        from django.utils import timezone

        from learning.models import RequestCount
        from learning.once import insert_new

        if kind == "bench.failing" and not _tried(key):
            raise OSError("not the first time")
        time.sleep(seconds / 2)
        _line(key)
        insert_new([RequestCount(key=key, number=1, window_ends_at=timezone.now())], told_apart_by="key")
        time.sleep(seconds / 2)

    return do


def _tried(key: str) -> bool:
    """Whether this job was tried before; from now on it was."""
    note = Path(f"{os.environ['FAULTS_FILE']}.{key.replace(':', '-')}")
    try:
        note.touch(exist_ok=False)
    except FileExistsError:
        return True
    return False


def _die(key: str, payload: dict) -> None:
    _line(key)
    os.kill(os.getpid(), signal.SIGKILL)


def _line(key: str) -> None:
    file = os.open(os.environ["FAULTS_FILE"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, f"{key}\n".encode())
    os.close(file)


def be(role: str) -> None:
    """A process of the run."""
    set_up()
    from config.celery import app

    if role == "relay":
        from django.core.management import call_command

        call_command("relay")
    elif role == "worker":
        app.worker_main(["-q", "worker", "--queues", "default,mail,reports", "--concurrency", "2", "--loglevel=ERROR",
                         "--without-gossip", "--without-mingle", "--without-heartbeat"])  # fmt: skip
    else:
        app.start(["-q", "beat", "--loglevel", "ERROR", "--pidfile="])


def jobs_of(n: int) -> dict[str, list[str]]:
    """The keys of each kind."""
    return {kind: [f"{kind}:{k}" for k in range(round(n * share))] for kind, (_q, _s, share) in KINDS.items()}


def measure(*, jobs: int, kills: int, seed: int, folder: Path) -> bool:
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from learning import outbox
    from learning.models import Outbox, RequestCount

    call_command("migrate", verbosity=0)
    run = Run(["relay", "worker", "beat", "second beat"], folder / "effects", __file__)
    chance, asked = random.Random(seed), jobs_of(jobs)
    now = timezone.now()
    for kind, keys in asked.items():
        outbox.put_many(kind, {key: {} for key in keys}, at=now)
    outbox.put(POISON, POISON, {}, at=now)
    connection.close()
    wanted = {key for keys in asked.values() for key in keys}
    struck: collections.Counter[str] = collections.Counter()
    began = time.monotonic()
    for role in run.roles:
        run.start(role)

    def left() -> int:
        return len(wanted - set(run.keys()))

    try:
        for n in range(kills):
            before = left()
            step = chance.uniform(0.2, 1.0) * before / (kills - n + 1)
            run.wait_for(lambda: left() <= max(before - step, 1))  # noqa: B023
            time.sleep(chance.uniform(0, 0.05))
            struck[run.kill(chance)] += 1
        last_kill = time.monotonic()
        waiting = Outbox.objects.filter(state=Outbox.State.WAITING).exclude(kind__in=[TICK, POISON])
        run.wait_for(lambda: not waiting.exists())
        empty_after = time.monotonic() - last_kill
        run.wait_for(lambda: not Outbox.objects.filter(kind=POISON, state=Outbox.State.WAITING).exists())
    finally:
        run.end()
    seconds = time.monotonic() - began
    lines = collections.Counter(run.keys())
    poison_runs, ticks = lines.pop(POISON, 0), lines.pop("tick", 0)
    effects = collections.Counter(RequestCount.objects.values_list("key", flat=True))
    lost, twice = len(wanted - set(effects)), sum(effects.values()) - len(effects)
    reruns = sum(lines.values()) - len(lines)
    slots = list(Outbox.objects.filter(kind=TICK).values_list("key", flat=True))
    slots_twice = len(slots) - len(set(slots))
    poison = Outbox.objects.get(kind=POISON)
    print(f"G23 jobs={len(wanted)} lost={lost} twice={twice} reruns={reruns} kills={kills} "
          f"empty_after={empty_after:.0f}s slots={len(slots)} slots_twice={slots_twice} "
          f"poison_runs={poison_runs} t={seconds:.0f}s seed={seed}")  # fmt: skip
    print(f"    killed {dict(struck)}; {ticks} runs of {len(slots)} slots of {TICK_SECONDS:.0f} s; "
          f"the poison is {poison.state}")  # fmt: skip
    return (
        not lost
        and not twice
        and reruns <= kills
        and empty_after <= EMPTY_WITHIN_SECONDS
        and not slots_twice
        and len(slots) <= seconds / TICK_SECONDS + 1
        and ticks <= len(slots) + kills
        and poison_runs <= outbox.MOST_CRASHES + 1
        and poison.state == Outbox.State.DEAD
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--be", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.be:
        be(options.be)
        return
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        raise SystemExit("DATABASE_URL and REDIS_URL say where PostgreSQL and Redis are.")
    with tempfile.TemporaryDirectory() as folder, own_database():
        os.environ["CAIRN_VAR"] = folder
        set_up()
        empty_queues()
        good = measure(jobs=options.jobs, kills=options.kills, seed=options.seed, folder=Path(folder))
        empty_queues()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
