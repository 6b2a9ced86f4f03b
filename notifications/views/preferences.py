"""What somebody wants to hear: the page of it, and saying that an address works again."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from learning.policies import policy
from notifications.forms import PreferencesForm
from notifications.kinds import Digest
from notifications.models import DeadAddress
from notifications.services.choosing import choose, set_manner, trust_again

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from learning.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@policy("preferences.read", "preferences.write")
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """The matrix of kinds and ways, quiet hours, the digest and the cap."""
    person = cast("User", request.user)
    form = PreferencesForm(person, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        _save(person, form)
        messages.success(request, _("Saved."))
        return redirect("notifications:preferences")
    dead = DeadAddress.objects.filter(person=person).order_by("since")
    return render(request, "notifications/preferences.html", {"form": form, "dead": dead})


@transaction.atomic
def _save(person: User, form: PreferencesForm) -> None:
    choose(person, form.chosen)
    said = form.cleaned_data
    set_manner(person, quiet=form.quiet, digest=Digest(said["digest"]), daily_cap=said["daily_cap"])


@require_POST
@policy("preferences.write")
@login_required
def try_addresses(request: HttpRequest) -> HttpResponse:
    """Write to all addresses again, also to those that took nothing."""
    trust_again(cast("User", request.user))
    messages.success(request, _("We try your addresses again with the next message."))
    return redirect("notifications:preferences")
