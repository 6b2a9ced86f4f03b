"""The ways out of the app. Each is a module here that registers itself; `notifications.apps` imports them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from learning.models import User


@dataclass(frozen=True)
class Rendered:
    """One message, ready to leave: words in its recipient's language, absolute addresses, and why they get it."""

    kind: str
    title: str
    text: str
    html: str
    url: str
    why: str


class AddressGone(Exception):
    """A channel says: this address takes nothing any more. It is disabled, and its person told in the app."""


class Channel(Protocol):
    """One way. `addresses` are the places at which it reaches a person, `[""]` where there is only one.

    `send` makes one attempt with one address, outside any transaction. `key` is the same at every attempt: it goes
    along as Message-ID or Idempotency-Key. It raises `outbox.NotNow(wait=…)`, `outbox.GiveUp` or `AddressGone`; any
    other exception is tried again for a day.
    """

    key: str

    def addresses(self, person: User) -> list[str]: ...

    def send(self, *, person: User, address: str, message: Rendered, key: str) -> None: ...


CHANNELS: dict[str, Channel] = {}


def register(channel: Channel) -> Channel:
    """Make a channel known. It may have more than the protocol asks:

    `has_one_address = True`: it is not asked for addresses when something is told, only when it is sent.
    `addresses_of(people) -> dict[int, list[str]]`: it is asked for many people at once.
    `disable(*, person, address, reason, at) -> str`: called in a transaction when it raised `AddressGone`; returns the
    address as its person should read it in their inbox, empty where they need not hear of it.
    """
    CHANNELS[channel.key] = channel
    return channel
