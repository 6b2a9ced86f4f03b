"""A request whose connection to the database was lost is answered anew, once.

A PostgreSQL that is restarted ends the connections of requests that are between two of their statements, and no pool
can help those. Whoever may be asked twice without harm is: what only reads, what carries an Idempotency-Key where one
is taken, and views that say `repeat_is_harmless`. Everything else fails, and nothing of it is half done.
"""

from __future__ import annotations

import io
import logging
import sys
from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError, close_old_connections
from django.dispatch import receiver
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import resolve

from learning.api.idempotency import takes_a_key

log = logging.getLogger(__name__)

READS = {"GET", "HEAD"}
# A body is kept for the second try; nothing that may have one is larger.
MOST_KEPT_BYTES = 100_000
LOST = "cairn.lost_database"
# What PostgreSQL says when it ends a connection or takes none; where it says nothing, the connection broke.
ENDED = ("08", "57P01", "57P02", "57P03")


class SecondTryHandler(WSGIHandler):
    """Django's handler, which looks at what it answered."""

    def get_response(self, request: WSGIRequest) -> HttpResponseBase:  # type: ignore[override]  # what WSGI makes
        body = _kept_body(request)
        response = super().get_response(request)
        if body is None or not request.META.get(LOST):
            return response
        log.warning("the database was lost: a second try", extra={"method": request.method})
        close_old_connections()  # the next one is asked whether it lives, before it is used
        again = {**request.environ, "wsgi.input": io.BytesIO(body), LOST: False}
        return super().get_response(self.request_class(again))


@receiver(got_request_exception, dispatch_uid="config.second_try")
def note_lost_database(request: Any = None, **kwargs: object) -> None:
    """Told of everything that becomes a 500."""
    if request is not None and is_lost(sys.exc_info()[1]):
        request.META[LOST] = True


def is_lost(error: BaseException | None) -> bool:
    """Whether it, or what led to it, is that a connection to the database ended."""
    while error is not None:
        if isinstance(error, InterfaceError | OperationalError) and _ended(error.__cause__):
            return True
        error = error.__cause__
    return False


def _ended(cause: BaseException | None) -> bool:
    if cause is None or type(cause).__module__.startswith("psycopg_pool"):
        return False  # nothing is known; or the database has been away for longer than anybody should wait twice
    code = getattr(cause, "sqlstate", "none of PostgreSQL's")
    return code is None or code.startswith(ENDED)


def _kept_body(request: WSGIRequest) -> bytes | None:
    """What a second try is sent; None when there may be none."""
    if request.method in READS:
        return b""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if request.method != "POST" or not length.isdecimal() or int(length) > MOST_KEPT_BYTES:
        return None
    return request.body if _is_harmless(request) else None


def _is_harmless(request: WSGIRequest) -> bool:
    try:
        callback = resolve(request.path_info).func
    except Http404:
        return False
    view = getattr(callback, "cls", callback)
    keyed = "HTTP_IDEMPOTENCY_KEY" in request.META and takes_a_key(view, "POST")
    return keyed or getattr(view, "repeat_is_harmless", False)
