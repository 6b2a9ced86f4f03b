"""What every page of the site shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """The site's address, and whether its mails are files in a folder that nobody delivers."""
    return {"site_url": settings.SITE_URL, "mails_are_files": settings.EMAIL_BACKEND.endswith("filebased.EmailBackend")}
