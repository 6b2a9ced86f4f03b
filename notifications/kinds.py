"""Words of this floor: what is told, by which channels, and what each kind of message may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """The ways to a person."""

    IN_APP = "in_app", _("In the app")
    EMAIL = "email", _("Email")
    PUSH = "push", _("Push")
    SMS = "sms", _("SMS")


class Kind(models.TextChoices):
    """What a notification tells."""

    WELCOME = "welcome", _("Welcome")
    PROGRESS = "progress", _("Progress")
    BADGE = "badge", _("Badge")
    LEVEL = "level", _("Level")
    MILESTONE = "milestone", _("Milestone")
    STREAK = "streak", _("Streak")
    CERTIFICATE = "certificate", _("Certificate")
    STREAK_AT_RISK = "streak_at_risk", _("Streak at risk")
    GOAL_NEAR = "goal_near", _("Goal within reach")
    GOAL_REACHED = "goal_reached", _("Goal reached")
    WEEKLY_SUMMARY = "weekly_summary", _("Your week")
    REMINDER = "reminder", _("Reminder")
    CLASS_BOOKED = "class_booked", _("Class booked")
    CLASS_SOON = "class_soon", _("Class soon")
    INSTRUCTOR_MESSAGE = "instructor_message", _("Message from an instructor")
    QUESTION = "question", _("Question for you")
    ANSWER = "answer", _("Answer to your question")
    ANNOUNCEMENT = "announcement", _("Announcement")
    AT_RISK_DIGEST = "at_risk_digest", _("Who needs help")
    REPORT_READY = "report_ready", _("Report ready")
    ADDRESS = "address", _("Address that does not work")
    DIGEST = "digest", _("Digest")


@dataclass(frozen=True)
class Meaning:
    """What a kind is: a sentence for the settings page, where it goes unless somebody chose, and what it may say.

    `mandatory` channels can't be turned off. A digestible kind may wait for the digest of whoever wants one. `words`
    are the variables that a template of this kind may use beside `title`, `body` and `name`, each with an example.
    `is_offered` is False where nobody tells this kind or nobody can choose it: then it has no line in the matrix. What
    `is_for_teachers` has one on the page of those who teach.
    """

    sentence: str | Promise
    default: frozenset[Channel]
    mandatory: frozenset[Channel] = frozenset()
    is_digestible: bool = True
    words: Mapping[str, str] = field(default_factory=dict)
    is_offered: bool = True
    is_for_teachers: bool = False

    @property
    def variables(self) -> dict[str, str]:
        """All variables of a template, with an example for each."""
        return {"name": "Alice", "title": "…", "body": "…", **self.words}


_APP = frozenset({Channel.IN_APP})
_MAIL = _APP | {Channel.EMAIL}
_PUSH = _APP | {Channel.PUSH}
_BOTH = _MAIL | {Channel.PUSH}

KINDS: dict[Kind, Meaning] = {
    Kind.WELCOME: Meaning(
        _("You took up a course."), _MAIL, is_digestible=False, words={"course": "Stones", "lesson": "What a cairn is"}
    ),
    Kind.PROGRESS: Meaning(_("You are half-way through a course."), _APP, words={"course": "Stones", "left": "5"}),
    Kind.BADGE: Meaning(_("You earned a badge."), _APP, words={"badge": "First Steps"}),
    Kind.LEVEL: Meaning(_("You reached a level."), _APP, words={"level": "2"}),
    Kind.MILESTONE: Meaning(_("You passed a milestone."), _APP, words={"milestone": "10 sessions"}),
    Kind.STREAK: Meaning(_("A freeze kept your streak."), _APP, words={"days": "12"}),
    Kind.CERTIFICATE: Meaning(_("You finished a course."), _MAIL, is_digestible=False, words={"course": "Stones"}),
    Kind.STREAK_AT_RISK: Meaning(
        _("Your streak ends at midnight; told in the evening."), _PUSH, is_digestible=False, words={"days": "12"}
    ),
    Kind.GOAL_NEAR: Meaning(
        _("A goal is one session away."), _PUSH, is_digestible=False, words={"done": "2", "target": "3"}
    ),
    Kind.GOAL_REACHED: Meaning(_("You reached your goal of the week."), _APP, words={"goal": "5"}),
    Kind.WEEKLY_SUMMARY: Meaning(
        _("What you did last week, on Monday morning."),
        _MAIL,
        is_digestible=False,
        words={"time": "1 h 20 min", "lessons": "4", "days": "3"},
    ),
    Kind.REMINDER: Meaning(
        _("You have not been here for a while."),
        _MAIL,
        is_digestible=False,
        words={"course": "Stones", "lesson": "Cairns in fog", "days": "7"},
    ),
    Kind.CLASS_BOOKED: Meaning(
        _("You booked a class."), _MAIL, is_digestible=False, words={"class": "Questions, live"}, is_offered=False
    ),
    Kind.CLASS_SOON: Meaning(
        _("A class begins soon."), _BOTH, is_digestible=False, words={"class": "Questions, live"}, is_offered=False
    ),
    Kind.INSTRUCTOR_MESSAGE: Meaning(
        _("An instructor of your course writes to you."),
        _BOTH,
        mandatory=_APP,
        is_digestible=False,
        words={"course": "Stones", "instructor": "Ines"},
    ),
    Kind.QUESTION: Meaning(
        _("For instructors: a learner sent you a question."), _MAIL, words={"course": "Stones"}, is_for_teachers=True
    ),
    Kind.ANSWER: Meaning(
        _("An instructor answered a question of yours."),
        _BOTH,
        mandatory=_APP,
        is_digestible=False,
        words={"course": "Stones", "instructor": "Ines"},
    ),
    Kind.ANNOUNCEMENT: Meaning(
        _("News for everybody in a course, or for everybody here."), _MAIL, mandatory=_APP, words={"course": "Stones"}
    ),
    Kind.AT_RISK_DIGEST: Meaning(
        _("For instructors: how many in your courses may need help, on Monday morning."),
        _MAIL,
        is_digestible=False,
        words={"people": "3", "courses": "2"},
        is_for_teachers=True,
    ),
    Kind.REPORT_READY: Meaning(
        _("A report that you asked for is ready."),
        _MAIL,
        is_digestible=False,
        words={"course": "Stones"},
        is_offered=False,
    ),
    Kind.ADDRESS: Meaning(
        _("One of your addresses does not take our messages."),
        _APP,
        mandatory=_APP,
        is_digestible=False,
        words={"address": "a…e@example.com"},
        is_offered=False,
    ),
    Kind.DIGEST: Meaning(
        _("What waited for your digest."),
        frozenset({Channel.EMAIL}),
        is_digestible=False,
        words={"count": "4"},
        is_offered=False,
    ),
}


class Digest(models.TextChoices):
    """Whether mails that can wait come one by one or together."""

    OFF = "off", _("As it happens")
    DAILY = "daily", _("Once a day, in the morning")
    WEEKLY = "weekly", _("Once a week, on Monday morning")


class DeliveryState(models.TextChoices):
    """What became of one message on its way by one channel."""

    QUEUED = "queued", _("Queued")
    DEFERRED = "deferred", _("Waits for its time")
    SENT = "sent", _("Sent")
    SUPPRESSED = "suppressed", _("Not sent")
    DEAD = "dead", _("Given up")


class EventKind(models.TextChoices):
    """What a live stream tells an open page."""

    NOTIFICATION = "notification", _("Notification")
    ACHIEVEMENT = "achievement", _("Achievement")
    MILESTONE = "milestone", _("Milestone")
    STATS = "stats", _("Numbers that moved")
    COURSE = "course", _("News of a course that one teaches")
