"""Forms of the account pages."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from learning import zones


class SignupForm(AllauthSignupForm):
    """Address, password, a name; the time zone comes from the browser, UTC where it says nothing."""

    display_name = forms.CharField(label=_("Your name"), max_length=80, required=False)
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-time-zone": ""}))
    field_order = ["display_name", "email", "password1", "time_zone"]

    def clean_time_zone(self) -> str:
        name = self.cleaned_data.get("time_zone", "")
        return name if zones.is_zone(name) else "UTC"

    def try_save(self, request: HttpRequest) -> Any:
        """An address that has an account takes as long as one that has none."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)

    def custom_signup(self, request: Any, user: Any) -> None:
        user.display_name = self.cleaned_data["display_name"]
        user.time_zone = self.cleaned_data["time_zone"]
        user.save(update_fields=["display_name", "time_zone"])


class ChangePasswordForm(AllauthChangePasswordForm):
    """A wrong old password counts as a failed sign-in, as on every other page that asks for one."""

    def clean_oldpassword(self) -> str:
        password = self.cleaned_data.get("oldpassword", "")
        adapter = get_adapter()
        if self.user is None or not adapter.reauthenticate(self.user, password):
            raise adapter.validation_error("enter_current_password")
        return password
