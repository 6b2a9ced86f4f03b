"""An answer on its way out: whole, or as server-sent events while it is made."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import StreamingHttpResponse
from django.utils import timezone
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from chat.api.serializers import as_json
from chat.kinds import Answer, Delta
from chat.models import Message
from chat.services import conversations
from chat.services.conversations import Asked

EVENTS = "text/event-stream"


class EventStream(BaseRenderer):
    """Lets `Accept: text/event-stream` be asked for. What is refused before the stream begins is said as JSON."""

    media_type = EVENTS
    format = "events"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return json.dumps(data, cls=JSONEncoder).encode()


class StreamsAnswers:
    """Lets a POST be answered in events; what is read by GET is JSON. Stands before the view's other bases."""

    def get_renderers(self) -> list[BaseRenderer]:
        is_question = self.request.method == "POST"  # type: ignore[attr-defined]
        return [JSONRenderer(), EventStream()] if is_question else [JSONRenderer()]


def wants_events(request: Request) -> bool:
    return isinstance(request.accepted_renderer, EventStream)


def answer_whole(request: Request, asked: Asked) -> Message:
    """The answer when its end is stored; what is being answered elsewhere, as far as it is.

    A model may take a minute: meanwhile this request holds neither a connection to the database nor a turn
    (config.turns).
    """
    if asked.plan and asked.plan.setup:
        _give_back()
        if isinstance(request._request, ASGIRequest) and (end_turn := request._request.scope.get("end_turn")):
            end_turn()
    return async_to_sync(_whole)(asked)


async def _whole(asked: Asked) -> Message:
    async with aclosing(_pieces(asked)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Message):
                return piece
    return asked.answer


def answer_in_events(request: Request, asked: Asked, *, status: int) -> StreamingHttpResponse:
    """`start`, `delta` for each piece, `done`. The connection to the database is given back before the first piece.

    Under WSGI, which knows no asynchronous answers, the same events come all at once.
    """
    events = _events(asked)
    body = events if isinstance(request._request, ASGIRequest) else async_to_sync(_all)(events)
    response = StreamingHttpResponse(body, content_type=EVENTS, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _events(asked: Asked) -> AsyncIterator[bytes]:
    first = {
        "user_message": as_json(asked.question),
        "message_id": str(asked.answer.pk),
        "session": str(asked.conversation.pk),
    }
    await sync_to_async(_give_back)()
    yield _event("start", first)
    async with aclosing(_pieces(asked)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Delta):
                yield _event("delta", {"text": piece.text})
            else:
                yield _event("done", {"message": as_json(piece)})


async def _pieces(asked: Asked) -> AsyncGenerator[Delta | Message, None]:
    if asked.plan is None:
        yield asked.answer
        return

    async def end(answer: Answer) -> Message:
        return await asyncio.shield(sync_to_async(_end)(asked, answer))

    async with aclosing(conversations.stream(asked.plan, end)) as pieces:
        async for piece in pieces:
            yield piece


def _end(asked: Asked, answer: Answer) -> Message:
    message = conversations.finish(asked, answer, at=timezone.now())
    _give_back()
    return message


def _give_back() -> None:
    """An open stream holds no connection. Inside a transaction it is somebody else's to close."""
    if not connection.in_atomic_block:
        connection.close()


def _event(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, cls=JSONEncoder)}\n\n".encode()


async def _all(events: AsyncIterator[bytes]) -> list[bytes]:
    return [event async for event in events]
