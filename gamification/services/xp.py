"""Paying XP: once per learner, rule and source; corrected only by a counter-entry."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from gamification.kinds import Rule, level_of
from gamification.models import XPEntry
from gamification.signals import LevelReached, StandingChanged, level_reached, standing_changed
from learning.models import User
from learning.once import insert_once
from learning.services.audit import record

_PAY = """
INSERT INTO gamification_xpentry (learner_id, amount, rule, reason, source, created_at, day)
SELECT %s, amount, key, '', %s, %s, %s FROM gamification_xprule WHERE key = %s AND is_active AND amount > 0
ON CONFLICT (learner_id, rule, source) DO NOTHING
RETURNING amount
"""
_ADD = """
INSERT INTO gamification_profile AS p (learner_id, xp, run, longest_streak) {amount}
ON CONFLICT (learner_id) DO UPDATE SET xp = p.xp + EXCLUDED.xp
RETURNING xp
"""
_ADD_AMOUNT = _ADD.format(amount="VALUES (%s, %s, 0, 0)")
_PAY_AND_ADD = f"""
WITH paid AS ({_PAY}), total AS ({_ADD.format(amount="SELECT %s, amount, 0, 0 FROM paid")})
SELECT amount, xp FROM paid, total
"""  # noqa: S608  (only our own words are filled in)


@dataclass(frozen=True)
class Payment:
    """What was paid, and the learner's total after it; nothing was paid when `amount` is 0."""

    amount: int
    total: int


@transaction.atomic
def award(*, learner: User, rule: Rule, source: str, at: dt.datetime, day: dt.date) -> Payment:
    """Pay what the rule says for this source; nothing when it was paid before, or the rule pays nothing.

    It leaves the learner's totals locked until the transaction ends. A level is announced by whoever knows that the
    learner wants to hear of it (`announce_level`).
    """
    return _pay(learner.pk, rule, source, at=at, day=day)


@transaction.atomic
def pay(*, learner: User, rule: Rule, source: str, amount: int, reason: str, at: dt.datetime, day: dt.date) -> Payment:
    """Pay this amount for this source, with words for the ledger; nothing when it was paid before."""
    entry = XPEntry(learner=learner, rule=rule, source=source, amount=amount, reason=reason, created_at=at, day=day)
    if not insert_once(entry):
        return Payment(0, 0)
    return Payment(amount, _add_to_total(learner.pk, amount))


def _pay(learner: int, rule: Rule, source: str, *, at: dt.datetime, day: dt.date) -> Payment:
    """The entry and the cached total: one statement where the database can do it."""
    instant = connection.ops.adapt_datetimefield_value(at)
    values: list[Any] = [learner, source, instant, connection.ops.adapt_datefield_value(day), str(rule)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_PAY_AND_ADD, [*values, learner])
            return Payment(*(cursor.fetchone() or (0, 0)))
        cursor.execute(_PAY, values)
        paid = cursor.fetchone()
    return Payment(paid[0], _add_to_total(learner, paid[0])) if paid else Payment(0, 0)


def announce_level(learner: User, payment: Payment, *, at: dt.datetime, celebrated: bool = True) -> None:
    """Said when this payment crossed the beginning of a level; what is taken back takes no word back."""
    level = level_of(payment.total).level
    if level > level_of(payment.total - payment.amount).level:
        level_reached.announce(LevelReached(learner, level, at, celebrated))


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
    entry.save(force_insert=True)
    record("xp.corrected", entry, by=by, at=at, after={"learner": learner.pk, "amount": amount})
    announce_level(learner, Payment(amount, _add_to_total(learner.pk, amount)), at=at)
    standing_changed.announce(StandingChanged(learner, at))
    return entry


def _add_to_total(learner: int, amount: int) -> int:
    """The cached total moves in the transaction of the entry; `rebuild_gamification` compares them."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD_AMOUNT, [learner, amount])
        return cursor.fetchone()[0]
