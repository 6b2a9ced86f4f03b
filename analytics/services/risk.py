"""The nightly look at a course: a snapshot of each learner, and the flags that follow from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Max

from analytics.kinds.risk import Reason
from analytics.models import RiskDay, RiskFlag, RiskSnapshot, RiskThresholds
from analytics.selectors.facts_of_risk import ONE_DAY, Span, facts
from analytics.selectors.reasons import Judged, judge
from learning.kinds import CourseState
from learning.models import Course
from learning.once import insert_once
from learning.zones import day_at

BATCH = 2000
# After a pause of the clock the nights that were missed are made good, so far back.
MISSED_NIGHTS = 3


def thresholds_of(course: Course) -> RiskThresholds:
    """The course's own, or the defaults."""
    return RiskThresholds.objects.filter(pk=course.pk).first() or RiskThresholds(course=course)


def judge_courses(*, at: dt.datetime) -> dict[int, int]:
    """Judge every published course's day that is over in its zone and was not judged; how many flagged of each course.

    A course that was never judged begins with yesterday.
    """
    done: dict[int, int] = {}
    judged = dict(RiskDay.objects.order_by().values_list("course_id").annotate(last=Max("day")))
    for course in Course.objects.filter(state=CourseState.PUBLISHED).order_by("pk").iterator():
        yesterday = day_at(at, course.time_zone) - ONE_DAY
        last = judged.get(course.pk)
        first = max(last + ONE_DAY, yesterday - MISSED_NIGHTS * ONE_DAY) if last else yesterday
        for n in range((yesterday - first).days + 1):
            done[course.pk] = judge_day(course, first + n * ONE_DAY, at=at).flagged
    return done


def judge_day(course: Course, day: dt.date, *, at: dt.datetime) -> RiskDay:
    """Write down one day of one course. Again, or twice at once: what was written stays, and nothing is added.

    Snapshots go in by batches, and the day's own row comes last: a night that died is done again from the start, and
    what it had written is not written anew.
    """
    before = RiskDay.objects.filter(course=course, day=day).first()
    if before:
        return before
    thresholds = thresholds_of(course)
    judged = judge(facts(Span(course, day)), thresholds)
    for batch in _snapshots(judged):
        RiskSnapshot.objects.bulk_create(batch, ignore_conflicts=True)
    return _close(judged, thresholds, at=at)


def _snapshots(judged: Judged) -> Iterator[list[RiskSnapshot]]:
    facts, span = judged.facts, judged.facts.span
    batch: list[RiskSnapshot] = []
    for learner, n in facts.cohort.place.items():
        receipts = judged.receipts.get(n, {})
        batch.append(
            RiskSnapshot(
                course=span.course,
                learner_id=learner,
                day=span.day,
                score=round(judged.scores[n], 6),
                silent_days=int(facts.silent[n]),
                active_days=int(facts.active_days[n]),
                seconds=int(facts.seconds[n]),
                receipts={reason.value: receipt.as_json() for reason, receipt in receipts.items()},
                is_flagged=bool(receipts),
            )
        )
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@transaction.atomic
def _close(judged: Judged, thresholds: RiskThresholds, *, at: dt.datetime) -> RiskDay:
    """The day's row and its flags, whole or not at all; whoever comes second changes nothing."""
    span = judged.facts.span
    day = RiskDay(
        course=span.course,
        day=span.day,
        judged_at=at,
        cohort=len(judged.facts.cohort),
        flagged=len(judged.receipts),
        is_enough=judged.is_enough,
    )
    if not insert_once(day):
        return RiskDay.objects.get(course=span.course, day=span.day)
    _flag(judged, thresholds)
    return day


def _flag(judged: Judged, thresholds: RiskThresholds) -> None:
    """Raise what is new, and end what no longer holds."""
    span = judged.facts.span
    open_flags = RiskFlag.objects.open().filter(course=span.course, raised_on__lt=span.day)
    standing = {(learner, reason): pk for pk, learner, reason in open_flags.values_list("pk", "learner_id", "reason")}
    new: list[RiskFlag] = []
    for learner, n in judged.facts.cohort.place.items():
        for reason, receipt in judged.receipts.get(n, {}).items():
            if standing.pop((learner, reason.value), None) is None:
                new.append(_raised(span, learner, reason, receipt.since, thresholds))
    gone = list(standing.values())
    for start in range(0, len(gone), BATCH):
        RiskFlag.objects.open().filter(pk__in=gone[start : start + BATCH]).update(cleared_on=span.day)
    RiskFlag.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)


def _raised(span: Span, learner: int, reason: Reason, since: dt.date, thresholds: RiskThresholds) -> RiskFlag:
    """The learner sees it on the morning after the day; those who teach, so many nights later."""
    return RiskFlag(
        course=span.course,
        learner_id=learner,
        reason=reason,
        since=min(since, span.day),
        raised_on=span.day,
        shown_from=span.day + ONE_DAY + thresholds.head_start * ONE_DAY,
    )
