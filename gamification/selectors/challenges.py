"""A learner's challenges of a day: how far each is, judged from facts; and what a learner could do at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Sum

from chat.kinds import Role
from chat.models import Message
from gamification.kinds import ChallengeKind
from gamification.models import Challenge
from learning.kinds import LessonKind
from learning.models import Enrollment, LearningSession, Lesson, LessonProgress, PracticeAttempt, StudyTime, User
from learning.zones import day_starts


@dataclass(frozen=True)
class ChallengeState:
    """One challenge as it stands: `current` of `target`, and `state` is open, met or claimed."""

    challenge: Challenge
    current: int
    expires_at: dt.datetime

    @property
    def state(self) -> str:
        if self.challenge.claimed_at:
            return "claimed"
        return "met" if self.is_met else "open"

    @property
    def is_met(self) -> bool:
        return self.current >= self.challenge.target

    @property
    def as_json(self) -> dict[str, Any]:
        """A challenge as API.md fixes it."""
        template = self.challenge.template
        return {
            "id": self.challenge.pk,
            "key": template.key,
            "title": template.title,
            "description": template.description,
            "xp": self.challenge.xp,
            "current": min(self.current, self.challenge.target),
            "target": self.challenge.target,
            "state": self.state,
            "expires_at": self.expires_at,
        }


def judge(learner: User, challenges: Sequence[Challenge], *, at: dt.datetime) -> list[ChallengeState]:
    """How far each of these is, in one query for all that are not claimed."""
    zone = learner.zone_at(at)
    asked = {f"c{c.pk}": _counted(c, zone) for c in challenges if not c.claimed_at}
    row: Any = User.objects.filter(pk=learner.pk).values(**asked).first() if asked else {}
    counts = row or {}
    return [
        ChallengeState(
            c,
            c.target if c.claimed_at else counts.get(f"c{c.pk}") or 0,
            day_starts(c.day + dt.timedelta(days=1), zone),
        )
        for c in challenges
    ]


def _counted(challenge: Challenge, zone: str) -> Subquery:
    kind = challenge.template.kind
    return _questions(challenge, zone) if kind == ChallengeKind.QUESTIONS else _COUNTS[kind](challenge)


def _count(rows: QuerySet[Any]) -> Subquery:
    counted = rows.order_by().values("learner").annotate(n=Count("pk")).values("n")
    return Subquery(counted, output_field=IntegerField())


def _sessions(challenge: Challenge) -> QuerySet[Any]:
    return LearningSession.objects.filter(learner=challenge.learner_id, day=challenge.day)


def _minutes(challenge: Challenge) -> Subquery:
    studied = StudyTime.objects.filter(learner=challenge.learner_id, day=challenge.day)
    summed = studied.order_by().values("learner").annotate(n=Sum("seconds") / 60).values("n")
    return Subquery(summed, output_field=IntegerField())


def _practices(challenge: Challenge) -> Subquery:
    finished = PracticeAttempt.objects.finished().filter(learner=challenge.learner_id, day=challenge.day)
    return _count(finished.filter(score__gte=challenge.score))


def _elsewhere(challenge: Challenge) -> Subquery:
    return _count(_sessions(challenge).exclude(lesson__course=challenge.course_id))


def _videos(challenge: Challenge) -> Subquery:
    watched = LessonProgress.objects.filter(learner=challenge.learner_id, completed_day=challenge.day)
    return _count(watched.filter(lesson__kind=LessonKind.VIDEO))


def _questions(challenge: Challenge, zone: str) -> Subquery:
    """A question has an instant and no day of its own: the day is cut out in the learner's zone."""
    begins, ends = day_starts(challenge.day, zone), day_starts(challenge.day + dt.timedelta(days=1), zone)
    asked = Message.objects.filter(asker=challenge.learner_id, role=Role.USER)
    counted = asked.filter(created_at__gte=begins, created_at__lt=ends).order_by().values("asker")
    return Subquery(counted.annotate(n=Count("pk")).values("n"), output_field=IntegerField())


_COUNTS: dict[str, Callable[[Challenge], Subquery]] = {
    ChallengeKind.SESSIONS: lambda challenge: _count(_sessions(challenge)),
    ChallengeKind.MINUTES: _minutes,
    ChallengeKind.PRACTICE: _practices,
    ChallengeKind.ELSEWHERE: _elsewhere,
    ChallengeKind.VIDEOS: _videos,
}


@dataclass(frozen=True)
class Means:
    """What is there for a learner to do, and how much they usually do in an active day of the last four weeks."""

    courses: int
    last_course: int | None
    has_practice: bool
    has_video: bool
    usual_sessions: float
    usual_minutes: float

    @property
    def kinds(self) -> set[str]:
        """The kinds of challenge that this learner can meet today."""
        fit = {ChallengeKind.SESSIONS, ChallengeKind.MINUTES}
        if self.has_practice:
            fit.add(ChallengeKind.PRACTICE)
        if self.has_video:
            fit.add(ChallengeKind.VIDEOS)
        if self.courses:
            fit.add(ChallengeKind.QUESTIONS)
        if self.courses > 1 and self.last_course:
            fit.add(ChallengeKind.ELSEWHERE)
        return {str(kind) for kind in fit}


def means_of(learner: User, *, day: dt.date) -> Means:
    """In one query; a lesson counts as there while it is published and its course is, and not completed."""
    places = Enrollment.objects.current().filter(learner=OuterRef("pk"), course__state="published")
    mine = Lesson.objects.published().filter(course__in=_courses(learner), course__state="published")
    done = LessonProgress.objects.filter(learner=learner, lesson=OuterRef("pk"), completed_at__isnull=False)
    month = {"learner": OuterRef("pk"), "day__gte": day - dt.timedelta(days=28), "day__lt": day}
    row: Any = (
        User.objects.filter(pk=learner.pk)
        .values(
            courses=_count(places),
            last=Subquery(
                LearningSession.objects.filter(learner=OuterRef("pk"), day__lt=day)
                .order_by("-at")
                .values("lesson__course")[:1]
            ),
            practice=Exists(mine.filter(kind=LessonKind.PRACTICE)),
            video=Exists(mine.filter(kind=LessonKind.VIDEO).exclude(Exists(done))),
            sessions=_count(LearningSession.objects.filter(**month)),
            session_days=_days(LearningSession.objects.filter(**month)),
            seconds=_total(StudyTime.objects.filter(**month)),
            study_days=_days(StudyTime.objects.filter(**month)),
        )
        .get()
    )
    return Means(
        courses=row["courses"] or 0,
        last_course=row["last"],
        has_practice=row["practice"],
        has_video=row["video"],
        usual_sessions=(row["sessions"] or 0) / (row["session_days"] or 1),
        usual_minutes=(row["seconds"] or 0) / 60 / (row["study_days"] or 1),
    )


def _courses(learner: User) -> QuerySet[Any]:
    return Enrollment.objects.current().filter(learner=learner).values("course")


def _days(rows: QuerySet[Any]) -> Subquery:
    counted = rows.order_by().values("learner").annotate(n=Count("day", distinct=True)).values("n")
    return Subquery(counted, output_field=IntegerField())


def _total(rows: QuerySet[Any]) -> Subquery:
    summed = rows.order_by().values("learner").annotate(n=Sum(F("seconds"))).values("n")
    return Subquery(summed, output_field=IntegerField())
