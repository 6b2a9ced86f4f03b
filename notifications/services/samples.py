"""Templates with their examples: to be looked at, and to be sent to whoever wrote them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse

from learning.models import User
from notifications.channels import CHANNELS
from notifications.kinds import KINDS, Channel, Kind
from notifications.models import Delivery, Notification, Template
from notifications.rendering.words import filled
from notifications.services.routing import put_on_the_way, short
from notifications.services.stream import of_notification, publish


def sample_of(template: Template) -> tuple[str, str]:
    """Title and text with the examples of its kind."""
    words = KINDS[Kind(template.kind)].variables
    return filled(template.title, words) or template.title, filled(template.body, words) or template.body


@transaction.atomic
def send_samples(templates: Sequence[Template], *, to: User, at: dt.datetime) -> int:
    """Send these to one person, by their channels and at once; returns how many are on their way."""
    return sum(_send(template, to, at=at) for template in templates)


def _send(template: Template, to: User, *, at: dt.datetime) -> int:
    title, body = sample_of(template)
    key, url = f"sample:{uuid.uuid4().hex}", reverse("notifications:inbox")
    if template.channel == Channel.IN_APP:
        row = Notification(
            learner=to, kind=template.kind, key=key, title=short(title, 240), body=short(body, 500), url=url
        )
        return _leave(row, at=at)
    if template.channel not in CHANNELS:
        return 0
    addresses = CHANNELS[template.channel].addresses(to)
    asked = [
        Delivery(
            recipient=to,
            kind=template.kind,
            channel=template.channel,
            key=key,
            address=address,
            title=short(title, 240),
            body=body,
            url=url,
            at_once=True,
            created_at=at,
        )
        for address in addresses
    ]
    return len(put_on_the_way(asked)) and 1


def _leave(row: Notification, *, at: dt.datetime) -> int:
    row.created_at = at
    row.save(force_insert=True)
    publish([of_notification(row, at=at)])
    return 1
