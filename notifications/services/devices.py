"""Browsers and apps that a person turns push on for, and off again."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from learning.models import User
from learning.outbound import bad_form
from notifications.channels import gateway, webpush
from notifications.channels.push import way
from notifications.exceptions import BadSubscription, PushIsOff, TooManyDevices
from notifications.models import Device

MOST_DEVICES = 20
# Under this name a session knows the browser that it turned on.
IN_SESSION = "push_device"


@dataclass(frozen=True)
class Registered:
    device: Device
    is_new: bool


def register_browser(*, person: User, to: webpush.Subscription, name: str, at: dt.datetime) -> Registered:
    """Tell this browser from now on. Again: the same device, with its keys of today, and with whoever asks now.

    The address is judged by its looks (https, a name, a push service that is known); where the name leads is judged
    when something is sent.
    """
    if not webpush.is_on():
        raise PushIsOff(_("This site has no keys for push notifications."))
    if bad_form(to.endpoint, way()):
        raise BadSubscription("endpoint", _("This is not the address of a push service that is known here."))
    if wrong := webpush.bad_keys(to.p256dh, to.auth):
        raise BadSubscription(f"keys.{wrong}", _("This is not a key that messages can be encrypted for."))
    keys = {"p256dh": to.p256dh, "auth": to.auth, "server_key": settings.VAPID_PUBLIC_KEY}
    return _register(Device.Platform.WEB, to.endpoint, person, {"endpoint": to.endpoint, **keys, "name": name}, at)


def register_app(*, person: User, platform: str, token: str, name: str, at: dt.datetime) -> Registered:
    """Tell the app that has this token. Again: the same device."""
    if gateway.for_apps() is None:
        raise PushIsOff(_("This site has no way to reach apps."))
    return _register(platform, token, person, {"token": token, "name": name}, at)


def remove(device: Device) -> None:
    """Tell it nothing any more. Again: nothing is left to remove."""
    Device.objects.filter(pk=device.pk, person=device.person_id).delete()


@transaction.atomic
def _register(platform: str, where: str, person: User, fields: dict[str, str], at: dt.datetime) -> Registered:
    User.objects.select_for_update().get(pk=person.pk)  # one at a time, so that nobody has more than they may
    digest = hashlib.sha256(f"{platform}:{where}".encode()).hexdigest()
    is_own = Device.objects.of(person).filter(digest=digest).exists()
    if not is_own and Device.objects.of(person).count() >= MOST_DEVICES:
        raise TooManyDevices
    now = {**fields, "person": person, "platform": platform, "disabled_at": None}
    new = {**now, "created_at": at}
    device, _made = Device.objects.update_or_create(digest=digest, defaults=now if is_own else new, create_defaults=new)
    return Registered(device, not is_own)
