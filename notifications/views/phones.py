"""A phone for text messages: asking for a code, typing it, withdrawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from learning.exceptions import Refused
from learning.policies import policy
from notifications.forms import CodeForm, PhoneForm
from notifications.services import phones
from notifications.views.devices import show

if TYPE_CHECKING:
    from learning.models import User


@require_POST
@policy("address.write")
@login_required
def ask(request: HttpRequest) -> HttpResponse:
    """Consent and number together: no code without a yes."""
    form = PhoneForm(request.POST)
    if form.is_valid():
        try:
            phones.ask_code(person=_person(request), number=form.cleaned_data["number"], at=timezone.now())
            messages.success(request, _("A code is on its way to your phone."))
            return redirect("notifications:devices")
        except Refused as refused:
            form.add_error("number", _(refused.detail))
    return show(request, status=422, phone_form=form)


@require_POST
@policy("address.write")
@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            phones.confirm(person=_person(request), code=form.cleaned_data["code"], at=timezone.now())
            messages.success(request, _("Your number is confirmed."))
            return redirect("notifications:devices")
        except Refused as refused:
            form.add_error("code", _(refused.detail))
    return show(request, status=422, code_form=form)


@require_POST
@policy("address.write")
@login_required
def withdraw(request: HttpRequest) -> HttpResponse:
    if phones.withdraw(_person(request), at=timezone.now()):
        messages.success(request, _("No text messages are sent to you any more."))
    return redirect("notifications:devices")


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)
