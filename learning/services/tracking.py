"""Beats: credited time, progress, and completion when a beat earns it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field, replace

from django.db import connection, transaction
from django.db.models import Sum

from learning import beats as book
from learning.beats import Booked, Entry, Place
from learning.exceptions import NotEnrolled, Refused, Unknown
from learning.kinds import Beat, Effect, EnrollmentState, LessonKind, Missing, ProgressState
from learning.models import Enrollment, Lesson, LessonProgress, LessonView, StudyClock, StudyTime, User
from learning.selectors.progress import best_score, state_of, what_is_missing
from learning.services.completion import Completion, complete_lesson
from learning.services.video import play
from learning.signals import StudyCameLate, StudyCredited, act, study_came_late, study_credited
from learning.zones import day_at

LATE = dt.timedelta(seconds=60)
TOO_LATE = dt.timedelta(hours=72)
HOUR_SECONDS = 3600
# A day's total is announced when it passes one of these: an active day, a marathon.
DAY_MARKS = (10 * 60, 4 * 60 * 60)


@dataclass(frozen=True)
class Outcome:
    """What one beat came to. `problem` is set when it was refused, and then nothing was stored."""

    beat: Beat
    credited: int = 0
    progress: ProgressState | None = None
    enrollment: EnrollmentState | None = None
    effects: list[Effect] = field(default_factory=list)
    problem: Refused | None = None


def record_beats(*, learner: User, beats: list[Beat], at: dt.datetime) -> list[Outcome]:
    """Judge each beat alone, in the order given; a refused one stops none of the others."""
    return [_record_or_refuse(learner, beat, at=at) for beat in beats]


def _record_or_refuse(learner: User, beat: Beat, *, at: dt.datetime) -> Outcome:
    try:
        return record_beat(learner=learner, beat=beat, at=at)
    except Refused as problem:
        return Outcome(beat, problem=problem)


def record_beat(*, learner: User, beat: Beat, at: dt.datetime) -> Outcome:
    """Credit one beat and complete its lesson if that is earned. The same number again changes nothing.

    Raises Unknown for a lesson that does not exist for learners, NotEnrolled without an enrolment, BadVideo for ranges
    that cannot have been played.
    """
    place = _place(learner, beat)
    if beat.seq <= place.last_seq:
        return _repeat(learner, beat, place)
    with transaction.atomic(), act():
        return _record(learner, beat, place, at=at)


def _place(learner: User, beat: Beat) -> Place:
    place = book.find_place(learner=learner.pk, lesson=beat.lesson, key=uuid.UUID(beat.client_session))
    if place is None or not place.exists:
        raise Unknown
    if not place.is_enrolled:
        raise NotEnrolled
    return place


def _record(learner: User, beat: Beat, place: Place, *, at: dt.datetime) -> Outcome:
    if beat.recorded_at and _cannot_be(beat.recorded_at, place, at=at):
        beat = replace(beat, recorded_at=None, seconds=0, ranges=())  # nothing is credited; what it asks, it asks now
    # A device whose clock runs ahead is not believed.
    seen = min(beat.recorded_at or at, at)
    entry = _entry(learner, beat, place, at=at, seen=seen)
    booked = _book_late(entry) if at - seen >= LATE else book.book(entry)
    if booked is None:
        return _repeat(learner, beat, place)
    effects = _announce_day(learner, entry, booked)
    if entry.course_day < day_at(at, place.course_zone):
        effects += study_came_late.announce(StudyCameLate(place.course, entry.course_day, at))
    if place.kind == LessonKind.VIDEO and beat.ranges:
        place = replace(place, coverage=play(learner=learner, beat=beat, place=place, booked=booked, at=seen))
    progress, enrollment, more = _complete_if_earned(learner, beat, place, booked, at=seen)
    return Outcome(beat, booked.credited, progress, enrollment, effects + more)


def _cannot_be(recorded_at: dt.datetime, place: Place, *, at: dt.datetime) -> bool:
    """Kept for longer than is believed, or said to be from before there was anything to learn here."""
    return at - recorded_at > TOO_LATE or (place.started_at is not None and recorded_at < place.started_at)


def _entry(learner: User, beat: Beat, place: Place, *, at: dt.datetime, seen: dt.datetime) -> Entry:
    assert place.enrollment is not None  # noqa: S101  (_place refuses without one)
    return Entry(
        learner=learner.pk,
        lesson=place.lesson,
        course=place.course,
        enrollment=place.enrollment,
        key=uuid.UUID(beat.client_session),
        seq=beat.seq,
        claim=min(int(beat.seconds), book.MOST_SECONDS),
        at=at,
        seen=seen,
        day=learner.day_at(seen),
        course_day=day_at(seen, place.course_zone),
        position=beat.position,
    )


def _book_late(entry: Entry) -> Booked | None:
    """A beat kept offline: at most what is left of its hour, on its own hour and day."""
    if not book.take_number(entry):
        return None
    StudyClock.objects.get_or_create(
        learner_id=entry.learner, defaults={"credited_until": 0, "day": entry.day, "day_seconds": 0}
    )
    clock = StudyClock.objects.select_for_update().get(learner_id=entry.learner)
    credited = _left_of_hour(entry)
    day_seconds = _seconds(learner=entry.learner, day=entry.day) + credited
    if entry.day >= clock.day:
        StudyClock.objects.filter(pk=clock.pk).update(day=entry.day, day_seconds=day_seconds)
    return book.book_late(entry, credited=credited, day_seconds=day_seconds)


def _left_of_hour(entry: Entry) -> int:
    hour = entry.seen.replace(minute=0, second=0, microsecond=0)
    passed = int(min((entry.at - hour).total_seconds(), HOUR_SECONDS))
    return max(0, min(entry.claim, passed - _seconds(learner=entry.learner, hour=hour)))


def _seconds(**which: object) -> int:
    return StudyTime.objects.filter(**which).aggregate(total=Sum("seconds"))["total"] or 0


def _announce_day(learner: User, entry: Entry, booked: Booked) -> list[Effect]:
    before = booked.day_seconds - booked.credited
    if not any(before < mark <= booked.day_seconds for mark in DAY_MARKS):
        return []
    return study_credited.announce(StudyCredited(learner, entry.day, booked.day_seconds, entry.seen))


def _complete_if_earned(
    learner: User, beat: Beat, place: Place, booked: Booked, *, at: dt.datetime
) -> tuple[ProgressState, EnrollmentState, list[Effect]]:
    score = best_score(learner=learner.pk, lesson=place.lesson) if place.kind == LessonKind.PRACTICE else None
    progress = _state(place, booked, score)
    enrollment = _enrollment_state(place, booked.enrollment_seconds)
    asked = beat.completed if place.kind == LessonKind.TEXT else place.kind == LessonKind.VIDEO
    if booked.completed_at or not asked or progress.missing:
        return progress, enrollment, []
    done = _complete(place, at=at)
    booked = replace(booked, completed_at=done.completed_at)
    return _state(place, booked, score), done.enrollment.state, done.effects


def _complete(place: Place, *, at: dt.datetime) -> Completion:
    enrollment = Enrollment(pk=place.enrollment)
    return complete_lesson(enrollment=enrollment, lesson=_lesson(place), at=at)


def _lesson(place: Place) -> Lesson:
    """The lesson from what was read already; anything else of it is fetched by whoever asks for it."""
    known = {
        "id": place.lesson,
        "course_id": place.course,
        "kind": place.kind,
        "is_required": bool(place.is_required),
        "is_published": bool(place.is_published),
    }
    return Lesson.from_db(connection.alias, list(known), list(known.values()))


def _state(place: Place, booked: Booked, score: float | None) -> ProgressState:
    return state_of(
        lesson=place,
        lesson_id=place.lesson,
        seconds=booked.lesson_seconds,
        coverage=place.coverage,
        position=booked.position,
        completed_at=booked.completed_at,
        touched=True,
        best_score=score,
    )


def _enrollment_state(place: Place, seconds: int) -> EnrollmentState:
    return EnrollmentState(
        course=place.course,
        percent=place.percent,
        completed_lessons=place.completed_lessons,
        required_lessons=place.required_lessons,
        seconds=seconds,
        completed_at=place.course_completed_at,
    )


def _repeat(learner: User, beat: Beat, place: Place) -> Outcome:
    """A number that was there before: nothing is credited, and the answer says where the learner stands."""
    score = best_score(learner=learner.pk, lesson=place.lesson) if place.kind == LessonKind.PRACTICE else None
    as_it_was = Booked(0, 0, place.enrollment_seconds, place.seconds, place.position, place.completed_at)
    return Outcome(beat, 0, _state(place, as_it_was, score), _enrollment_state(place, place.enrollment_seconds))


@transaction.atomic
def record_view(*, learner: User, lesson: Lesson, at: dt.datetime) -> bool:
    """Note that an enrolled learner opened the lesson; True when it counts. Within 30 minutes it is the same view.

    Whoever is not enrolled leaves no trace.
    """
    enrollment = Enrollment.objects.current().filter(learner=learner, course=lesson.course_id)
    if not enrollment.update(last_accessed_at=at):
        return False
    progress, is_new = LessonProgress.objects.get_or_create(
        learner=learner, lesson=lesson, defaults={"last_seen_at": at, "opened_at": at}
    )
    if not is_new and not _reopen(progress, at=at):
        return False
    course_day = day_at(at, lesson.course.time_zone)
    view = LessonView(learner=learner, lesson=lesson, at=at, day=learner.day_at(at), course_day=course_day)
    LessonView.objects.bulk_create([view], ignore_conflicts=True)
    return True


def _reopen(progress: LessonProgress, *, at: dt.datetime) -> bool:
    mine = LessonProgress.objects.filter(pk=progress.pk)
    stale = mine.exclude(last_seen_at__gte=at - book.VIEW_AGAIN_AFTER)
    if stale.update(opened_at=at, last_seen_at=at):
        return True
    mine.filter(last_seen_at__lt=at).update(last_seen_at=at)
    return False


def ask_completion(*, learner: User, lesson: Lesson, at: dt.datetime) -> tuple[Completion | None, list[Missing]]:
    """Complete a text lesson if its rule allows, for pages without JavaScript; else say what is missing."""
    enrollment = Enrollment.objects.of(learner).filter(course=lesson.course_id).first()
    if enrollment is None:
        raise NotEnrolled
    progress = LessonProgress.objects.filter(learner=learner, lesson=lesson).first()
    coverage = float(progress.coverage) if progress and progress.coverage is not None else None
    score = best_score(learner=learner.pk, lesson=lesson.pk) if lesson.kind == LessonKind.PRACTICE else None
    missing = what_is_missing(lesson, seconds=progress.seconds if progress else 0, coverage=coverage, best_score=score)
    if missing:
        return None, missing
    return complete_lesson(enrollment=enrollment, lesson=lesson, at=at), []
