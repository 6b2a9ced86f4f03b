"""A poke tells the relay that there is something to do, so that it need not wait for its next look.

It is a datagram to a Unix socket in the folder of everything that is kept: it waits for nobody and never fails, and
when nobody listens nothing is lost. Relays on other machines find the row when they look.
"""

from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

# The kernel's limit is 108 bytes on Linux and 104 on macOS, the ending zero included.
LONGEST_PATH = 100


def poke() -> None:
    """Wake the relay of this machine. Never waits and never fails."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        sender.sendto(b"!", str(_place()))


class Pokes:
    """What a relay listens to. `wait` returns when poked, or when the seconds are over."""

    def __init__(self, listener: socket.socket | None) -> None:
        self._listener = listener

    def wait(self, seconds: float) -> None:
        ears = [self._listener] if self._listener else []
        if select.select(ears, [], [], seconds)[0] and self._listener:
            with contextlib.suppress(BlockingIOError):
                while self._listener.recv(1):  # however many there were, one look answers them all
                    pass


@contextlib.contextmanager
def listening() -> Iterator[Pokes]:
    """Hear pokes while inside. Where there can be no socket there are no pokes, and everything else goes on."""
    with contextlib.ExitStack() as stack:
        try:
            listener = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
            place = _place()
            place.unlink(missing_ok=True)
            listener.bind(str(place))
            place.chmod(0o600)
            listener.setblocking(False)
        except OSError:
            yield Pokes(None)
            return
        stack.callback(place.unlink, missing_ok=True)
        yield Pokes(listener)


def _place() -> Path:
    place = settings.VAR_DIR.resolve() / "relay.sock"
    if len(bytes(place)) > LONGEST_PATH:
        raise OSError(f"too long for a socket: {place}")
    return place
