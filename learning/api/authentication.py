"""API tokens: `Authorization: Token <key>`."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from knox.models import AuthToken
from rest_framework import exceptions

from learning.models import User


class TokenAuthentication(KnoxTokenAuthentication):
    """knox's tokens, stored as digests. What can't be a token is refused before the database is asked."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, AuthToken]:
        if not token.isalnum():
            raise exceptions.AuthenticationFailed(_("This token is unknown or has ended."), code="invalid_token")
        try:
            return super().authenticate_credentials(token)  # type: ignore[no-untyped-call]
        except exceptions.AuthenticationFailed as error:
            raise exceptions.AuthenticationFailed(
                _("This token is unknown or has ended."), code="invalid_token"
            ) from error

    def _cleanup_token(self, auth_token: Any) -> bool:
        """Whether it has ended. knox would look at all tokens of the person here, at every request."""
        if auth_token.expiry is None or auth_token.expiry > timezone.now():
            return False
        auth_token.delete()
        return True
