"""One POST to a service that the operator named: how text messages, and notifications of apps, leave.

The body is a template of the settings, JSON whose texts may hold `{to}`, `{text}` and the like. It is read first and
filled afterwards, so nothing that a person wrote can add to it. A provider that needs more than this brings an adapter
of its own: whatever has `send` as `Gateway` says.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import httpx2
from django.conf import settings
from django.utils import timezone

from learning.outbound import Way, client, host_of
from learning.outbox import GiveUp, NotNow

SECONDS = 5.0
LONGEST_WAIT = dt.timedelta(hours=6)
USUAL_WAIT = dt.timedelta(minutes=1)


class Gone(Exception):
    """The service says that nobody is at this address any more."""


class Malformed(GiveUp):
    """The service says that this address, or what was sent to it, is not what it takes."""


class Gateway(Protocol):
    """Hands one message to a provider. Raises `Gone`, `GiveUp`, `NotNow`, or anything else to be asked again."""

    def send(self, fields: Mapping[str, str], *, key: str) -> None: ...


@dataclass(frozen=True)
class HttpGateway:
    """The generic one. Its secret is a whole Authorization header, and `key` comes along as the Idempotency-Key."""

    url: str
    authorization: str
    body: str
    body_type: str = "json"
    allow_private: bool = False

    def send(self, fields: Mapping[str, str], *, key: str) -> None:
        filled = _filled(json.loads(self.body), {**fields, "key": key})
        sent: dict[str, Any] = {"data": filled} if self.body_type == "form" else {"json": filled}
        post(self.url, self._way(), headers=self._headers(key), **sent)

    def _headers(self, key: str) -> dict[str, str]:
        said = {"Authorization": self.authorization} if self.authorization else {}
        return {**said, "Idempotency-Key": key}

    def _way(self) -> Way:
        return Way(frozenset({host_of(self.url)}), allow_private=self.allow_private, read_seconds=SECONDS)


def for_sms() -> Gateway | None:
    """Where text messages go; None while no address is set."""
    if not settings.SMS_URL:
        return None
    return HttpGateway(
        settings.SMS_URL,
        settings.SMS_AUTHORIZATION,
        settings.SMS_BODY,
        settings.SMS_BODY_TYPE,
        settings.SMS_ALLOW_PRIVATE,
    )


def for_apps() -> Gateway | None:
    """Where notifications of apps go; None while no address is set."""
    if not settings.APP_PUSH_URL:
        return None
    return HttpGateway(
        settings.APP_PUSH_URL,
        settings.APP_PUSH_AUTHORIZATION,
        settings.APP_PUSH_BODY,
        allow_private=settings.APP_PUSH_ALLOW_PRIVATE,
    )


def post(url: str, way: Way, **sent: Any) -> None:
    """One POST, and what its answer means for the next try."""
    with client(way) as ask, ask.stream("POST", url, **sent) as answer:
        status, after = answer.status_code, answer.headers.get("Retry-After", "")
    judge(status, after)


def judge(status: int, retry_after: str = "") -> None:
    """Nothing for what was taken; else the exception that says what to do now."""
    if 200 <= status < 300:
        return
    if status in {404, 410}:
        raise Gone(f"answered {status}")
    if status == 429 or (status >= 500 and retry_after):
        raise NotNow(f"answered {status}", wait=_wait(retry_after))
    if status >= 500 or status == 408:
        raise httpx2.NetworkError(f"answered {status}")
    raise (Malformed if status == 400 else GiveUp)(f"answered {status}")


def _wait(retry_after: str) -> dt.timedelta:
    """What the service asks for, in seconds or as a date; at most six hours."""
    if retry_after.isascii() and retry_after.strip().isdecimal():
        asked = dt.timedelta(seconds=min(int(retry_after.strip()[:9]), 10**6))
    else:
        asked = _until(retry_after)
    return min(max(asked, dt.timedelta(seconds=1)), LONGEST_WAIT)


def _until(date: str) -> dt.timedelta:
    try:
        moment = parsedate_to_datetime(date)
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)) - timezone.now()
    except (TypeError, ValueError):
        return USUAL_WAIT


def _filled(template: Any, fields: Mapping[str, str]) -> Any:
    """The template with its places filled; what stands in a value is never taken for a place."""
    if isinstance(template, dict):
        return {name: _filled(value, fields) for name, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, fields) for value in template]
    return _put_in(template, fields) if isinstance(template, str) else template


def _put_in(text: str, fields: Mapping[str, str]) -> str:
    before, brace, rest = text.partition("{")
    name, end, after = rest.partition("}")
    if not brace:
        return text
    if not end or name not in fields:
        return before + brace + _put_in(rest, fields)
    return before + fields[name] + _put_in(after, fields)
