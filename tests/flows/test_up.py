"""`manage.py up --demo`, for real: a folder, a port, everything started and everything ended."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READY_WITHIN = 90
OURS = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "SITE_URL")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Running:
    """One `up` in its own folder, with what it has said so far."""

    def __init__(self, folder: Path, port: int) -> None:
        env = {name: value for name, value in os.environ.items() if name not in OURS}
        self.log = folder / "said.txt"
        self.port = port
        with self.log.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--demo", "--port", str(port)],
                cwd=ROOT,
                env={**env, "CAIRN_VAR": str(folder / "var")},
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.notes = folder / "var" / "up.pids"

    def until_ready(self) -> str:
        deadline = time.monotonic() + READY_WITHIN
        while "Cairn is ready" not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.2)
        return self.log.read_text()

    def get(self, path: str) -> int:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            f"http://127.0.0.1:{self.port}{path}", timeout=10
        ) as answer:
            return answer.status

    def children(self) -> list[int]:
        return [int(line.split()[0]) for line in self.notes.read_text().splitlines()]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.fixture
def up(tmp_path):
    running = Running(tmp_path, free_port())
    yield running
    if running.process.poll() is None:
        running.process.terminate()
        running.process.wait(30)


@pytest.mark.own_sqlite
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_one_command_starts_everything_and_a_term_ends_everything(up, tmp_path):
    said = up.until_ready()
    assert f"http://127.0.0.1:{up.port}/" in said
    assert "alice@example.org" in said
    assert "cairn-demo" in said
    assert up.get("/health/ready/") == 200
    assert up.get("/admin/login/") == 200

    second = Running.__new__(Running)
    Running.__init__(second, tmp_path, free_port())
    assert second.process.wait(30) == 1
    assert "already running" in second.log.read_text()

    children = up.children()
    assert len(children) >= 2
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(30) == 0
    assert not [pid for pid in children if alive(pid)]
    assert not up.notes.exists()
