"""Web Push: what is sent to a browser's push service (RFC 8030, 8188, 8291, 8292). Nothing here connects to anybody."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass
from functools import lru_cache

import http_ece
import httpx2
from cryptography.exceptions import InvalidKey, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.crypto import salted_hmac
from py_vapid import Vapid02

# A push service must take 4096 bytes (RFC 8030): the head takes 86 of them, the tag 16, the mark of the end one.
MOST_BYTES = 4096
MOST_PLAIN = MOST_BYTES - 86 - 16 - 1
# How long a push service keeps a message for a browser that is away.
KEEP = dt.timedelta(days=1)
TOKEN_LASTS = dt.timedelta(hours=12)
CURVE = ec.SECP256R1()


@dataclass(frozen=True)
class Subscription:
    """Where a browser is reached, and with which keys."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True)
class KeyPair:
    """The two values that the environment is given."""

    public: str
    private: str


def new_keys() -> KeyPair:
    """A pair of keys, in base64url."""
    private = ec.generate_private_key(CURVE)
    number = private.private_numbers().private_value
    return KeyPair(public=_public_of(private), private=plain64(number.to_bytes(32, "big")))


def is_on() -> bool:
    """Whether this site has keys, so that browsers can be told."""
    return bool(settings.VAPID_PUBLIC_KEY and settings.VAPID_PRIVATE_KEY)


def do_not_fit(public: str, private: str) -> str:
    """What is wrong with a pair of keys; empty for a pair."""
    try:
        fits = _public_of(_private(private)) == public.rstrip("=")
    except (ValueError, binascii.Error):
        return "VAPID_PRIVATE_KEY is not 32 bytes in base64url."
    return "" if fits else "VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY are not one pair."


def bad_keys(p256dh: str, auth: str) -> str:
    """What is wrong with a browser's keys; empty when nothing is."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, bytes64(p256dh))
    except (ValueError, binascii.Error, InvalidKey, UnsupportedAlgorithm):
        return "p256dh"
    try:
        return "" if len(bytes64(auth)) == 16 else "auth"
    except (ValueError, binascii.Error):
        return "auth"


def payload(*, title: str, url: str, tag: str) -> bytes:
    """What the worker in the browser is told. A title that is too long loses its end, never half a character."""
    room = MOST_PLAIN - len(_json({"title": "", "url": url, "tag": tag}))
    return _json({"title": _shortened(title, room=room), "url": url, "tag": tag})


def sealed(to: Subscription, plain: bytes) -> bytes:
    """Encrypted so that nobody but this browser reads it, with a key and a salt that are used once."""
    return http_ece.encrypt(  # type: ignore[no-untyped-call]
        plain,
        private_key=ec.generate_private_key(CURVE),
        dh=bytes64(to.p256dh),
        auth_secret=bytes64(to.auth),
        version="aes128gcm",
    )


def headers(to: Subscription, *, topic: str, at: dt.datetime) -> dict[str, str]:
    """Who we are (VAPID), how long it may wait; what has the same topic and still waits is replaced."""
    url = httpx2.URL(to.endpoint)
    origin = f"{url.scheme}://{url.netloc.decode()}"
    claims = {"aud": origin, "exp": int((at + TOKEN_LASTS).timestamp()), "sub": settings.VAPID_SUBJECT}
    return {
        **_signer(settings.VAPID_PRIVATE_KEY).sign(claims),  # type: ignore[no-untyped-call]
        "TTL": str(int(KEEP.total_seconds())),
        "Urgency": "normal",
        "Topic": topic,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
    }


def topic_of(key: str) -> str:
    """A message's key in the letters that a topic may have; it tells the push service nothing."""
    return plain64(salted_hmac("notifications.topic", key, algorithm="sha256").digest()[:24])


def plain64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def bytes64(text: str) -> bytes:
    """base64url, with or without its padding; anything else is an error."""
    if not text.isascii():
        raise ValueError("not base64url")
    text = text.rstrip("=")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


@lru_cache(maxsize=4)
def _signer(private: str) -> Vapid02:
    return Vapid02(_private(private))  # type: ignore[no-untyped-call]


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    raw = bytes64(text)
    if len(raw) != 32:
        raise ValueError("not a private key")
    return ec.derive_private_key(int.from_bytes(raw, "big"), CURVE)


def _public_of(private: ec.EllipticCurvePrivateKey) -> str:
    return plain64(private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _json(told: dict[str, str]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _shortened(text: str, *, room: int) -> str:
    """As much of it as its JSON has room for."""
    while (over := len(_json({"": text})) - len(_json({"": ""})) - room) > 0:
        text = text[: -max(1, over // 4) - 1].rstrip() + "…" if len(text) > 1 else ""
    return text
