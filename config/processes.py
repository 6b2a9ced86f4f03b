"""Child processes that live and die together, and the lock that keeps a folder to one such family."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import IO

PATIENCE_SECONDS = 6.0
LOOK_EVERY_SECONDS = 0.1


class AlreadyRunning(Exception):
    """Somebody else holds this folder."""


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder, or raise `AlreadyRunning`. The lock goes with the process, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "up.lock").open("w") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning(str(folder)) from error
        yield


class Family:
    """Processes in sessions of their own: Ctrl-C reaches only us, and we end them in the reverse order of their start.

    Their ids are noted in a file, so that a start after a `kill -9` of ours ends what was left running.
    """

    def __init__(self, notes: Path, env: Mapping[str, str], write: Callable[[str], None]) -> None:
        self.notes, self.env, self.write = notes, dict(env), write
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.readers: list[threading.Thread] = []
        self.asked_to_stop = threading.Event()

    def listen(self) -> None:
        """From now on Ctrl-C, TERM and a closed terminal ask for the end instead of being it."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._hear)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop.set()

    def start(self, name: str, command: Sequence[str]) -> None:
        child = subprocess.Popen(  # noqa: S603  (our own command lines)
            command,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.children[name] = child
        with self.notes.open("a") as notes:
            notes.write(f"{child.pid} {' '.join(command)}\n")
        reader = threading.Thread(target=self._relay_lines, args=(name, child.stdout), daemon=True)
        self.readers.append(reader)
        reader.start()

    def _relay_lines(self, name: str, lines: IO[bytes]) -> None:
        with lines:
            for line in lines:
                self.write(f"{name:>6} | {line.decode(errors='replace').rstrip()}")

    def ended(self) -> str | None:
        """The name of a child that is no longer there."""
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def wait(self, until: Callable[[], bool] = lambda: False) -> str | None:
        """Until asked to stop, until `until` holds, or until a child ends: then its name."""
        while not self.asked_to_stop.wait(LOOK_EVERY_SECONDS):
            if name := self.ended():
                return name
            if until():
                return None
        return None

    def stop(self) -> None:
        """End every child: those started last first, the first one (the broker) when nobody needs it any more."""
        first, *others = self.children.values() or [None]
        _end([child for child in reversed(others) if child])
        _end([first] if first else [])
        for reader in self.readers:
            reader.join(1)  # their last words
        self.notes.unlink(missing_ok=True)


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        _signal_group(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    for child in children:
        try:
            child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal_group(child.pid, signal.SIGKILL)
            child.wait()


def end_leftovers(notes: Path) -> int:
    """End what an earlier start left running. A process counts as ours only if its command line is the noted one."""
    if not notes.exists():
        return 0
    noted = [line.split(" ", 1) for line in notes.read_text().splitlines() if " " in line]
    left = [int(pid) for pid, command in noted if pid.isdigit() and _command_of(int(pid)) == command]
    for pid in left:
        _signal_group(pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(_command_of(pid) for pid in left) and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_SECONDS)
    for pid in left:
        if _command_of(pid):
            _signal_group(pid, signal.SIGKILL)
    notes.unlink(missing_ok=True)
    return len(left)


def _command_of(pid: int) -> str:
    """The command line of a process, empty when there is none."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    asked = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return asked.stdout.strip()


def _signal_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
