"""Accounts: who is what, and moving to another time zone."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import Group
from django.db import transaction

from learning import zones
from learning.exceptions import LastInstructor
from learning.models import Course, User, ZoneChange
from learning.models.people import INSTRUCTORS_GROUP
from learning.services.audit import record

BETWEEN_CHANGES = dt.timedelta(hours=20)


@transaction.atomic
def make_instructor(user: User, course: Course, *, by: User | None = None, at: dt.datetime) -> bool:
    """List this person as an instructor of the course, with the rights in the admin that it takes. Again: no change."""
    if course.instructors.filter(pk=user.pk).exists():
        return False
    course.instructors.add(user)
    grant_instructor_rights(user)
    record("course.instructor_added", course, by=by, at=at, after={"instructor": user.pk})
    return True


@transaction.atomic
def remove_instructor(user: User, course: Course, *, by: User | None = None, at: dt.datetime) -> bool:
    """Take this person off the course; False when they were not on it. One instructor always remains.

    The course's row is locked, so two instructors who remove each other at once leave one. Who teaches nothing any
    more keeps the group: they may begin a course of their own until a superuser takes it away.
    """
    course = Course.objects.select_for_update().get(pk=course.pk)
    if not course.instructors.filter(pk=user.pk).exists():
        return False
    if not course.instructors.exclude(pk=user.pk).exists():
        raise LastInstructor
    course.instructors.remove(user)
    record("course.instructor_removed", course, by=by, at=at, before={"instructor": user.pk})
    return True


def grant_instructor_rights(user: User) -> None:
    """The admin's door opens to instructors; what they see behind it is decided per object."""
    if not user.is_staff:
        User.objects.filter(pk=user.pk).update(is_staff=True)
        user.is_staff = True
    group, _ = Group.objects.get_or_create(name=INSTRUCTORS_GROUP)
    user.groups.add(group)


@transaction.atomic
def change_time_zone(user: User, name: str, *, at: dt.datetime) -> User:
    """Count this person's days in another zone, from their next day on and at most once in 20 hours.

    Past days are never recounted. The change waits for the end of today in the zone in force *and* for the next day
    to have begun in the new one, so a date never comes back; where it never comes at all, it is noted as skipped.
    A change that has not taken effect yet is replaced.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    current = user.zone_at(at)
    _drop_pending(user, at=at)
    if name != current:
        _schedule(user, current, name, at=at)
    else:
        user.time_zone, user.time_zone_from, user.previous_time_zone = current, _last_change(user), ""
    user.save(update_fields=["time_zone", "previous_time_zone", "time_zone_from"])
    return user


def _drop_pending(user: User, *, at: dt.datetime) -> None:
    user.zone_changes.filter(effective_at__gt=at).delete()


def _last_change(user: User) -> dt.datetime | None:
    last = user.zone_changes.order_by("-effective_at").first()
    return last.effective_at if last else None


def _schedule(user: User, current: str, name: str, *, at: dt.datetime) -> None:
    last = _last_change(user)
    earliest = max(at, last + BETWEEN_CHANGES) if last else at
    next_day = zones.day_at(earliest, current) + dt.timedelta(days=1)
    effective = max(zones.day_starts(next_day, current), zones.day_starts(next_day, name))
    before = zones.day_at(effective - dt.timedelta(microseconds=1), current)
    skipped = before + dt.timedelta(days=1)
    ZoneChange.objects.create(
        learner=user,
        old_zone=current,
        new_zone=name,
        effective_at=effective,
        skipped_day=skipped if zones.day_at(effective, name) > skipped else None,
    )
    user.previous_time_zone, user.time_zone, user.time_zone_from = current, name, effective


def absent_days(user: User) -> set[dt.date]:
    """Dates that this person skipped by moving east over the date line."""
    changes = user.zone_changes.exclude(skipped_day=None)
    return {day for day in changes.values_list("skipped_day", flat=True) if day}


@transaction.atomic
def change_profile(user: User, *, at: dt.datetime, time_zone: str | None = None, **fields: object) -> User:
    """What a person may change about themselves; a new time zone takes effect as `change_time_zone` says."""
    if fields:
        User.objects.filter(pk=user.pk).update(**fields)
    if time_zone is not None:
        change_time_zone(user, time_zone, at=at)
    return User.objects.get(pk=user.pk)
