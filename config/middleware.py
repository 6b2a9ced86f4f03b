"""What every answer carries: a request's id, a content policy, headers that browsers obey, and privacy."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import TYPE_CHECKING

import structlog
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpResponseNotAllowed, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.deprecation import MiddlewareMixin

from learning import zones

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from django.http import HttpRequest, HttpResponseBase

log = logging.getLogger("cairn.request")
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
}


class HeadMiddleware(MiddlewareMixin):
    """The answer to HEAD has the headers of the answer to GET, its length too, and no body (RFC 9110, 9.3.2).

    Servers drop a body that is there and complain about it; a stream would be kept open for nobody.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.method != "HEAD":
            return response
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = _nothing() if response.is_async else ()
        else:
            response.content = b""  # type: ignore[attr-defined]
        return response


async def _nothing() -> AsyncIterator[bytes]:
    """No frame, as a stream of an ASGI process has them."""
    return
    yield b""


class RequestIdMiddleware(MiddlewareMixin):
    """Each request has an id: the proxy's where it sends one, in every line of the log and in the answer.

    What the request leaves in the outbox carries it on, so that a task's lines can be found by it.
    """

    def process_request(self, request: HttpRequest) -> None:
        sent = request.headers.get("X-Request-ID", "")
        request_id = sent if _REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        request.request_id = request_id  # type: ignore[attr-defined]
        request.began_at = time.monotonic()  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        taken = time.monotonic() - request.began_at  # type: ignore[attr-defined]
        known = {
            "method": request.method,
            "route": request.resolver_match.route if request.resolver_match else "",
            "status": response.status_code,
            "milliseconds": round(taken * 1000, 1),
        }
        log.info("request", extra=known)
        return response


class AdminClockMiddleware(MiddlewareMixin):
    """Times in the admin, shown and typed, are on the clock of whoever works there.

    Pages of a course say otherwise: theirs is the course's (`analytics.admin.base`). The API keeps UTC.
    """

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith(reverse("admin:index")) and request.user.is_authenticated:
            timezone.activate(zones.zone(request.user.zone_at(timezone.now())))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        timezone.deactivate()
        return response


class WrongMethodMiddleware(MiddlewareMixin):
    """Whoever opens the address of a form gets a page, not a blank one. The API says it in its own words."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            page = render(request, "errors/405.html", status=response.status_code)
            page["Allow"] = response["Allow"]
            return page
        return response


class SafeHeadersMiddleware(MiddlewareMixin):
    """Outside everything else, so that static files, refused hosts and crashes carry the headers too."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        for name, value in SAFE_HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            parts = [f"max-age={settings.SECURE_HSTS_SECONDS}", "includeSubDomains", "preload"]
            response.headers.setdefault("Strict-Transport-Security", "; ".join(parts))
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere; /admin/ and /api/docs/ replace the directives that their libraries need."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith("/admin/"):
            parts.replace = {**(parts.replace or {}), **settings.ADMIN_CONTENT_POLICY}
        elif request.path.startswith("/api/docs/"):
            parts.replace = {**(parts.replace or {}), **settings.DOCS_CONTENT_POLICY}
        return parts


class PrivateMiddleware(MiddlewareMixin):
    """What a signed-in person is shown is kept nowhere, unless the view says for how long.

    So no proxy serves it to somebody else, nobody reads it with the back button after signing out, and going back
    shows the state of now.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.has_header("Cache-Control") and request.user.is_authenticated:
            patch_cache_control(response, private=True, no_store=True)
        return response
