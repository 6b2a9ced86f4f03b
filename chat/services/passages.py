"""Passages follow what is published: brought into step after every change, or made anew by a command."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction

from chat.models import Conversation, CourseIndex, Message, Passage, PassageQuerySet
from chat.retrieval.calibration import Known, borders, words_of
from chat.retrieval.splitting import Piece, split_captions, split_page
from chat.retrieval.words import terms_of
from learning import outbox
from learning.kinds import LessonKind
from learning.models import Course, Lesson, SubPage

INDEX_COURSE = "chat.index_course"
_BATCH = 500
_TRIES = 3
_Place = tuple[str, int, int | None]
_Known = dict[_Place, str]


@dataclass(frozen=True)
class _Page:
    """One thing that passages are cut from. `digest` changes when its passages would."""

    lesson: Lesson
    source: str
    title: str
    digest: str
    sub_page: SubPage | None = None

    @property
    def place(self) -> _Place:
        return self.source, self.lesson.pk, self.sub_page.pk if self.sub_page else None

    def pieces(self) -> list[Piece]:
        if self.source == Passage.Source.CAPTIONS:
            return split_captions(_captions(self.lesson))
        return split_page(self.sub_page.html if self.sub_page else self.lesson.html)


@transaction.atomic
def follow_course(course: Course, *, at: dt.datetime) -> int:
    """Bring the course's passages into step with its published lessons; returns how many pages differed.

    Practice lessons are left out whole: nothing of a question or its answers is ever a passage. Again: nothing changes.
    """
    _hold(course)
    known, gone, changed = _compare(course)
    _delete(course, [*gone, *(page.place for page in changed if page.place in known)])
    _take_from_others(course, {page.lesson.pk for page in changed}, at=at)
    written = [passage for page in changed for passage in _passages(course, page)]
    Passage.objects.bulk_create(written, batch_size=_BATCH)
    if gone or written or any(page.place in known for page in changed):
        _went_stale(course, at=at)
    return len(gone) + len(changed)


@transaction.atomic
def rebuild_course(course: Course, *, at: dt.datetime) -> int:
    """Make the passages of the course's pages anew, whatever stands there; instructors' answers stay. Returns how many
    passages there are."""
    Passage.objects.filter(course=course).exclude(source=Passage.Source.ANSWER).delete()
    follow_course(course, at=at)
    count_words(course.pk, at=at)
    return Passage.objects.filter(course=course).count()


@transaction.atomic
def remember_answer(
    *, course: Course, lesson: Lesson | None, answer: Message, question: str, text: str, at: dt.datetime
) -> None:
    """Let an instructor's answer be found by everybody in the course. Again, with another text: that text.

    Of the question only the stems are kept, to be found by: nobody reads another learner's words.
    """
    forget_answer(answer, at=at)
    found_by = terms_of(f"{question} {text}", language=course.language)
    Passage.objects.create(
        course=course,
        lesson=lesson,
        source=Passage.Source.ANSWER,
        answer=answer,
        position=0,
        title=lesson.title if lesson else course.title,
        text=text,
        terms=" ".join(found_by),
        length=len(found_by),
        digest="",
    )
    _went_stale(course, at=at)


@transaction.atomic
def forget_answer(answer: Message, *, at: dt.datetime) -> None:
    """Take an instructor's answer out of retrieval. Again: nothing changes."""
    _forget(Passage.objects.filter(answer=answer), at=at)


@transaction.atomic
def forget_answers_in(conversation: Conversation, *, at: dt.datetime) -> None:
    """Take what instructors answered in a conversation out of retrieval. Again: nothing changes."""
    _forget(Passage.objects.filter(answer__conversation=conversation), at=at)


def _forget(found: PassageQuerySet, *, at: dt.datetime) -> None:
    for course in Course.objects.filter(passages__in=found).distinct():
        _went_stale(course, at=at)
    found.delete()


def count_words(course_id: int, *, at: dt.datetime) -> CourseIndex | None:
    """Count the course's words and find its borders anew; None when the course is gone.

    It reads and reckons outside any transaction, and stores only what still stands: a change that comes in between
    makes it begin again.
    """
    course = Course.objects.filter(pk=course_id).first()
    if course is None:
        return None
    index, _ = CourseIndex.objects.get_or_create(course=course)
    for _try in range(_TRIES):
        since = CourseIndex.objects.filter(pk=index.pk).values_list("stale_since", flat=True).first()
        values = _counted(course)
        same = CourseIndex.objects.filter(pk=index.pk, stale_since=since)
        if same.update(**values, version=uuid.uuid4(), stale_since=None, built_at=at):
            break
    return CourseIndex.objects.get(pk=index.pk)


@outbox.handles(INDEX_COURSE)
def _count_words_later(key: str, payload: dict[str, int]) -> None:
    from django.utils import timezone

    count_words(payload["course"], at=timezone.now())


def _hold(course: Course) -> None:
    """Two changes of a course at once write its passages one after the other: each sees what the one before left."""
    CourseIndex.objects.get_or_create(course=course)
    CourseIndex.objects.select_for_update().get(course=course)


# --- pages and passages -----------------------------------------------------------------------------------------
def _pages(course: Course) -> Iterator[_Page]:
    lessons = Lesson.objects.filter(course=course).published().exclude(kind=LessonKind.PRACTICE)
    for lesson in lessons.prefetch_related("sub_pages").iterator(chunk_size=100):
        lesson.course = course
        yield _page(lesson, Passage.Source.LESSON, lesson.title, lesson.html)
        if lesson.captions:
            yield _page(lesson, Passage.Source.CAPTIONS, lesson.title, str(lesson.captions.name))
        for page in lesson.sub_pages.all():
            yield _page(lesson, Passage.Source.SUB_PAGE, f"{lesson.title} › {page.title}", page.html, page)


def _page(lesson: Lesson, source: str, title: str, content: str, sub_page: SubPage | None = None) -> _Page:
    digest = hashlib.sha256("\0".join([lesson.course.language, title, content]).encode()).hexdigest()[:32]
    return _Page(lesson, source, title, digest, sub_page)


def _compare(course: Course) -> tuple[_Known, list[_Place], list[_Page]]:
    """What is known by place, which places are no page any more, and which pages are other than what is known."""
    known, changed = _known(course), []
    gone = dict.fromkeys(known)
    for page in _pages(course):
        gone.pop(page.place, None)
        if known.get(page.place) != page.digest:
            changed.append(page)
    return known, list(gone), changed


def differing_pages(course: Course) -> int:
    """How many pages of the course the passages do not follow. A page without a word has none, and that is right."""
    known, gone, changed = _compare(course)
    return len(gone) + sum(page.place in known or bool(page.pieces()) for page in changed)


def _known(course: Course) -> _Known:
    rows = Passage.objects.filter(course=course).exclude(source=Passage.Source.ANSWER)
    found = rows.values_list("source", "lesson_id", "sub_page_id", "digest").distinct()
    return {(source, lesson or 0, page): digest for source, lesson, page, digest in found}


def _delete(course: Course, places: Iterable[_Place]) -> None:
    for source, lesson, page in places:
        Passage.objects.filter(course=course, source=source, lesson=lesson, sub_page=page).delete()


def _take_from_others(course: Course, lessons: set[int], *, at: dt.datetime) -> None:
    """A lesson that came from another course leaves its passages there behind, whichever of the two is told first."""
    left = Passage.objects.filter(lesson__in=lessons).exclude(course=course).exclude(source=Passage.Source.ANSWER)
    for other in Course.objects.filter(passages__in=left).distinct():
        _went_stale(other, at=at)
    left.delete()


def _passages(course: Course, page: _Page) -> Iterator[Passage]:
    for position, piece in enumerate(page.pieces()):
        found_by = terms_of("\n".join([page.title, *piece.headings, piece.text]), language=course.language)
        yield Passage(
            course=course,
            lesson=page.lesson,
            sub_page=page.sub_page,
            source=page.source,
            position=position,
            title=page.title[:400],
            headings="\n".join(piece.headings),
            anchor=piece.anchor[:200],
            second=piece.second,
            text=piece.text,
            terms=" ".join(found_by),
            length=len(found_by),
            digest=page.digest,
        )


def _captions(lesson: Lesson) -> str:
    """The captions' text; a file that is gone has none."""
    try:
        with lesson.captions.open("rb") as file:
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


# --- words --------------------------------------------------------------------------------------------------------
def _went_stale(course: Course, *, at: dt.datetime) -> None:
    """Say that the words must be counted anew, and ask for it after commit."""
    CourseIndex.objects.get_or_create(course=course)
    CourseIndex.objects.filter(course=course).update(stale_since=at)
    outbox.put(INDEX_COURSE, f"{INDEX_COURSE}:{course.pk}:{at.isoformat()}", {"course": course.pk}, at=at)


def _counted(course: Course) -> dict[str, object]:
    rows = Passage.objects.filter(course=course).order_by("lesson_id", "source", "sub_page_id", "answer", "position")
    passages = [
        Known(lesson or 0, text, Counter(terms.split()), source == Passage.Source.SUB_PAGE)
        for lesson, source, text, terms in rows.values_list("lesson_id", "source", "text", "terms")
    ]
    words = words_of(passages)
    found = borders(passages, words, language=course.language) or (None, None)
    return {
        "passages": words.passages,
        "average_length": words.average_length,
        "frequencies": dict(words.frequencies),
        "threshold": found[0],
        "partial": found[1],
    }
