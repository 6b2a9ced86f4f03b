"""Plain functions that make what a test needs, through the services that the product uses."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.test import Client
from django.utils import timezone

from learning.kinds import CourseState, LessonKind, QuestionKind
from learning.models import Choice, Course, Enrollment, Lesson, Module, Question, User
from learning.services.enrollment import enroll
from learning.services.people import make_instructor
from learning.services.structure import free_slug, structure_changed
from notifications.models import Notification
from notifications.services.telling import Message, tell

PASSWORD = "a-good-long-password"


class Person:
    """Somebody with a browser and an API client: `alice.get(...)`, `alice.post(path, {...})`, `alice.user`."""

    def __init__(self, user: User | None) -> None:
        self.user: User = user  # type: ignore[assignment]
        self.client = Client()
        if user:
            self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def get(self, path: str, data: Any = None, **extra: Any) -> Any:
        return self.client.get(path, data, **extra)

    def post(self, path: str, body: Any = None, **extra: Any) -> Any:
        """POST JSON."""
        return self.client.post(path, {} if body is None else body, content_type="application/json", **extra)

    def put(self, path: str, body: Any = None, **extra: Any) -> Any:
        return self.client.put(path, body, content_type="application/json", **extra)

    def patch(self, path: str, body: Any = None, **extra: Any) -> Any:
        return self.client.patch(path, body, content_type="application/json", **extra)

    def delete(self, path: str, body: Any = None, **extra: Any) -> Any:
        return self.client.delete(path, body, content_type="application/json", **extra)

    def submit(self, path: str, fields: dict[str, Any] | None = None, **extra: Any) -> Any:
        """POST a form, as a page does."""
        return self.client.post(path, fields or {}, **extra)


def a_user(email: str, *, zone: str = "UTC", name: str = "", **fields: Any) -> User:
    user = User.objects.create_user(email, PASSWORD, time_zone=zone, display_name=name, **fields)
    user.emailaddress_set.create(email=email, verified=True, primary=True)
    return user


def a_course(
    instructor: User, *, title: str = "Stones", lessons: int = 2, state: str = CourseState.PUBLISHED, **fields: Any
) -> Course:
    """A course with one module of `lessons` required text lessons without minimum time."""
    course = Course.objects.create(title=title, slug=free_slug(title, None), state=state, **fields)
    make_instructor(instructor, course, at=timezone.now())
    module = Module.objects.create(course=course, title="First steps")
    for n in range(lessons):
        a_lesson(module, title=f"{title} {n + 1}", count=False)
    structure_changed(course, at=timezone.now())
    course.refresh_from_db()
    return course


def a_module(course: Course, title: str = "Further") -> Module:
    return Module.objects.create(course=course, title=title, position=course.modules.count())


def a_lesson(
    module: Module, *, title: str = "A lesson", kind: str = LessonKind.TEXT, count: bool = True, **fields: Any
) -> Lesson:
    slug = fields.pop("slug", None) or free_slug(title, Lesson.objects.filter(course=module.course))
    position = fields.pop("position", module.lessons.count())
    body = fields.pop("body", f"# {title}\n\nWords about {title}.")
    lesson = Lesson.objects.create(
        module=module, title=title, kind=kind, slug=slug, position=position, body=body, **fields
    )
    if count:
        structure_changed(module.course, at=timezone.now())
    return lesson


def a_practice(module: Module, *, questions: int = 2, title: str = "Try it", **fields: Any) -> Lesson:
    """A practice lesson of single-choice questions whose first choice is right."""
    lesson = a_lesson(module, title=title, kind=LessonKind.PRACTICE, **fields)
    for n in range(questions):
        a_question(lesson, f"Question {n + 1}?", ["right", "wrong"], right=[0])
    return lesson


def a_question(
    lesson: Lesson, text: str, choices: Sequence[str] = (), *, right: Sequence[int] = (), kind: str = "", **fields: Any
) -> Question:
    kind = kind or QuestionKind.SINGLE
    question = Question.objects.create(lesson=lesson, text=text, kind=kind, position=lesson.questions.count(), **fields)
    for n, choice in enumerate(choices):
        Choice.objects.create(question=question, text=choice, is_correct=n in right, position=n)
    return question


def lessons_of(course: Course) -> list[Lesson]:
    return list(Lesson.objects.filter(course=course).in_order())


def enrolled(user: User, course: Course, *, at: dt.datetime | None = None) -> Enrollment:
    return enroll(learner=user, course=course, at=at or timezone.now())[0]


def a_beat(
    lesson: Lesson | int, *, seq: int = 1, seconds: float = 30, session: str = "", **fields: Any
) -> dict[str, Any]:
    """The body of one beat, of a new tab unless `session` says which."""
    return {
        "lesson": lesson if isinstance(lesson, int) else lesson.pk,
        "client_session": session or str(uuid.uuid4()),
        "seq": seq,
        "seconds": seconds,
        **fields,
    }


def notify(rows: Sequence[Notification]) -> list[Notification]:
    """Tell these through the door that everybody uses, as if each were a message; returns what is new in inboxes."""
    fields = ("kind", "key", "title", "body", "url")
    told = [Message(person=r.learner, at=r.created_at, **{name: getattr(r, name) for name in fields}) for r in rows]
    return tell(told)
