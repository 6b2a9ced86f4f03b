#!/usr/bin/env python
"""G21, mails: messages on their way by email, while whoever sends them is killed at random. None may be lost.

    python bench/faults_mail.py [--mails 1000] [--kills 20] [--seed 7]     SQLite without a broker: the relay alone
    DATABASE_URL=postgres://… REDIS_URL=redis://… python bench/faults_mail.py     PostgreSQL, Redis, worker and relay

A mail server of this script's own (aiosmtpd) takes the mails. Of the addresses 5 % are answered with 451 the first
time, 2 % always with 550. Prints one line:

    G21 mails=1000 lost=0 dup=2 kills=20 later=50/50 refused=20/20 t=61s seed=7

`lost` counts people who could have their mail and have none, `dup` mails beyond the first to one person; `later` those
of the 451 that arrived, `refused` the 550 whose address was disabled and who were told so in the app. The exit code is
1 when anything was lost, more was doubled than killed, or a double has another Message-ID than the first.
"""

from __future__ import annotations

import argparse
import contextlib
import email
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from aiosmtpd.controller import Controller

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from bench.faults_outbox import LEASE, LONGEST_SECONDS, empty_queues  # noqa: E402
from bench.throwaway import own_database  # noqa: E402

LATER, GONE = 0.05, 0.02


def set_up() -> None:
    """Django, with leases so short that a run waits for none of them long."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
    import django

    django.setup()
    import dataclasses
    import datetime as dt

    from learning import outbox
    from notifications.services.routing import DELIVER

    outbox.HAND_AGAIN_AFTER = dt.timedelta(seconds=5)
    outbox._manners[DELIVER] = dataclasses.replace(outbox._manners[DELIVER], lease=LEASE)


def be(role: str) -> None:
    """A process of the run."""
    set_up()
    if role == "relay":
        from django.core.management import call_command

        call_command("relay")
    else:
        from config.celery import app

        app.worker_main(["-q", "worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "CRITICAL",
                         "--without-gossip", "--without-mingle", "--without-heartbeat"])  # fmt: skip


class Server:
    """Takes mails, and remembers to whom each went and under which Message-ID."""

    def __init__(self) -> None:
        self.ids: dict[str, list[str]] = defaultdict(list)
        self.put_off: set[str] = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone"):
            return "550 5.1.1 no such user"
        if address.startswith("later") and address not in self.put_off:
            self.put_off.add(address)
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message_id = email.message_from_bytes(envelope.content)["Message-ID"]
        for address in envelope.rcpt_tos:
            self.ids[address].append(message_id)
        return "250 OK"

    @property
    def taken(self) -> int:
        return sum(map(len, self.ids.values()))


class Processes:
    """Who sends. Whoever is killed is started again."""

    def __init__(self, roles: list[str]) -> None:
        self.roles, self.children = roles, {}

    def start(self, role: str) -> None:
        env = {**os.environ, "PYTHONWARNINGS": "ignore"}
        self.children[role] = subprocess.Popen(
            [sys.executable, __file__, "--be", role], env=env, start_new_session=True, cwd=ROOT,
            stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self, chance: random.Random) -> None:
        role = chance.choice(self.roles)
        os.killpg(self.children[role].pid, signal.SIGKILL)
        self.children[role].wait()
        self.start(role)

    def end(self) -> None:
        for process in self.children.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def people(count: int) -> dict[str, int]:
    """Make them, and tell each of them something by mail; how many there are of each sort."""
    from django.utils import timezone

    from learning.models import User
    from notifications.kinds import Kind
    from notifications.services.telling import Message, tell

    sorts = {"later": round(count * LATER), "gone": round(count * GONE)}
    sorts["plain"] = count - sum(sorts.values())
    rows = [User(email=f"{sort}{n}@example.org", password="!") for sort, many in sorts.items() for n in range(many)]
    random.Random(1).shuffle(rows)
    User.objects.bulk_create(rows)
    now = timezone.now()
    tell([Message(person, Kind.REPORT_READY, "bench", "Your report", now) for person in User.objects.all()])
    return sorts


def measure(*, mails: int, kills: int, seed: int) -> bool:
    from django.core.management import call_command
    from django.db import connection

    from notifications.models import DeadAddress, Delivery, Notification

    call_command("migrate", verbosity=0)
    sorts = people(mails)
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    server, chance = Server(), random.Random(seed)
    controller = Controller(server, hostname="127.0.0.1", port=int(os.environ["SINK_PORT"]))
    controller.start()
    run = Processes(["relay", "worker"] if os.environ.get("REDIS_URL") else ["relay"])
    goal = mails - sorts["gone"]
    began = time.monotonic()
    for role in run.roles:
        run.start(role)
    try:
        for n in range(kills):
            before = server.taken
            step = chance.uniform(0.2, 1.0) * max(goal - before, 0) / (kills - n + 1)
            _wait(lambda: server.taken >= min(before + step, goal - 1))  # noqa: B023
            time.sleep(chance.uniform(0, 0.05))
            run.kill(chance)
        _wait(lambda: not Delivery.objects.on_the_way().exists())
    finally:
        run.end()
        controller.stop()
    seconds = time.monotonic() - began
    states = Counter(Delivery.objects.values_list("state", flat=True))
    arrived = Counter(address.partition("@")[0].rstrip("0123456789") for address in server.ids)
    doubled = server.taken - len(server.ids)
    other = sum(len(set(ids)) > 1 for ids in server.ids.values())
    refused = DeadAddress.objects.count()
    told = Notification.objects.filter(kind="address").count()
    print(
        f"G21 mails={mails} lost={goal - len(server.ids)} dup={doubled} kills={kills} "
        f"later={arrived['later']}/{sorts['later']} refused={refused}/{sorts['gone']} t={seconds:.0f}s seed={seed}"
    )
    print(
        f"    {dict(states)} on {connection.vendor}, {' and '.join(run.roles)}; other Message-IDs: {other}", flush=True
    )
    whole = states == {"sent": goal, "suppressed": sorts["gone"]} and refused == told == sorts["gone"]
    return len(server.ids) == goal and doubled <= kills and not other and whole


def _wait(enough) -> None:
    until = time.monotonic() + LONGEST_SECONDS
    while not enough() and time.monotonic() < until:
        time.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--be", choices=["relay", "worker"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.be:
        be(options.be)
        return
    with tempfile.TemporaryDirectory() as folder, own_database():
        os.environ["CAIRN_VAR"] = folder
        os.environ["SINK_PORT"] = str(_free_port())
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{os.environ['SINK_PORT']}"
        set_up()
        empty_queues()
        good = measure(mails=options.mails, kills=options.kills, seed=options.seed)
        empty_queues()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
