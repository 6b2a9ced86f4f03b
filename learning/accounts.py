"""allauth's hooks: addresses in lower case, failed sign-ins counted in the database, mail through the outbox."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """How accounts behave in Cairn."""
