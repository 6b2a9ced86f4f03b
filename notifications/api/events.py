"""`/api/events/`: the caller's own live stream."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from learning.api.base import ApiView, caller
from notifications.live.following import UNKNOWN, follow

POLL_SECONDS = 25
WHICH = "The last `id` received: what came after it is told first."
LAST = OpenApiParameter("Last-Event-ID", str, OpenApiParameter.HEADER, description=WHICH)
AFTER = OpenApiParameter("after", str, description="The same, where no header can be sent.")
STREAM = OpenApiResponse(
    str,
    description="Server-sent events: `begun` once everything is told from there on; `notification`, `achievement`,"
    " `milestone`, `stats`, `course`, each with its state as JSON; `studied`, without one, when study time was"
    " credited; `reset` when what was missed is no longer known (load the state anew); `full` when a newer page took"
    " the turn.",
)
NO_STREAM = OpenApiResponse(description="This process can't hold streams: poll, at the earliest after `Retry-After`.")


class AsAsked(BaseContentNegotiation):
    """A browser asks for text/event-stream; refusals are problems in JSON all the same."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def filter_renderers(self, renderers: Any, format_suffix: Any) -> Any:
        return renderers

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class EventsView(ApiView):
    """What happens to the caller, as it happens. At most five streams a person; the oldest makes room."""

    policies = "stream.read"
    content_negotiation_class = AsAsked

    @extend_schema(
        operation_id="events",
        parameters=[LAST, AFTER],
        responses={(200, "text/event-stream"): STREAM, 204: NO_STREAM},
    )
    def get(self, request: Request) -> HttpResponseBase:
        if not isinstance(request._request, ASGIRequest):
            return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Retry-After": POLL_SECONDS})
        frames = follow(caller(request).pk, after=_place(request), may_listen=_still_signed_in(request._request))
        answer = StreamingHttpResponse(frames, content_type="text/event-stream")
        answer["Cache-Control"] = "no-store"
        answer["X-Accel-Buffering"] = "no"
        return answer


def _place(request: Request) -> int | None:
    text = request.headers.get("Last-Event-ID") or request.query_params.get("after", "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else UNKNOWN


def _still_signed_in(request: HttpRequest) -> Callable[[], bool]:
    """Whether the session that opened the stream still stands, asked anew each time; it holds on to no request."""
    key, person = request.session.session_key, request.user.pk
    sessions = import_module(settings.SESSION_ENGINE)

    def ask() -> bool:
        fresh = HttpRequest()
        fresh.session = sessions.SessionStore(key)
        return get_user(fresh).pk == person

    return ask
