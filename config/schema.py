"""The OpenAPI schema says which errors an operation can answer with."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import PolymorphicProxySerializer

from learning.api.base import StrictSerializer
from learning.api.idempotency import PARAMETER, takes_a_key
from learning.api.permissions import policies_of

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `errors` is there for invalid input and names each field.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
ERRORS = {
    "400": "What was sent can't be used",
    "401": "Not signed in",
    "403": "Refused",
    "404": "Nothing here, for you",
    "405": "Wrong method",
    "406": "Only JSON is spoken here",
    "429": "Too many requests",
    "500": "Something broke on our side",
}
ERRORS_OF_WRITES = {
    "409": "Conflict with the state as it is, or with the same request that is still at work",
    "413": "Body too large",
    "415": "Not JSON",
}
ERRORS_OF_KEYS = {"422": "This Idempotency-Key came with another body before"}
HEADERS = {
    "401": {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "`Token`"}},
    "429": {"Retry-After": {"schema": {"type": "integer", "minimum": 0}, "description": "Seconds"}},
}


class ProblemAutoSchema(AutoSchema):
    """Adds the problem answers to every operation, and says that unknown members of a body are refused."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        writes = self.method not in {"GET", "HEAD", "OPTIONS"}
        errors = {**ERRORS, **(ERRORS_OF_WRITES if writes else {})}
        if takes_a_key(self.view, self.method):
            errors |= ERRORS_OF_KEYS
            operation.setdefault("parameters", []).append(PARAMETER)
        for status, description in errors.items():
            operation["responses"].setdefault(status, _problem(status, description))
        return operation

    def get_auth(self) -> list[dict[str, list[str]]]:
        """What is open to visitors needs neither token nor session."""
        policies = policies_of(self.view, self.method.lower())
        is_open = self.view.authentication_classes and not all(p.asks_to_sign_in for p in policies)
        return [*super().get_auth(), *([{}] if is_open else [])]

    def _map_basic_serializer(self, serializer: Any, direction: str) -> dict[str, Any]:
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if direction == "request" and isinstance(serializer, StrictSerializer):
            schema["additionalProperties"] = False
        return schema

    def _get_request_body(self, direction: str = "request") -> dict[str, Any] | None:
        """A choice between several bodies is required too; the library says so only of a single one."""
        body = super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        if body and isinstance(self.get_request_serializer(), PolymorphicProxySerializer):
            body["required"] = True
        return body


def _problem(status: str, description: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    headers = HEADERS.get(status)
    return {"description": description, "content": content, **({"headers": headers} if headers else {})}


def name_the_problem(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Put the problem among the components once, where every operation refers to it."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    return result


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a token is sent."""

    target_class = "learning.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token <key>`"}
