"""Services at the other end, on loopback: a push service with a browser behind it that decrypts, a gateway that reads."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from notifications.channels.webpush import plain64


class Service:
    """Takes POSTs and answers as it is told: `answers` one after the other, then `usual` for ever."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.answers: list[tuple[Any, ...]] = []
        self.usual: tuple[Any, ...] = (201, {})
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append({"path": self.path, "headers": dict(self.headers), "body": body})
                status, headers, *said = outer.answers.pop(0) if outer.answers else outer.usual
                words = json.dumps(said[0]).encode() if said else b""
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(words)))
                self.end_headers()
                self.wfile.write(words)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()

    def said(self, n: int = -1) -> Any:
        return json.loads(self.got[n]["body"])


@contextmanager
def a_service() -> Iterator[Service]:
    service = Service()
    yield service
    service.server.shutdown()
    service.server.server_close()


class Browser:
    """What a browser keeps to itself: the private key and the secret of its subscription."""

    def __init__(self, service: Service, path: str = "/push/1") -> None:
        self.service, self.path = service, path
        self.private, self.secret = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16)

    @property
    def subscription(self) -> dict[str, Any]:
        public = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": plain64(public), "auth": plain64(self.secret)}
        return {"endpoint": self.service.url + self.path, "expirationTime": None, "keys": keys}

    @property
    def received(self) -> list[dict[str, str]]:
        """What the worker is handed: each message that came here, decrypted."""
        return [json.loads(self._open(one["body"])) for one in self.service.got if one["path"] == self.path]

    def _open(self, body: bytes) -> bytes:
        return http_ece.decrypt(body, private_key=self.private, auth_secret=self.secret, version="aes128gcm")


def is_signed(headers: dict[str, str]) -> bool:
    return Vapid02.verify(headers["Authorization"])
