"""What learners notice when Redis or PostgreSQL fails under load: nothing, or as little as can be.

    DATABASE_URL=postgres://… python bench/faults.py redis
    DATABASE_URL=postgres://… PGDATA=… python bench/faults.py postgres      # a PostgreSQL of your own: it is restarted
    DATABASE_URL=postgres://… python bench/faults.py none       # the same load, and nothing fails: to compare with

Starts gunicorn with the settings of production and a Redis of its own, sends beats, pages and enrolments from eight
learners, breaks the service meanwhile, and counts. One line comes out, `failed` is what was answered with 500 or above
or not at all.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
REDIS_PORT, WEB_PORT = 6391, 8391
HOST = "cairn.example"
LEARNERS = 8
THINK_SECONDS = 0.05
LOG = Path(tempfile.gettempdir()) / "cairn-faults.log"
BEGAN = time.monotonic()
AWAY: list[float] = []


def prepare() -> tuple[list[int], list[str]]:
    """Learners with sessions, enrolled in one course: its lessons and the sessions' keys."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)
    from tests.builders import a_course, a_user, enrolled, lessons_of

    mark = secrets.token_hex(4)
    course = a_course(a_user(f"teacher-{mark}@example.org"), title=f"Faults {mark}", lessons=4)
    keys = []
    for n in range(LEARNERS):
        learner = a_user(f"learner-{mark}-{n}@example.org")
        enrolled(learner, course)
        session = SessionStore()
        session[SESSION_KEY] = str(learner.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = learner.get_session_auth_hash()
        session.create()
        keys.append(session.session_key)
    found = [lesson.pk for lesson in lessons_of(course)], keys
    connections.close_all()
    return found


class Learner(threading.Thread):
    """One after the other: a beat, the dashboard, the unread count; with a think time."""

    def __init__(self, key: str, lessons: list[int], stop: threading.Event) -> None:
        super().__init__()
        self.key, self.lessons, self.stop = key, lessons, stop
        self.took: list[float] = []
        self.failed: list[str] = []
        self.slow: list[tuple[float, float, str]] = []
        self.beats = 0

    def forget(self) -> None:
        self.took, self.slow, self.failed = [], [], []

    def run(self) -> None:
        tab, seq = str(uuid.uuid4()), 0
        while not self.stop.is_set():
            seq += 1
            beat = {"lesson": self.lessons[seq % len(self.lessons)], "client_session": tab, "seq": seq, "seconds": 1}
            self.beats += self.ask("POST", "/api/learner/track-lesson/", beat)
            self.ask("GET", "/api/learner/dashboard/")
            self.ask("GET", "/courses/")
            time.sleep(THINK_SECONDS)

    def ask(self, method: str, path: str, body: object = None) -> bool:
        began = time.monotonic()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", WEB_PORT, timeout=30)
            headers = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1",
                       "Cookie": f"__Host-sessionid={self.key}; __Host-csrftoken={'c' * 32}", "X-CSRFToken": "c" * 32,
                       "Referer": f"https://{HOST}/", "Content-Type": "application/json"}  # fmt: skip
            connection.request(method, path, json.dumps(body) if body else None, headers)
            status = connection.getresponse().status
            connection.close()
        except OSError as error:
            status = 599
            self.failed.append(f"{path} {error!r}")
        self.took.append(time.monotonic() - began)
        self.slow.append((round(self.took[-1], 2), round(began - BEGAN, 1), path))
        if 500 <= status < 599 or status in {400, 401, 403, 404}:
            self.failed.append(f"{path} {status}")
        return status < 400


def start(*command: str, **env: str) -> subprocess.Popen[bytes]:
    with LOG.open("ab") as log:
        return subprocess.Popen(command, env={**os.environ, **env}, stdout=log, stderr=log)


def redis_server(folder: str) -> subprocess.Popen[bytes]:
    server = start("redis-server", "--port", str(REDIS_PORT), "--bind", "127.0.0.1", "--save", "", "--dir", folder)
    wait_for(REDIS_PORT)
    return server


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"nothing answers on {port}")


@contextmanager
def site(folder: str) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Redis and gunicorn; what is in the answer may be ended and replaced."""
    running = {"redis": redis_server(folder)}
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.py", "config.wsgi:application"]
    running["web"] = start(*gunicorn, WEB_BIND=f"127.0.0.1:{WEB_PORT}")
    try:
        wait_for(WEB_PORT)
        yield running
    finally:
        for child in running.values():
            child.send_signal(signal.SIGCONT)
            child.terminate()
            child.wait(30)


def redis_faults(running: dict[str, subprocess.Popen[bytes]], folder: str) -> None:
    """Hung for 3 s, killed, gone for 3 s, back; twice."""
    for _ in range(2):
        time.sleep(3)
        running["redis"].send_signal(signal.SIGSTOP)
        time.sleep(3)
        running["redis"].kill()
        running["redis"].wait()
        time.sleep(3)
        running["redis"] = redis_server(folder)
    time.sleep(3)


def postgres_faults(mode: str) -> Callable[..., None]:
    def restart(running: object, folder: str) -> None:
        for _ in range(2):
            time.sleep(4)
            command = [os.environ["PG_CTL"], "-D", os.environ["PGDATA"], "-m", mode, "-w", "restart"]
            if os.geteuid() == 0:  # PostgreSQL does not run as root
                command = ["su", "postgres", "-s", "/bin/sh", "-c", " ".join([*command, "-l /dev/null"])]
            began = time.monotonic()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/tmp")
            AWAY.append(time.monotonic() - began)
        time.sleep(4)

    return restart


def measure(name: str, fault: Callable[..., None]) -> None:
    lessons, keys = prepare()
    stop = threading.Event()
    with tempfile.TemporaryDirectory() as folder, site(folder) as running:
        learners = [Learner(key, lessons, stop) for key in keys]
        for learner in learners:
            learner.start()
        while any(len(learner.took) < 6 for learner in learners):
            time.sleep(0.1)  # the first requests load the application
        for learner in learners:
            learner.forget()
        fault(running, folder)
        stop.set()
        for learner in learners:
            learner.join()
    took = sorted(t for learner in learners for t in learner.took)
    failed = [f for learner in learners for f in learner.failed]
    p99 = statistics.quantiles(took, n=100)[98]
    print(f"{name} requests={len(took)} failed={len(failed)} beats={sum(x.beats for x in learners)} "
          f"p50={took[len(took) // 2] * 1000:.0f}ms p99={p99 * 1000:.0f}ms max={took[-1]:.2f}s"
          + "".join(f" away={seconds:.1f}s" for seconds in AWAY))  # fmt: skip
    for line in failed[:10]:
        print("  ", line)
    for took_seconds, at_second, path in sorted((one for x in learners for one in x.slow), reverse=True)[:5]:
        print(f"   slowest: {took_seconds} s at second {at_second}: {path}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["redis", "postgres", "none"])
    parser.add_argument("--crash", action="store_true", help="PostgreSQL: -m immediate instead of -m fast")
    given = parser.parse_args()
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings.base", SECRET_KEY=secrets.token_urlsafe(60), ALLOWED_HOSTS=HOST,
        REDIS_URL=f"redis://127.0.0.1:{REDIS_PORT}/0", TRUSTED_PROXIES="1", SITE_URL=f"https://{HOST}",
    )  # fmt: skip
    os.chdir(ROOT)
    if given.what == "redis":
        measure("G24 redis hung, killed, back, twice:", redis_faults)
    elif given.what == "none":
        measure("nothing fails:", lambda running, folder: time.sleep(20))
    else:
        mode = "immediate" if given.crash else "fast"
        measure(f"G25 postgres restarted (-m {mode}), twice:", postgres_faults(mode))


if __name__ == "__main__":
    main()
