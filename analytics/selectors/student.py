"""One learner of a course, for those who teach it: where they are, what they did, what was done for them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from heapq import nlargest
from itertools import pairwise
from typing import Any

from django.db.models import FilteredRelation, Q

from analytics.kinds.risk import Act
from analytics.kinds.students import Happened
from analytics.models import Outreach, RiskFlag, StudentNote
from analytics.selectors.outcomes import After, Hours, after
from analytics.selectors.places import Place
from analytics.selectors.risk import FlagShown, flags_of
from analytics.selectors.students import address_for, state_of
from chat.kinds import Role
from chat.models import Conversation, Message
from gamification.models import Profile
from gamification.selectors.profile import state_of as state_of_totals
from learning.kinds import LessonStatus
from learning.models import Enrollment, Lesson, PracticeAttempt, StudyTime
from learning.selectors.names import name_for_teachers
from learning.zones import day_starts, zone

TIMELINE = 40
TOPICS = 5
TALKS = 20
MOST_ACTS = 200
MOST_FACTS = 500
# A pause of an hour ends a sitting.
SITTING = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Event:
    """Something on the timeline. `act` and `after` are there where somebody acted."""

    at: dt.datetime
    kind: Happened
    title: str = ""
    detail: str = ""
    by: str = ""
    after: After | None = None


@dataclass(frozen=True)
class LessonLine:
    """How it stands with one lesson."""

    id: int
    title: str
    module: str
    kind: str
    status: LessonStatus
    seconds: int
    attempts: int
    best_score: float | None
    last_access: dt.datetime | None
    completed_at: dt.datetime | None


@dataclass(frozen=True)
class Stats:
    """Numbers of this learner in this course; the streak is of all their courses. None: private, or nothing to say."""

    total_seconds: int
    completed_lessons: int
    required_lessons: int
    questions_asked: int | None
    current_streak: int | None
    average_session_seconds: int | None
    best_hour: int | None


@dataclass(frozen=True)
class Talks:
    """Questions as a number; conversations and topics only where the learner shared them."""

    total_questions: int | None
    topics: list[tuple[str, int]]
    shared: list[Conversation]


@dataclass(frozen=True)
class StudentState:
    """Everything on a learner's page. `is_private`: the learner has switched detailed activity off."""

    enrollment: Enrollment
    name: str
    email: str | None
    state: str
    is_private: bool
    flags: list[FlagShown]
    stats: Stats
    lessons: list[LessonLine]
    timeline: list[Event]
    talks: Talks
    notes: list[StudentNote]
    acts: list[Outreach]


def student_state(place: Place, enrollment: Enrollment) -> StudentState:
    """A fixed number of statements, whatever the learner did."""
    is_private = not enrollment.learner.detailed_tracking
    facts = _facts(place, enrollment, is_private=is_private)
    return StudentState(
        enrollment=enrollment,
        name=name_for_teachers(enrollment.learner, place.course),
        email=address_for(place, enrollment),
        state=state_of(enrollment),
        is_private=is_private,
        flags=flags_of(place, enrollment, facts.flags),
        stats=_stats(enrollment, facts, is_private=is_private, at=place.at),
        lessons=facts.lessons,
        timeline=nlargest(TIMELINE, _timeline(enrollment, facts, place), key=lambda event: event.at),
        talks=_talks(enrollment, is_private=is_private),
        notes=[act.note for act in facts.acts if hasattr(act, "note")],
        acts=facts.acts,
    )


@dataclass(frozen=True)
class _Facts:
    """What was read: of who wants it private no hours, attempts and flags."""

    hours: Hours
    attempts: list[tuple[int, str, dt.datetime | None, Decimal | None, bool]]
    lessons: list[LessonLine]
    flags: list[RiskFlag]
    acts: list[Outreach]


def _facts(place: Place, enrollment: Enrollment, *, is_private: bool) -> _Facts:
    whose = {"learner": enrollment.learner_id}
    tried = PracticeAttempt.objects.filter(**whose, lesson__course=enrollment.course_id).order_by("-started_at")
    attempts = list(tried.values_list("lesson_id", "lesson__title", "finished_at", "score", "passed")[:MOST_FACTS])
    study = StudyTime.objects.filter(**whose, course=enrollment.course_id).order_by("hour")
    flags = RiskFlag.objects.filter(**whose, course=enrollment.course_id).order_by("-raised_on")
    acts = (
        Outreach.objects.filter(**whose, course=enrollment.course_id)
        .select_related("by", "note__author")
        .order_by("-at", "-pk")
    )
    return _Facts(
        hours=[] if is_private else list(study.values_list("hour", "course_day", "seconds")),
        attempts=[] if is_private else attempts,
        lessons=_lessons(enrollment, attempts, is_private=is_private),
        flags=[] if is_private else list(flags[:MOST_FACTS]),
        acts=list(acts.order_by("-at", "-pk")[:MOST_ACTS]),
    )


# --- numbers ----------------------------------------------------------------------------------------------------
def _stats(enrollment: Enrollment, facts: _Facts, *, is_private: bool, at: dt.datetime) -> Stats:
    learner = enrollment.learner
    totals = getattr(learner, "gamification", None) or Profile()
    return Stats(
        total_seconds=enrollment.seconds,
        completed_lessons=enrollment.completed_lessons,
        required_lessons=enrollment.required_lessons,
        questions_asked=None if is_private else getattr(enrollment, "questions", 0),
        current_streak=None if is_private else state_of_totals(totals, learner, at=at).current_streak,
        average_session_seconds=_average_sitting(facts.hours),
        best_hour=_best_hour(facts.hours, learner.time_zone),
    )


def _average_sitting(hours: Hours) -> int | None:
    """Study time over sittings: hours with study, one after the other without a gap."""
    if not hours:
        return None
    starts = sorted({hour for hour, _day, _seconds in hours})
    sittings = 1 + sum(later - earlier > SITTING for earlier, later in pairwise(starts))
    return round(sum(seconds for _hour, _day, seconds in hours) / sittings)


def _best_hour(hours: Hours, zone_name: str) -> int | None:
    """The hour of day, where the learner lives, with the most study; the earlier one of equals."""
    by_hour: Counter[int] = Counter()
    for hour, _day, seconds in hours:
        by_hour[hour.astimezone(zone(zone_name)).hour] += seconds
    return min(by_hour, key=lambda hour: (-by_hour[hour], hour)) if by_hour else None


def _lessons(enrollment: Enrollment, attempts: list[Any], *, is_private: bool) -> list[LessonLine]:
    """All published lessons, and those that this learner has worked in."""
    tries: dict[int, list[float]] = {}
    for lesson, _title, _finished_at, score, _passed in attempts:
        tries.setdefault(lesson, []).append(float(score or 0))
    own = Q(progress__learner=enrollment.learner_id)
    rows = (
        Lesson.objects.filter(course=enrollment.course_id)
        .annotate(mine=FilteredRelation("progress", condition=own))
        .filter(Q(is_published=True) | Q(mine__isnull=False))
        .in_order()
        .values_list(
            "pk", "title", "module__title", "kind", "mine__seconds", "mine__last_seen_at", "mine__completed_at"
        )
    )
    return [
        LessonLine(
            id=pk,
            title=title,
            module=module,
            kind=kind,
            status=_status(last_seen, completed_at),
            seconds=seconds or 0,
            attempts=len(tries.get(pk, ())),
            best_score=max(tries[pk]) if pk in tries else None,
            last_access=None if is_private else last_seen,
            completed_at=completed_at,
        )
        for pk, title, module, kind, seconds, last_seen, completed_at in rows
    ]


def _status(last_seen: dt.datetime | None, completed_at: dt.datetime | None) -> LessonStatus:
    if completed_at:
        return LessonStatus.COMPLETED
    return LessonStatus.IN_PROGRESS if last_seen else LessonStatus.NOT_STARTED


# --- what happened ----------------------------------------------------------------------------------------------
def _timeline(enrollment: Enrollment, facts: _Facts, place: Place) -> Iterator[Event]:
    """Of who wants it private: progress, and what was done for them."""
    yield Event(enrollment.started_at, Happened.ENROLLED)
    if enrollment.completed_at:
        yield Event(enrollment.completed_at, Happened.COURSE_COMPLETED)
    for lesson in facts.lessons:
        if lesson.completed_at:
            yield Event(lesson.completed_at, Happened.LESSON_COMPLETED, lesson.title)
    for _lesson, title, finished_at, score, passed in facts.attempts:
        if finished_at:
            kind = Happened.PRACTICE_PASSED if passed else Happened.PRACTICE_FAILED
            yield Event(finished_at, kind, title, "" if score is None else f"{score.normalize():f}")
    yield from _raised(facts.flags, place)
    yield from _done_for(enrollment, facts, place.at)


def _raised(flags: list[RiskFlag], place: Place) -> Iterator[Event]:
    """Flags that those who teach have come to see, and their ends."""
    for flag in flags:
        if flag.shown_from > place.today or (flag.cleared_on and flag.cleared_on < flag.shown_from):
            continue  # only the learner has seen it
        yield Event(day_starts(flag.shown_from, place.course.time_zone), Happened.FLAGGED, flag.get_reason_display())
        if flag.cleared_on:
            ended = day_starts(flag.cleared_on, place.course.time_zone)
            yield Event(ended, Happened.FLAG_CLEARED, flag.get_reason_display())


def _done_for(enrollment: Enrollment, facts: _Facts, at: dt.datetime) -> Iterator[Event]:
    is_watched = enrollment.learner.detailed_tracking
    completions = [lesson.completed_at for lesson in facts.lessons if lesson.completed_at]
    for act in facts.acts:
        is_answer = act.kind == Act.ANSWER
        came_of_it = after(act, facts.hours, completions, at=at) if is_watched and not is_answer else None
        by = act.by.name if act.by and not is_answer else ""
        yield Event(act.at, Happened.ACTED, act.get_kind_display(), act.message, by, came_of_it)


# --- what they asked --------------------------------------------------------------------------------------------
def _talks(enrollment: Enrollment, *, is_private: bool) -> Talks:
    """Questions are counted; what they were about is read from shared conversations alone."""
    shared = Message.objects.filter(asker=enrollment.learner_id, course=enrollment.course_id, role=Role.ASSISTANT)
    rows = shared.filter(conversation__is_shared=True).select_related("conversation").only("citations", "conversation")
    topics: Counter[str] = Counter()
    talks: dict[Any, Conversation] = {}
    for answer in rows.order_by("-created_at")[:MOST_FACTS]:
        talks.setdefault(answer.conversation_id, answer.conversation)
        if answer.citations:
            topics[answer.citations[0].get("title", "")] += 1
    total = None if is_private else getattr(enrollment, "questions", 0)
    return Talks(total, [pair for pair in topics.most_common(TOPICS) if pair[0]], list(talks.values())[:TALKS])
