"""What a learner is told about. Each in a savepoint of its own, in the transaction of what it tells."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from django.apps import apps as django_apps
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.signals import (
    QuestionAnsweredByInstructor,
    QuestionAsked,
    question_answered_by_instructor,
    question_asked,
)
from gamification.kinds import level_begins_at, milestone_title
from gamification.models import EarnedBadge, Milestone
from gamification.selectors.achievements import achievement
from gamification.selectors.today import shown_to
from gamification.signals import (
    BadgesEarned,
    ChallengeClaimed,
    FreezesUsed,
    FreezeUse,
    LevelReached,
    MilestonesPassed,
    StandingChanged,
    StreakAtRisk,
    StreaksAtRisk,
    badges_earned,
    challenge_claimed,
    freezes_used,
    level_reached,
    milestones_passed,
    standing_changed,
    streaks_at_risk,
)
from learning.models import Lesson, User
from learning.signals import (
    CertificateIssued,
    CourseCompleted,
    LearnerEnrolled,
    LearnerLeft,
    LessonCompleted,
    PracticeFinished,
    StudyCredited,
    certificate_issued,
    course_completed,
    learner_enrolled,
    learner_left,
    lesson_completed,
    practice_finished,
    study_credited,
)
from learning.zones import day_starts
from notifications.kinds import EventKind, Kind
from notifications.models import Device, LiveEvent
from notifications.services.addresses import note_bounce
from notifications.services.devices import IN_SESSION
from notifications.services.stream import numbers_moved, publish
from notifications.services.telling import Message, tell


@receiver(user_logged_out, dispatch_uid="notifications.forget_browser")
def forget_browser(request: HttpRequest | None = None, user: User | None = None, **kwargs: object) -> None:
    """Who signs out in a browser is told nothing more there: somebody else may sit before it next."""
    known = request.session.get(IN_SESSION) if request is not None else None
    if user is not None and isinstance(known, int):
        Device.objects.of(user).filter(pk=known).delete()


@receiver(learner_enrolled, dispatch_uid="notifications.welcome")
@transaction.atomic
def welcome(event: LearnerEnrolled, **kwargs: object) -> None:
    """What a course begins with, once: who comes back to it knows. The page that enrolled says it already."""
    if not event.is_first:
        return
    learner, course = event.enrollment.learner, event.enrollment.course
    first = Lesson.objects.filter(course=course).published().in_order().first()
    if first is None:
        return
    words: dict[str, str | int] = {"course": course.title, "lesson": first.title}
    with translation.override(learner.language):
        row = Message(
            person=learner,
            kind=Kind.WELCOME,
            key=str(course.pk),
            title=_("Welcome to %(course)s") % words,
            body=_("It begins with %(lesson)s. Your place is kept, whenever you come back.") % words,
            url=course.get_absolute_url(),
            words=words,
            course=course.pk,
            at=event.at,
        )
    tell([row], quietly=True)


# Of fewer lessons the half is no news.
FEWEST_LESSONS = 4


@receiver(lesson_completed, dispatch_uid="notifications.tell_half_way")
@transaction.atomic
def tell_half_way(event: LessonCompleted, **kwargs: object) -> None:
    enrollment = event.enrollment
    if not _is_half_way(event):
        return
    learner, course = enrollment.learner, enrollment.course
    left = enrollment.required_lessons - enrollment.completed_lessons
    with translation.override(learner.language):
        body = ngettext("%(n)d lesson is left.", "%(n)d lessons are left.", left)
        row = Message(
            person=learner,
            kind=Kind.PROGRESS,
            key=f"{course.pk}:half",
            title=_("Half of %(course)s is behind you") % {"course": course.title},
            body=body % {"n": left},
            url=course.get_absolute_url(),
            words={"course": course.title, "left": left},
            course=course.pk,
            at=event.at,
        )
    tell([row], quietly=not shown_to(learner, course=course.pk).toasts)


def _is_half_way(event: LessonCompleted) -> bool:
    """Whether this lesson was the one that made it half of what is required."""
    required, done = event.enrollment.required_lessons, event.enrollment.completed_lessons
    counts = event.lesson.is_required and event.lesson.is_published
    return counts and required >= FEWEST_LESSONS and 2 * (done - 1) < required <= 2 * done < 2 * required


@receiver(badges_earned, dispatch_uid="notifications.tell_badges")
@transaction.atomic
def tell_badges(event: BadgesEarned, **kwargs: object) -> None:
    with translation.override(event.learner.language):
        rows = [_badge(event.learner, earned, at=event.at) for earned in event.earned]
    told = [_achievement(event.learner, earned, at=event.at) for earned in event.earned if event.celebrated]
    tell(rows, along=[*told, numbers_moved(event.learner.pk, at=event.at)])


def _achievement(learner: User, earned: EarnedBadge, *, at: dt.datetime) -> LiveEvent:
    return LiveEvent(person=learner, kind=EventKind.ACHIEVEMENT, data=achievement(earned), created_at=at)


def _badge(learner: User, earned: EarnedBadge, *, at: dt.datetime) -> Message:
    badge = earned.badge
    return Message(
        person=learner,
        kind=Kind.BADGE,
        key=f"{badge.key}:{earned.scope}" if earned.scope else badge.key,
        title=_("You earned %(badge)s") % {"badge": badge.title},
        body=badge.description,
        url=_page_of_badges(),
        words={"badge": badge.title},
        at=at,
    )


@lru_cache(maxsize=1)
def _page_of_badges() -> str:
    """Where badges are shown: their own page, where this installation has one."""
    try:
        resolve("/achievements/")
    except Resolver404:
        return reverse("analytics:my_learning")
    return "/achievements/"


@receiver(level_reached, dispatch_uid="notifications.tell_level")
@transaction.atomic
def tell_level(event: LevelReached, **kwargs: object) -> None:
    words = {"level": event.level, "next": event.level + 1, "xp": level_begins_at(event.level + 1)}
    with translation.override(event.learner.language):
        row = Message(
            person=event.learner,
            kind=Kind.LEVEL,
            key=str(event.level),
            title=_("You reached level %(level)d") % words,
            body=_("Level %(next)d begins at %(xp)d XP.") % words,
            url=reverse("analytics:my_learning"),
            words={"level": event.level},
            at=event.at,
        )
    tell([row], quietly=not event.celebrated)


@receiver(certificate_issued, dispatch_uid="notifications.tell_certificate")
@transaction.atomic
def tell_certificate(event: CertificateIssued, **kwargs: object) -> None:
    certificate = event.certificate
    learner = certificate.enrollment.learner
    with translation.override(learner.language):
        row = Message(
            person=learner,
            kind=Kind.CERTIFICATE,
            key=str(certificate.uuid),
            title=_("You finished %(course)s") % {"course": certificate.course_title},
            body=_("Your certificate is ready. It has a page of its own that you can share."),
            url=reverse("learning:certificate", args=[certificate.uuid]),
            words={"course": certificate.course_title},
            at=event.at,
        )
    tell([row], quietly=not shown_to(learner, course=certificate.enrollment.course_id).toasts)


@receiver(milestones_passed, dispatch_uid="notifications.tell_milestones")
@transaction.atomic
def tell_milestones(event: MilestonesPassed, **kwargs: object) -> None:
    with translation.override(event.learner.language):
        rows = [_milestone(event.learner, passed, at=event.at) for passed in event.news]
        told = [_passed(event.learner, passed, at=event.at) for passed in event.celebrated]
    tell(rows, along=told)


def _passed(learner: User, passed: Milestone, *, at: dt.datetime) -> LiveEvent:
    words = {"key": passed.key, "title": milestone_title(passed.key, passed.value), "value": passed.value}
    return LiveEvent(person=learner, kind=EventKind.MILESTONE, data=words, created_at=at)


def _milestone(learner: User, passed: Milestone, *, at: dt.datetime) -> Message:
    title = milestone_title(passed.key, passed.value)
    return Message(
        person=learner,
        kind=Kind.GOAL_REACHED if passed.is_of_a_goal else Kind.MILESTONE,
        key=f"{passed.key}:{passed.scope}" if passed.scope else passed.key,
        title=title,
        body=_("One stone after the other."),
        url=reverse("analytics:my_learning"),
        words={"goal": passed.value} if passed.is_of_a_goal else {"milestone": title},
        at=at,
    )


@receiver(freezes_used, dispatch_uid="notifications.tell_freezes")
@transaction.atomic
def tell_freezes(event: FreezesUsed, **kwargs: object) -> None:
    tell([_freeze(use, at=event.at) for use in event.uses])


def _freeze(use: FreezeUse, *, at: dt.datetime) -> Message:
    with translation.override(use.learner.language):
        title = ngettext("A freeze kept your streak of %(n)d day", "A freeze kept your streak of %(n)d days", use.run)
        left = ngettext("You hold %(n)d more.", "You hold %(n)d more.", use.left) if use.left else ""
        body = [_("It covered a day without learning."), left or _("Seven active days earn the next one.")]
        return Message(
            person=use.learner,
            kind=Kind.STREAK,
            key=f"frozen:{use.day}",
            title=title % {"n": use.run},
            body=" ".join(body) % {"n": use.left},
            url=reverse("analytics:my_learning"),
            words={"days": use.run},
            at=at,
        )


@receiver(streaks_at_risk, dispatch_uid="notifications.tell_risks")
@transaction.atomic
def tell_risks(event: StreaksAtRisk, **kwargs: object) -> None:
    tell([_risk(risk, at=event.at) for risk in event.risks])


def _risk(risk: StreakAtRisk, *, at: dt.datetime) -> Message:
    with translation.override(risk.learner.language):
        title = ngettext("Keep your streak of %(n)d day today", "Keep your streak of %(n)d days today", risk.run)
        return Message(
            person=risk.learner,
            kind=Kind.STREAK_AT_RISK,
            key=str(risk.day),
            title=title % {"n": risk.run},
            body=_("One lesson or ten minutes before midnight keeps it going."),
            url=reverse("analytics:my_learning"),
            words={"days": risk.run},
            at=at,
            until=day_starts(risk.day + dt.timedelta(days=1), risk.learner.zone_at(at)),
        )


@receiver(question_answered_by_instructor, dispatch_uid="notifications.tell_answer")
@transaction.atomic
def tell_answer(event: QuestionAnsweredByInstructor, **kwargs: object) -> None:
    """Nothing of the conversation is said here: it can be deleted, and this would stay."""
    learner, course = event.conversation.asker, event.conversation.course
    with translation.override(learner.language):
        row = Message(
            person=learner,
            kind=Kind.ANSWER,
            key=str(event.answer.pk),
            title=_("Your question was answered in %(course)s") % {"course": course.title},
            body=_("%(name)s answered in your conversation with the assistant.") % {"name": event.instructor},
            url=f"{reverse('chat:assistant', args=[course.slug])}?session={event.conversation.pk}",
            words={"course": course.title, "instructor": str(event.instructor)},
            course=course.pk,
            at=event.at,
        )
    tell([row])


# --- What a mail provider tells ---------------------------------------------------------------------------------


def hear_of_bounces() -> None:
    """Listen to a mail provider, where one is installed (Anymail): it has checked who speaks."""
    if django_apps.is_installed("anymail"):
        from anymail.signals import tracking

        tracking.connect(tell_bounce, dispatch_uid="notifications.tell_bounce")


def tell_bounce(event: Any, **kwargs: object) -> None:
    """An address that bounced for good, was refused by the provider, or complained of spam."""
    if event.event_type in {"bounced", "rejected", "complained"} and event.recipient:
        said = event.description or event.reject_reason or event.event_type
        note_bounce(event.recipient, str(said), at=timezone.now())


# --- Counters of open pages -----------------------------------------------------------------------------------

OfALearner = StudyCredited | ChallengeClaimed | StandingChanged
Moved = (
    OfALearner | LearnerEnrolled | LearnerLeft | LessonCompleted | PracticeFinished | CourseCompleted | QuestionAsked
)


@receiver(learner_enrolled, dispatch_uid="notifications.move_numbers")
@receiver(learner_left, dispatch_uid="notifications.move_numbers")
@receiver(lesson_completed, dispatch_uid="notifications.move_numbers")
@receiver(practice_finished, dispatch_uid="notifications.move_numbers")
@receiver(course_completed, dispatch_uid="notifications.move_numbers")
@receiver(study_credited, dispatch_uid="notifications.move_numbers")
@receiver(challenge_claimed, dispatch_uid="notifications.move_numbers")
@receiver(question_asked, dispatch_uid="notifications.move_numbers")
@receiver(standing_changed, dispatch_uid="notifications.move_numbers")
@transaction.atomic
def move_numbers(event: Moved, **kwargs: object) -> None:
    """Each act that changes a learner's pages says so; ordinary beats do not, they happen every half a minute."""
    publish([numbers_moved(_whose(event), at=event.at)])


def _whose(event: Moved) -> int:
    if isinstance(event, OfALearner):
        return event.learner.pk
    return event.conversation.asker_id if isinstance(event, QuestionAsked) else event.enrollment.learner_id
