"""Beats and views."""

from __future__ import annotations

import datetime as dt

from learning.kinds import Missing
from learning.models import Lesson, User
from learning.services.completion import Completion


def record_view(*, learner: User, lesson: Lesson, at: dt.datetime) -> bool:
    """Note that an enrolled learner opened the lesson."""
    return False


def ask_completion(*, learner: User, lesson: Lesson, at: dt.datetime) -> tuple[Completion | None, list[Missing]]:
    """Complete a lesson if its rule allows; else say what is missing."""
    return None, []
