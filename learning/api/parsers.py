"""JSON as the API reads it."""

from __future__ import annotations

import json
import math
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.parsers import JSONParser

MAX_DEPTH = 32


class StrictJSONParser(JSONParser):
    """JSON with limits: size, depth, no NUL, no duplicate keys, no NaN; each refusal says where."""

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(settings.API_MAX_BODY_BYTES + 1)
        if len(raw) > settings.API_MAX_BODY_BYTES:
            raise RequestDataTooBig
        try:
            data = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique)
        except RecursionError as error:
            raise exceptions.ParseError(_("This JSON is nested too deeply.")) from error
        except ValueError as error:
            raise exceptions.ParseError(_("This is not JSON that can be read: %(why)s") % {"why": error}) from error
        _inspect(data)
        return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return members


def _inspect(value: Any, path: str = "", depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise exceptions.ParseError(_("This JSON is nested too deeply."))
    if isinstance(value, dict):
        for key, member in value.items():
            _inspect(key, path, depth + 1)
            _inspect(member, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            _inspect(member, f"{path}.{index}" if path else str(index), depth + 1)
    elif isinstance(value, str) and not _is_text(value):
        raise exceptions.ValidationError(
            {path or "non_field_errors": _("This text holds characters that can't be stored.")}
        )
    elif isinstance(value, float) and not math.isfinite(value):
        raise exceptions.ValidationError({path or "non_field_errors": _("Must be a finite number.")})


def _is_text(value: str) -> bool:
    """No NUL, and no half of a surrogate pair, which UTF-8 can't hold."""
    if "\x00" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
