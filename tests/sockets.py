"""What no test of Cairn may see: a connection opened while a transaction is open, or one that leaves this machine.

A transaction that waits for somebody else's answer holds its locks for as long as that takes. PostgreSQL's driver
connects below Python's sockets, and Redis' client is known by its own frames; both may. What a test opens with
`django_db` is no transaction of the product's. A refusal that the code swallows still fails the test, at its end.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import sys
from collections.abc import Iterator
from typing import Any

from django.db import connections

FREE = ("redis.",)
_refused: list[str] = []


class Refused(AssertionError):
    """No OSError: code that forgives a network its failures does not forgive this one."""


def watch_connects() -> None:
    """From now on, for the whole process."""
    for name in ("connect", "connect_ex"):
        setattr(socket.socket, name, _watched(getattr(socket.socket, name)))


@contextlib.contextmanager
def all_allowed() -> Iterator[list[str]]:
    """What is refused inside is not held against the test; the list says what it was."""
    before = len(_refused)
    taken: list[str] = []
    try:
        yield taken
    finally:
        taken += _refused[before:]
        del _refused[before:]


def refusals() -> list[str]:
    """What was refused since somebody last asked."""
    told, _refused[:] = list(_refused), []
    return told


def _watched(connect: Any) -> Any:
    def watched(self: socket.socket, address: Any) -> Any:
        if why := _why_not(self, address):
            _refused.append(why)
            self.close()
            raise Refused(why)
        return connect(self, address)

    return watched


def _why_not(sock: socket.socket, address: Any) -> str:
    if sock.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(str(address[0])):
        return f"{address} is not on this machine"
    if _in_a_transaction() and not _is_free():
        return f"connects to {address} in an open transaction"
    return ""


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _in_a_transaction() -> bool:
    opened = (block for one in connections.all(initialized_only=True) for block in one.atomic_blocks)
    return any(not block._from_testcase for block in opened)


def _is_free() -> bool:
    frame = sys._getframe(2)
    while frame:
        if frame.f_globals.get("__name__", "").startswith(FREE):
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False
