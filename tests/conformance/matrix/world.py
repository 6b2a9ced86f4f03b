"""Two full sets of courses and people: ours, and strangers whose every text carries a mark."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection, models, transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from analytics.kinds.risk import Act
from analytics.models import RiskFlag
from analytics.services import care
from chat.models import Conversation
from gamification.models import BadgeShare, Challenge, ChallengeTemplate, Preferences
from gamification.services.challenges import challenges_of
from gamification.services.pauses import plan_vacation
from gamification.services.switches import choose_alias
from gamification.services.xp import correct
from learning.kinds import CourseState, LessonKind
from learning.models import Category, Certificate, Course, CourseFile, Lesson, Module, PracticeAttempt, SubPage, User
from learning.models.people import STAFF_GROUP
from learning.policies import Role
from learning.services.certificates import issue
from learning.services.people import change_time_zone
from learning.services.structure import unpublish
from notifications.models import Announcement, Device, Notification, Phone
from notifications.rendering.links import unsubscribe_url
from tests.builders import Person, a_beat, a_course, a_lesson, a_practice, a_user, enrolled, lessons_of
from tests.ledgers import unguarded

SECRET = "Zyzzogeton"  # in every text of the strangers that nobody of us may read
OPEN = "Publicum"  # in those that everybody may: the catalogue, outlines, free previews
OURS = {"learning", "chat", "gamification", "notifications", "analytics"}
PIXEL = b"\x89PNG\r\n\x1a\n" + b"\x00" * 16
WRITES = re.compile(r"\s*(WITH .*)?(INSERT|UPDATE|DELETE)\b", re.IGNORECASE | re.DOTALL)
NOT_OURS_TO_COUNT = ("django_session", "learning_signinfailures", "learning_requestcount")


# --- one set of courses and people ------------------------------------------------------------------------------
def furnish(word: str, hidden: str) -> SimpleNamespace:
    """A teacher with a published course of every kind of lesson, a draft and a withdrawn course, and two learners.

    `hidden` is the word for the addresses of what only they know of. What one learner leaves behind (`learner`) is made by requests, as a browser makes them.
    """
    side = SimpleNamespace(
        teacher=a_user(f"{hidden}.teacher@example.org", name=f"{word} teacher"),
        learner=a_user(f"{hidden}.learner@example.org", name=f"{word} learner"),
        other=a_user(f"{hidden}.other@example.org", name=f"{word} other"),
    )
    _courses(side, word, hidden)
    for person in (side.learner, side.other):
        enrolled(person, side.course)
    _draft(side, hidden)
    _withdrawn(side, hidden)
    _facts(side, Person(side.learner), word)
    return side


def _courses(side: SimpleNamespace, word: str, hidden: str) -> None:
    side.category = Category.objects.create(name=f"{word} shelf", slug=f"{word}-shelf")
    side.course = a_course(side.teacher, title=f"{word} course", lessons=2, category=side.category)
    side.module = side.course.modules.get()
    side.lesson, side.second = lessons_of(side.course)
    side.file, side.hidden_file = _file(side.course, f"{word}-map.png"), _file(side.course, f"{hidden}-plan.png")
    side.open_file = _file(side.course, f"{word}-open.png")
    side.lesson.body = f"![{word}]({side.file.get_absolute_url()})"
    side.lesson.save()
    side.page = SubPage.objects.create(lesson=side.lesson, title=f"{word} page", slug=f"{word}-page", body=word)
    free = f"![{word}]({side.open_file.get_absolute_url()})"
    side.preview = a_lesson(side.module, title=f"{word} preview", is_preview=True, is_required=False, body=free)
    side.preview_page = SubPage.objects.create(lesson=side.preview, title="more", slug=f"{word}-more", body=word)
    draft = f"![{word}]({side.hidden_file.get_absolute_url()})"
    side.hidden = a_lesson(side.module, title=f"{hidden} hidden", is_published=False, body=draft)
    side.hidden_page = SubPage.objects.create(lesson=side.hidden, title="hidden", slug=f"{hidden}-page", body=word)
    side.video = a_lesson(side.module, title=f"{word} video", kind=LessonKind.VIDEO, is_required=False)
    side.video.video_file.save("film.mp4", ContentFile(b"\0\0\0\x18ftyp" + b"\0" * 40))
    side.video.captions.save("film.vtt", ContentFile(b"WEBVTT"))
    side.practice = a_practice(side.module, title=f"{word} practice", questions=2, is_required=False)
    side.question = side.practice.questions.first()
    side.course.thumbnail.save("picture.png", ContentFile(PIXEL))


def _file(course: Course, path: str) -> CourseFile:
    file = CourseFile(course=course, path=path, size=len(PIXEL))
    file.file.save(path, ContentFile(PIXEL))
    return file


def _draft(side: SimpleNamespace, word: str) -> None:
    side.draft = a_course(side.teacher, title=f"{word} draft", lessons=1, state=CourseState.DRAFT)
    side.draft_lesson = lessons_of(side.draft)[0]
    side.draft_page = SubPage.objects.create(lesson=side.draft_lesson, title=word, slug=f"{word}-page", body=word)
    side.draft_file = _file(side.draft, f"{word}-draft.png")
    side.draft.thumbnail.save("draft.png", ContentFile(PIXEL))


def _withdrawn(side: SimpleNamespace, word: str) -> None:
    """A course that the learner had begun when it was taken off the catalogue."""
    side.withdrawn = a_course(side.teacher, title=f"{word} withdrawn", lessons=1)
    side.withdrawn_lesson = lessons_of(side.withdrawn)[0]
    enrolled(side.learner, side.withdrawn)
    unpublish(side.withdrawn, at=timezone.now())


def _facts(side: SimpleNamespace, learner: Person, word: str) -> None:
    """Study, a finished and an open practice, a certificate, a correction, a notification, a move to another zone."""
    for n, lesson in enumerate((side.lesson, side.second)):
        _ok(learner.post("/api/learner/track-lesson/", a_beat(lesson, seq=n + 1, completed=True)))
    _ok(learner.get(side.second.get_absolute_url()))
    _ok(learner.post("/api/learner/track-lesson/", a_beat(side.video, ranges=[[0, 0.5]])))
    attempt = _ok(learner.post("/api/practice/", {"lesson": side.practice.pk})).json()["id"]
    answers = {str(q.pk): q.choices.first().pk for q in side.practice.questions.all()}
    _ok(learner.post(f"/api/practice/{attempt}/finish/", {"answers": answers}))
    side.finished = PracticeAttempt.objects.get(pk=attempt)
    keyed = {"headers": {"Idempotency-Key": word}}
    open_attempt = _ok(learner.post("/api/practice/", {"lesson": side.practice.pk}, **keyed)).json()["id"]
    side.attempt = PracticeAttempt.objects.get(pk=open_attempt)
    side.enrollment = side.learner.enrollments.get(course=side.course)
    side.certificate = issue(side.enrollment, at=timezone.now())
    correct(learner=side.learner, amount=5, reason=f"{word} reason", by=side.teacher, at=timezone.now())
    side.notification = Notification.objects.filter(learner=side.learner).latest("pk")
    side.unsubscribe = unsubscribe_url(side.learner, "certificate", "email").rstrip("/").rpartition("/")[2]
    choose_alias(learner=side.learner, alias=f"{word} alias")
    side.earned = side.learner.earned_badges.first()
    share = BadgeShare.objects.create(earned=side.earned, name=word, created_at=timezone.now())
    side.shared = SimpleNamespace(uuid=share.pk)
    side.device = Device.objects.create(
        person=side.learner,
        platform=Device.Platform.IOS,
        digest=f"{side.learner.pk}",
        token=word,
        name=word,
        created_at=timezone.now(),
    )
    Phone.objects.create(
        person=side.learner,
        number=f"+3460000{side.learner.pk:04}",
        consent_at=timezone.now(),
        consent_version="1",
        code_nonce="0",
        code_expires_at=timezone.now(),
        verified_at=timezone.now(),
    )
    side.announcement = Announcement.objects.create(
        sender=side.teacher,
        course=side.course,
        segment="everyone",
        title=word,
        message=word,
        send_at=timezone.now(),
        created_at=timezone.now(),
        state="sent",
        finished_at=timezone.now(),
    )
    Notification.objects.create(
        learner=side.learner, kind="announcement", key=side.announcement.key, title=word, created_at=timezone.now()
    )
    question = {"content": f"{word}?", "client_message_id": str(uuid.uuid4()), "course": side.course.pk}
    talk = _ok(learner.post("/api/chat/sessions/", question)).json()
    side.conversation = SimpleNamespace(uuid=talk["id"])
    Conversation.objects.filter(pk=talk["id"]).update(is_shared=True)
    side.asked = SimpleNamespace(uuid=talk["messages"][0]["id"])
    side.answer = SimpleNamespace(uuid=talk["messages"][1]["id"])
    side.challenge = challenges_of(side.learner, at=timezone.now())[0].challenge
    easy = ChallengeTemplate.objects.get(key="one_session")
    Challenge.objects.filter(pk=side.challenge.pk).update(template=easy, target=1)
    _looked_after(side, word)
    next_week = side.learner.day_at(timezone.now()) + dt.timedelta(days=7)
    side.vacation = plan_vacation(learner=side.learner, first_day=next_week, last_day=next_week, at=timezone.now())
    change_time_zone(side.learner, "Asia/Tokyo", at=timezone.now())


def _looked_after(side: SimpleNamespace, word: str) -> None:
    """A flag, an encouragement, a note with something to do, and a reading."""
    now, today = timezone.now(), timezone.now().date()
    whose = {"enrollment": side.enrollment, "by": side.teacher, "at": now}
    side.flag = RiskFlag.objects.create(
        course=side.course, learner=side.learner, reason="stuck", since=today, raised_on=today, shown_from=today
    )
    care.write_to(**whose, kind=Act.ENCOURAGE, text=f"{word} words")
    side.note = care.note(**whose, text=f"{word} note", is_action_item=True)
    care.remember_reading(enrollment=side.enrollment, reader=side.teacher, at=now)


def _ok(answer: Any) -> Any:
    assert answer.status_code < 400, answer.content
    return answer


# --- the strangers' mark ----------------------------------------------------------------------------------------
def texts(model: type[models.Model]) -> list[models.Field]:
    """The fields of a model in which somebody's words can stand."""
    none = NO_WORDS_ANYWHERE | NO_WORDS.get(model._meta.label, set())
    kinds = (models.CharField, models.TextField)
    other = (models.EmailField, models.SlugField, models.URLField)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and not isinstance(field, other) and not field.choices and field.name not in none
    ]


NO_WORDS_ANYWHERE = {"key", "digest", "source_path"}
# No words of a person, or never shown: what a machine wrote or looks up by.
NO_WORDS = {
    "learning.User": {"password", "time_zone", "previous_time_zone", "language"},
    "learning.ZoneChange": {"old_zone", "new_zone"},
    "learning.Course": {"language", "time_zone"},
    "learning.CourseFile": {"path"},
    "learning.Category": {"name"},
    "learning.Outbox": {"kind", "last_error"},
    "learning.KeptAnswer": {"request", "asked", "content_type"},
    "notifications.Notification": {"url"},
    "notifications.Device": {"endpoint", "p256dh", "auth", "server_key", "token"},
    "notifications.Phone": {"number", "consent_version", "code_nonce"},
    "notifications.Delivery": {"url", "address", "error"},
    "notifications.DeadAddress": {"address", "reason"},
    "notifications.Template": {"title", "body"},
    "chat.Message": {"provider", "model"},
    "gamification.Badge": {"title", "description", "icon"},
    "gamification.ChallengeTemplate": {"title", "description"},
    "gamification.Goal": {"metric"},
    "gamification.Milestone": {"scope"},
    "gamification.Pause": {"reason"},
    "gamification.Amnesty": {"reason"},
    "gamification.XPEntry": {"source", "rule"},
    "gamification.ActiveDay": {"time_zone"},
    "analytics.Rollup": {"basis"},
}


def our_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m._meta.app_label in OURS]


def all_keys() -> dict[str, set[Any]]:
    return {m._meta.label: set(m._default_manager.values_list("pk", flat=True)) for m in our_models()}


@unguarded()
def mark(before: dict[str, set[Any]], side: SimpleNamespace) -> None:
    """Write the mark into every text of every row that has come since; `update`, so that derived texts have it too."""
    for model in our_models():
        label = model._meta.label
        fields = texts(model)
        if not fields:
            continue
        for row in model._default_manager.exclude(pk__in=before[label]):
            words = {f.name: _words(row, f, side) for f in fields}
            model._default_manager.filter(pk=row.pk).update(**words)
    PracticeAttempt.objects.filter(pk=side.finished.pk).update(
        answers={str(side.question.pk): SECRET}, results=[{"question": side.question.pk, "right": [SECRET]}]
    )


def _words(row: Any, field: models.Field, side: SimpleNamespace) -> str:
    """The mark, and where the field has room for it, what stood there: a text may refer to a file."""
    said = f"{OPEN if _is_open(row, field.name, side) else SECRET} {field.name} {row.pk}"
    return said[: field.max_length] if field.max_length else f"{said} {getattr(row, field.name)}"


def _is_open(row: Any, name: str, side: SimpleNamespace) -> bool:
    """Whether the catalogue, the outline of a published course or a free preview shows this text to everybody."""
    if isinstance(row, Course):
        return row.pk == side.course.pk
    if isinstance(row, Module):
        return row.course_id == side.course.pk
    if isinstance(row, Lesson):
        listed = row.course_id == side.course.pk and row.is_published
        return listed and (name == "title" or row.is_preview)
    if isinstance(row, SubPage):
        return row.lesson_id == side.preview.pk
    if isinstance(row, User):
        return row.pk == side.teacher.pk
    # A certificate and a shared badge are shown to whoever has their number, an alias to whoever looks at a board.
    return isinstance(row, (Category, Certificate, BadgeShare, Preferences))


# --- everybody --------------------------------------------------------------------------------------------------
@dataclass
class World:
    """`a` is ours, `b` the strangers'; `people` are the roles as they stand to what is in `a`."""

    a: SimpleNamespace
    b: SimpleNamespace
    people: dict[Role, Person]
    requests: int = 0

    def ask(
        self, role: Role, method: str, path: str, body: Any = None, *, as_form: bool = False, **extra: Any
    ) -> Asked:
        """One request, undone afterwards, so that the next one finds everything as it was."""
        self.requests += 1
        cache.clear()  # limits are not what is tried here
        written: list[str] = []
        with transaction.atomic(), connection.execute_wrapper(_noting(written)):
            answer = self._send(role, method, path, body, as_form, **extra)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        return Asked(answer, answer.status_code, content.decode("utf-8", "replace"), written)

    def _send(self, role: Role, method: str, path: str, body: Any, as_form: bool, **extra: Any) -> Any:
        person = self.people[role]
        if as_form:
            return person.client.generic(
                method, path, urlencode(body or {}, doseq=True), "application/x-www-form-urlencoded", **extra
            )
        send = getattr(person.client, method.lower())
        if method == "GET":
            return send(path, body, **extra)
        return send(path, {} if body is None else body, content_type="application/json", **extra)


@dataclass(frozen=True)
class Asked:
    """An answer, its text, and the statements that wrote while it was made."""

    answer: Any
    status: int
    text: str
    written: list[str]

    @property
    def leads_to_sign_in(self) -> bool:
        return self.status == 302 and self.answer["Location"].startswith(resolve_url(settings.LOGIN_URL))


def _noting(written: list[str]) -> Any:
    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if WRITES.match(sql) and not any(table in sql for table in NOT_OURS_TO_COUNT):
            written.append(sql)
        return execute(sql, params, many, context)

    return note


def build() -> World:
    """Strangers first, marked; then ours, and everybody else."""
    before = all_keys()
    b = furnish(OPEN.lower(), SECRET.lower())
    mark(before, b)
    a = furnish("ours", "ours")
    colleague = a_user("colleague@example.org", name="Colleague")
    a_course(colleague, title="Colleague's own")
    people = {
        Role.VISITOR: Person(None),
        Role.LEARNER: Person(a.learner),
        Role.OTHER_LEARNER: Person(a.other),
        Role.OUTSIDER: Person(a_user("outside@example.org", name="Outsider")),
        Role.INSTRUCTOR: Person(a.teacher),
        Role.OTHER_INSTRUCTOR: Person(colleague),
        Role.STAFF: Person(_staff()),
        Role.SUPERUSER: Person(a_user("root@example.org", name="Root", is_staff=True, is_superuser=True)),
        Role.TOKEN: _with_token(a.learner),
    }
    for person in people.values():
        person.client.raise_request_exception = False
    return World(a, b, people)


def _staff() -> User:
    user = a_user("support@example.org", name="Support", is_staff=True)
    user.groups.add(Group.objects.get_or_create(name=STAFF_GROUP)[0])
    return user


def _with_token(user: User) -> Person:
    person = Person(None)
    person.client = Client(headers={"Authorization": f"Token {AuthToken.objects.create(user)[1]}"})
    return person


def in_a_transaction(unblock: Any) -> Iterator[World]:
    """For a fixture of a module's scope: built once, and gone at its end."""
    with unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)
