"""The one permission of the API: what the view declares decides who comes in (learning.policies)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions, permissions
from rest_framework.request import Request

from learning.policies import Policy, declared

_SAME_AS = {"head": "get", "options": ""}


class DeclaredPolicy(permissions.BasePermission):
    """Closed to everybody where the view declares no policy for the method; else as the policy's line says.

    What depends on the object is the queryset's: what is hidden is not found.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        policies = policies_of(view, (request.method or "").lower())
        if not policies:
            return False
        signed_in = bool(request.user and request.user.is_authenticated)
        if not signed_in:
            return not all(p.asks_to_sign_in for p in policies)
        if request.auth is not None and all(p.is_for_sessions_only for p in policies):
            raise exceptions.PermissionDenied(_("Sign in on the website to do this."), code="session_required")
        return True


def policies_of(view: Any, method: str) -> tuple[Policy, ...]:
    """What the view declares for the method, or for the action that answers it; for OPTIONS, all of it."""
    method = _SAME_AS.get(method, method)
    return declared(view, (getattr(view, "action", None) or method) if method else "")
