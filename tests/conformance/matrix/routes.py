"""What each address is tried with: the things it names, the body it is sent, and the line of the table it falls under.

An address without places in it, read by GET under one policy, needs no row. Everything else has one for each method
that it knows; `test_matrix.py` fails on an address that has none, and says which.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from learning.policies import Answer
from tests.builders import a_beat

UNKNOWN_ID = 987_654
UNKNOWN_SLUG = "no-such-thing"
UNKNOWN_UUID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Case:
    """One way to ask.

    `at` names the things in the address, as members of a side of the world (`{"slug": "course.slug"}`); `body` makes
    what is sent from a side. `personal`: the thing is the learner's own, and for everybody else it does not exist.
    `ok`: the status where the role may. `instead`: an answer given in other words than usual (a page that leads
    somewhere else instead of refusing). `ids`: for a list, the ids that this person may see in it.
    """

    policy: str
    at: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: Callable[[SimpleNamespace], Any] | None = None
    personal: bool = False
    ok: int | tuple[int, ...] = 200
    instead: Mapping[Answer, int] = field(default_factory=dict)
    ids: Callable[[Any, Any], set[Any]] | None = None

    def kwargs(self, *sides: SimpleNamespace) -> dict[str, Any]:
        """The things of the address; with two sides the first thing is of the first, the others of the second."""
        return {
            name: attrgetter(where)(sides[min(n, len(sides) - 1)]) for n, (name, where) in enumerate(self.at.items())
        }

    def unknown(self) -> dict[str, Any]:
        """The same with things that do not exist."""
        return {name: _unknown(where) for name, where in self.at.items()}


def _unknown(where: str) -> Any:
    if where.endswith(".uuid"):
        return UNKNOWN_UUID
    return UNKNOWN_ID if where.endswith(".pk") else UNKNOWN_SLUG


def _get(policy: str, **more: Any) -> Case:
    at = {name: more.pop(name) for name in list(more) if name not in Case.__dataclass_fields__}
    return Case(policy, at, **more)


def _post(policy: str, **more: Any) -> Case:
    return _get(policy, method="POST", **more)


def _in_days(n: int) -> str:
    return str(timezone.now().date() + dt.timedelta(days=n))


LESSONS = ("lesson", "preview", "hidden", "draft_lesson")
_ELSEWHERE = {Answer.REFUSED: 302}


def _lesson(policy: str, lesson: str = "lesson", course: str = "course", **more: Any) -> Case:
    return _get(policy, slug=f"{course}.slug", lesson_slug=f"{lesson}.slug", **more)


def _page(policy: str, lesson: str, page: str, course: str = "course") -> Case:
    return _lesson(policy, lesson, course, page_slug=f"{page}.slug")


def _published(world: Any, person: Any) -> set[int]:
    from learning.models import Course

    return set(Course.objects.published().values_list("pk", flat=True))


def _own(path: str) -> Callable[[Any, Any], set[Any]]:
    """The ids of the rows that hang on the person by this name."""
    return lambda world, person: set(getattr(person.user, path).values_list("pk", flat=True))


def _own_uuids(path: str) -> Callable[[Any, Any], set[Any]]:
    """The same where the ids are no numbers."""
    return lambda world, person: {str(pk) for pk in _own(path)(world, person)}


def _told(world: Any, person: Any) -> set[str]:
    """Questions that learners showed to those who teach."""
    from chat.models import Message

    return {str(pk) for pk in Message.objects.told_to(person.user).values_list("pk", flat=True)}


def _learners(world: Any, person: Any) -> set[int]:
    """Of our course: what its instructors and staff see."""
    from learning.selectors.teaching import learners_of

    return set(learners_of(world.a.course).values_list("learner_id", flat=True))


_STUDENT = {"course": "course.pk", "student": "learner.pk"}


def _act(**more: Any) -> Case:
    return _get("instructor.act", **_STUDENT, **{"method": "POST", "ok": 201, **more})


def _answers(side: SimpleNamespace) -> dict[str, Any]:
    return {"answers": {str(side.question.pk): side.question.choices.first().pk}}


def _question() -> dict[str, Any]:
    return {"content": "What is this about?", "client_message_id": str(uuid.uuid4())}


ROWS: dict[str, list[Case]] = {
    # --- pages -------------------------------------------------------------------------------------------------
    "favicon": [_get("public.read", ok=302)],
    "learning:settings": [
        _get("profile.read"),
        _post("profile.write", ok=302, body=lambda side: {"display_name": "New", "time_zone": "UTC", "language": "en"}),
    ],
    "learning:certificate": [_get("certificate.verify", key="certificate.uuid")],
    "learning:course": [
        _get("course.read", slug="course.slug"),
        _get("course.draft", slug="draft.slug"),
    ],
    "learning:enroll": [
        _post("course.enrol", slug="course.slug", ok=302),
        _post("course.draft", slug="draft.slug", instead=dict.fromkeys([Answer.YES, Answer.READ], 404)),
    ],
    "learning:leave": [_post("course.leave", slug="course.slug", ok=302)],
    "learning:course_picture": [
        _get("course.read", slug="course.slug"),
        _get("course.draft", slug="draft.slug"),
    ],
    "learning:course_file": [
        _get("file.read", slug="course.slug", path="file.path"),
        _get("lesson.preview", slug="course.slug", path="open_file.path"),
        _get("lesson.draft", slug="course.slug", path="hidden_file.path"),
        _get("lesson.draft", slug="draft.slug", path="draft_file.path"),
    ],
    "learning:lesson": [
        _lesson("lesson.read"),
        _lesson("lesson.preview", "preview"),
        _lesson("lesson.draft", "hidden"),
        _lesson("lesson.draft", "draft_lesson", "draft"),
        _lesson("lesson.complete", method="POST", ok=302),
    ],
    "learning:lesson_video": [_lesson("file.read", "video")],
    "learning:lesson_captions": [_lesson("file.read", "video")],
    "learning:sub_page": [
        _page("lesson.read", "lesson", "page"),
        _page("lesson.preview", "preview", "preview_page"),
        _page("lesson.draft", "hidden", "hidden_page"),
        _page("lesson.draft", "draft_lesson", "draft_page", "draft"),
    ],
    "notifications:bell": [_get("header.read", instead={Answer.YES: 204})],
    "notifications:unsubscribe": [
        _get("inbox.unsubscribe", token="unsubscribe"),
        _post("inbox.unsubscribe", token="unsubscribe"),
    ],
    "notifications:preferences": [
        _get("preferences.read"),
        _post("preferences.write", ok=302, body=lambda side: {"digest": "off", "on": []}),
    ],
    "notifications:try_addresses": [_post("preferences.write", ok=302)],
    "notifications:read_all": [_post("inbox.write", ok=302)],
    "notifications:open": [_post("inbox.write", pk="notification.pk", personal=True, ok=302)],
    "notifications:announcement": [_get("announcement.read", pk="announcement.pk")],
    "notifications:remove_device": [_post("address.write", pk="device.pk", personal=True, ok=302)],
    "notifications:ask_code": [_post("address.write", ok=422, body=lambda side: {"number": "+34600000000"})],
    "notifications:confirm_code": [_post("address.write", ok=422, body=lambda side: {"code": "000000"})],
    "notifications:withdraw_phone": [_post("address.write", ok=302)],
    "gamification:share": [
        _post("badges.share", pk="earned.pk", personal=True, ok=302, body=lambda side: {"name": "N"})
    ],
    "gamification:shared_badge": [_get("public.read", key="shared.uuid")],
    "gamification:course_board": [_get("board.course", slug="course.slug", instead=_ELSEWHERE)],
    "gamification:claim_challenge": [_post("challenge.claim", pk="challenge.pk", ok=302)],
    "gamification:motivation": [
        _get("goal.read"),
        _post("goal.write", ok=302, body=lambda side: {"daily_goal": 2, "weekly_goal": 4}),
    ],
    "gamification:vacation": [
        _post("streak.write", ok=302, body=lambda side: {"first_day": _in_days(9), "last_day": _in_days(10)}),
    ],
    "gamification:end_vacation": [_post("streak.write", pk="vacation.pk", personal=True, ok=302)],
    "chat:assistant": [_get("chat.ask", slug="course.slug", instead=_ELSEWHERE)],
    "analytics:my_learning_live": [_get("dashboard.read", instead={Answer.SIGN_IN: 401})],
    "analytics:arrange": [_post("dashboard.write", ok=302, body=lambda side: {"act": "up:badges"})],
    "analytics:away": [
        _post("hint.answer", pk="flag.pk", personal=True, ok=302, body=lambda side: {"until": _in_days(3)})
    ],
    "analytics:course_progress": [_get("progress.read", slug="course.slug", instead=_ELSEWHERE)],
    # --- API ---------------------------------------------------------------------------------------------------
    "api_token": [
        _post("token.by_password", ok=401, body=lambda side: {"email": "nobody@example.org", "password": "guess"}),
    ],
    "api_me": [
        _get("profile.read"),
        _get("profile.write", method="PATCH", body=lambda side: {"display_name": "New"}),
    ],
    "api_courses": [_get("catalogue.read", ids=_published)],
    "api_course": [
        _get("course.read", course="course.pk"),
        _get("course.draft", course="draft.pk"),
    ],
    "api_enrollment": [
        _post("course.enrol", course="course.pk", ok=(200, 201)),
        _get("course.leave", course="course.pk", method="DELETE", ok=204),
    ],
    "api_lesson": [
        _get("lesson.read", lesson="lesson.pk"),
        _get("lesson.preview", lesson="preview.pk"),
        _get("lesson.draft", lesson="hidden.pk"),
        _get("lesson.draft", lesson="draft_lesson.pk"),
    ],
    "api_certificate": [_get("certificate.verify", certificate="certificate.uuid")],
    "track_lesson": [_post("lesson.track", body=lambda side: a_beat(side.lesson.pk))],
    "practice": [_post("practice.start", ok=201, body=lambda side: {"lesson": side.practice.pk})],
    "practice_finish": [
        _post("practice.finish", pk="attempt.pk", body=_answers),
    ],
    "chat_sessions": [
        _get("chat.read", ids=_own_uuids("conversations")),
        _post("chat.ask", ok=(200, 201), body=lambda side: _question() | {"course": side.course.pk}),
    ],
    "chat_session": [
        _get("chat.read", pk="conversation.uuid", personal=True),
        _get("chat.write", pk="conversation.uuid", method="PATCH", personal=True, body=lambda side: {"title": "New"}),
        _get("chat.write", pk="conversation.uuid", method="DELETE", personal=True, ok=204),
    ],
    "chat_messages": [
        _get("chat.read", pk="conversation.uuid", personal=True, ids=_own_uuids("chat_messages")),
        _post("chat.write", pk="conversation.uuid", personal=True, ok=201, body=lambda side: _question()),
    ],
    "chat_ask_instructor": [_post("chat.write", pk="answer.uuid", personal=True)],
    "chat_feedback": [_post("chat.write", pk="answer.uuid", personal=True, body=lambda side: {"value": "up"})],
    "gamification_xp": [_get("xp.read", ids=_own("xp_entries"))],
    "challenge_claim": [_post("challenge.claim", pk="challenge.pk")],
    "gamification_settings": [
        _get("goal.read"),
        _get("goal.write", method="PATCH", body=lambda side: {"daily_goal": 2}),
    ],
    "vacations": [
        _post("streak.write", ok=201, body=lambda side: {"first_day": _in_days(9), "last_day": _in_days(10)}),
    ],
    "vacation": [_get("streak.write", pk="vacation.pk", method="DELETE", personal=True, ok=204)],
    "events": [_get("stream.read", ok=204)],
    "notifications": [_get("inbox.read", ids=_own("notifications"))],
    "notification_bounces": [_post("callback.receive", body=lambda side: {"events": []})],
    "notification_preferences": [
        _get("preferences.read"),
        _get("preferences.write", method="PUT", body=lambda side: {"digest": "daily"}),
    ],
    "notifications_read_all": [_post("inbox.write")],
    "notification_read": [_post("inbox.write", pk="notification.pk", personal=True)],
    "notifications_send": [
        _post(
            "announcement.send",
            ok=202,
            body=lambda side: {
                "kind": "announcement",
                "course": side.course.pk,
                "context": {"title": "Soon", "message": "We begin at nine."},
            },
        ),
        _post(
            "announcement.send",
            ok=202,
            body=lambda side: {
                "kind": "announcement",
                "user": side.other.pk,
                "context": {"title": "Yours", "message": "Well done."},
            },
        ),
    ],
    "device_register": [
        _post("address.write", ok=409, body=lambda side: {"platform": "ios", "token": "a-token"}),
    ],
    "device": [_get("address.write", pk="device.pk", method="DELETE", personal=True, ok=204)],
    "sms_inbound": [_post("callback.receive", body=lambda side: {"sender": "+34600000000", "text": "STOP"})],
    "learner_counters": [_get("dashboard.read")],
    "instructor_overview": [_get("instructor.read", course="course.pk")],
    "instructor_matrix": [_get("instructor.read", course="course.pk")],
    "instructor_lessons": [_get("instructor.read", course="course.pk")],
    "instructor_top": [_get("instructor.read", course="course.pk")],
    "instructor_assistant": [_get("instructor.read", course="course.pk")],
    "instructor_questions": [_get("instructor.read", course="course.pk", ids=_told)],
    "instructor_answer": [
        _post("question.answer", course="course.pk", pk="asked.uuid", ok=201, body=lambda side: {"text": "Like this."}),
        _get("question.answer", method="DELETE", course="course.pk", pk="asked.uuid", ok=204),
    ],
    "learner_away": [
        _post("hint.answer", pk="flag.pk", personal=True, ok=201, body=lambda side: {"until": _in_days(3)})
    ],
    "learner_readings": [_get("reading.read", ids=_own("student_readings"))],
    "instructor_risk": [
        _get("instructor.read", course="course.pk"),
        _get("instructor.act", course="course.pk", method="PATCH", body=lambda side: {"stuck_days": 20}),
    ],
    "instructor_students": [_get("instructor.read", course="course.pk", ids=_learners)],
    "instructor_at_risk": [_get("instructor.read", course="course.pk")],
    "instructor_student": [_get("instructor.read", **_STUDENT)],
    "instructor_notes": [_act(body=lambda side: {"note": "N"})],
    "instructor_note": [_act(method="PATCH", pk="note.pk", ok=200, body=lambda side: {"done": True})],
    "instructor_encourage": [_act(ok=(200, 201), body=lambda side: {"message": side.course.title})],
    "instructor_offer_help": [_act(ok=(200, 201), body=lambda side: {})],
    "instructor_snooze": [_act(pk="flag.pk", body=lambda side: {"until": _in_days(9)})],
    "instructor_dismiss": [_act(pk="flag.pk", body=lambda side: {"reason": "R"})],
    "learner_progress": [_get("progress.read", course="course.pk")],
    # --- pages of libraries ------------------------------------------------------------------------------------
    "account_reset_password_from_key": [Case("account.enter")],
}
