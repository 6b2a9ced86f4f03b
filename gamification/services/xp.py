"""Paying XP: once per learner, rule and source; corrected only by a counter-entry."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import F

from gamification.kinds import Rule
from gamification.models import Profile, XPEntry, XPRule
from learning.models import User
from learning.once import insert_once


@transaction.atomic
def award(*, learner: User, rule: Rule, source: str, at: dt.datetime, day: dt.date) -> XPEntry | None:
    """Pay what the rule says for this source. None when it was paid before, or the rule pays nothing."""
    amount = XPRule.objects.filter(key=rule, is_active=True).values_list("amount", flat=True).first()
    if not amount:
        return None
    entry = XPEntry(learner=learner, amount=amount, rule=rule, source=source, created_at=at, day=day)
    return entry if _pay(entry) else None


@transaction.atomic
def correct(*, learner: User, amount: int, reason: str, by: User, at: dt.datetime) -> XPEntry:
    """A counter-entry with a reason; the ledger itself is never changed."""
    source = f"correction:{uuid.uuid4()}:by:{by.pk}"
    entry = XPEntry(
        learner=learner,
        amount=amount,
        rule=Rule.CORRECTION,
        reason=reason,
        source=source,
        created_at=at,
        day=learner.day_at(at),
    )
    _pay(entry)
    return entry


def _pay(entry: XPEntry) -> bool:
    """The entry, and the cached total with it, in one transaction."""
    if not insert_once(entry):
        return False
    if not Profile.objects.filter(pk=entry.learner_id).update(xp=F("xp") + entry.amount):
        insert_once(Profile(learner_id=entry.learner_id))
        Profile.objects.filter(pk=entry.learner_id).update(xp=F("xp") + entry.amount)
    return True
