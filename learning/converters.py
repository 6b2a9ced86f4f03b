"""What stands in an address."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter

BIGGEST_ID = 2**63 - 1


class RowId(IntConverter):
    """`<id:…>`: a number that can be a row's. A larger one is an address that does not exist.

    With `<int:…>` it would reach the database, which can't hold it and says so with an error.
    """

    def to_python(self, value: str) -> int:
        number = super().to_python(value)
        if number > BIGGEST_ID:
            raise ValueError(value)
        return number


register_converter(RowId, "id")
