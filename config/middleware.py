"""One content policy for learners, and the two exceptions to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase


class ContentPolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere; /admin/ and /api/docs/ replace the directives that their libraries need."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith("/admin/"):
            parts.replace = {**(parts.replace or {}), **settings.ADMIN_CONTENT_POLICY}
        elif request.path.startswith("/api/docs/"):
            parts.replace = {**(parts.replace or {}), **settings.DOCS_CONTENT_POLICY}
        return parts
