"""What this floor stores, and what can never be true of it."""

from chat.models.budgets import Meter, Reservation
from chat.models.passages import CourseIndex, Passage, PassageQuerySet

__all__ = ["CourseIndex", "Meter", "Passage", "PassageQuerySet", "Reservation"]
