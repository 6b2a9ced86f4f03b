"""Titles and messages are found by their words: written where they are, in the same transaction."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import connection

from chat.models import Conversation, Findable, Message
from chat.retrieval.fulltext import marks_of
from chat.retrieval.words import terms_of
from learning import outbox

FORGET = "chat.forget_words"


def title_is_findable(conversation: Conversation) -> None:
    """Write the words of a title that is new or was changed. Again: nothing changes."""
    terms = _terms(conversation, conversation.title)
    titles = Findable.objects.filter(conversation=conversation, message=None)
    if not titles.update(terms=terms):
        Findable.objects.create(asker_id=conversation.asker_id, conversation=conversation, terms=terms)


def message_is_findable(message: Message, conversation: Conversation) -> None:
    """Write the words of a message, or what they have become, in one statement."""
    row = Findable(
        asker_id=conversation.asker_id,
        conversation=conversation,
        message=message,
        terms=_terms(conversation, message.content),
    )
    Findable.objects.bulk_create([row], update_conflicts=True, unique_fields=["message"], update_fields=["terms"])


def forget_words(*, at: dt.datetime) -> None:
    """Ask for an index that holds no word of what was deleted, after the commit.

    SQLite's full-text index only notes that words are gone, and keeps them in its own tables until it is written anew.
    """
    if connection.vendor == "sqlite":
        outbox.put(FORGET, f"{FORGET}:{uuid.uuid4()}", {}, at=at)


@outbox.handles(FORGET)
def write_index_anew(key: str, payload: dict[str, object]) -> None:
    """Safe to run twice: an index that holds nothing deleted stays as it is."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for table in ("chat_findable_fts", "chat_passage_fts"):  # an instructor's answer is found by the question
                cursor.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")  # noqa: S608


def _terms(conversation: Conversation, text: str) -> str:
    marks = marks_of(asker=conversation.asker_id, course=conversation.course_id)
    return " ".join([*marks, *terms_of(text, language=conversation.course.language)])
