"""What this floor stores, and what can never be true of it."""

from chat.models.budgets import Meter, Reservation
from chat.models.conversations import (
    Conversation,
    ConversationQuerySet,
    ConversationRead,
    ConversationReadQuerySet,
    Message,
    MessageQuerySet,
)
from chat.models.findable import Findable, FindableQuerySet
from chat.models.passages import CourseIndex, Passage, PassageQuerySet

__all__ = [
    "Conversation",
    "ConversationQuerySet",
    "ConversationRead",
    "ConversationReadQuerySet",
    "CourseIndex",
    "Findable",
    "FindableQuerySet",
    "Message",
    "MessageQuerySet",
    "Meter",
    "Passage",
    "PassageQuerySet",
    "Reservation",
]
