"""Rest days and vacation, which a learner plans; amnesty, which staff grant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from gamification.exceptions import BadRestDays, BadVacation, NoVacationLeft
from gamification.models import Amnesty, Pause
from gamification.models.pauses import MOST_REST_DAYS, VACATION_DAYS_A_YEAR, weekday_bits
from gamification.services.rebuild import rebuild_streaks
from gamification.services.streaks import lock_totals
from gamification.signals import StandingChanged, standing_changed
from gamification.walk import ONE_DAY
from learning import outbox
from learning.models import User

PLANNED_AHEAD = dt.timedelta(days=366)
RECOUNT = "gamification.recount_streaks"


@transaction.atomic
def plan_rest_days(*, learner: User, weekdays: Collection[int], at: dt.datetime) -> Pause:
    """These weekdays (Monday is 0) are free, from the learner's next day on. A plan that has not begun is replaced.

    Raises BadRestDays for more than two, or for what is no weekday.
    """
    chosen = set(weekdays)
    if len(chosen) > MOST_REST_DAYS or not chosen <= set(range(7)):
        raise BadRestDays
    lock_totals(learner)
    tomorrow = learner.day_at(at) + ONE_DAY
    plan, _created = Pause.objects.update_or_create(
        learner=learner,
        kind=Pause.Kind.REST,
        first_day=tomorrow,
        defaults={"weekdays": weekday_bits(chosen), "created_at": at},
    )
    standing_changed.announce(StandingChanged(learner, at))
    return plan


@transaction.atomic
def plan_vacation(*, learner: User, first_day: dt.date, last_day: dt.date, at: dt.datetime) -> Pause:
    """Nothing is asked on these days. Raises BadVacation, as it begins tomorrow at the earliest and ends within a year;
    NoVacationLeft, as it overlaps no other and a calendar year has at most 30 such days."""
    lock_totals(learner)
    today = learner.day_at(at)
    if first_day <= today:
        raise BadVacation(_("A vacation begins tomorrow at the earliest."))
    if last_day < first_day:
        raise BadVacation(_("The last day comes before the first one."))
    if last_day > today + PLANNED_AHEAD:
        raise BadVacation(_("Plan at most a year ahead."))
    others = list(Pause.objects.filter(learner=learner, kind=Pause.Kind.VACATION))
    if any(p.first_day and p.last_day and p.first_day <= last_day and first_day <= p.last_day for p in others):
        raise NoVacationLeft(_("You are on vacation on some of these days already."))
    wanted = Pause(learner=learner, kind=Pause.Kind.VACATION, first_day=first_day, last_day=last_day, created_at=at)
    for year in range(first_day.year, last_day.year + 1):
        if sum(p.days_in(year) for p in [*others, wanted]) > VACATION_DAYS_A_YEAR:
            raise NoVacationLeft(_("At most 30 days of vacation fit into %(year)d.") % {"year": year})
    wanted.save(force_insert=True)
    standing_changed.announce(StandingChanged(learner, at))
    return wanted


@transaction.atomic
def end_vacation(vacation: Pause, *, at: dt.datetime) -> None:
    """Take back what has not come yet: days that are over, and today, stay as they were. Again: no change."""
    learner = vacation.learner
    if learner is None:
        raise BadVacation
    lock_totals(learner)
    today = learner.day_at(at)
    mine = Pause.objects.filter(pk=vacation.pk, kind=Pause.Kind.VACATION)
    mine.filter(first_day__gt=today).delete()
    mine.filter(first_day__lte=today, last_day__gt=today).update(last_day=today)
    standing_changed.announce(StandingChanged(learner, at))


@transaction.atomic
def grant_amnesty(*, starts_at: dt.datetime, ends_at: dt.datetime, reason: str, at: dt.datetime) -> Amnesty:
    """No learner's day that this time reaches into breaks a streak. The streaks are recounted after the commit."""
    amnesty = Amnesty(kind=Pause.Kind.AMNESTY, starts_at=starts_at, ends_at=ends_at, reason=reason, created_at=at)
    amnesty.save(force_insert=True)
    recount_after_commit(key=f"amnesty:{amnesty.pk}:{at.isoformat()}", at=at)
    return amnesty


def recount_after_commit(*, key: str, at: dt.datetime) -> None:
    """Ask for all streaks to be walked anew."""
    outbox.put(RECOUNT, key, {}, at=at)


@outbox.handles(RECOUNT, queue="reports", lease=dt.timedelta(minutes=10))
def recount(key: str, payload: dict[str, object]) -> None:
    """Safe to run twice: the walk is over facts."""
    rebuild_streaks()
