"""One content policy for learners and the two exceptions to it; and what is private stays with whom it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.utils.cache import patch_cache_control
from django.utils.deprecation import MiddlewareMixin

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


class PrivateMiddleware(MiddlewareMixin):
    """What a signed-in person is shown is kept nowhere, unless the view says for how long.

    So no proxy serves it to somebody else, nobody reads it with the back button after signing out, and going back
    shows the state of now.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.has_header("Cache-Control") and request.user.is_authenticated:
            patch_cache_control(response, private=True, no_store=True)
        return response
