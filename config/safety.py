"""Starting in production is refused with settings that would give the site away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from django.conf import LazySettings

SHORTEST_KEY = 50
FEWEST_CHARACTERS = 5
KNOWN_KEYS = ("django-insecure-", "not-a-secret")


def refuse_unsafe(settings: LazySettings) -> None:
    """Raise ImproperlyConfigured, naming everything that is wrong at once; return when all is well."""
    wrong = [*_wrong_key(settings.SECRET_KEY), *_wrong_manners(settings)]
    if wrong:
        raise ImproperlyConfigured("Cairn does not start like this: " + " ".join(wrong))


def _wrong_key(key: str) -> list[str]:
    if key.startswith(KNOWN_KEYS):
        return ["SECRET_KEY is one that everybody knows."]
    if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS:
        return [f"SECRET_KEY needs at least {SHORTEST_KEY} characters, made at random."]
    return []


def _wrong_manners(settings: LazySettings) -> list[str]:
    wrong = []
    if settings.DEBUG:
        wrong.append("DEBUG is on.")
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        wrong.append("ALLOWED_HOSTS must name the hosts, without *.")
    return wrong
