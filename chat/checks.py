"""Starting with a language model that cannot be asked is refused in words, before a learner finds out."""

from __future__ import annotations

import importlib.util
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from chat.providers.models import ADDRESSES, setup_from_settings
from learning import outbound

PACKAGES = {"openai": "openai", "anthropic": "anthropic"}


def check_assistant(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What is wrong with the settings of the assistant. It asks nobody, not even a name server."""
    provider = settings.ASSISTANT_PROVIDER
    if provider == "extractive":
        return []
    if provider not in ADDRESSES:
        known = ", ".join(["extractive", *ADDRESSES])
        return [Error(f"ASSISTANT_PROVIDER is {provider!r}; it can be {known}.", id="chat.E001")]
    return [*_missing_packages(provider), *_missing_words(provider), *_bad_address()]


def _missing_packages(provider: str) -> list[CheckMessage]:
    missing = [name for name in ("pydantic_ai", PACKAGES[provider]) if importlib.util.find_spec(name) is None]
    if not missing:
        return []
    return [
        Error(
            f"ASSISTANT_PROVIDER={provider} needs packages that are not installed: {', '.join(missing)}.",
            hint="pip install --require-hashes -r requirements/assistant.txt",
            id="chat.E002",
        )
    ]


def _missing_words(provider: str) -> list[CheckMessage]:
    wrong: list[CheckMessage] = []
    if not settings.ASSISTANT_MODEL:
        wrong.append(Error(f"ASSISTANT_PROVIDER={provider} needs ASSISTANT_MODEL.", id="chat.E003"))
    if not settings.ASSISTANT_API_KEY and not settings.ASSISTANT_ALLOW_PRIVATE:
        wrong.append(Error(f"ASSISTANT_PROVIDER={provider} needs ASSISTANT_API_KEY.", id="chat.E004"))
    return wrong


def _bad_address() -> list[CheckMessage]:
    setup = setup_from_settings()
    try:
        why = outbound.bad_form(setup.base_url, setup.way) if setup else ""
    except ValueError as error:
        why = str(error)
    if not why:
        return []
    return [
        Error(
            f"ASSISTANT_BASE_URL cannot be asked: {why}.",
            hint="For a model beside Cairn set ASSISTANT_ALLOW_PRIVATE=1.",
            id="chat.E005",
        )
    ]
