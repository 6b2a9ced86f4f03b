"""A real uvicorn on loopback and a client of server-sent events, for tests and benches."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application
from django.db import connection

from tests.builders import Person

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 20.0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def here() -> Iterator[int]:
    """A server on a thread of this process; its port."""
    port = free_port()
    application = ASGIStaticFilesHandler(get_asgi_application())
    config = uvicorn.Config(
        application, host="127.0.0.1", port=port, lifespan="off", log_level="critical", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        _until_open(port)
        yield port
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)


@contextlib.contextmanager
def elsewhere() -> Iterator[int]:
    """A server in a process of its own, over the same database and cache; its port."""
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port), "--lifespan", "off",
         "--timeout-graceful-shutdown", "1", "--log-level", "critical"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": _database(),
            "REDIS_URL": str(settings.CACHES["default"].get("LOCATION", "")) if settings.REDIS_URL else "",
        },
    ) as process:  # fmt: skip
        try:
            _until_open(port)
            yield port
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Also when the test failed: leaving a running process behind would wait for it for ever."""
    process.terminate()
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _database() -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:///{connection.settings_dict['NAME']}"
    at = connection.settings_dict
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


def _until_open(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.05)
    raise AssertionError("the server did not start")


@dataclass(frozen=True)
class Event:
    """One event as it came over the wire."""

    place: int | None
    kind: str
    data: Any


class Listener:
    """One open page: reads events on a thread until it is closed or the server ends the stream."""

    def __init__(self, port: int, person: Person, *, after: int | None = None) -> None:
        key = person.client.cookies[settings.SESSION_COOKIE_NAME].value
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}", "Accept": "text/event-stream"}
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS + 20)
        self._connection.request("GET", "/api/events/", headers=headers)
        self.answer = self._connection.getresponse()
        self._socket = self._connection.sock
        self.place: int | None = None
        self._events: queue.Queue[Event | None] = queue.Queue()
        self._begun = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        lines: dict[str, str] = {}
        try:
            for raw in self.answer:
                line = raw.decode().rstrip("\n")
                if line:
                    name, _, value = line.partition(": ")
                    lines[name] = value
                    continue
                if "id" in lines:
                    self.place = int(lines["id"])
                if "data" in lines and lines["event"] != "begun":
                    place = int(lines["id"]) if "id" in lines else None
                    self._events.put(Event(place, lines["event"], json.loads(lines["data"])))
                if lines.get("event") == "begun":
                    self._begun.set()
                lines = {}
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass
        self._events.put(None)

    def next(self, seconds: float = PATIENCE_SECONDS) -> Event | None:
        """The next event; None once the stream has ended. Raises `queue.Empty` when nothing comes in time."""
        return self._events.get(timeout=seconds)

    def begun(self) -> Listener:
        """Once the server has said where the stream begins."""
        assert self._begun.wait(PATIENCE_SECONDS)
        return self

    def close(self) -> None:
        """As when a page goes away, or a cable."""
        with contextlib.suppress(OSError):
            if self._socket:
                self._socket.shutdown(socket.SHUT_RDWR)
        self._connection.close()
