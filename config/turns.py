"""Requests take turns in the process that serves by ASGI, so that a crowd waits in line and not for the database.

Django works on every request of an ASGI process at once, each on a thread of its own with a connection of its own: when
two hundred learners ask the assistant in the same second, all but the first eight would wait for a connection of the
pool, and fail after five seconds. A turn ends when the answer begins, so open streams take none, or when a view says so
(`end_turn` of the scope).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from config.problems import CONTENT_TYPE, problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[..., Awaitable[None]]

PATIENCE_SECONDS = 20.0
TRY_AGAIN_SECONDS = 5
# Open streams ask the database now and then, outside of any turn.
LEFT_FOR_STREAMS = 2


class Turns:
    """An ASGI application that works on `at_once` requests and lets others wait; 503 for who waited too long."""

    def __init__(self, app: App, *, at_once: int, patience: float = PATIENCE_SECONDS) -> None:
        self.app, self.patience = app, patience
        self.room = asyncio.Semaphore(at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self.patience):
                await self.room.acquire()
        except TimeoutError:
            await _busy(scope, send)
            return
        loop, is_over = asyncio.get_running_loop(), False

        def end_turn() -> None:
            nonlocal is_over
            if not is_over:
                is_over = True
                self.room.release()

        async def begin(message: Message) -> None:
            if message["type"] == "http.response.start":
                end_turn()
            await send(message)

        # For a view that waits long for somebody else, and not for the database, before its answer begins.
        scope = {**scope, "end_turn": lambda: loop.call_soon_threadsafe(end_turn)}
        try:
            await self.app(scope, receive, begin)
        finally:
            end_turn()


async def _busy(scope: Scope, send: Send) -> None:
    detail = "Many people ask at this moment. Try again in a few seconds."
    body, kind = detail, "text/plain; charset=utf-8"
    if scope["path"].startswith("/api/"):
        body, kind = json.dumps(problem(503, code="busy", detail=detail)), CONTENT_TYPE
    headers = {"content-type": kind, "retry-after": str(TRY_AGAIN_SECONDS), "cache-control": "no-store"}
    told = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 503, "headers": told})
    await send({"type": "http.response.body", "body": body.encode()})
