"""Granting badges: only those that the event could have changed, each once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef

from gamification.models import Badge, EarnedBadge
from gamification.selectors.metrics import measure
from gamification.signals import BadgesEarned, badges_earned
from learning.models import User
from learning.once import insert_new


@transaction.atomic
def grant_due_badges(*, learner: User, metrics: Collection[str], at: dt.datetime) -> list[EarnedBadge]:
    """The badges that this learner earns now, of those that count one of `metrics`; announced. Again: none."""
    held = EarnedBadge.objects.filter(badge=OuterRef("pk"), learner=learner)
    open_badges = list(Badge.objects.filter(is_active=True, metric__in=metrics).exclude(Exists(held)))
    if not open_badges:
        return []
    numbers = measure(learner, {b.metric for b in open_badges})
    due = [b for b in open_badges if numbers[b.metric] >= b.threshold]
    rows = [EarnedBadge(learner=learner, badge=b, earned_at=at) for b in due]
    earned = insert_new(rows, told_apart_by="badge_id")
    if earned:
        badges_earned.announce(BadgesEarned(learner, earned, at))
    return earned
