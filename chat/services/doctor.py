"""What must be true on this floor: passages follow what is published, words are counted, messages too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from chat.models import Passage
from chat.services.conversations import miscounted, recount_messages
from chat.services.passages import count_words, differing_pages, follow_course
from learning.doctor import Found, check
from learning.models import Course

# The words of a course are counted by a row of the outbox, moments after a change.
COUNTED_WITHIN = dt.timedelta(hours=1)


def _not_followed() -> Iterator[Course]:
    return (course for course in Course.objects.order_by("pk").iterator(chunk_size=100) if differing_pages(course))


def follow_all(at: dt.datetime) -> None:
    for course in _not_followed():
        follow_course(course, at=at)
        count_words(course.pk, at=at)


@check("chat.passages", "courses whose passages are not what is published", repair=follow_all)
def passages(at: dt.datetime) -> Found:
    return Found.each(course.pk for course in _not_followed())


def _uncounted(at: dt.datetime) -> QuerySet[Course]:
    """Changed a while ago and not counted since, or counted with another number of passages than there are."""
    own = Passage.objects.filter(course=OuterRef("pk")).order_by().values("course").annotate(n=Count("pk")).values("n")
    courses = Course.objects.annotate(
        passages_now=Coalesce(Subquery(own), 0), passages_then=Coalesce(F("passage_index__passages"), 0)
    )
    late = Q(passage_index__stale_since__lt=at - COUNTED_WITHIN)
    return courses.filter(late | (Q(passage_index__stale_since=None) & ~Q(passages_now=F("passages_then"))))


def count_again(at: dt.datetime) -> None:
    for pk in list(_uncounted(at).values_list("pk", flat=True)):
        count_words(pk, at=at)


@check("chat.words", "courses whose words were not counted after a change", repair=count_again)
def words(at: dt.datetime) -> Found:
    return Found.rows(_uncounted(at))


@check(
    "chat.messages",
    "conversations that show another number of messages than they have",
    repair=lambda at: recount_messages(),
)
def messages(at: dt.datetime) -> Found:
    return Found.rows(miscounted())
