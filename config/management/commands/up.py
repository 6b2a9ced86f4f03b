"""`manage.py up`: everything that Cairn needs, started and stopped by one command."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from config import valkey
from config.processes import AlreadyRunning, Family, end_leftovers, only_one
from learning.demo.load import demo_in_a_line
from learning.demo.people import LOGINS, PASSWORD


class Command(BaseCommand):
    help = "Migrate, then run web, worker, clock and relay, with an embedded Valkey where REDIS_URL is empty."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo's courses and people, once")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, demo: bool, host: str, port: int, **options: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _leave)
        try:
            with only_one(settings.VAR_DIR):
                self._run(demo=demo, host=host, port=port)
        except AlreadyRunning as error:
            raise CommandError(f"Cairn is already running in {error}. Stop it first, or set CAIRN_VAR.") from error

    def _run(self, *, demo: bool, host: str, port: int) -> None:
        notes = settings.VAR_DIR / "up.pids"
        if left := end_leftovers(notes):
            self._say(f"Ended {left} processes of an earlier start.")
        _refuse_taken_port(host, port)
        self._say("Preparing the database.")
        call_command("migrate", verbosity=0, interactive=False)
        if demo:
            call_command("demo", stdout=self.stdout)
        about = demo_in_a_line() if demo else ""
        connections.close_all()
        family = Family(notes, _environment(host, port), self._say)
        family.listen()
        try:
            ended = self._live(family, about=about, host=host, port=port)
            self._say(f"{ended} ended: stopping everything." if ended else "Stopping.")
        finally:
            family.stop()
        self._say("Stopped.")
        if ended:
            sys.exit(1)

    def _live(self, family: Family, *, about: str, host: str, port: int) -> str | None:
        """Start everything and stay until the end; the name of the child that ended by itself, if one did."""
        with contextlib.ExitStack() as afterwards:
            if not settings.REDIS_URL:
                place = afterwards.enter_context(valkey.socket_place(settings.VAR_DIR))
                if ended := self._start_valkey(family, place):
                    return ended
            for name, command in _commands(host, port, broker=bool(family.env.get("REDIS_URL"))).items():
                family.start(name, command)
            ended = family.wait(until=lambda: _answers(host, port))
            if not ended and not family.asked_to_stop.is_set():
                self._say(_ready(host, port, about=about))
                ended = family.wait()
            return ended

    def _start_valkey(self, family: Family, place: Path) -> str | None:
        program = valkey.binary()
        if program is None:
            self._say("No embedded Valkey for this machine: going on without a broker, the relay minds the clock.")
            return None
        family.env["REDIS_URL"] = f"unix://{place}"
        family.start("valkey", valkey.command(program, place, settings.VAR_DIR))
        return family.wait(until=lambda: valkey.answers(place))

    def _say(self, line: str) -> None:
        with contextlib.suppress(OSError):  # a closed terminal is no reason to leave children behind
            self.stdout.write(line)
            self.stdout.flush()


def _leave(number: int, frame: object) -> NoReturn:
    sys.exit(0)


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError as error:
            raise CommandError(f"Port {port} is taken: choose another, as in `make demo PORT={port + 1}`.") from error


def _environment(host: str, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms",  # that root runs it; in a container it does
        "SITE_URL": os.environ.get("SITE_URL") or _address(host, port),
    }


def _commands(host: str, port: int, *, broker: bool) -> dict[str, list[str]]:
    """What runs. Worker and clock need a broker; without one the relay calls what the clock would."""
    python = sys.executable
    manage = str(Path(settings.BASE_DIR) / "manage.py")
    web = [python, "-m", "uvicorn", "config.asgi:application", "--host", host, "--port", str(port), "--lifespan", "off",
           "--timeout-graceful-shutdown", "3", "--log-level", "warning"]  # fmt: skip
    celery = [python, "-m", "celery", "-q", "-A", "config"]
    worker = [*celery, "worker", "--pool", "threads", "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip",
              "--without-mingle"]  # fmt: skip
    clock = [*celery, "beat", "--loglevel", "WARNING", "--pidfile="]
    commands = {"web": web, "relay": [python, manage, "relay"]}
    return {**commands, "worker": worker, "clock": clock} if broker else commands


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(_reachable(host), port, timeout=2)
    try:
        connection.request("GET", "/health/live/", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (an address to ask at, not to bind)


def _address(host: str, port: int) -> str:
    name = _reachable(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _ready(host: str, port: int, *, about: str) -> str:
    rule = "─" * 64
    lines = ["", rule, "Cairn is ready", "", f"  {_address(host, port)}/"]
    if about:
        width = max(len(login.email) for login in LOGINS)
        lines += ["", f"  Sign in with the password {PASSWORD}", ""]
        lines += [f"  {login.email:<{width}}  {login.what}" for login in LOGINS]
        lines += ["", f"  {about}"]
    return "\n".join([*lines, "", "  Ctrl-C stops everything.", rule])
