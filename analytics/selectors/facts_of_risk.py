"""What a course's facts say about each of its learners as of one day, in columns of numbers and in no objects.

Everything is read set-wise and streamed into arrays, so a course of 100,000 learners is a few megabytes. Only what
happened before the day's end counts, so a day that is over is judged the same whenever it is judged.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Case, Count, Exists, FloatField, Max, Min, OuterRef, Q, QuerySet, Sum, Value, When

from analytics.ranking import Signal
from chat.kinds import Role
from chat.models import Message
from gamification.models import Pause
from learning import zones
from learning.kinds import LessonKind
from learning.models import Course, Enrollment, LessonProgress, PracticeAttempt, StudyTime

WINDOW = 14
ABANDONED_AFTER = dt.timedelta(hours=24)
ONE_DAY = dt.timedelta(days=1)
BACK_FROM_VACATION = 7
CHUNK = 5000


@dataclass(frozen=True)
class Span:
    """A course's day, and the days just before it."""

    course: Course
    day: dt.date

    @property
    def zone(self) -> str:
        return self.course.time_zone

    @property
    def until(self) -> dt.datetime:
        """The first instant after the day."""
        return zones.day_starts(self.day + ONE_DAY, self.zone)

    @property
    def first(self) -> dt.date:
        """The first of the days looked back on."""
        return self.day - dt.timedelta(days=WINDOW - 1)

    @property
    def since(self) -> dt.datetime:
        return zones.day_starts(self.first, self.zone)

    def days_since(self, moment: dt.datetime) -> int:
        return (self.day - zones.day_at(moment, self.zone)).days


@dataclass
class Cohort:
    """The learners that are compared, by their place in the columns: everybody who is enrolled and has not finished.

    `counted` are those whose work says what others have done: the finished too.
    """

    place: dict[int, int] = field(default_factory=dict)
    tenure: array[int] = field(default_factory=lambda: array("i"))
    paused: bytearray = field(default_factory=bytearray)
    counted: int = 0

    def __len__(self) -> int:
        return len(self.place)

    def column(self, pairs: Iterable[tuple[int, float]], *, otherwise: float = 0.0) -> array[float]:
        """A number for each learner, from pairs of learner and number."""
        out = array("d", [otherwise]) * len(self)
        for learner, number in pairs:
            if (n := self.place.get(learner)) is not None:
                out[n] = number
        return out


@dataclass
class Facts:
    """The columns: five signals to rank by, and what the four reasons are told from.

    `failed_for`, `asking_for` and `completing_for` say how many days ago that began, within the last 14.
    """

    span: Span
    cohort: Cohort
    silent: array[float]
    active_days: array[float]
    seconds: array[float]
    undone: array[float]
    unearned: array[float]
    without_completion: array[float]
    failed: array[float]
    failed_for: array[float]
    questions: array[float]
    asking_for: array[float]
    completions: array[float]
    percent_of_time: array[float]
    completing_for: array[float]
    studied: dict[dt.date, int]

    @property
    def signals(self) -> Mapping[Signal, array[float]]:
        """More is worse."""
        return {
            Signal.SILENT_DAYS: self.silent,
            Signal.ABSENT_DAYS: array("d", (-days for days in self.active_days)),
            Signal.IDLE_SECONDS: array("d", (-seconds for seconds in self.seconds)),
            Signal.UNDONE: self.undone,
            Signal.UNEARNED: self.unearned,
        }


def facts(span: Span) -> Facts:
    """All columns of a course's day."""
    cohort = _cohort(span)
    active_days, seconds = _window(span, cohort)
    done, earned = _work(span, cohort)
    completions, percent_of_time, completing_for = _pace(span, cohort)
    failed, failed_for = _failed(span, cohort)
    questions, asking_for = _questions(span, cohort)
    return Facts(
        span=span,
        cohort=cohort,
        silent=_silent(span, cohort),
        active_days=active_days,
        seconds=seconds,
        undone=array("d", (-some for some in done)),
        unearned=array("d", (-some for some in earned)),
        without_completion=_without_completion(span, cohort),
        failed=failed,
        failed_for=failed_for,
        questions=questions,
        asking_for=asking_for,
        completions=completions,
        percent_of_time=percent_of_time,
        completing_for=completing_for,
        studied=_studied(span),
    )


# --- who is compared --------------------------------------------------------------------------------------------
def enrolled_on(span: Span) -> QuerySet[Enrollment]:
    """Who was enrolled at the end of the day, may be looked at in detail, and does not teach here."""
    teachers = Course.instructors.through.objects.filter(course_id=span.course.pk).values("user_id")
    still_in = Q(left_at=None) | Q(left_at__gte=span.until)
    return (
        Enrollment.objects.filter(still_in, course=span.course, started_at__lt=span.until)
        .filter(learner__detailed_tracking=True, learner__is_active=True)
        .exclude(learner__in=teachers)
    )


def _cohort(span: Span) -> Cohort:
    cohort = Cohort()
    rows = enrolled_on(span).order_by("learner_id").values_list("learner_id", "started_at", "completed_at")
    for learner, started_at, completed_at in rows.iterator(CHUNK):
        cohort.counted += 1
        if completed_at is None or completed_at >= span.until:
            cohort.place[learner] = len(cohort.place)
            cohort.tenure.append(max(0, span.days_since(started_at)))
    cohort.paused = bytearray(len(cohort))
    for learner in _on_vacation(span).values_list("learner_id", flat=True).iterator(CHUNK):
        if (n := cohort.place.get(learner)) is not None:
            cohort.paused[n] = 1
    return cohort


def _on_vacation(span: Span) -> QuerySet[Pause]:
    """Vacations that go on, or were over only a week before."""
    back = span.day - dt.timedelta(days=BACK_FROM_VACATION)
    vacations = Pause.objects.filter(kind=Pause.Kind.VACATION, first_day__lte=span.day + ONE_DAY, last_day__gte=back)
    return vacations.filter(learner__in=enrolled_on(span).values("learner_id"))


# --- how much they are there ------------------------------------------------------------------------------------
def _study(span: Span) -> QuerySet[StudyTime]:
    return StudyTime.objects.filter(course=span.course, course_day__lte=span.day).order_by()


def _attempts(span: Span) -> QuerySet[PracticeAttempt]:
    return PracticeAttempt.objects.filter(lesson__course=span.course, finished_at__lt=span.until).order_by()


def _completed(span: Span) -> QuerySet[LessonProgress]:
    return LessonProgress.objects.filter(lesson__course=span.course, completed_at__lt=span.until).order_by()


def _silent(span: Span, cohort: Cohort) -> array[float]:
    """Days since the last study, finished attempt or completed lesson; since enrolment for who has none."""
    silent = array("d", cohort.tenure)
    studied = _study(span).values_list("learner_id").annotate(last=Max("course_day"))
    for learner, last in studied.iterator(CHUNK):
        if (n := cohort.place.get(learner)) is not None:
            silent[n] = min(silent[n], (span.day - last).days)
    for moments in (
        _attempts(span).values_list("learner_id").annotate(last=Max("finished_at")),
        _completed(span).values_list("learner_id").annotate(last=Max("completed_at")),
    ):
        for learner, moment in moments.iterator(CHUNK):
            if (n := cohort.place.get(learner)) is not None:
                silent[n] = max(0, min(silent[n], span.days_since(moment)))
    return silent


def _window(span: Span, cohort: Cohort) -> tuple[array[float], array[float]]:
    """Of the last 14 days: on how many there was study, and the seconds in all."""
    days, seconds = cohort.column([]), cohort.column([])
    rows = _study(span).filter(course_day__gte=span.first).values_list("learner_id")
    for learner, some_days, some_seconds in rows.annotate(
        days=Count("course_day", distinct=True), seconds=Sum("seconds")
    ).iterator(CHUNK):
        if (n := cohort.place.get(learner)) is not None:
            days[n], seconds[n] = some_days, some_seconds
    return days, seconds


def _studied(span: Span) -> dict[dt.date, int]:
    """How many learners studied on each day so far."""
    rows = _study(span).values_list("course_day").annotate(n=Count("learner", distinct=True))
    return dict(rows.iterator(CHUNK))


# --- what they have got done ------------------------------------------------------------------------------------
def _work(span: Span, cohort: Cohort) -> tuple[array[float], array[float]]:
    """Work done, and its scores, each piece weighing as much as the share of learners who have done it.

    A practice is done when an attempt is finished, whatever its score; of several the best score counts.
    """
    done, earned = cohort.column([]), cohort.column([])
    people = enrolled_on(span).values("learner_id")
    for learner, weight in _done_lessons(span, cohort, people):
        if (n := cohort.place.get(learner)) is not None:
            done[n] += weight
    practised = _attempts(span).filter(learner__in=people, lesson__is_published=True)
    share = _shares(practised.values_list("lesson_id").annotate(n=Count("learner", distinct=True)), cohort)
    best = practised.values_list("learner_id", "lesson_id").annotate(best=Max("score"))
    for learner, lesson, score in best.iterator(CHUNK):
        if (n := cohort.place.get(learner)) is not None:
            done[n] += share[lesson]
            earned[n] += share[lesson] * float(score or 0) / 100
    return done, earned


def _done_lessons(span: Span, cohort: Cohort, people: QuerySet) -> Iterable[tuple[int, float]]:
    """Texts and videos: the sum of their weights, for each learner who has completed any."""
    rows = _completed(span).filter(learner__in=people, lesson__is_published=True)
    rows = rows.exclude(lesson__kind=LessonKind.PRACTICE)
    share = _shares(rows.values_list("lesson_id").annotate(n=Count("pk")), cohort)
    if not share:
        return []
    alike: dict[float, list[int]] = defaultdict(list)
    for lesson, weight in share.items():
        alike[weight].append(lesson)
    cases = [When(lesson__in=lessons, then=Value(weight)) for weight, lessons in alike.items()]
    total = Sum(Case(*cases, default=Value(0.0), output_field=FloatField()))
    return rows.values_list("learner_id").annotate(weight=total).iterator(CHUNK)


def _shares(counts: QuerySet, cohort: Cohort) -> dict[int, float]:
    """For each lesson the share of learners who have done it, to the percent."""
    return {lesson: round(n / max(1, cohort.counted), 2) for lesson, n in counts}


def _without_completion(span: Span, cohort: Cohort) -> array[float]:
    """Days since the last completed lesson; since enrolment for who has none."""
    out = array("d", cohort.tenure)
    for learner, last in _completed(span).values_list("learner_id").annotate(last=Max("completed_at")).iterator(CHUNK):
        if (n := cohort.place.get(learner)) is not None:
            out[n] = max(0, min(out[n], span.days_since(last)))
    return out


def _failed(span: Span, cohort: Cohort) -> tuple[array[float], array[float]]:
    """Attempts of the last 14 days that failed or were left open for a day, at what is still not passed."""
    passed = LessonProgress.objects.filter(
        learner=OuterRef("learner"), lesson=OuterRef("lesson"), completed_at__lt=span.until
    )
    failed = Q(finished_at__gte=span.since, finished_at__lt=span.until, passed=False)
    unfinished = Q(finished_at=None) | Q(finished_at__gte=span.until)
    left = unfinished & Q(started_at__gte=span.since, started_at__lt=span.until - ABANDONED_AFTER)
    rows = PracticeAttempt.objects.filter(failed | left, ~Exists(passed), lesson__course=span.course).order_by()
    count, began = cohort.column([]), cohort.column([])
    sums = rows.values_list("learner_id").annotate(n=Count("pk"), first=Min("started_at"))
    for learner, some, first in sums.iterator(CHUNK):
        if (n := cohort.place.get(learner)) is not None:
            count[n], began[n] = some, span.days_since(first)
    return count, began


def _questions(span: Span, cohort: Cohort) -> tuple[array[float], array[float]]:
    """The most questions of the last 14 days whose answers point at one and the same lesson."""
    answers = Message.objects.filter(
        conversation__course=span.course, role=Role.ASSISTANT, created_at__gte=span.since, created_at__lt=span.until
    ).order_by("created_at")
    asked: dict[tuple[int, int], tuple[int, dt.datetime]] = {}
    for learner, citations, at in answers.values_list("asker_id", "citations", "created_at").iterator(CHUNK):
        if citations and learner in cohort.place and (lesson := citations[0].get("lesson")):
            count, first = asked.get((learner, lesson), (0, at))
            asked[learner, lesson] = (count + 1, first)
    most, began = cohort.column([]), cohort.column([])
    for (learner, _lesson), (count, first) in asked.items():
        n = cohort.place[learner]
        if count > most[n]:
            most[n], began[n] = count, span.days_since(first)
    return most, began


def _pace(span: Span, cohort: Cohort) -> tuple[array[float], array[float], array[float]]:
    """Texts and videos completed in the last 14 days; their time in percent of what is expected; since when."""
    completions, percent, began = cohort.column([]), cohort.column([], otherwise=100.0), cohort.column([])
    rows = _completed(span).filter(completed_at__gte=span.since).exclude(lesson__kind=LessonKind.PRACTICE)
    sums = rows.values_list("learner_id").annotate(
        n=Count("pk"), seconds=Sum("seconds"), minutes=Sum("lesson__estimated_minutes"), first=Min("completed_at")
    )
    for learner, count, seconds, minutes, first in sums.iterator(CHUNK):
        if minutes and (n := cohort.place.get(learner)) is not None:
            completions[n], percent[n] = count, 100 * seconds / (60 * minutes)
            began[n] = span.days_since(first)
    return completions, percent, began
