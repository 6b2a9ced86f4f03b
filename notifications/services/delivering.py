"""Sending what is on its way: asked again whether it may go, waiting where it must, marked when it has gone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from learning import outbox
from learning.models import Outbox
from learning.services.retention import forgets
from notifications.channels import CHANNELS, AddressGone
from notifications.kinds import DeliveryState, Kind
from notifications.models import Delivery
from notifications.selectors.preferences import manner_of
from notifications.selectors.sending import may_not, must_wait
from notifications.services.addresses import lose_address
from notifications.services.cap import take_a_place
from notifications.services.digests import hold
from notifications.services.rendering import render
from notifications.services.routing import DELIVER, row_key

# A mail server may take EMAIL_TIMEOUT for each of its answers.
LEASE = dt.timedelta(minutes=2)
KEPT = dt.timedelta(days=90)
OVER = (DeliveryState.SENT, DeliveryState.SUPPRESSED)


def _buried(payload: dict[str, Any], why: str) -> None:
    """Its row of the outbox was given up: so is the delivery."""
    _open(payload["delivery"]).update(state=DeliveryState.DEAD, error=why[:2000])


@outbox.handles(DELIVER, queue="notifications", lease=LEASE, buried=_buried)
def deliver(key: str, payload: dict[str, Any]) -> None:
    """One attempt. A crash between sending and marking sends again, with the same key."""
    delivery = Delivery.objects.select_related("recipient").filter(pk=payload["delivery"]).first()
    if delivery is None or delivery.state in OVER or delivery.is_held:
        return  # its account is gone, an earlier attempt could not mark its row, or a digest carries it
    now = timezone.now()
    if why := may_not(delivery, at=now):
        _suppress(delivery, why)
        return
    if hold(delivery, manner_of(delivery.recipient)):
        return
    _wait_for_its_time(delivery, at=now)
    if delivery.kind == Kind.DIGEST and not _let_go_what_may_not(delivery, at=now):
        _suppress(delivery, "Nothing is left in it.")
        return
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
        _give_up_address(delivery, str(gone), at=timezone.now())
    except Exception as error:
        _open(delivery.pk).update(state=DeliveryState.QUEUED, error=f"{type(error).__name__}: {error}"[:2000])
        raise
    else:
        _mark_sent(delivery, at=timezone.now())


@transaction.atomic
def _mark_sent(delivery: Delivery, *, at: dt.datetime) -> None:
    """It has gone; and so has what a digest carried."""
    sent = {"state": DeliveryState.SENT, "sent_at": at, "error": ""}
    _open(delivery.pk).update(**sent)
    if delivery.kind == Kind.DIGEST:
        delivery.carries.on_the_way().update(**sent)


def _let_go_what_may_not(digest: Delivery, *, at: dt.datetime) -> int:
    """Take out of a digest what must not go any more; returns how much is left."""
    carried = list(digest.carries.on_the_way().select_related("recipient"))
    why_not = {one.pk: why for one in carried if (why := may_not(one, at=at))}
    for pk, why in why_not.items():
        _open(pk).update(state=DeliveryState.SUPPRESSED, error=why)
    return len(carried) - len(why_not)


@transaction.atomic
def _give_up_address(delivery: Delivery, reason: str, *, at: dt.datetime) -> None:
    _suppress(delivery, reason)
    lose_address(delivery.recipient, delivery.channel, delivery.address, reason, at=at)


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


@forgets("deliveries")
def forget_deliveries(*, at: dt.datetime) -> int:
    """Delete what was sent, or was not to be, a long time ago. What was given up stays until somebody looks."""
    return Delivery.objects.filter(state__in=OVER, created_at__lt=at - KEPT).delete()[0]
