"""Sharing a badge: an address that shows it and a name, and nothing else of its holder."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from gamification.exceptions import NameNeeded
from gamification.models import BadgeShare, EarnedBadge
from learning.exceptions import Unknown
from learning.models import User


@transaction.atomic
def share_badge(*, learner: User, earned: int, name: str, at: dt.datetime) -> BadgeShare:
    """Make the address, or change the name that it shows. One that was taken back comes again with a new number.

    Raises Unknown for a badge that is not this learner's, NameNeeded without a name.
    """
    shown = " ".join(name.replace("\0", " ").split())[:80]  # PostgreSQL keeps no NUL
    if not shown:
        raise NameNeeded
    mine = EarnedBadge.objects.select_for_update(of=("self",)).filter(learner=learner, pk=earned).first()
    if mine is None:
        raise Unknown
    share = BadgeShare.objects.filter(earned=mine).first()
    if share and share.revoked_at is None:
        BadgeShare.objects.filter(pk=share.pk).update(name=shown)
        share.name = shown
        return share
    if share:
        share.delete()
    return BadgeShare.objects.create(id=uuid.uuid4(), earned=mine, name=shown, created_at=at)


def stop_sharing(*, learner: User, earned: int, at: dt.datetime) -> bool:
    """From now on the address shows nothing; whether it did. Raises Unknown for a badge that is not this learner's."""
    if not EarnedBadge.objects.filter(learner=learner, pk=earned).exists():
        raise Unknown
    return bool(BadgeShare.objects.open().filter(earned=earned).update(revoked_at=at))
