"""Files of a course go with the texts that refer to them: who may read such a text may fetch the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.html import escape

from learning.models import CourseFile, Lesson, Question
from learning.selectors.outline import enrollment_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from learning.models.courses import Viewer


def may_fetch(viewer: Viewer, file: CourseFile) -> bool:
    """Whether this person, to whom the course exists, may have the file.

    What a free preview or the course's own page shows is everybody's; what a published lesson shows, its learners';
    the rest (of drafts, of unpublished lessons, of nothing any more) is for who teaches the course, and staff.
    """
    published = Lesson.objects.published().filter(course=file.course_id)
    if _stands_on_the_course_page(file) or _refer_to(file, published.filter(is_preview=True)):
        return True
    if not viewer.is_authenticated:
        return False
    learns = file.course.is_published and enrollment_of(viewer, file.course) is not None
    return (learns and _refer_to(file, published)) or file.course.is_managed_by(viewer)


def _stands_on_the_course_page(file: CourseFile) -> bool:
    return re.search(_in_markdown(file), file.course.description) is not None


def _refer_to(file: CourseFile, lessons: QuerySet[Lesson]) -> bool:
    """Whether one of these lessons, a further page or a question of one refers to the file."""
    in_html, in_markdown = f'"{escape(file.get_absolute_url())}"', _in_markdown(file)
    if lessons.filter(Q(html__contains=in_html) | Q(sub_pages__html__contains=in_html)).exists():
        return True
    asked = Q(text__regex=in_markdown) | Q(explanation__regex=in_markdown) | Q(choices__text__regex=in_markdown)
    return Question.objects.filter(asked, lesson__in=lessons).exists()


def _in_markdown(file: CourseFile) -> str:
    """The address as a Markdown text has it, and not as the beginning of a longer one."""
    return re.escape(file.get_absolute_url()) + r"($|[^A-Za-z0-9._~%/-])"
