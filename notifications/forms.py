"""Forms of a phone number."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class PhoneForm(forms.Form):
    """A number, and the yes to text messages; the words of that yes have a version (services.phones)."""

    number = forms.CharField(
        label=_("Phone number"),
        help_text=_("With + and the code of the country, for example +34 600 000 000."),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    consent = forms.BooleanField(
        label=_("Send me text messages"),
        help_text=_(
            "About the kinds of notifications that you choose, a few a week at most. It costs what your operator asks"
            " for receiving one. End it here, or by answering STOP, at any time."
        ),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits, good for ten minutes."),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
