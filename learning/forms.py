"""Forms of the account pages and the settings."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from learning import zones
from learning.models import User
from learning.models.people import tidy_name


def _zones() -> list[tuple[Any, Any]]:
    """Zones by continent, each called by its place; before them UTC, and last what else has no place."""
    names = sorted(zones.zone_names(), key=lambda name: (_area(name), name))
    grouped = {area: list(group) for area, group in groupby(names, _area)}
    without = [(name, name) for name in grouped.pop("", []) if name != "UTC"]
    by_place = [(area, _places(area, group)) for area, group in grouped.items()]
    return [("UTC", "UTC"), *by_place, (_("Without a place"), without)]


def _area(name: str) -> str:
    return name.partition("/")[0] if "/" in name else ""


def _places(area: str, names: list[str]) -> list[tuple[str, str]]:
    return [(name, name.removeprefix(f"{area}/").replace("_", " ")) for name in names]


class SignupForm(AllauthSignupForm):
    """Address, password, a name; the time zone comes from the browser, UTC where it says nothing."""

    display_name = forms.CharField(label=_("Your name"), max_length=80, required=False)
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-time-zone": ""}))
    field_order = ["display_name", "email", "password1", "time_zone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["display_name"].widget.attrs["autocomplete"] = "name"

    def clean_time_zone(self) -> str:
        name = self.cleaned_data.get("time_zone", "")
        return name if zones.is_zone(name) else "UTC"

    def try_save(self, request: HttpRequest) -> Any:
        """An address that has an account takes as long as one that has none."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)

    def custom_signup(self, request: Any, user: Any) -> None:
        user.display_name = tidy_name(self.cleaned_data["display_name"])
        user.time_zone = self.cleaned_data["time_zone"]
        user.save(update_fields=["display_name", "time_zone"])


class SettingsForm(forms.ModelForm):
    """What a person decides about themselves. The time zone is only read here: moving is a service of its own."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Your days, and so your streak, are counted in it."), choices=_zones
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = ["display_name", "language", "shows_progress_publicly", "detailed_tracking"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["time_zone"] = self.instance.time_zone
        self.fields["display_name"].widget.attrs["autocomplete"] = "name"

    def clean_display_name(self) -> str:
        return tidy_name(self.cleaned_data["display_name"])


class ChangePasswordForm(AllauthChangePasswordForm):
    """A wrong old password counts as a failed sign-in, as on every other page that asks for one."""

    def clean_oldpassword(self) -> str:
        password = self.cleaned_data.get("oldpassword", "")
        adapter = get_adapter()
        if self.user is None or not adapter.reauthenticate(self.user, password):
            raise adapter.validation_error("enter_current_password")
        return password
