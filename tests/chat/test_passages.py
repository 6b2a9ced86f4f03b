"""Passages follow what is published, from the moment of the change."""

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from chat.models import CourseIndex, Passage
from chat.retrieval.splitting import MOST_WORDS, split_captions, split_page
from chat.retrieval.words import terms_of
from chat.services.passages import follow_course
from learning import outbox
from learning.kinds import LessonKind
from learning.models import Lesson, SubPage
from learning.services.structure import move_lesson, structure_changed
from tests.builders import a_course, a_lesson, a_module, a_practice, lessons_of

VTT = """WEBVTT

1
00:00:01.000 --> 00:00:04.000
<v Ines>A lintel carries the wall

00:01:05.500 --> 00:01:09.000
above a doorway.
"""


def texts(course, **where):
    return [p.text for p in Passage.objects.filter(course=course, **where).order_by("lesson_id", "position")]


def edited(lesson, **fields):
    for name, value in fields.items():
        setattr(lesson, name, value)
    lesson.save()
    structure_changed(lesson.course, at=timezone.now())


# --- cutting ------------------------------------------------------------------------------------------------------
def test_a_page_is_cut_at_its_headings_and_each_piece_knows_where_it_stands():
    first, second, third = split_page(
        "<p>Before.</p><h2 id='dry'>Dry stone</h2><p>No mortar.</p><h3 id='cap'>Capping</h3><ul><li>Flat</li></ul>"
    )
    assert (first.text, first.headings, first.anchor) == ("Before.", (), "")
    assert (second.text, second.headings, second.anchor) == ("No mortar.", ("Dry stone",), "dry")
    assert (third.text, third.headings, third.anchor) == ("- Flat", ("Dry stone", "Capping"), "cap")


@pytest.mark.parametrize("html", [f"<p>{'word ' * 2000}</p>", f"<pre>{'line of code' + chr(10)}" * 900 + "</pre>"])
def test_no_piece_grows_without_end(html):
    pieces = split_page(html)
    assert len(pieces) > 5
    assert all(len(p.text.split()) <= MOST_WORDS + 2 for p in pieces)


def test_captions_keep_the_second_that_they_begin_at():
    (piece,) = split_captions(VTT)
    assert (piece.second, piece.text) == (1, "A lintel carries the wall above a doorway.")
    assert split_captions("no captions at all") == []


@pytest.mark.parametrize(
    ("text", "language", "terms"),
    [
        ("The sensors' readings, WHAT are they?", "en", ["sensor", "read"]),
        ("Die Häuser und die Straßen", "de", ["haus", "strass"]),
        ("weight_kg2", "en", ["weight", "kg2"]),
        ("水温传感器", "zh", ["水温", "温传", "传感", "感器"]),
        ("", "en", []),
        ("?!…", "xx", []),
    ],
)
def test_words_are_folded_and_stemmed_for_their_language(text, language, terms):
    assert terms_of(text, language=language) == terms


# --- following ----------------------------------------------------------------------------------------------------
def test_an_edit_is_found_at_once_and_the_old_text_is_not(course):
    lesson = lessons_of(course)[0]
    edited(lesson, body="## Lime\n\nLime mortar breathes.")
    assert texts(course, lesson=lesson) == ["Lime mortar breathes."]
    edited(lesson, body="## Clay\n\nClay shrinks.")
    assert texts(course, lesson=lesson) == ["Clay shrinks."]


def test_only_what_changed_is_cut_again(course):
    first, second = lessons_of(course)
    before = Passage.objects.get(lesson=second).pk
    edited(first, body="Other words.")
    assert Passage.objects.get(lesson=second).pk == before
    assert follow_course(course, at=timezone.now()) == 0


def test_an_unpublished_lesson_has_no_passages_until_it_is_published_again(course):
    lesson = lessons_of(course)[0]
    edited(lesson, is_published=False)
    assert texts(course, lesson=lesson) == []
    edited(lesson, is_published=True)
    assert len(texts(course, lesson=lesson)) == 1


def test_a_deleted_lesson_takes_its_passages_along(course):
    lesson = lessons_of(course)[0]
    lesson.delete()
    structure_changed(course, at=timezone.now())
    assert Passage.objects.filter(course=course).count() == 1


def test_a_moved_lesson_is_found_in_its_new_course_only(course, other_course):
    lesson = lessons_of(course)[0]
    move_lesson(lesson, to=a_module(other_course), at=timezone.now())
    assert set(Passage.objects.filter(lesson=lesson).values_list("course", flat=True)) == {other_course.pk}


def test_questions_and_answers_of_a_practice_are_never_passages(course):
    practice = a_practice(course.modules.get(), body="Read this first.")
    SubPage.objects.create(lesson=practice, title="Hints", slug="hints", body="The right one is the first.")
    structure_changed(course, at=timezone.now())
    assert not Passage.objects.filter(lesson=practice).exists()
    assert not any("Question 1" in text or "right" in text for text in texts(course))


def test_further_pages_and_captions_are_passages_of_their_lesson(course):
    lesson = a_lesson(course.modules.get(), title="Arches", kind=LessonKind.VIDEO, body="Watch.")
    lesson.captions.save("arches.vtt", ContentFile(VTT.encode()))
    SubPage.objects.create(lesson=lesson, title="Keystones", slug="keystones", body="The keystone comes last.")
    structure_changed(course, at=timezone.now())
    found = Passage.objects.filter(lesson=lesson).order_by("source")
    assert [(p.source, p.title, p.second) for p in found] == [
        ("captions", "Arches", 1),
        ("lesson", "Arches", None),
        ("sub_page", "Arches › Keystones", None),
    ]


def test_an_import_brings_its_passages_along(real_data, ines):
    from learning.importing import import_course

    course = import_course(
        real_data / "courses" / "python-novice-inflammation", layout="episodes", instructor=ines.user
    ).course
    assert Passage.objects.filter(course=course).count() > 100
    assert not Passage.objects.filter(course=course, lesson__kind=LessonKind.PRACTICE).exists()


# --- the same by both ways ----------------------------------------------------------------------------------------
def told(course):
    names = [f.attname for f in Passage._meta.concrete_fields if not f.primary_key]
    index = CourseIndex.objects.filter(course=course)
    counted = index.values_list("passages", "average_length", "frequencies", "threshold", "partial", "stale_since")
    return sorted(map(str, Passage.objects.filter(course=course).values_list(*names))), list(counted)


def test_a_rebuild_finds_what_following_has_left(course):
    first, second = lessons_of(course)
    edited(first, body="## One\n\nFirst words.\n\n## Two\n\nMore words.")
    edited(second, is_published=False)
    a_lesson(course.modules.get(), title="Third")
    edited(first, title="Renamed")
    first.module.lessons.filter(title="Third").delete()
    structure_changed(course, at=timezone.now())
    edited(second, is_published=True)
    outbox.drain()
    followed = told(course)
    call_command("rebuild_passages", verbosity=0)
    assert told(course) == followed
    assert followed[1][0][-1] is None


def test_a_change_while_words_are_counted_leaves_them_to_be_counted_again(course, monkeypatch):
    from chat.services import passages

    counted, changes = passages._counted, [lambda: edited(lessons_of(course)[0], body="Quite new.")]

    def counted_while_somebody_edits(course):
        values = counted(course)
        if changes:
            changes.pop()()
        return values

    monkeypatch.setattr(passages, "_counted", counted_while_somebody_edits)
    index = passages.count_words(course.pk, at=timezone.now())
    assert "quit" in index.frequencies
    assert index.stale_since is None


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"source": "lesson", "lesson": None}, "passage_of_a_lesson_or_an_answer"),
        ({"source": "answer", "lesson": None}, "passage_of_a_lesson_or_an_answer"),
        ({"source": "sub_page"}, "passage_names_its_page"),
        ({"source": "lesson", "position": 0}, "passage_once_per_place_of_a_lesson"),
    ],
)
def test_what_is_no_passage_is_refused_by_the_database(course, fields, constraint):
    lesson = lessons_of(course)[0]
    values = {"course": course, "lesson": lesson, "position": 9, "title": "t", "text": "x", "terms": "x", "length": 1}
    with pytest.raises(IntegrityError, match=rf"{constraint}|UNIQUE"), transaction.atomic():
        Passage.objects.create(**values | fields)


def test_a_place_of_a_page_is_there_once(course):
    lesson = Lesson.objects.filter(course=course).first()
    page = SubPage.objects.create(lesson=lesson, title="P", slug="p", body="words")
    common = {"course": course, "lesson": lesson, "position": 0, "title": "t", "text": "x", "terms": "x", "length": 1}
    fields = common | {"source": "sub_page", "sub_page": page}
    Passage.objects.create(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Passage.objects.create(**fields)


def test_a_course_that_goes_takes_everything_along(ines):
    gone = a_course(ines.user, title="To go")
    outbox.drain()
    gone.delete()
    assert not Passage.objects.filter(title__startswith="To go").exists()
