"""`/api/devices/`: where push reaches the caller."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from learning.api.base import ApiView, StrictCharField, StrictSerializer, WholeNumberField, caller
from learning.models import User
from notifications.channels.webpush import Subscription
from notifications.models import Device
from notifications.services import devices

PRINTABLE = r"^[!-~]+$"


class KeysSerializer(StrictSerializer):
    p256dh = StrictCharField(max_length=100)
    auth = StrictCharField(max_length=40)


class SubscriptionSerializer(StrictSerializer):
    """A `PushSubscription` as a browser writes it: `JSON.stringify(subscription)`."""

    endpoint = StrictCharField(max_length=2000)
    expirationTime = WholeNumberField(required=False, allow_null=True, min_value=0, max_value=2**53)
    keys = KeysSerializer()


class RegisterSerializer(StrictSerializer):
    """A browser's `subscription`, or the `token` of an app."""

    platform = serializers.ChoiceField(Device.Platform.choices)
    subscription = SubscriptionSerializer(required=False)
    token = serializers.RegexField(PRINTABLE, max_length=500, required=False)
    name = StrictCharField(max_length=80, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wanted, other = "subscription", "token"
        if attrs["platform"] != Device.Platform.WEB:
            wanted, other = other, wanted
        if wanted not in attrs:
            raise exceptions.ValidationError({wanted: _("This platform is reached by it.")}, code="required")
        if other in attrs:
            raise exceptions.ValidationError({other: _("This platform has none.")}, code="unknown")
        return attrs


class DeviceSerializer(serializers.ModelSerializer):
    """What is known of a device; its address and its keys are nobody's to read."""

    class Meta:
        model = Device
        fields = ("id", "platform", "name", "created_at", "last_used_at", "disabled_at")
        read_only_fields = fields


class RegisterView(ApiView):
    """Turn push on for a browser or an app. Again: the same device, and 200.

    Whoever registers it last is told on it.
    """

    policies = "address.write"

    @extend_schema(
        operation_id="device_register",
        request=RegisterSerializer,
        responses={200: DeviceSerializer, 201: DeviceSerializer},
    )
    def post(self, request: Request) -> Response:
        body = RegisterSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        registered = _register(caller(request), body.validated_data)
        if request.auth is None and registered.device.platform == Device.Platform.WEB:
            request.session[devices.IN_SESSION] = registered.device.pk  # signing out here ends it
        return Response(DeviceSerializer(registered.device).data, status=201 if registered.is_new else 200)


class DevicesView(ApiView):
    """Where push reaches the caller, newest first; nobody has more than twenty."""

    policies = "address.read"

    @extend_schema(operation_id="devices", responses=DeviceSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows = Device.objects.of(caller(request)).newest_first()
        return Response(DeviceSerializer(rows, many=True).data)


class DeviceView(ApiView):
    """Turn push off for one of the caller's devices."""

    policies = "address.write"

    @extend_schema(operation_id="device_remove", request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        device = Device.objects.of(caller(request)).filter(pk=pk).first()
        if device is None:
            raise Http404
        devices.remove(device)
        return Response(status=204)


def _register(person: User, body: dict[str, Any]) -> devices.Registered:
    name, now = body.get("name", ""), timezone.now()
    if body["platform"] != Device.Platform.WEB:
        return devices.register_app(person=person, platform=body["platform"], token=body["token"], name=name, at=now)
    sent = body["subscription"]
    to = Subscription(sent["endpoint"], sent["keys"]["p256dh"], sent["keys"]["auth"])
    return devices.register_browser(person=person, to=to, name=name, at=now)
