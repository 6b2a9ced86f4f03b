"""Words that the assistant stores or sends, and the values that pass between asking and answering. No database here."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    USER = "user", _("Learner")
    ASSISTANT = "assistant", _("Assistant")
    INSTRUCTOR = "instructor", _("Instructor")


class MessageStatus(models.TextChoices):
    """How far a message has come. An answer without its provider's end mark is `interrupted`, never `complete`."""

    COMPLETE = "complete", _("Complete")
    STREAMING = "streaming", _("Being written")
    INTERRUPTED = "interrupted", _("Interrupted")
    FAILED = "failed", _("Failed")


class AnswerStatus(models.TextChoices):
    """Whether the course covers what was asked."""

    ANSWERED = "answered", _("Answered")
    PARTIAL = "partial", _("Partly answered")
    UNANSWERED = "unanswered", _("Not found in the course")


@dataclass(frozen=True)
class Turn:
    """One earlier message of the same conversation, as the answer may know it."""

    role: str
    content: str


@dataclass(frozen=True)
class Citation:
    """Where in the course an answer comes from. `second` is set for captions, `heading` for sections of a text.

    `lesson` is None for an instructor's answer that belongs to no lesson.
    """

    lesson: int | None
    title: str
    url: str
    heading: str = ""
    second: int | None = None


@dataclass(frozen=True)
class Delta:
    """The next piece of an answer's Markdown, and the provider whose words they are."""

    text: str
    by: str = "extractive"


@dataclass(frozen=True)
class Answer:
    """The end of a stream: the whole answer in Markdown, where it comes from, and what it cost.

    `is_whole` is False when the stream ended without its end mark; `note` says in words that a language model was
    not used though one is set up (it was away, or the budget is spent). Tokens are counts, `cost` is in micro-units
    of the configured currency.
    """

    content: str
    status: AnswerStatus
    citations: list[Citation] = field(default_factory=list)
    provider: str = "extractive"
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cost: int = 0
    note: str = ""
    is_whole: bool = True
