"""Mail providers with an API of their own, by one address: `EMAIL_URL=anymail+postmark://KEY@`."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# What each provider calls the key, and the domain where it wants to know it.
KEYS = {
    "brevo": ("BREVO_API_KEY", ""),
    "mailersend": ("MAILERSEND_API_TOKEN", ""),
    "mailgun": ("MAILGUN_API_KEY", "MAILGUN_SENDER_DOMAIN"),
    "postmark": ("POSTMARK_SERVER_TOKEN", ""),
    "resend": ("RESEND_API_KEY", ""),
    "sparkpost": ("SPARKPOST_API_KEY", ""),
}


def provider_settings(url: str, *, bounce_secret: str) -> dict[str, Any]:
    """The settings of Django and Anymail for this address. What a provider tells of bounces carries the secret."""
    parts = urlsplit(url)
    provider = parts.scheme.removeprefix("anymail+")
    if provider not in KEYS:
        raise ImproperlyConfigured(f"EMAIL_URL: {provider} is none of {', '.join(KEYS)}.")
    key, domain = KEYS[provider]
    anymail: dict[str, Any] = {key: unquote(parts.username or ""), "REQUESTS_TIMEOUT": 10}
    if domain:
        anymail[domain] = parts.hostname
    if bounce_secret:
        anymail["WEBHOOK_SECRET"] = f"cairn:{bounce_secret}"
    return {"EMAIL_BACKEND": f"anymail.backends.{provider}.EmailBackend", "ANYMAIL": anymail}
