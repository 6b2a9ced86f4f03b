"""Push: a person's browsers by Web Push, their apps by the operator's gateway. An address is a device's number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from learning.outbound import Way, bad_form
from learning.outbox import GiveUp
from notifications import channels
from notifications.channels import AddressGone, Rendered, gateway, webpush
from notifications.models import Device, DeviceQuerySet

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from learning.models import User


class Push:
    """Title and address leave, encrypted; the words of a message stay here."""

    key = "push"

    def addresses(self, person: User) -> list[str]:
        """The devices that can be told now: browsers that trust the keys we have, apps where there is a gateway."""
        return self.addresses_of([person]).get(person.pk, [])

    def addresses_of(self, people: Iterable[User]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        rows = reachable(Device.objects.filter(person__in=[person.pk for person in people])).order_by("pk")
        for pk, person in rows.values_list("pk", "person"):
            found.setdefault(person, []).append(str(pk))
        return found

    def send(self, *, person: User, address: str, message: Rendered, key: str) -> None:
        device = reachable(Device.objects.of(person)).filter(pk=int(address)).first()
        if device is None:
            raise GiveUp("The device was removed, or can't be reached any more.")
        try:
            _send(device, message, key=key)
        except gateway.Gone as gone:
            raise AddressGone(str(gone)) from gone
        Device.objects.filter(pk=device.pk).update(last_used_at=timezone.now())

    def disable(self, *, person: User, address: str, reason: str, at: dt.datetime) -> str:
        """The browser or the app has turned it off: no news to its person."""
        Device.objects.of(person).filter(pk=int(address)).delete()
        return ""


def reachable(devices: DeviceQuerySet) -> DeviceQuerySet:
    """Of these, those that this site can send to as it is set up."""
    browsers = Q(platform=Device.Platform.WEB, server_key=settings.VAPID_PUBLIC_KEY) if webpush.is_on() else Q(pk=None)
    apps = ~Q(platform=Device.Platform.WEB) if gateway.for_apps() else Q(pk=None)
    return devices.in_use().filter(browsers | apps)


def way() -> Way:
    """Where browsers' subscriptions may lead."""
    hosts = frozenset(host.casefold() for host in settings.PUSH_HOSTS)
    return Way(hosts, allow_private=settings.PUSH_ALLOW_PRIVATE, read_seconds=gateway.SECONDS)


def _send(device: Device, message: Rendered, *, key: str) -> None:
    if device.platform == Device.Platform.WEB:
        _to_browser(device, message, key=key, at=timezone.now())
    else:
        _to_app(device, message, key=key)


def _to_browser(device: Device, message: Rendered, *, key: str, at: dt.datetime) -> None:
    if why := bad_form(device.endpoint, way()):
        raise GiveUp(why)  # the list of push services has changed since it was registered
    to, topic = webpush.Subscription(device.endpoint, device.p256dh, device.auth), webpush.topic_of(key)
    url = message.url.removeprefix(settings.SITE_URL)
    plain = webpush.payload(title=message.title, url=url, tag=topic)
    sent = {"content": webpush.sealed(to, plain), "headers": webpush.headers(to, topic=topic, at=at)}
    try:
        gateway.post(device.endpoint, way(), **sent)
    except gateway.Malformed:
        Device.objects.filter(pk=device.pk).update(disabled_at=at)
        raise


def _to_app(device: Device, message: Rendered, *, key: str) -> None:
    through = gateway.for_apps()
    if through is None:
        raise GiveUp("APP_PUSH_URL is not set any more")
    told = {"token": device.token, "platform": device.platform, "title": message.title, "url": message.url}
    through.send(told, key=key)


channels.register(Push())
