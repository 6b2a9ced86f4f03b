"""Settings: who you are, which days are yours, what is kept private."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from learning import zones
from learning.forms import SettingsForm
from learning.policies import policy
from learning.services.people import change_profile

if TYPE_CHECKING:
    from learning.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@policy("profile.read", "profile.write")
@login_required
def settings(request: HttpRequest) -> HttpResponse:
    person = cast("User", request.user)
    form = SettingsForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        _save(form)
        messages.success(request, _("Saved."))
        return redirect("learning:settings")
    return render(request, "learning/settings.html", {"form": form, "pending": _pending(person)})


def _save(form: SettingsForm) -> None:
    """What the form asks, and nothing else of the account: that may have changed since the form was read."""
    fields = {name: form.cleaned_data[name] for name in form.Meta.fields}
    zone = form.cleaned_data["time_zone"]
    moves = zone != form.initial["time_zone"]
    change_profile(form.instance, at=timezone.now(), time_zone=zone if moves else None, **fields)


def _pending(person: User) -> dict[str, object] | None:
    """A move to another time zone that has not begun: from when it counts, as the clock there will read."""
    if person.time_zone_from is None or person.time_zone_from <= timezone.now():
        return None
    starts = person.time_zone_from.astimezone(zones.zone(person.time_zone))
    return {"zone": person.time_zone, "from": starts, "until_then": person.previous_time_zone}
