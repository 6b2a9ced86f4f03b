"""Titles and messages are found by their words: written where they are, in the same transaction."""

from __future__ import annotations

from chat.models import Conversation, Findable, Message
from chat.retrieval.fulltext import marks_of
from chat.retrieval.words import terms_of


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


def _terms(conversation: Conversation, text: str) -> str:
    marks = marks_of(asker=conversation.asker_id, course=conversation.course_id)
    return " ".join([*marks, *terms_of(text, language=conversation.course.language)])
