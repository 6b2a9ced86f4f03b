"""An announcement in full: what an inbox shows the beginning of."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from learning.policies import policy
from notifications.selectors.announcements import readable

if TYPE_CHECKING:
    from learning.models import User


@require_safe
@policy("announcement.read")
@login_required
def announcement(request: HttpRequest, pk: int) -> HttpResponse:
    """For those who were told, and for those who may see it in the admin."""
    found = get_object_or_404(readable(cast("User", request.user)), pk=pk)
    return render(request, "notifications/announcement.html", {"announcement": found})
