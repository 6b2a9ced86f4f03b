"""Paying XP: once per learner, rule and source; corrected only by a counter-entry."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import connection, transaction

from gamification.kinds import Rule
from gamification.models import XPEntry
from learning.models import User

_PAY_BY_RULE = """
INSERT INTO gamification_xpentry (learner_id, amount, rule, reason, source, created_at, day)
SELECT %s, amount, key, '', %s, %s, %s FROM gamification_xprule WHERE key = %s AND is_active AND amount > 0
ON CONFLICT (learner_id, rule, source) DO NOTHING
RETURNING amount
"""
_ADD_TO_TOTAL = """
INSERT INTO gamification_profile AS p (learner_id, xp, run, longest_streak) VALUES (%s, %s, 0, 0)
ON CONFLICT (learner_id) DO UPDATE SET xp = p.xp + EXCLUDED.xp
"""


@transaction.atomic
def award(*, learner: User, rule: Rule, source: str, at: dt.datetime, day: dt.date) -> int:
    """Pay what the rule says for this source, and say how much: 0 when it was paid before, or the rule pays nothing."""
    instant = connection.ops.adapt_datetimefield_value(at)
    date = connection.ops.adapt_datefield_value(day)
    with connection.cursor() as cursor:
        cursor.execute(_PAY_BY_RULE, [learner.pk, source, instant, date, str(rule)])
        row = cursor.fetchone()
    if row is None:
        return 0
    _add_to_total(learner.pk, row[0])
    return row[0]


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
    _add_to_total(learner.pk, amount)
    return entry


def _add_to_total(learner: int, amount: int) -> None:
    """The cached total moves in the transaction of the entry; `rebuild_gamification` compares them."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD_TO_TOTAL, [learner, amount])
