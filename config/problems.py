"""Errors under /api/ as RFC 9457 problem details, whoever raised them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import ErrorResponse
from rest_framework import exceptions
from rest_framework.response import Response

from learning.exceptions import BadAnswers, BadField, Refused, TooMany, Unknown

CONTENT_TYPE = "application/problem+json"
ANYWHERE = "non_field_errors"


class ProblemHandler(ExceptionHandler):
    """Refusals of the services become API exceptions here, and nowhere else."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, Refused):
            return _as_api_exception(exc)
        if isinstance(exc, RequestDataTooBig):
            return too_large()
        if isinstance(exc, Http404):
            return exceptions.NotFound(Unknown.default)
        return super().convert_known_exceptions(exc)


class ProblemFormatter(ExceptionFormatter):
    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        errors = error_response.errors
        if isinstance(self.exc, exceptions.ValidationError):
            listed = [{"field": e.attr or ANYWHERE, "code": e.code, "detail": e.detail} for e in errors]
            detail = _("Some of what was sent can't be used.")
            return problem(self.exc.status_code, code="invalid", detail=detail, errors=listed)
        return problem(self.exc.status_code, code=errors[0].code, detail=errors[0].detail)


def exception_handler(exc: Exception, context: Any) -> Response | None:
    """DRF's exception handler: the answer is a problem, and says so in its content type."""
    response = ProblemHandler(exc, context).run()
    if response is not None:
        response.content_type = CONTENT_TYPE
    return response


def problem(status: int, *, code: str, detail: str, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """The members of a problem; `errors` is there only for invalid input."""
    members = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    return {**members, "errors": errors} if errors is not None else members


def problem_response(request: HttpRequest, status: int, *, code: str, detail: str) -> JsonResponse:
    """A problem outside DRF: unknown addresses, refused CSRF, crashes."""
    return JsonResponse(problem(status, code=code, detail=detail), status=status, content_type=CONTENT_TYPE)


def too_large() -> exceptions.APIException:
    exc = exceptions.APIException(_("The body is larger than this address takes."), code="too_large")
    exc.status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return exc


def _as_api_exception(exc: Refused) -> exceptions.APIException:
    if isinstance(exc, BadAnswers):
        return exceptions.ValidationError({f"answers.{key}": detail for key, detail in exc.fields.items()})
    if isinstance(exc, BadField):
        return exceptions.ValidationError({exc.field: exc.detail})
    if isinstance(exc, TooMany):
        throttled = exceptions.APIException(exc.detail, code=exc.code)
        throttled.wait = exc.retry_after  # type: ignore[attr-defined]  # becomes Retry-After
        throttled.status_code = exc.status
        return throttled
    api_exception = exceptions.APIException(exc.detail, code=exc.code)
    api_exception.status_code = exc.status
    return api_exception
