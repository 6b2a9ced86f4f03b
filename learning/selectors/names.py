"""What a learner is called before those who teach a course."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from learning.models import Course, User
from learning.models.people import shown_name


def name_for_teachers(learner: User, course: Course) -> str:
    """Their name, or in a course that shows none, their alias."""
    return alias_in(learner.pk, course.pk) if course.learners_by_alias else learner.name


def names_for_teachers(people: Iterable[tuple[int, str, str]], course: Course) -> list[str]:
    """The same for many of whom only key, display name and address are at hand."""
    if course.learners_by_alias:
        return [alias_in(pk, course.pk) for pk, _name, _email in people]
    return [shown_name(name, email) for _pk, name, email in people]


def alias_in(learner: int, course: int) -> str:
    """The same for the same learner and course; nothing about the person can be read from it."""
    digest = salted_hmac("learning.alias", f"{course}:{learner}", algorithm="sha256").digest()
    word = base64.b32encode(digest).decode()[:8]
    return _("Learner %(word)s") % {"word": f"{word[:4]}-{word[4:]}"}
