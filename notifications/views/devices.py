"""Where notifications reach a person besides the inbox: browsers, apps, a phone; and the worker that browsers run."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from learning.policies import policy
from notifications.channels import gateway, webpush
from notifications.channels.push import reachable
from notifications.forms import CodeForm, PhoneForm
from notifications.models import Device, Phone
from notifications.services import devices as services

if TYPE_CHECKING:
    from typing import Any

    from learning.models import User


@require_safe
@policy("address.read")
@login_required
def page(request: HttpRequest) -> HttpResponse:
    return show(request)


def show(request: HttpRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page, with a form that needs another look where one does."""
    person = cast("User", request.user)
    rows = Device.objects.of(person).newest_first()
    context = {
        "push_is_on": webpush.is_on(),
        "public_key": settings.VAPID_PUBLIC_KEY,
        "devices": rows,
        "told": set(reachable(rows).order_by().values_list("pk", flat=True)),
        "sms_is_on": gateway.for_sms() is not None,
        "phone": Phone.objects.of(person).standing().first(),
        "phone_form": PhoneForm(),
        "code_form": CodeForm(),
        **forms,
    }
    return render(request, "notifications/devices.html", context, status=status)


@require_POST
@policy("address.write")
@login_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    services.remove(get_object_or_404(Device.objects.of(cast("User", request.user)), pk=pk))
    messages.success(request, _("Nothing is sent to this device any more."))
    return redirect("notifications:devices")


@require_safe
@policy("public.read")
@cache_control(max_age=0, must_revalidate=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the top so that it may lead to every page. It is the same for everybody."""
    return HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")


@lru_cache(maxsize=1)
def _worker() -> str:
    return (Path(settings.BASE_DIR) / "templates" / "static" / "js" / "push-worker.js").read_text()
