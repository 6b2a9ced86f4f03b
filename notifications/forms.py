"""Forms of what somebody wants to hear, and of a phone number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from learning.models import User
from notifications.channels import CHANNELS
from notifications.kinds import KINDS, Channel, Digest, Kind
from notifications.models.preferences import MOST_A_DAY
from notifications.selectors.preferences import manner_of, matrix_of
from notifications.services.choosing import Quiet


@dataclass(frozen=True)
class Field:
    """One field of the matrix as the page shows it."""

    value: str
    label: str
    is_on: bool
    is_fixed: bool


@dataclass(frozen=True)
class Line:
    """A kind with its fields."""

    label: str
    sentence: str | Promise
    fields: list[Field]


def shown_channels() -> list[Channel]:
    """The ways that this installation has."""
    is_off = {
        Channel.PUSH: not (settings.VAPID_PUBLIC_KEY or settings.APP_PUSH_URL),
        Channel.SMS: not settings.SMS_URL,
    }
    return [
        channel
        for channel in Channel
        if channel == Channel.IN_APP or (channel in CHANNELS and not is_off.get(channel, False))
    ]


class PreferencesForm(forms.Form):
    """The matrix, quiet hours, the digest and the cap."""

    on = forms.MultipleChoiceField(required=False)
    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    quiet_to = forms.TimeField(
        label=_("until"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    digest = forms.ChoiceField(label=_("Mails that can wait"), choices=Digest.choices)
    daily_cap = forms.IntegerField(
        label=_("At most a day"),
        help_text=_("Mails and messages to devices together. What is more comes the next day. Empty: no end."),
        min_value=1,
        max_value=MOST_A_DAY,
        required=False,
    )

    def __init__(self, person: User, data: Any = None) -> None:
        manner = manner_of(person)
        names = ("quiet_from", "quiet_to", "digest", "daily_cap")
        super().__init__(data, initial={name: getattr(manner, name) for name in names})
        teaches = person.courses_taught.exists()
        self.matrix = {
            kind: row for kind, row in matrix_of(person).items() if teaches or not KINDS[Kind(kind)].is_for_teachers
        }
        values = [f"{kind}:{channel}" for kind in self.matrix for channel in shown_channels()]
        self.fields["on"].choices = [(value, value) for value in values]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        start, end = found.get("quiet_from"), found.get("quiet_to")
        if not self.has_error("quiet_from") and not self.has_error("quiet_to"):
            if (start is None) is not (end is None):
                raise ValidationError({"quiet_to": _("Quiet hours have a beginning and an end.")}, code="half")
            if start is not None and start == end:
                raise ValidationError({"quiet_to": _("Must differ from the beginning.")}, code="same")
        return found

    def lines(self) -> Iterator[Line]:
        """The matrix as it was sent, or as it is."""
        sent = set(self["on"].value() or ()) if self.is_bound else None
        for kind, row in self.matrix.items():
            meaning = KINDS[Kind(kind)]
            fields = [
                Field(
                    value := f"{kind}:{channel}",
                    str(channel.label),
                    channel in meaning.mandatory or (value in sent if sent is not None else row[channel]),
                    channel in meaning.mandatory,
                )
                for channel in shown_channels()
            ]
            yield Line(str(Kind(kind).label), meaning.sentence, fields)

    @property
    def chosen(self) -> dict[str, dict[str, bool]]:
        """What was sent, of the ways that the page showed."""
        on = set(self.cleaned_data["on"])
        return {kind: {str(c): f"{kind}:{c}" in on for c in shown_channels()} for kind in self.matrix}

    @property
    def quiet(self) -> Quiet | None:
        start, end = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_to"]
        return Quiet(start, end) if start is not None else None


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
