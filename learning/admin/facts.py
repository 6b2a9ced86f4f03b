"""Why a lesson can't be deleted: learners' facts hang on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from learning.models import LearningSession, LessonProgress, LessonView, PracticeAttempt, StudyTime

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from learning.models import Lesson

_FACTS = [LessonProgress, StudyTime, LessonView, LearningSession, PracticeAttempt]


def learners_worked_in(lessons: QuerySet[Lesson]) -> list[str]:
    """One sentence for each lesson that somebody has opened, studied or tried."""
    touched = Q()
    for fact in _FACTS:
        touched |= Q(Exists(fact._default_manager.filter(lesson=OuterRef("pk"))))
    words = _("Learners have worked in “%(lesson)s”. Unpublish it instead: their time and results are kept.")
    return [words % {"lesson": lesson.title} for lesson in lessons.filter(touched)]
