"""Signing in for a token, and the caller's own account."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import authenticate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from learning import zones
from learning.api.base import (
    ApiView,
    StrictBooleanField,
    StrictCharField,
    StrictModelSerializer,
    StrictSerializer,
    caller,
)
from learning.limits import client_address
from learning.models import User
from learning.models.people import can_be_seen
from learning.services import signin
from learning.services.people import change_profile


class CredentialsSerializer(StrictSerializer):
    email = StrictCharField(max_length=254)
    password = StrictCharField(max_length=1000, trim_whitespace=False)


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField()


class TokenView(ApiView):
    """Exchange address and password for a token. Wrong ones count as a failed sign-in; a right one never does."""

    policies = "token.by_password"
    authentication_classes = ()

    def get_authenticate_header(self, request: Request) -> str:
        return "Token"

    @extend_schema(operation_id="token_create", request=CredentialsSerializer, responses=TokenSerializer, auth=[])
    def post(self, request: Request) -> Response:
        body = CredentialsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return Response({"token": _new_token(_person(request, **body.validated_data))})


def _person(request: Request, *, email: str, password: str) -> User:
    """Whose address and password these are, once the address is confirmed."""
    attempt = signin.begin(account=email, address=client_address(request), at=timezone.now())
    user = authenticate(request, username=User.objects.normalize_email(email), password=password)
    if not isinstance(user, User):
        raise exceptions.AuthenticationFailed(_("Address or password is wrong."), code="invalid_credentials")
    attempt.give_back()
    if not EmailAddress.objects.filter(user=user, verified=True).exists():
        raise exceptions.PermissionDenied(_("Confirm your email address first."), code="email_not_verified")
    return user


def _new_token(user: User) -> str:
    """A new token; beyond the limit the oldest end, so that a script which asks each time goes on working."""
    _row, token = AuthToken.objects.create(user)  # type: ignore[no-untyped-call]
    most: int = settings.REST_KNOX["TOKEN_LIMIT_PER_USER"]  # type: ignore[assignment]
    newest = AuthToken.objects.filter(user=user).order_by("-created").values_list("pk", flat=True)
    kept = list(newest[:most])
    AuthToken.objects.filter(user=user).exclude(pk__in=kept).delete()
    return token


class MeSerializer(StrictModelSerializer):
    display_name = StrictCharField(max_length=80, allow_blank=True, required=False)
    time_zone = StrictCharField(max_length=64, required=False)
    time_zone_from = serializers.SerializerMethodField()
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    is_instructor = serializers.BooleanField(read_only=True)
    detailed_tracking = StrictBooleanField(required=False)
    shows_progress_publicly = StrictBooleanField(required=False)

    class Meta:
        model = User
        fields = (
            "id",
            "email",
            "display_name",
            "time_zone",
            "time_zone_from",
            "language",
            "is_instructor",
            "detailed_tracking",
            "shows_progress_publicly",
        )
        read_only_fields = ("id", "email")

    def get_time_zone_from(self, user: User) -> dt.datetime | None:
        """From when days are counted in `time_zone`, where that is still to come."""
        waits = user.time_zone_from and user.time_zone_from > timezone.now()
        return user.time_zone_from if waits else None

    def validate_display_name(self, name: str) -> str:
        return name if can_be_seen(name) else ""

    def validate_time_zone(self, name: str) -> str:
        if not zones.is_zone(name):
            raise exceptions.ValidationError(_("This is not a time zone."), code="unknown_zone")
        return name

    def to_representation(self, user: User) -> dict[str, Any]:
        known = zones.is_zone(user.time_zone)
        return {**super().to_representation(user), **({} if known else {"time_zone": "UTC"})}


class MeView(ApiView):
    """The caller's own account. The address is changed on the website only."""

    policies = {"get": "profile.read", "patch": "profile.write"}

    @extend_schema(operation_id="me_retrieve", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(request.user).data)

    @extend_schema(operation_id="me_update", request=MeSerializer, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        body = MeSerializer(request.user, data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        user = change_profile(caller(request), at=timezone.now(), **body.validated_data)
        return Response(MeSerializer(user).data)
