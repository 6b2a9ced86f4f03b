"""Sending what is on its way: asked again whether it may go, waiting where it must, marked when it has gone."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from learning import outbox
from learning.models import Outbox
from notifications.channels import CHANNELS, AddressGone
from notifications.kinds import DeliveryState, Kind
from notifications.models import Delivery
from notifications.selectors.sending import may_not, must_wait
from notifications.services.cap import take_a_place
from notifications.services.rendering import render
from notifications.services.routing import DELIVER, Message, row_key
from notifications.services.telling import tell

# A mail server may take EMAIL_TIMEOUT for each of its answers.
LEASE = dt.timedelta(minutes=2)
OVER = (DeliveryState.SENT, DeliveryState.SUPPRESSED)


def _buried(payload: dict[str, Any], why: str) -> None:
    """Its row of the outbox was given up: so is the delivery."""
    _open(payload["delivery"]).update(state=DeliveryState.DEAD, error=why[:2000])


@outbox.handles(DELIVER, queue="notifications", lease=LEASE, buried=_buried)
def deliver(key: str, payload: dict[str, Any]) -> None:
    """One attempt. A crash between sending and marking sends again, with the same key."""
    delivery = Delivery.objects.select_related("recipient").filter(pk=payload["delivery"]).first()
    if delivery is None or delivery.state in OVER or delivery.digest_id:
        return  # its account is gone, an earlier attempt could not mark its row, or a digest carries it
    now = timezone.now()
    if why := may_not(delivery, at=now):
        _suppress(delivery, why)
        return
    _wait_for_its_time(delivery, at=now)
    _open(delivery.pk).update(attempts=F("attempts") + 1)
    _send(delivery, key)


def _wait_for_its_time(delivery: Delivery, *, at: dt.datetime) -> None:
    wait = must_wait(delivery, at=at) or take_a_place(delivery, at=at)
    if wait:
        _open(delivery.pk).update(state=DeliveryState.DEFERRED, error=wait.why)
        raise outbox.Later(wait.why, wait=max(wait.until - at, dt.timedelta(seconds=1)))


def _send(delivery: Delivery, key: str) -> None:
    channel = CHANNELS[delivery.channel]
    try:
        channel.send(person=delivery.recipient, address=delivery.address, message=render(delivery), key=key)
    except AddressGone as gone:
        _lose_address(delivery, str(gone), at=timezone.now())
    except Exception as error:
        _open(delivery.pk).update(state=DeliveryState.QUEUED, error=f"{type(error).__name__}: {error}"[:2000])
        raise
    else:
        _open(delivery.pk).update(state=DeliveryState.SENT, sent_at=timezone.now(), error="")


@transaction.atomic
def _lose_address(delivery: Delivery, reason: str, *, at: dt.datetime) -> None:
    """The address takes nothing any more: nothing goes there, and its person hears of it where they can."""
    _suppress(delivery, reason)
    disable = getattr(CHANNELS[delivery.channel], "disable", None)
    shown = disable(person=delivery.recipient, address=delivery.address, reason=reason, at=at) if disable else ""
    if shown:
        tell([_about_address(delivery, shown, at=at)])


def _about_address(delivery: Delivery, address: str, *, at: dt.datetime) -> Message:
    with translation.override(delivery.recipient.language):
        return Message(
            person=delivery.recipient,
            kind=Kind.ADDRESS,
            key=f"{delivery.channel}:{hashlib.sha256(address.encode()).hexdigest()[:16]}:{at:%Y-%m-%d}",
            title=_("Our messages do not reach %(address)s") % {"address": address},
            body=_(
                "Its server refuses them. Until you change the address or tell us that it works, nothing goes there."
            ),
            url=reverse("learning:settings"),
            words={"address": address},
            at=at,
        )


def _suppress(delivery: Delivery, why: str) -> None:
    _open(delivery.pk).update(state=DeliveryState.SUPPRESSED, error=why[:2000])


def _open(pk: int) -> QuerySet[Delivery]:
    """The delivery, unless it is over: what was sent stays sent."""
    return Delivery.objects.filter(pk=pk).exclude(state__in=OVER)


@transaction.atomic
def try_again(deliveries: QuerySet[Delivery], *, at: dt.datetime) -> int:
    """Wake those that were given up; returns how many."""
    dead = list(deliveries.filter(state=DeliveryState.DEAD).select_for_update())
    Delivery.objects.filter(pk__in=[d.pk for d in dead]).update(state=DeliveryState.QUEUED, error="")
    outbox.try_again(Outbox.objects.filter(key__in=[row_key(d) for d in dead]), at=at)
    return len(dead)
