"""Which cards a learner's page has, in which order."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.kinds import Card
from analytics.models import DashboardLayout
from learning.models import User


@dataclass(frozen=True)
class Placed:
    """One card in its place."""

    card: Card
    is_hidden: bool


def layout_of(learner: User) -> list[Placed]:
    """Every card, hidden ones too, in the learner's order; one query."""
    stored = DashboardLayout.objects.filter(learner=learner).first() or DashboardLayout()
    return placed(stored.order, stored.hidden)


def placed(order: list[str] | None, hidden: list[str] | None) -> list[Placed]:
    """The same from what was read already; None where nothing is stored."""
    return [Placed(card, card in (hidden or ())) for card in in_order(order or [])]


def in_order(keys: list[str]) -> list[Card]:
    """These first, as far as they are cards; those that are not among them stand behind the one before them."""
    order = [Card(key) for key in dict.fromkeys(keys) if key in Card.values]
    before = None
    for card in Card:
        if card not in order:
            order.insert(order.index(before) + 1 if before else 0, card)
        before = card
    return order
