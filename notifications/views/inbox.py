"""The inbox, the bell in the header, and opening what they list."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from learning import zones
from learning.policies import policy
from notifications.kinds import Kind
from notifications.models import Notification
from notifications.selectors.inbox import Filter, inbox_page, kinds_in, newest, unread_count
from notifications.services import inbox as services

if TYPE_CHECKING:
    from collections.abc import Iterable

    from learning.models import User


@require_safe
@policy("inbox.read")
@login_required
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """Newest first, by day; `before` leads to the older ones, `unread` and `kind` leave the others out."""
    learner, before = cast("User", request.user), request.GET.get("before", "")
    only = _filter(request)
    page = inbox_page(learner, before=_number(before), only=only)
    zone = learner.zone_at(timezone.now())
    today = zones.day_at(timezone.now(), zone)
    context = {
        "days": _by_day(page.rows, zone),
        "older": page.older,
        "is_first": not before,
        "today": today,
        "yesterday": today - dt.timedelta(days=1),
        "unread": unread_count(learner),
        "only": only,
        "kinds": [(kind, Kind(kind).label) for kind in kinds_in(learner) if kind in Kind.values],
        "query": "".join(f"&{name}={value}" for name, value in _query(only)),
    }
    return render(request, "notifications/inbox.html", context)


def _filter(request: HttpRequest) -> Filter:
    kind = request.GET.get("kind", "")
    return Filter(unread=request.GET.get("unread") == "1", kind=kind if kind in Kind.values else "")


def _query(only: Filter) -> list[tuple[str, str]]:
    """The filter as an address carries it."""
    return [*([("unread", "1")] if only.unread else []), *([("kind", only.kind)] if only.kind else [])]


def _number(text: str) -> int | None:
    """A row's number as an address carries it; what is none is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _by_day(rows: Iterable[Notification], zone: str) -> list[tuple[dt.date, list[Notification]]]:
    """Days as the reader's calendar has them now."""
    days = groupby(rows, key=lambda row: zones.day_at(row.created_at, zone))
    return [(day, list(found)) for day, found in days]


@require_safe
@policy("header.read")
@never_cache
def bell(request: HttpRequest) -> HttpResponse:
    """The bell with its count and the newest few; for visitors nothing, so that the header stays as it is."""
    if not request.user.is_authenticated:
        return HttpResponse(status=204)
    context = {"unread": unread_count(request.user), "rows": newest(request.user)}
    return render(request, "notifications/bell.html", context)


@require_POST
@policy("inbox.write")
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark it as read and go where it leads."""
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("notifications:inbox"))
    notification = get_object_or_404(Notification.objects.of(request.user), pk=pk)
    services.read(notification, at=timezone.now())
    return redirect(notification.url or "notifications:inbox")


@require_POST
@policy("inbox.write")
def read_all(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("notifications:inbox"))
    services.read_all(request.user, at=timezone.now())
    return redirect("notifications:inbox")
