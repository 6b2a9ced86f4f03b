"""`/api/notifications/preferences/`: what the caller wants to hear, by which way, and when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.validators import RegexValidator
from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from learning.api.base import ApiView, StrictBooleanField, StrictCharField, StrictSerializer, WholeNumberField, caller
from learning.models import User
from notifications.kinds import KINDS, Digest
from notifications.models.preferences import MOST_A_DAY
from notifications.selectors.preferences import manner_of, matrix_of
from notifications.services.choosing import Quiet, choose, set_manner

CLOCK = RegexValidator(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", message="Must be a time such as 22:00.")


class ChannelsSerializer(StrictSerializer):
    """One kind, by each way."""

    in_app = StrictBooleanField(required=False)
    email = StrictBooleanField(required=False)
    push = StrictBooleanField(required=False)
    sms = StrictBooleanField(required=False)


class ChoicesSerializer(StrictSerializer):
    """The kinds that can be chosen."""

    def get_fields(self) -> dict[str, serializers.Field]:
        offered = (kind for kind, meaning in KINDS.items() if meaning.is_offered)
        return {str(kind): ChannelsSerializer(required=False) for kind in offered}


class QuietHoursSerializer(StrictSerializer):
    """Hours without messages, by the clock where the caller lives; they may reach over midnight."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {end: StrictCharField(validators=[CLOCK]) for end in ("from", "to")}

    def validate(self, hours: dict[str, str]) -> dict[str, str]:
        if hours["from"] == hours["to"]:
            raise exceptions.ValidationError({"to": _("Must differ from the beginning.")})
        return hours


class PreferencesSerializer(StrictSerializer):
    """What is not named stays as it is. Mandatory fields of the matrix stay on."""

    matrix = ChoicesSerializer(required=False)
    quiet_hours = QuietHoursSerializer(required=False, allow_null=True)
    digest = serializers.ChoiceField([str(digest) for digest in Digest], required=False)
    daily_cap = WholeNumberField(min_value=1, max_value=MOST_A_DAY, required=False, allow_null=True)


class PreferencesView(ApiView):
    """The caller's own choices."""

    policies = {"get": "preferences.read", "put": "preferences.write"}

    @extend_schema(operation_id="notification_preferences", responses=PreferencesSerializer)
    def get(self, request: Request) -> Response:
        return Response(_answer(caller(request)))

    @extend_schema(
        operation_id="notification_preferences_set", request=PreferencesSerializer, responses=PreferencesSerializer
    )
    def put(self, request: Request) -> Response:
        body = PreferencesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            _save(caller(request), body.validated_data)
        return Response(_answer(caller(request)))


def _save(person: User, asked: dict[str, Any]) -> None:
    choose(person, asked.get("matrix", {}))
    before = _answer(person) | asked
    hours = before["quiet_hours"]
    quiet = Quiet(dt.time.fromisoformat(hours["from"]), dt.time.fromisoformat(hours["to"])) if hours else None
    set_manner(person, quiet=quiet, digest=Digest(before["digest"]), daily_cap=before["daily_cap"])


def _answer(person: User) -> dict[str, Any]:
    manner = manner_of(person)
    hours = None
    if manner.quiet_from is not None and manner.quiet_to is not None:
        hours = {"from": f"{manner.quiet_from:%H:%M}", "to": f"{manner.quiet_to:%H:%M}"}
    return {
        "matrix": matrix_of(person),
        "quiet_hours": hours,
        "digest": str(manner.digest),
        "daily_cap": manner.daily_cap,
    }
