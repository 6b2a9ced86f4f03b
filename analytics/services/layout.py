"""Arranging My learning."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from analytics.kinds import Card, Move
from analytics.models import DashboardLayout
from analytics.selectors.layout import in_order
from learning.models import User
from learning.once import insert_once
from notifications.services.stream import numbers_moved, publish


@transaction.atomic
def arrange(*, learner: User, card: Card, move: Move, at: dt.datetime) -> None:
    """Move a card by one place, hide it or show it. At an end it stays; hiding what is hidden changes nothing.

    Open pages are told, so that they stand alike.
    """
    insert_once(DashboardLayout(learner=learner, order=Card.values))
    layout = DashboardLayout.objects.select_for_update().get(learner=learner)
    layout.order = _moved(in_order(layout.order), card, move)
    if move in (Move.HIDE, Move.SHOW):
        layout.hidden = [key for key in layout.hidden if key != card] + [card] * (move == Move.HIDE)
    layout.save(update_fields=["order", "hidden"])
    publish([numbers_moved(learner.pk, at=at)])


@transaction.atomic
def reset(*, learner: User, at: dt.datetime) -> None:
    """As a page begins; again changes nothing."""
    if DashboardLayout.objects.filter(learner=learner).delete()[0]:
        publish([numbers_moved(learner.pk, at=at)])


def _moved(order: list[Card], card: Card, move: Move) -> list[Card]:
    step = {Move.UP: -1, Move.DOWN: 1}.get(move, 0)
    place = order.index(card)
    target = min(max(place + step, 0), len(order) - 1)
    order.insert(target, order.pop(place))
    return order
