"""What every endpoint shares: strict input, pages, methods before permissions."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, pagination, serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from learning.api.idempotency import may_be_a_repeat
from learning.models import User


def caller(request: Request) -> User:
    """Who asks, where the permission has already seen to it that somebody is signed in."""
    return cast("User", request.user)


class StrictSerializer(serializers.Serializer):
    """A field that does not exist, or can't be changed, is an error, not a silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (refused := self._refused(data)):
            raise exceptions.ValidationError(refused)
        return super().to_internal_value(data)

    def _refused(self, data: dict[str, Any]) -> dict[str, exceptions.ErrorDetail]:
        refused = {}
        for name in sorted(data):
            if name not in self.fields:
                refused[name] = exceptions.ErrorDetail(_("There is no such field."), code="unknown")
            elif self.fields[name].read_only:
                refused[name] = exceptions.ErrorDetail(_("This can't be changed here."), code="read_only")
        return refused


class NothingSerializer(StrictSerializer):
    """The body of a request that needs none: absent, or an empty object."""


class StrictModelSerializer(StrictSerializer, serializers.ModelSerializer):
    """The same, over a model."""


class NumberField(serializers.FloatField):
    """A JSON number within bounds; not a string, not a boolean."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            raise exceptions.ValidationError(_("Must be a number."), code="not_a_number")
        return data


class WholeNumberField(serializers.IntegerField):
    """The same, without a fraction."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            raise exceptions.ValidationError(_("Must be a whole number."), code="not_whole")
        return data


class PercentField(serializers.FloatField):
    """A percentage, 0 to 100 with two decimals, as a JSON number."""

    def to_representation(self, value: Any) -> float:  # type: ignore[override]
        return round(float(value), 2)


class StrictCharField(serializers.CharField):
    """Text; not a number that could be read as text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise exceptions.ValidationError(_("Must be text."), code="not_text")
        return super().to_internal_value(data)


class StrictBooleanField(serializers.BooleanField):
    """true or false, not words for them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise exceptions.ValidationError(_("Must be true or false."), code="not_a_boolean")
        return data


PAGE_SIZE = gettext_lazy("Rows per page, 20 where none is asked for; more than 100 are answered with 100.")


class PagePagination(pagination.PageNumberPagination):
    """`?page=&page_size=`: 20 a page, at most 100. What is no number is an error; a page beyond the last is a 404."""

    page_size = 20
    max_page_size = 100
    page_size_query_param = "page_size"
    page_size_query_description = PAGE_SIZE  # type: ignore[assignment]  # lazy, as DRF's own is

    def get_page_size(self, request: Request) -> int | None:
        _positive(request, "page_size")
        return super().get_page_size(request)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return _from_one(super().get_schema_operation_parameters(view))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return _page_schema(schema, count={"type": "integer", "minimum": 0})

    def get_page_number(self, request: Request, paginator: Any) -> str | int:
        _positive(request, "page")
        return super().get_page_number(request, paginator)


def _positive(request: Request, name: str) -> None:
    text = request.query_params.get(name, "1")
    if not (text.isascii() and text.isdecimal() and len(text) < 19 and int(text)):
        raise exceptions.ValidationError({name: _("Must be a whole number above 0.")})


class NewestFirst(pagination.CursorPagination):
    """A cursor over what grows at the top."""

    page_size = 20
    max_page_size = 100
    page_size_query_param = "page_size"
    page_size_query_description = PAGE_SIZE  # type: ignore[assignment]  # lazy, as DRF's own is
    ordering = ("-created_at", "-id")

    def get_page_size(self, request: Request) -> int | None:
        _positive(request, "page_size")
        return super().get_page_size(request)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return _from_one(super().get_schema_operation_parameters(view))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return _page_schema(schema)

    def decode_cursor(self, request: Request) -> pagination.Cursor | None:
        """A cursor holds an instant; what was made up is answered as unknown before the database is asked."""
        cursor = super().decode_cursor(request)
        if cursor and cursor.position is not None and not _is_instant(str(cursor.position)):
            raise exceptions.NotFound(self.invalid_cursor_message)
        return cursor


def _page_schema(rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The shape of a page in OpenAPI 3.1, where DRF's own says `nullable`, which only 3.0 knows."""
    address = {"type": ["string", "null"], "format": "uri"}
    members = {**more, "next": address, "previous": address, "results": rows}
    return {"type": "object", "required": list(members), "properties": members}


def _from_one(parameters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Whole numbers of a list's address start at 1, and the schema says so."""
    for parameter in parameters:
        if parameter["schema"]["type"] == "integer":
            parameter["schema"]["minimum"] = 1
    return parameters


def _is_instant(text: str) -> bool:
    try:
        instant = parse_datetime(text)
        return instant is not None and instant.tzinfo is not None and bool(instant.astimezone(dt.UTC))
    except (ValueError, OverflowError):
        return False


class MethodFirst:
    """A wrong method is 405 for everybody, before anything is asked about who they are. Stands before DRF's view."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not hasattr(self, (request.method or "").lower()):
            self.http_method_not_allowed(request, *args, **kwargs)  # type: ignore[attr-defined]
        super().initial(request, *args, **kwargs)  # type: ignore[misc]


class ApiView(MethodFirst, APIView):
    """One address, its methods as functions."""

    def check_throttles(self, request: Request) -> None:
        if not may_be_a_repeat(self, request):
            super().check_throttles(request)
