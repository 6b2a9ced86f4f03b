"""What follows on this floor from what happens below. Each in a savepoint of its own."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.dispatch import receiver
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from analytics.services.lines import place
from analytics.services.rollups import reopen
from chat.signals import QuestionAsked, QuestionSentToInstructors, question_asked, question_sent_to_instructors
from learning.models import Course, Enrollment, User
from learning.selectors.names import alias_in
from learning.signals import (
    CourseCompleted,
    LearnerEnrolled,
    LessonCompleted,
    StudyCameLate,
    course_completed,
    learner_enrolled,
    lesson_completed,
    study_came_late,
)
from notifications.kinds import Kind
from notifications.services.stream import course_news, publish
from notifications.services.telling import Message, tell


@receiver(study_came_late, dispatch_uid="analytics.reopen_day")
@transaction.atomic
def reopen_day(event: StudyCameLate, **kwargs: object) -> None:
    """What came late is shown at once, and counted with its day by the next run."""
    reopen(event.course, event.course_day)


@receiver(learner_enrolled, dispatch_uid="analytics.place_in_lists")
@transaction.atomic
def place_in_lists(event: LearnerEnrolled, **kwargs: object) -> None:
    """Whoever enrols stands in their instructors' list at once."""
    place(Enrollment.objects.filter(pk=event.enrollment.pk))


@receiver(learner_enrolled, dispatch_uid="analytics.tell_enrolled")
@transaction.atomic
def tell_enrolled(event: LearnerEnrolled, **kwargs: object) -> None:
    _tell_teachers("enrolled", event.enrollment, at=event.at)


@receiver(lesson_completed, dispatch_uid="analytics.tell_lesson")
@transaction.atomic
def tell_lesson(event: LessonCompleted, **kwargs: object) -> None:
    _tell_teachers("lesson", event.enrollment, at=event.at)


@receiver(course_completed, dispatch_uid="analytics.tell_completed")
@transaction.atomic
def tell_completed(event: CourseCompleted, **kwargs: object) -> None:
    _tell_teachers("completed", event.enrollment, at=event.at)


@receiver(question_asked, dispatch_uid="analytics.tell_asked")
@transaction.atomic
def tell_asked(event: QuestionAsked, **kwargs: object) -> None:
    """That somebody asked. What they asked is theirs."""
    course = event.conversation.course_id
    _tell("asked", course, event.conversation.asker, to=_teachers(course), at=event.at)


@receiver(question_sent_to_instructors, dispatch_uid="analytics.tell_question")
@transaction.atomic
def tell_question(event: QuestionSentToInstructors, **kwargs: object) -> None:
    """Who teaches the course hears that a question waits. Nothing of it is said here: it can be deleted."""
    course = event.conversation.course
    teachers = course.instructors.filter(is_active=True).exclude(pk=event.conversation.asker_id).order_by("pk")
    tell([_question(teacher, course, event.question.pk, at=event.at) for teacher in teachers])


def _question(teacher: User, course: Course, question: uuid.UUID, *, at: dt.datetime) -> Message:
    with translation.override(teacher.language):
        return Message(
            person=teacher,
            kind=Kind.QUESTION,
            key=str(question),
            title=_("A question for you in %(course)s") % {"course": course.title},
            body=_("A learner sent you a question that they had asked the assistant."),
            url=reverse("admin:course_assistant", args=[course.pk]),
            words={"course": course.title},
            course=course.pk,
            at=at,
        )


def _tell_teachers(what: str, enrollment: Enrollment, *, at: dt.datetime) -> None:
    """A lesson and the course that it finishes are one act about one enrolment: who teaches is asked once."""
    known = enrollment.__dict__.get("_taught_by")
    teachers = known if known is not None else _teachers(enrollment.course_id)
    enrollment.__dict__["_taught_by"] = teachers
    _tell(what, enrollment.course_id, enrollment.learner, to=teachers, at=at)


def _teachers(course: int) -> dict[int, bool]:
    """Who teaches the course, and whether it shows them aliases."""
    taught = Course.instructors.through.objects.filter(course_id=course).order_by("user_id")
    return dict(taught.values_list("user_id", "course__learners_by_alias"))


def _tell(what: str, course: int, learner: User, *, to: dict[int, bool], at: dt.datetime) -> None:
    """On the open pages of those who teach the course. Who teaches it and learns there is no news."""
    if learner.pk in to:
        return
    name = alias_in(learner.pk, course) if any(to.values()) else learner.name
    data = {"course": course, "what": what, "learner": learner.pk, "name": name}
    publish([course_news(person, data, at=at) for person in to])
