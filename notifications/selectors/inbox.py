"""A learner's inbox: pages of it, the newest few, and how much is unread."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from learning.models import User
from notifications.models import Notification

PER_PAGE = 20
IN_THE_BELL = 5


@dataclass(frozen=True)
class InboxPage:
    """One page, newest first. `older` is where the next one begins; None on the last."""

    rows: list[Notification]
    older: int | None


@dataclass(frozen=True)
class Filter:
    """What of an inbox is wanted: what is unread, and what is of one kind."""

    unread: bool = False
    kind: str = ""

    def __bool__(self) -> bool:
        return self.unread or bool(self.kind)


def inbox_page(learner: User, *, before: int | None = None, only: Filter = Filter()) -> InboxPage:
    """The page below the notification `before`; the first page without one, or when it is not this learner's."""
    rows = Notification.objects.of(learner)
    rows = rows.unread() if only.unread else rows
    rows = rows.filter(kind=only.kind) if only.kind else rows
    edge = Notification.objects.of(learner).filter(pk=before).first() if before else None
    if edge:
        rows = rows.filter(Q(created_at__lt=edge.created_at) | Q(created_at=edge.created_at, pk__lt=edge.pk))
    found = list(rows.newest_first()[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    return InboxPage(shown, shown[-1].pk if len(found) > PER_PAGE else None)


def kinds_in(learner: User) -> list[str]:
    """The kinds of which this inbox has any."""
    return list(Notification.objects.of(learner).order_by("kind").values_list("kind", flat=True).distinct())


def newest(learner: User) -> list[Notification]:
    """The few that the bell shows."""
    return list(Notification.objects.of(learner).newest_first()[:IN_THE_BELL])


def unread_count(learner: User) -> int:
    return Notification.objects.of(learner).unread().count()
