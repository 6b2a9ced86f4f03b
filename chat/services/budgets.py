"""Limits and budgets: admitted, held and settled in single conditional statements, never by reading first."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from chat.models import Meter, Reservation
from learning.exceptions import TooMany
from learning.models import Course, User
from learning.once import insert_once

HELD_FOR = dt.timedelta(minutes=5)
KEPT_FOR = dt.timedelta(days=2)
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """So much of something in one window; whose it is, is in `key` and in what it hangs on."""

    key: str
    most: int
    ends_at: dt.datetime
    learner: User | None = None
    course: Course | None = None


def count_question(*, learner: User, at: dt.datetime) -> None:
    """Count one question of this learner; TooMany, and nothing counted, past 20 a minute or 200 a UTC day."""
    with transaction.atomic():
        for limit in _questions(learner, at=at):
            if not _take(limit, 1, field="used"):
                raise _too_many(limit, at=at)


def refuse_if_spent(*, learner: User, at: dt.datetime) -> None:
    """TooMany for whom `count_question` would refuse by now: asked before the work, which it spares."""
    limits = {limit.key: limit for limit in _questions(learner, at=at)}
    for key, used in Meter.objects.filter(key__in=limits).values_list("key", "used"):
        if used >= limits[key].most:
            raise _too_many(limits[key], at=at)


def _questions(learner: User, *, at: dt.datetime) -> list[Limit]:
    return [
        _limit("questions", "minute", MINUTE, settings.ASSISTANT_QUESTIONS_A_MINUTE, at=at, learner=learner),
        _limit("questions", "day", DAY, settings.ASSISTANT_QUESTIONS_A_DAY, at=at, learner=learner),
    ]


def _too_many(limit: Limit, *, at: dt.datetime) -> TooMany:
    wait = math.ceil((limit.ends_at - at).total_seconds())
    return TooMany("You have asked a lot. Try again a little later.", retry_after=max(1, wait))


def reserve(*, learner: User, course: Course, tokens: int, at: dt.datetime) -> uuid.UUID | None:
    """Hold tokens of the day's budgets of learner, course and site; None, and nothing held, when one of them is spent.

    What is held comes back by `settle`, or by itself after `HELD_FOR`.
    """
    give_back_expired(at=at)
    limits = [
        _limit("tokens", "site", DAY, settings.ASSISTANT_TOKENS_SITE_A_DAY, at=at),
        _limit("tokens", "course", DAY, settings.ASSISTANT_TOKENS_COURSE_A_DAY, at=at, course=course),
        _limit("tokens", "learner", DAY, settings.ASSISTANT_TOKENS_LEARNER_A_DAY, at=at, learner=learner),
    ]
    try:
        with transaction.atomic():
            for limit in limits:
                if not _take(limit, tokens, field="reserved"):
                    raise _Spent
            held = Reservation.objects.create(
                learner=learner,
                course=course,
                meters=[limit.key for limit in limits],
                tokens=tokens,
                expires_at=at + HELD_FOR,
            )
    except _Spent:
        return None
    return held.pk


class _Spent(Exception):
    """A budget has no room: what was held of the others is rolled back."""


@transaction.atomic
def settle(reservation: uuid.UUID, *, spent: int, at: dt.datetime) -> bool:
    """Put what was really used in the place of what was held; 0 gives all of it back. Again: nothing changes."""
    open_ones = Reservation.objects.filter(pk=reservation, settled_at=None)
    if not open_ones.update(settled_at=at, spent=spent):
        return False
    held = Reservation.objects.get(pk=reservation)
    for key in held.meters:  # one by one, in the order in which they were taken: no two wait for each other
        Meter.objects.filter(key=key).update(reserved=F("reserved") - held.tokens, used=F("used") + spent)
    return True


@transaction.atomic
def give_back_expired(*, at: dt.datetime) -> int:
    """Give back what was held by answers that never came to their end; returns how many there were.

    Their rows are locked before any meter, and what another is settling is left to them: nobody waits in a circle.
    """
    expired = Reservation.objects.filter(settled_at=None, expires_at__lt=at).order_by("expires_at")
    held = expired.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    return sum(settle(pk, spent=0, at=at) for pk in list(held.values_list("pk", flat=True)[:100]))


def _take(limit: Limit, amount: int, *, field: str) -> bool:
    """Add to a meter unless that would pass its limit: one statement decides, and one more makes a new meter."""
    room = Meter.objects.filter(key=limit.key, used__lte=limit.most - amount - F("reserved"))
    if room.update(**{field: F(field) + amount}):
        return True
    meter = Meter(key=limit.key, learner=limit.learner, course=limit.course, ends_at=limit.ends_at)
    if not insert_once(meter):
        return bool(room.update(**{field: F(field) + amount}))  # it was there: full, or made just now by another
    _forget_old_ones(at=limit.ends_at)
    return bool(room.update(**{field: F(field) + amount}))


def _limit(
    what: str,
    whose: str,
    window: dt.timedelta,
    most: int,
    *,
    at: dt.datetime,
    learner: User | None = None,
    course: Course | None = None,
) -> Limit:
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    number = (at - epoch) // window
    owner = learner.pk if learner else course.pk if course else 0
    return Limit(f"{what}:{whose}:{owner}:{number}", most, epoch + (number + 1) * window, learner, course)


def _forget_old_ones(*, at: dt.datetime) -> None:
    Meter.objects.filter(ends_at__lt=at - KEPT_FOR).delete()
    Reservation.objects.filter(settled_at__lt=at - KEPT_FOR).delete()
