"""The one way out: every request to another server goes through a client that is made here.

A host must be named in advance; the scheme is https; its name is resolved once for each connection, refused when any of
its addresses is not a public one, and connected to at the address that was judged. Redirects are not followed, proxies
of the environment are not used, and an answer has a greatest size. So neither an address that a person typed nor a
name server that changes its mind reaches what stands beside us.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import httpcore2
import httpx2

CONNECT_SECONDS = 2.0
READ_SECONDS = 10.0
MOST_BYTES = 64_000

Resolve = Callable[[str, int], Sequence[str]]


class Refused(httpx2.ConnectError):
    """An address that Cairn does not ask. It is raised before anything is sent."""


class TooLarge(httpx2.ReadError):
    """An answer that is larger than it may be."""


def addresses_of(host: str, port: int) -> list[str]:
    """What the name server says about a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Way:
    """Where a client may go: the hosts, and how long and large an answer may be.

    A host is exactly this name; one that begins with a dot stands for every name under it (`.push.apple.com`).

    `allow_private` lets it reach http and addresses of this machine and its network: only for an address that the
    operator chose in the settings, never for one that came from a person.
    """

    hosts: frozenset[str]
    allow_private: bool = False
    read_seconds: float = READ_SECONDS
    most_bytes: int = MOST_BYTES
    resolve: Resolve = field(default=addresses_of, compare=False)

    def check(self, url: httpx2.URL) -> None:
        """Refuse an address by its looks; the name's addresses are judged when it is connected to."""
        if url.scheme != "https" and not (self.allow_private and url.scheme == "http"):
            raise Refused(f"{url.scheme or 'no scheme'} is not asked, only https")
        if url.userinfo:
            raise Refused("an address with a name or password in it is not asked")
        if not self._knows(_plain(url.host)):
            raise Refused(f"{url.host or 'no host'} is not among the hosts that may be asked")

    def _knows(self, host: str) -> bool:
        return host in self.hosts or any(one.startswith(".") and host.endswith(one) for one in self.hosts)

    def address_of(self, host: str, port: int) -> str:
        """The address to connect to, judged. When one of a name's addresses is private, none is used."""
        try:
            found = [ipaddress.ip_address(address.partition("%")[0]) for address in self.resolve(host, port)]
        except (OSError, ValueError, UnicodeError) as error:
            raise Refused(f"{host} has no address") from error
        if not found:
            raise Refused(f"{host} has no address")
        if not self.allow_private and not all(is_public(address) for address in found):
            raise Refused(f"{host} leads to an address that is not public")
        return str(found[0])


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address belongs to the public net, also when it is an IPv4 address in an IPv6 one's clothes."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


def why_not(url: str, way: Way) -> str:
    """Why this address would be refused, for a check before it is stored; empty when it would be asked."""
    try:
        parsed = httpx2.URL(url)
        way.check(parsed)
        way.address_of(parsed.host, parsed.port or 443)
    except (Refused, httpx2.InvalidURL, ValueError) as error:
        return str(error) or "no address"
    return ""


def bad_form(url: str, way: Way) -> str:
    """Why this address would be refused by its looks alone, without asking a name server; empty when it would not."""
    try:
        parsed = httpx2.URL(url)
        way.check(parsed)
        address = ipaddress.ip_address(parsed.host)
    except (Refused, httpx2.InvalidURL) as error:
        return str(error) or "no address"
    except ValueError:
        return ""  # a name: it is judged when it is connected to
    return "" if way.allow_private or is_public(address) else f"{address} is not public"


def client(way: Way) -> httpx2.Client:
    """A client for workers. Use it as a context manager."""
    return httpx2.Client(transport=_Transport(way), timeout=_timeout(way), follow_redirects=False, trust_env=False)


def async_client(way: Way) -> httpx2.AsyncClient:
    """A client for streams. Use it as a context manager, within one event loop."""
    return httpx2.AsyncClient(
        transport=_AsyncTransport(way), timeout=_timeout(way), follow_redirects=False, trust_env=False
    )


def host_of(url: str) -> str:
    """The host that an address names, as `Way.hosts` has it; empty where it is no address."""
    try:
        return _plain(httpx2.URL(url).host)
    except httpx2.InvalidURL:
        return ""


def _plain(host: str) -> str:
    return host.casefold().rstrip(".")


def _timeout(way: Way) -> httpx2.Timeout:
    return httpx2.Timeout(way.read_seconds, connect=CONNECT_SECONDS)


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """Reading the certificates takes longer than many an answer: once a process."""
    return httpx2.create_ssl_context(trust_env=False)


# --- connections: resolved and judged here, once, so that nobody can change their mind in between ----------------
class _Guard(httpcore2.NetworkBackend):
    def __init__(self, way: Way) -> None:
        self._way, self._real = way, httpcore2.SyncBackend()

    def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore2.NetworkStream:
        return self._real.connect_tcp(self._way.address_of(host, port), port, *args, **options)


class _AsyncGuard(httpcore2.AsyncNetworkBackend):
    def __init__(self, way: Way) -> None:
        self._way, self._real = way, httpcore2.AnyIOBackend()

    async def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore2.AsyncNetworkStream:
        address = await asyncio.wait_for(asyncio.to_thread(self._way.address_of, host, port), CONNECT_SECONDS)
        return await self._real.connect_tcp(address, port, *args, **options)

    async def sleep(self, seconds: float) -> None:
        await self._real.sleep(seconds)


class _Transport(httpx2.HTTPTransport):
    def __init__(self, way: Way) -> None:
        super().__init__(verify=_trusted(), trust_env=False)
        self._way = way
        self._pool = httpcore2.ConnectionPool(ssl_context=_trusted(), network_backend=_Guard(way))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._way.check(request.url)
        answer = super().handle_request(request)
        answer.stream = _Capped(answer.stream, self._way.most_bytes)
        return answer


class _AsyncTransport(httpx2.AsyncHTTPTransport):
    def __init__(self, way: Way) -> None:
        super().__init__(verify=_trusted(), trust_env=False)
        self._way = way
        self._pool = httpcore2.AsyncConnectionPool(ssl_context=_trusted(), network_backend=_AsyncGuard(way))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self._way.check(request.url)
        answer = await super().handle_async_request(request)
        answer.stream = _AsyncCapped(answer.stream, self._way.most_bytes)
        return answer


class _Capped(httpx2.SyncByteStream):
    """An answer's bytes as they come over the wire, up to the cap."""

    def __init__(self, stream: Any, most: int) -> None:
        self._stream, self._most = stream, most

    def __iter__(self) -> Iterator[bytes]:
        left = self._most
        for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise TooLarge(f"the answer has more than {self._most} bytes")
            yield chunk

    def close(self) -> None:
        self._stream.close()


class _AsyncCapped(httpx2.AsyncByteStream):
    def __init__(self, stream: Any, most: int) -> None:
        self._stream, self._most = stream, most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = self._most
        async for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                raise TooLarge(f"the answer has more than {self._most} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
