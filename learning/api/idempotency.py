"""`Idempotency-Key`: one line above a handler, and whoever sends a request again gets the same answer for a day."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from learning.services.idempotency import Answer, answer_once, asked, kept_answer

if TYPE_CHECKING:
    from learning.models import User

HEADER = "Idempotency-Key"
PATTERN = "^[!-~]{1,255}$"
PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": PATTERN},
    "description": (
        "Chosen by you, for example a UUID. For 24 hours the same request under the same key does nothing and is given "
        "the same answer; another body is a 422. Failures on our side and full limits are not kept."
    ),
}

Handler = Callable[..., Response]


def idempotent(handler: Handler) -> Callable[..., HttpResponseBase]:
    """Let a handler, of people who are signed in, be asked under an Idempotency-Key; without one it is as it was.

    What it does is one transaction with its answer. A repeat counts against no limit; another caller, method or path
    is another request.
    """

    @wraps(handler)
    def once(view: APIView, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = _key_of(request)
        if key is None:
            return handler(view, request, *args, **kwargs)
        at = timezone.now()
        which = asked(
            caller=cast("User", request.user),
            method=request.method or "",
            path=request.path,
            key=key,
            body=request.data,
        )
        if known := kept_answer(which, at=at):
            return _again(known)
        APIView.check_throttles(view, request)
        made: list[Response] = []

        def act() -> Answer:
            made.append(_answered(handler, view, request, *args, **kwargs))
            return Answer(made[0].status_code, made[0]["Content-Type"], made[0].content.decode())

        answer = answer_once(which, act, at=at)
        return made[0] if made else _again(answer)

    once.takes_a_key = True  # type: ignore[attr-defined]
    return once


def takes_a_key(view: Any, method: str) -> bool:
    """Whether this method of the view may be asked under a key."""
    return getattr(getattr(view, method.lower(), None), "takes_a_key", False)


def may_be_a_repeat(view: Any, request: Request) -> bool:
    """Then limits are asked only once it is known that it is none."""
    return takes_a_key(view, request.method or "") and HEADER in request.headers


def _key_of(request: Request) -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not re.fullmatch(PATTERN, key):
        detail = _("1 to 255 visible ASCII characters, without spaces.")
        raise exceptions.ValidationError({HEADER: exceptions.ErrorDetail(detail, code="bad_key")})
    return key


def _answered(handler: Handler, view: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
    """What the view answers, also when it refuses, in the bytes in which it is sent."""
    try:
        response = handler(view, request, *args, **kwargs)
    except Exception as error:
        response = view.handle_exception(error)
    view.finalize_response(request, response, *args, **kwargs)
    return response.render()


def _again(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
