"""Whom an announcement reaches."""

from __future__ import annotations

import datetime as dt

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat

from learning.kinds import CourseState
from learning.models import Course, Enrollment, User
from notifications.kinds import Kind
from notifications.models import Announcement, Notification

Segment = Announcement.Segment


def audience(announcement: Announcement) -> QuerySet[User]:
    """Its people as they are now: active accounts, and of a course those who are in it while it is published."""
    people = User.objects.filter(is_active=True).order_by("pk")
    if announcement.person_id:
        return people.filter(pk=announcement.person_id)
    if announcement.segment == Segment.EVERYONE and announcement.course_id is None:
        return people
    return people.filter(_in_segment(announcement))


def _in_segment(announcement: Announcement) -> Q:
    """Of a course, as they stand in it; of the whole site, as they stand in all that they are in."""
    places = Enrollment.objects.current().filter(learner=OuterRef("pk"), course__state=CourseState.PUBLISHED)
    if announcement.course_id:
        places = places.filter(course=announcement.course_id)
    if announcement.segment == Segment.NOT_STARTED:
        return Q(Exists(places)) & ~Q(Exists(places.filter(first_activity_at__isnull=False)))
    if announcement.segment == Segment.COMPLETED:
        return Q(Exists(places.filter(completed_at__isnull=False)))
    if announcement.segment == Segment.INACTIVE and announcement.away_since:
        return Q(Exists(places.filter(completed_at=None))) & ~Q(Exists(_seen_since(places, announcement.away_since)))
    return Q(Exists(places))


def _seen_since(places: QuerySet[Enrollment], moment: dt.datetime) -> QuerySet[Enrollment]:
    """Enrolling counts as having been here."""
    seen = places.annotate(seen_at=Coalesce("last_accessed_at", "started_at"))
    return seen.filter(Q(seen_at__gte=moment) | Q(started_at__gte=moment))


def readable(viewer: User) -> QuerySet[Announcement]:
    """Those that this person was told, wrote, or may see in the admin; of others nobody knows."""
    told = Notification.objects.of(viewer).filter(kind=Kind.ANNOUNCEMENT)
    key = Concat(Value(Announcement.KEY), Cast("pk", CharField()))
    of_theirs = Announcement.objects.of(viewer).order_by().values("pk")
    rows = Announcement.objects.select_related("sender", "course").annotate(told_as=key)
    return rows.filter(Exists(told.filter(key=OuterRef("told_as"))) | Q(pk__in=of_theirs))


def teaches(sender: User, person: User) -> bool:
    """Whether this person is in a published course that the sender may change."""
    mine = Course.objects.managed_by(sender).published()
    return Enrollment.objects.current().filter(learner=person, course__in=mine).exists()
