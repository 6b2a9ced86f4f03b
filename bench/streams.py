#!/usr/bin/env python
"""What 500 open live streams cost one process, and what they miss when they are cut again and again: nothing.

    python bench/streams.py [--streams 500] [--cuts 25] [--at-once 40]      SQLite under a temporary folder, no Redis
    DATABASE_URL=postgres://… REDIS_URL=redis://… python bench/streams.py       a database of your own

Starts uvicorn as `deploy/` does and opens a stream for each of so many people. Quiet first: memory per stream, and the
most database connections that the process was seen to hold. Then each stream is cut that many times, at random moments
and in the middle of events, while events go on for everybody; each comes back with its place. Last, all leave. One line
comes out: `missing` and `twice` are events, `late` is the time from the commit to the client, `left` what the process
keeps of descriptors and memory when nobody listens any more.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
ROUNDS, PORTION = 60, 100
SEED = 7
PATIENCE = 60.0


@dataclass
class Page:
    """One person's open page: what it heard, in order, and the place that it would come back with."""

    person: int
    key: str
    place: int | None = None
    heard: list[int] = field(default_factory=list)
    late: list[float] = field(default_factory=list)


def set_up(folder: str) -> None:
    os.environ.update(DJANGO_SETTINGS_MODULE="config.settings.dev", CAIRN_VAR=folder)
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/streams.sqlite3")
    os.environ.setdefault("REDIS_URL", "")
    import django
    from django.core.management import call_command

    django.setup()
    with redirect_stdout(sys.stderr):
        call_command("migrate", verbosity=0)


def make_pages(count: int) -> list[Page]:
    """People with a session each."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from learning.models import User

    mark = secrets.token_hex(4)
    people = User.objects.bulk_create(User(email=f"s-{mark}-{n}@example.org", password="!") for n in range(count))
    pages = []
    for person in people:
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        pages.append(Page(person.pk, session.session_key or ""))
    return pages


# --- The server ---------------------------------------------------------------------------------------------------


@contextmanager
def served() -> Iterator[tuple[int, int]]:
    """One process of streams: its port and number."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [
        *(sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1", "--port", str(port)),
        *("--lifespan", "off", "--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "3"),
    ]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            for _ in range(300):
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                    break
                time.sleep(0.1)
            yield port, process.pid
        finally:
            process.terminate()


def kilobytes(pid: int) -> int:
    """The memory that is this process's own."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("Pss:")))


def descriptors(pid: int) -> list[str]:
    found = []
    for one in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            found.append(str(one.readlink()))
    return found


def connections(pid: int) -> int:
    """How many connections to the database the process holds at this moment."""
    from django.db import connection

    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        return sum(one == name for one in descriptors(pid))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return cursor.fetchone()[0]


# --- The pages ----------------------------------------------------------------------------------------------------


@contextmanager
def closed_after(writer: asyncio.StreamWriter) -> Iterator[None]:
    try:
        yield
    finally:
        writer.transport.abort()  # as when a cable is pulled


async def listen(
    page: Page, port: int, *, seconds: float | None = None, bytes_of_it: int | None = None, until: int | None = None
) -> None:
    """One connection: until so many events have come, or, cut, after so many seconds or bytes of its answer."""
    from django.conf import settings

    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with closed_after(writer):
        place = "" if page.place is None else f"Last-Event-ID: {page.place}\r\n"
        cookie = f"Cookie: {settings.SESSION_COOKIE_NAME}={page.key}\r\n"
        writer.write(f"GET /api/events/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookie}{place}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head.split(b"\r\n", 1)[0], head
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await take(page, reader, bytes_of_it, until)


async def take(page: Page, reader: asyncio.StreamReader, bytes_of_it: int | None, until: int | None) -> None:
    text, taken = b"", 0
    while until is None or len(page.heard) < until:
        size = int(await reader.readline() or b"0", 16)
        if not size:
            return  # the server ended it
        chunk = (await reader.readexactly(size + 2))[:-2]
        if bytes_of_it is not None and taken + size > bytes_of_it:
            chunk = chunk[: bytes_of_it - taken]
        taken += len(chunk)
        text += chunk
        while b"\n\n" in text:
            frame, _, text = text.partition(b"\n\n")
            hear(page, frame.decode())
        if bytes_of_it is not None and taken >= bytes_of_it:
            return


def hear(page: Page, frame: str) -> None:
    """A frame counts once it is whole; then its place is where the page stands."""
    lines = dict(line.split(": ", 1) for line in frame.splitlines() if not line.startswith(":"))
    if lines.get("event") == "milestone":
        told: dict[str, Any] = json.loads(lines["data"])
        page.heard.append(told["value"])
        page.late.append(time.time() - told["at"])
    if "id" in lines:
        page.place = int(lines["id"])


async def stand(page: Page, port: int, opened: asyncio.Semaphore) -> asyncio.Task[None]:
    """Open a stream and wait until the server has said where it begins."""
    async with opened:
        task = asyncio.create_task(listen(page, port))
        while page.place is None:
            await asyncio.sleep(0.02)
            if task.done():
                task.result()
        return task


async def cut_again_and_again(
    page: Page, port: int, cuts: int, chance: random.Random, opened: asyncio.Semaphore, said: asyncio.Event
) -> None:
    for _ in range(cuts):
        async with opened:
            await listen(page, port, seconds=chance.uniform(0.1, 0.6), bytes_of_it=chance.randrange(30, 900))
        await asyncio.sleep(chance.uniform(0, 0.4))
    rest = asyncio.create_task(hear_all(page, port))
    await said.wait()
    await asyncio.wait_for(rest, PATIENCE)


async def hear_all(page: Page, port: int) -> None:
    while len(page.heard) < ROUNDS:
        await listen(page, port, until=ROUNDS)


def publish_round(pages: list[Page], number: int) -> None:
    from django.db import transaction
    from django.utils import timezone

    from notifications.kinds import EventKind
    from notifications.models import LiveEvent
    from notifications.services.stream import publish

    for start in range(0, len(pages), PORTION):
        with transaction.atomic():
            data = {"key": "bench", "title": "Bench", "value": number, "at": time.time()}
            now = timezone.now()
            publish(
                [
                    LiveEvent(person_id=page.person, kind=EventKind.MILESTONE, data=data, created_at=now)
                    for page in pages[start : start + PORTION]
                ]
            )


async def publish_all(pages: list[Page], every: float, said: asyncio.Event) -> None:
    for number in range(ROUNDS):
        await asyncio.to_thread(publish_round, pages, number)
        await asyncio.sleep(every)
    said.set()


async def run(port: int, pid: int, pages: list[Page], cuts: int, at_once: int) -> str:
    chance, opened = random.Random(SEED), asyncio.Semaphore(at_once)
    first = await stand(pages[0], port, opened)
    first.cancel()
    await asyncio.sleep(1)
    memory, files = kilobytes(pid), len(descriptors(pid))
    began = time.monotonic()
    tasks = await asyncio.gather(*(stand(page, port, opened) for page in pages))
    opening = time.monotonic() - began
    await asyncio.sleep(3)
    held = 0
    for _ in range(40):
        held = max(held, await asyncio.to_thread(connections, pid))
        await asyncio.sleep(0.05)
    each = (kilobytes(pid) - memory) / len(pages)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    began = time.monotonic()
    # Cuts take about as long as the rounds: events go on while streams come and go.
    said = asyncio.Event()
    cutting = (cut_again_and_again(page, port, cuts, random.Random(chance.random()), opened, said) for page in pages)
    await asyncio.gather(publish_all(pages, cuts * 0.6 / ROUNDS, said), *cutting)
    took = time.monotonic() - began
    await asyncio.sleep(2)
    wanted = set(range(ROUNDS))
    missing = sum(len(wanted - set(page.heard)) for page in pages)
    twice = sum(len(page.heard) - len(set(page.heard)) for page in pages)
    in_order = sum(page.heard == sorted(page.heard) for page in pages)
    late = await heard_by_all(port, pages, opened)
    await asyncio.sleep(2)
    return (
        f"streams={len(pages)} kB_each={each:.0f} opened_in={opening:.1f}s connections={held}"
        f" cuts={cuts * len(pages)} events={ROUNDS * len(pages)} missing={missing} twice={twice} in_order={in_order}"
        f" t={took:.0f}s late_p50={late[len(late) // 2]:.2f}s late_p99={late[int(len(late) * 0.99)]:.2f}s"
        f" left: descriptors={len(descriptors(pid)) - files} kB={kilobytes(pid) - memory} seed={SEED}"
    )


async def heard_by_all(port: int, pages: list[Page], opened: asyncio.Semaphore) -> list[float]:
    """All listen, one event for each: how long after the commit it came."""
    for page in pages:
        page.place, page.late = None, []
    tasks = await asyncio.gather(*(stand(page, port, opened) for page in pages))
    await asyncio.to_thread(publish_round, pages, ROUNDS)
    while not all(page.late for page in pages):
        await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return sorted(page.late[0] for page in pages)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--cuts", type=int, default=25)
    parser.add_argument("--at-once", type=int, default=40, help="streams that are being opened at the same time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cairn-streams-") as folder:
        set_up(folder)
        pages = make_pages(options.streams)
        with served() as (port, pid):
            print(f"G27 {asyncio.run(run(port, pid, pages, options.cuts, options.at_once))}")


if __name__ == "__main__":
    main()
