"""What every endpoint shares: strict input, pages, methods before permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext as _
from rest_framework import exceptions, pagination, serializers
from rest_framework.request import Request
from rest_framework.views import APIView

if TYPE_CHECKING:
    from learning.models import User


class StrictSerializer(serializers.Serializer):
    """Unknown fields are an error, not a silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            raise exceptions.ValidationError(
                {
                    str(name): exceptions.ErrorDetail(_("There is no such field."), code="unknown")
                    for name in sorted(unknown)
                }
            )
        return super().to_internal_value(data)


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

    def to_representation(self, value: Any) -> float:  # type: ignore[override]  # a JSON number, not a string
        return round(float(value), 2)


class StrictBooleanField(serializers.BooleanField):
    """true or false, not words for them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise exceptions.ValidationError(_("Must be true or false."), code="not_a_boolean")
        return data


class PagePagination(pagination.PageNumberPagination):
    """`?page=&page_size=`: 20 a page, at most 100."""

    page_size = 20
    max_page_size = 100
    page_size_query_param = "page_size"


class NewestFirst(pagination.CursorPagination):
    """A cursor over what grows at the top."""

    page_size = 20
    max_page_size = 100
    page_size_query_param = "page_size"
    ordering = ("-created_at", "-id")


def caller(request: Request) -> User:
    """Who asks, where only signed-in people get in."""
    return cast("User", request.user)


class ApiView(APIView):
    """A wrong method is 405 for everybody, before anything is asked about who they are."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not hasattr(self, (request.method or "").lower()):
            self.http_method_not_allowed(request, *args, **kwargs)
        super().initial(request, *args, **kwargs)
