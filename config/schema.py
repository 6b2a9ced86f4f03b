"""The OpenAPI schema says which errors an operation can answer with."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from learning.api.permissions import policies_of

PROBLEM = {
    "type": "object",
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
    "409": "Conflict with the state as it is",
    "413": "Body too large",
    "415": "Not JSON",
    "429": "Too many requests; see Retry-After",
}


class ProblemAutoSchema(AutoSchema):
    """Adds the problem answers to every operation."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        for status, description in ERRORS.items():
            operation["responses"].setdefault(
                status, {"description": description, "content": {"application/problem+json": {"schema": PROBLEM}}}
            )
        return operation

    def get_auth(self) -> list[dict[str, list[str]]]:
        """What is open to visitors needs neither token nor session."""
        policies = policies_of(self.view, self.method.lower())
        is_open = self.view.authentication_classes and not all(p.asks_to_sign_in for p in policies)
        return [*super().get_auth(), *([{}] if is_open else [])]


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a token is sent."""

    target_class = "learning.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token <key>`"}
