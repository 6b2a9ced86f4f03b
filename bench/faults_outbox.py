#!/usr/bin/env python
"""G21: rows of the outbox, while worker and relay are killed at random moments. None may be lost.

    python bench/faults_outbox.py [--rows 1000] [--kills 20] [--seed 7]     SQLite without a broker: the relay alone
    DATABASE_URL=postgres://… REDIS_URL=redis://… python bench/faults_outbox.py     PostgreSQL, Redis, worker and relay

Each row's effect is a line with the row's key, appended to a file: what leaves the system. `kill -9` hits the relay,
the worker with its children, or one child, in the middle of work; whoever died is started again. Prints one line:

    G21 lost=0 dup=1 kills=20 t=31s seed=7

`lost` counts keys without a line, `dup` lines beyond the first of a key. The exit code is 1 when something was lost,
more was doubled than killed, or a line has a key that nobody asked for. On PostgreSQL a database is made anew in
the server that DATABASE_URL names, and dropped; of the Redis database only the queues are used, and emptied.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import datetime as dt
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from bench.throwaway import own_database  # noqa: E402

KIND = "bench.effect"
LEASE = dt.timedelta(seconds=4)
EFFECT_SECONDS = 0.02
LONGEST_SECONDS = 300


def set_up() -> None:
    """Django, and the handler that every process of the run knows."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
    import django

    django.setup()
    from learning import outbox

    outbox.HAND_AGAIN_AFTER = dt.timedelta(seconds=5)
    outbox.handles(KIND, lease=LEASE)(leave)


def leave(key: str, payload: dict) -> None:
    """The effect: a line that no kill can take back, then some time in which the row is not marked yet."""
    time.sleep(EFFECT_SECONDS / 2)
    file = os.open(os.environ["FAULTS_FILE"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, f"{key}\n".encode())
    os.close(file)
    time.sleep(EFFECT_SECONDS / 2)


def be(role: str) -> None:
    """A process of the run."""
    set_up()
    if role == "relay":
        from django.core.management import call_command

        call_command("relay")
    else:
        from config.celery import app

        app.worker_main(["-q", "worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "ERROR",
                         "--without-gossip", "--without-mingle", "--without-heartbeat"])  # fmt: skip


class Run:
    """The processes, and what they have left so far."""

    def __init__(self, roles: list[str], file: Path, script: str = __file__) -> None:
        self.roles, self.file, self.script, self.children = roles, file, script, {}

    def start(self, role: str) -> None:
        env = {**os.environ, "FAULTS_FILE": str(self.file), "PYTHONWARNINGS": "ignore"}
        command = [sys.executable, self.script, "--be", role]
        self.children[role] = subprocess.Popen(command, env=env, start_new_session=True, cwd=ROOT)

    def kill(self, chance: random.Random) -> str:
        """One of: the relay, the worker and all its children, one child of the worker. Then it is started again."""
        role = chance.choice(self.roles)
        process = self.children[role]
        below = _children_of(process.pid)
        if role == "worker" and below and chance.random() < 0.5:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(below), signal.SIGKILL)
            return "child"  # its parent replaces it
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.start(role)
        return role

    def keys(self) -> list[str]:
        return self.file.read_text().splitlines() if self.file.exists() else []

    def wait_for(self, enough) -> None:
        until = time.monotonic() + LONGEST_SECONDS
        while not enough() and time.monotonic() < until:
            time.sleep(0.02)

    def end(self) -> None:
        for process in self.children.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def measure(*, rows: int, kills: int, seed: int, folder: Path) -> bool:
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from learning import outbox
    from learning.models import Outbox

    call_command("migrate", verbosity=0)
    run = Run(["relay", "worker"] if os.environ.get("REDIS_URL") else ["relay"], folder / "effects")
    chance = random.Random(seed)
    now = timezone.now()
    outbox.put_many(KIND, {f"row:{n}": {} for n in range(rows)}, at=now)
    connection.close()
    began = time.monotonic()
    for role in run.roles:
        run.start(role)
    try:
        for n in range(kills):
            before = len(run.keys())
            # The next kill falls at a random moment of the work that is left, so that all of them hit somebody at work.
            step = chance.uniform(0.2, 1.0) * (rows - before) / (kills - n + 1)
            run.wait_for(lambda: len(run.keys()) >= min(before + step, rows - 1))  # noqa: B023
            time.sleep(chance.uniform(0, 2 * EFFECT_SECONDS))
            run.kill(chance)
        run.wait_for(lambda: not Outbox.objects.filter(kind=KIND, state=Outbox.State.WAITING).exists())
    finally:
        run.end()
    seconds = time.monotonic() - began
    left = collections.Counter(run.keys())
    asked = {f"row:{n}" for n in range(rows)}
    lost, doubled, unasked = len(asked - set(left)), sum(left.values()) - len(left), len(set(left) - asked)
    states = outbox.counts().get(KIND, {})
    print(f"G21 lost={lost} dup={doubled} kills={kills} t={seconds:.0f}s seed={seed}", flush=True)
    print(f"    rows={rows} done={states.get('done', 0)} on {connection.vendor}, {' and '.join(run.roles)}")
    return not lost and not unasked and doubled <= kills and states == {"done": rows}


def empty_queues() -> None:
    if os.environ.get("REDIS_URL"):
        from config.celery import app

        app.control.purge()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--be", choices=["relay", "worker"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.be:
        be(options.be)
        return
    with tempfile.TemporaryDirectory() as folder, own_database():
        os.environ["CAIRN_VAR"] = folder
        set_up()
        empty_queues()
        good = measure(rows=options.rows, kills=options.kills, seed=options.seed, folder=Path(folder))
        empty_queues()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
