"""The language that a signed-in person chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.middleware.locale import LocaleMiddleware
from django.utils import translation

if TYPE_CHECKING:
    from django.http import HttpRequest


class LearnerLocaleMiddleware(LocaleMiddleware):
    """A person's own language where they are signed in, else what the browser asks for."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        # Only a request with a session cookie can have a person; others stay without a query.
        if request.session.session_key and request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
