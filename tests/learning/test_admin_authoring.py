"""Authoring a course in the admin: what instructors do there, and what follows from it."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from learning.kinds import CourseState, LessonKind, QuestionKind
from learning.models import Course, Lesson, Module, Question
from learning.services.completion import complete_lesson
from learning.signals import course_changed
from tests.builders import a_course, a_lesson, a_module, a_practice, a_question, a_user, enrolled, lessons_of

COURSE, MODULE, LESSON, QUESTION = (f"/admin/learning/{m}/" for m in ("course", "module", "lesson", "question"))


def said(answer):
    return [str(m) for m in answer.context["messages"]] if answer.context else []


def inline(prefix, rows=(), initial=0):
    """The fields of an inline: `rows` are dicts, the first `initial` of them exist."""
    fields = {
        f"{prefix}-TOTAL_FORMS": len(rows),
        f"{prefix}-INITIAL_FORMS": initial,
        f"{prefix}-MIN_NUM_FORMS": 0,
        f"{prefix}-MAX_NUM_FORMS": 1000,
    }
    for n, row in enumerate(rows):
        fields |= {f"{prefix}-{n}-{name}": value for name, value in row.items()}
    return fields


def course_fields(course=None, modules=(), **changes):
    fields = {
        "title": course.title if course else "Walls",
        "slug": course.slug if course else "",
        "subtitle": "",
        "description": "",
        "category": "",
        "level": "beginner",
        "language": "en",
        "time_zone": "UTC",
        **changes,
    }
    return fields | inline("modules", modules, sum("id" in m for m in modules)) if course else fields


def lesson_fields(lesson=None, pages=(), **changes):
    fields = {
        "title": lesson.title if lesson else "A new lesson",
        "slug": lesson.slug if lesson else "",
        "body": "Words.",
        "module": lesson.module_id if lesson else "",
        "estimated_minutes": 5,
        "min_seconds": 0,
        "duration_seconds": 0,
        "pass_mark": 60,
        "is_published": "on",
        "is_required": "on",
        **changes,
    }
    if lesson is None:
        fields.setdefault("kind", "text")
        return fields
    fields |= inline("sub_pages", pages, sum("id" in p for p in pages))
    questions = [{"id": q.pk, "lesson": lesson.pk, "position": q.position} for q in lesson.questions.all()]
    return fields | inline("questions", questions, len(questions))


def change(model_url, row):
    return f"{model_url}{row.pk}/change/"


# --- courses -----------------------------------------------------------------------------------------------------
def test_who_makes_a_course_teaches_it(ines, course):
    answer = ines.submit(f"{COURSE}add/", course_fields(), follow=True)
    made = Course.objects.get(title="Walls")
    assert list(made.instructors.all()) == [ines.user]
    assert (made.state, made.slug) == (CourseState.DRAFT, "walls")
    assert answer.redirect_chain[-1][0] == change(COURSE, made)


def test_somebody_in_the_group_without_a_course_may_begin_one(bob):
    from learning.services.people import grant_instructor_rights

    grant_instructor_rights(bob.user)
    assert bob.get("/admin/").status_code == 200
    bob.submit(f"{COURSE}add/", course_fields())
    assert Course.objects.get().instructors.get() == bob.user


def test_staff_may_name_who_teaches_a_new_course(staff, ines):
    staff.submit(f"{COURSE}add/", course_fields(add_instructor="INES@example.org"))
    assert Course.objects.get().instructors.get() == ines.user
    assert ines.get("/admin/").status_code == 200


def test_an_address_that_is_taken_is_an_error_at_its_field(ines, course, other_course):
    answer = ines.submit(f"{COURSE}add/", course_fields(slug=other_course.slug))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["slug"]
    assert other_course.title not in answer.content.decode()
    ines.submit(f"{COURSE}add/", course_fields(title=other_course.title))
    assert Course.objects.filter(slug=f"{other_course.slug}-2").exists()


def test_the_state_of_a_course_is_no_field(ines, course):
    Course.objects.update(state=CourseState.DRAFT)
    ines.submit(change(COURSE, course), course_fields(course, state="published", instructors=[1], lessons_count=99))
    course.refresh_from_db()
    assert (course.state, course.lessons_count) == (CourseState.DRAFT, 2)


def test_a_colleague_comes_in_by_exact_address(ines, igor, course):
    answer = ines.submit(change(COURSE, course), course_fields(course, add_instructor="igor@example.org"))
    assert answer.status_code == 302
    assert set(course.instructors.all()) == {ines.user, igor.user}
    for part in ("igor", "nobody@example.org", "%@example.org"):
        assert ines.submit(change(COURSE, course), course_fields(course, add_instructor=part)).status_code == 200


def test_one_instructor_always_remains(ines, igor, course):
    page = change(COURSE, course)
    answer = ines.submit(page, course_fields(course, remove_instructors=[ines.user.pk]))
    assert answer.context["adminform"].form.errors["remove_instructors"]
    ines.submit(page, course_fields(course, add_instructor="igor@example.org", remove_instructors=[ines.user.pk]))
    assert list(course.instructors.all()) == [igor.user]
    assert ines.get(page).status_code == 302


def test_only_instructors_of_this_course_can_be_removed_from_it(ines, igor, course, other_course):
    answer = ines.submit(change(COURSE, course), course_fields(course, remove_instructors=[igor.user.pk]))
    assert answer.context["adminform"].form.errors["remove_instructors"]
    assert other_course.instructors.get() == igor.user


# --- opening and closing -----------------------------------------------------------------------------------------
def test_publishing_is_a_button_and_an_action(ines, course):
    Course.objects.update(state=CourseState.DRAFT)
    ines.submit(change(COURSE, course), course_fields(course, _publish="1"))
    course.refresh_from_db()
    assert course.is_published
    assert course.published_at
    for action, state in [("archive", "archived"), ("publish", "published"), ("unpublish", "draft")]:
        ines.submit(COURSE, {"action": f"{action}_selected", "_selected_action": [course.pk]})
        course.refresh_from_db()
        assert course.state == state


def test_a_course_without_a_published_lesson_is_not_published(ines, course):
    Course.objects.update(state=CourseState.DRAFT)
    Lesson.objects.update(is_published=False)
    answer = ines.submit(change(COURSE, course), course_fields(course, _publish="1"), follow=True)
    assert any("no published lesson" in words for words in said(answer))
    course.refresh_from_db()
    assert course.state == CourseState.DRAFT


def test_an_action_on_own_and_foreign_courses_touches_own_only(ines, course, other_course):
    ines.submit(COURSE, {"action": "archive_selected", "_selected_action": [course.pk, other_course.pk]})
    course.refresh_from_db()
    other_course.refresh_from_db()
    assert (course.state, other_course.state) == ("archived", "published")


def test_a_course_with_learners_is_kept(ines, course, at_alice):
    page = f"{COURSE}{course.pk}/delete/"
    assert "Archive the course instead" in ines.get(page).content.decode()
    ines.submit(page, {"post": "yes"})
    assert Course.objects.filter(pk=course.pk).exists()


# --- modules and lessons -----------------------------------------------------------------------------------------
def test_modules_are_added_and_ordered_on_the_course(ines, course):
    first = course.modules.get()
    rows = [{"id": first.pk, "course": course.pk, "title": "Later", "position": 5}, {"title": "New", "position": ""}]
    rows[1]["course"] = course.pk
    ines.submit(change(COURSE, course), course_fields(course, rows))
    assert list(course.modules.values_list("title", flat=True)) == ["Later", "New"]


def test_a_foreign_module_in_the_inline_is_refused_like_an_unknown_one(ines, course, other_course):
    foreign = other_course.modules.get()
    errors = []
    for pk in (foreign.pk, 987_654):
        row = {"id": pk, "course": course.pk, "title": "Taken", "position": 0}
        answer = ines.submit(change(COURSE, course), course_fields(course, [row]))
        assert answer.status_code == 200
        errors.append(answer.context["inline_admin_formsets"][0].formset.errors)
    assert errors[0] == errors[1] != [{}]
    foreign.refresh_from_db()
    assert (foreign.title, foreign.course) == ("First steps", other_course)


def test_a_module_is_not_put_into_a_foreign_course(ines, course, other_course):
    fields = {"course": other_course.pk, "title": "Smuggled", "summary": ""}
    assert ines.submit(f"{MODULE}add/", fields).status_code == 200
    own = course.modules.get()
    ines.submit(change(MODULE, own), {**fields, **inline("lessons")})
    own.refresh_from_db()
    assert own.course == course
    assert other_course.modules.count() == 1


def test_a_foreign_lesson_in_the_module_is_refused(ines, course, other_course):
    own, foreign = course.modules.get(), lessons_of(other_course)[0]
    row = {"id": foreign.pk, "module": own.pk, "title": "Taken", "kind": "text", "estimated_minutes": 5, "position": 0}
    fields = {"title": own.title, "summary": "", **inline("lessons", [row], initial=1)}
    assert ines.submit(change(MODULE, own), fields).status_code == 200
    foreign.refresh_from_db()
    assert foreign.course == other_course


def test_lessons_are_added_on_the_module_and_counted(ines, course):
    module = course.modules.get()
    kept = [
        {"id": x.pk, "module": module.pk, "title": x.title, "kind": x.kind, "estimated_minutes": 5, "position": n}
        for n, x in enumerate(lessons_of(course))
    ]
    flags = {"is_required": "on", "is_published": "on"}
    kept = [row | flags for row in kept]
    new = {"module": module.pk, "title": "Stones 1", "kind": "text", "estimated_minutes": 7, "position": ""} | flags
    fields = {"title": module.title, "summary": "", **inline("lessons", [*kept, new], initial=2)}
    assert ines.submit(change(MODULE, module), fields).status_code == 302
    course.refresh_from_db()
    assert (course.lessons_count, course.required_lessons, course.duration_minutes) == (3, 3, 17)
    assert lessons_of(course)[-1].slug == "stones-1-2"


def test_a_new_lesson_goes_to_the_end_of_its_module_and_is_counted(ines, course):
    answer = ines.submit(f"{LESSON}add/", lesson_fields(module=course.modules.get().pk))
    assert answer.status_code == 302
    made = lessons_of(course)[-1]
    assert (made.title, made.slug, made.course) == ("A new lesson", "a-new-lesson", course)
    course.refresh_from_db()
    assert course.required_lessons == 3


def test_a_lesson_is_not_put_into_a_foreign_module(ines, course, other_course):
    foreign = other_course.modules.get().pk
    answer = ines.submit(f"{LESSON}add/", lesson_fields(module=foreign))
    assert answer.context["adminform"].form.errors["module"]
    lesson = lessons_of(course)[0]
    answer = ines.submit(change(LESSON, lesson), lesson_fields(lesson, module=foreign))
    assert answer.context["adminform"].form.errors["module"]
    assert Lesson.objects.filter(course=other_course).count() == 2


def test_a_second_lesson_with_the_same_address_is_an_error_at_its_field(ines, course):
    first, second = lessons_of(course)
    answer = ines.submit(change(LESSON, second), lesson_fields(second, slug=first.slug))
    assert answer.context["adminform"].form.errors["slug"]


def test_a_lesson_moves_between_own_courses_with_its_completions(ines, alice, course):
    other = a_course(ines.user, title="Stones too", lessons=1)
    lesson = lessons_of(course)[0]
    a_lesson(other.modules.get(), title="Twin", slug=lesson.slug)
    here, there = enrolled(alice.user, course), enrolled(alice.user, other)
    complete_lesson(enrollment=here, lesson=lesson, at=timezone.now())
    answer = ines.submit(change(LESSON, lesson), lesson_fields(lesson, module=other.modules.get().pk))
    assert answer.status_code == 302
    for row in (lesson, here, there, course, other):
        row.refresh_from_db()
    assert (lesson.course, lesson.slug) == (other, f"{lesson.slug}")
    assert lesson.slug.endswith("-2")
    assert (here.completed_lessons, here.required_lessons) == (0, 1)
    assert (there.completed_lessons, there.required_lessons) == (1, 3)
    assert (course.required_lessons, other.required_lessons) == (1, 3)


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_moved_lesson_counts_each_course_once(ines, course, elsewhere):
    """Last of all: by then the text is in it too, and whoever follows the course reads it."""
    home = a_course(ines.user, title="Stones too", lessons=1).modules.get() if elsewhere else a_module(course)
    lesson = lessons_of(course)[0]
    told = []

    def hear(event, **kwargs):
        told.append((event.course, Lesson.objects.get(pk=lesson.pk).body))
        return []

    course_changed.connect(hear)
    try:
        ines.submit(change(LESSON, lesson), lesson_fields(lesson, module=home.pk, body="New words."))
    finally:
        course_changed.disconnect(hear)
    assert told == [(one, "New words.") for one in sorted({course, home.course}, key=lambda one: one.pk)]


def test_unpublishing_the_last_open_lesson_completes_the_course(ines, alice, course, at_alice):
    done, still_open = lessons_of(course)
    complete_lesson(enrollment=at_alice, lesson=done, at=timezone.now())
    fields = lesson_fields(still_open)
    del fields["is_published"]
    ines.submit(change(LESSON, still_open), fields)
    at_alice.refresh_from_db()
    assert at_alice.percent == 100
    assert at_alice.completed_at


def test_lessons_are_published_and_unpublished_together_and_counted(ines, course, other_course):
    ids = [x.pk for x in [*lessons_of(course), *lessons_of(other_course)]]
    ines.submit(LESSON, {"action": "unpublish_selected", "_selected_action": ids})
    course.refresh_from_db()
    other_course.refresh_from_db()
    assert (course.lessons_count, other_course.lessons_count) == (0, 2)
    ines.submit(LESSON, {"action": "publish_selected", "_selected_action": ids})
    course.refresh_from_db()
    assert course.lessons_count == 2


@pytest.mark.parametrize("how", ["page", "action"])
def test_deleting_a_lesson_counts_its_course_anew(ines, course, at_alice, how):
    lesson = lessons_of(course)[0]
    if how == "page":
        ines.submit(f"{LESSON}{lesson.pk}/delete/", {"post": "yes"})
    else:
        ines.submit(LESSON, {"action": "delete_selected", "_selected_action": [lesson.pk], "post": "yes"})
    course.refresh_from_db()
    at_alice.refresh_from_db()
    assert (course.lessons_count, at_alice.required_lessons) == (1, 1)


def test_deleting_a_module_counts_its_course_anew(ines, course):
    extra = a_module(course)
    a_lesson(extra)
    ines.submit(f"{MODULE}{extra.pk}/delete/", {"post": "yes"})
    course.refresh_from_db()
    assert course.lessons_count == 2


def test_a_lesson_in_which_somebody_has_worked_is_kept(ines, course, at_alice):
    lesson = lessons_of(course)[0]
    complete_lesson(enrollment=at_alice, lesson=lesson, at=timezone.now())
    for page in (f"{LESSON}{lesson.pk}/delete/", f"{MODULE}{lesson.module_id}/delete/"):
        assert "Unpublish it instead" in ines.get(page).content.decode()
        ines.submit(page, {"post": "yes"})
    ines.submit(LESSON, {"action": "delete_selected", "_selected_action": [lesson.pk], "post": "yes"})
    assert Lesson.objects.filter(pk=lesson.pk).exists()


def test_the_kind_of_a_lesson_is_chosen_once(ines, course):
    lesson = lessons_of(course)[0]
    ines.submit(change(LESSON, lesson), lesson_fields(lesson, kind="practice"))
    line = {"id": lesson.pk, "module": lesson.module_id, "title": "Renamed", "estimated_minutes": 5, "position": 0}
    fields = {"title": "M", "summary": "", **inline("lessons", [line | {"kind": "practice"}], initial=1)}
    assert ines.submit(change(MODULE, lesson.module), fields).status_code == 302
    lesson.refresh_from_db()
    assert lesson.title == "Renamed"
    assert lesson.kind == LessonKind.TEXT


def test_further_pages_belong_to_their_lesson(ines, course, other_course):
    lesson, foreign = lessons_of(course)[0], lessons_of(other_course)[0]
    page = foreign.sub_pages.create(title="Theirs", slug="theirs")
    rows = [{"lesson": lesson.pk, "title": t, "slug": "", "body": "", "position": ""} for t in ("One", "Two")]
    assert ines.submit(change(LESSON, lesson), lesson_fields(lesson, rows)).status_code == 302
    assert list(lesson.sub_pages.values_list("slug", flat=True)) == ["one", "two"]
    taken = [{"id": page.pk, "lesson": lesson.pk, "title": "Taken", "slug": "x", "body": "", "position": 0}]
    assert ines.submit(change(LESSON, lesson), lesson_fields(lesson, taken)).status_code == 200
    page.refresh_from_db()
    assert (page.title, page.lesson) == ("Theirs", foreign)


def test_two_further_pages_with_one_address_are_an_error_not_a_crash(ines, course):
    lesson = lessons_of(course)[0]
    rows = [{"lesson": lesson.pk, "title": t, "slug": "same", "body": "", "position": 0} for t in ("One", "Two")]
    assert ines.submit(change(LESSON, lesson), lesson_fields(lesson, rows)).status_code == 200
    same_title = [{"lesson": lesson.pk, "title": "Same", "slug": "", "body": "", "position": 0} for _ in range(2)]
    assert ines.submit(change(LESSON, lesson), lesson_fields(lesson, same_title)).status_code == 200
    assert not lesson.sub_pages.exists()


def test_two_new_lessons_with_one_title_get_two_addresses(ines, course):
    module = a_module(course)
    line = {"module": module.pk, "title": "Same", "kind": "text", "estimated_minutes": 5, "position": 0}
    fields = {"title": module.title, "summary": "", **inline("lessons", [line, line])}
    assert ines.submit(change(MODULE, module), fields).status_code == 302
    assert list(module.lessons.values_list("slug", "position")) == [("same", 0), ("same-2", 1)]


def test_a_new_row_may_be_put_first(ines, course):
    first = course.modules.get()
    rows = [
        {"id": first.pk, "course": course.pk, "title": "Second", "position": 1},
        {"course": course.pk, "title": "First", "position": 0},
    ]
    ines.submit(change(COURSE, course), course_fields(course, rows))
    assert list(course.modules.values_list("title", flat=True)) == ["First", "Second"]


# --- uploads -----------------------------------------------------------------------------------------------------
def a_picture(kind="PNG", size=(8, 8)):
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "fine"),
    [
        ("a.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 40, True),
        ("a.webm", b"\x1a\x45\xdf\xa3" + b"\0" * 40, True),
        ("a.mp4", b"<html><script>alert(1)</script>", False),
        ("a.html", b"\0\0\0\x18ftypmp42" + b"\0" * 40, False),
        ("a.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 4000, False),
    ],
)
def test_a_video_is_what_its_name_says_and_not_too_large(ines, course, settings, name, content, fine):
    settings.VIDEO_MAX_BYTES = 1000
    lesson = a_lesson(course.modules.get(), kind=LessonKind.VIDEO)
    fields = lesson_fields(lesson, video_file=SimpleUploadedFile(name, content), duration_seconds=60)
    assert ines.submit(change(LESSON, lesson), fields).status_code == (302 if fine else 200)


@pytest.mark.parametrize(
    ("content", "fine"), [(b"WEBVTT\n\n", True), (b"\xef\xbb\xbfWEBVTT\n", True), (b"1\n00:", False)]
)
def test_captions_begin_with_webvtt(ines, course, content, fine):
    lesson = a_lesson(course.modules.get(), kind=LessonKind.VIDEO)
    fields = lesson_fields(lesson, captions=SimpleUploadedFile("a.vtt", content))
    assert ines.submit(change(LESSON, lesson), fields).status_code == (302 if fine else 200)


@pytest.mark.parametrize(
    ("url", "fine"), [("https://example.org/a.mp4", True), ("http://example.org/a.mp4", False), ("ftp://a.b/c", False)]
)
def test_a_video_address_is_https(ines, course, url, fine):
    lesson = a_lesson(course.modules.get(), kind=LessonKind.VIDEO)
    answer = ines.submit(change(LESSON, lesson), lesson_fields(lesson, video_url=url, duration_seconds=60))
    assert answer.status_code == (302 if fine else 200)


def test_a_video_without_a_length_is_an_error_at_its_field(ines, course):
    """Nobody could ever finish it."""
    lesson = a_lesson(course.modules.get(), kind=LessonKind.VIDEO)
    answer = ines.submit(change(LESSON, lesson), lesson_fields(lesson, video_url="https://example.org/a.mp4"))
    assert answer.context["adminform"].form.errors["duration_seconds"]


def test_a_video_lesson_may_wait_for_its_video(ines, course):
    lesson = a_lesson(course.modules.get(), kind=LessonKind.VIDEO)
    assert ines.submit(change(LESSON, lesson), lesson_fields(lesson)).status_code == 302


def test_a_picture_is_a_picture_and_not_too_large(ines, course, settings):
    page = change(COURSE, course)

    def upload(content, name="a.png"):
        fields = course_fields(course, thumbnail=SimpleUploadedFile(name, content))
        return ines.submit(page, fields).status_code

    assert upload(a_picture()) == 302
    assert upload(b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.svg") == 200
    assert upload(a_picture("TIFF"), "a.tiff") == 200
    assert upload(a_picture(size=(6001, 1))) == 200
    settings.PICTURE_MAX_BYTES = 10
    assert upload(a_picture()) == 200


# --- practice ----------------------------------------------------------------------------------------------------
def question_fields(lesson=None, choices=(), **changes):
    fields = {"kind": "single", "text": "Why?", "explanation": "", "accepted": "", "number": "", "tolerance": "0"}
    fields |= {"lesson": lesson.pk} if lesson else {}
    return fields | changes | inline("choices", choices, sum("id" in c for c in choices))


def test_a_question_is_written_with_its_answers(ines, course):
    practice = a_practice(course.modules.get(), questions=1)
    rows = [{"text": "Because", "is_correct": "on", "position": ""}, {"text": "No reason", "position": ""}]
    rows.append({"text": "", "position": 7})  # left empty, and dragged past
    answer = ines.submit(f"{QUESTION}add/", question_fields(practice, rows), follow=True)
    made = Question.objects.get(text="Why?")
    assert [(c.text, c.is_correct, c.position) for c in made.choices.all()] == [
        ("Because", True, 0),
        ("No reason", False, 1),
    ]
    assert made.position == 1
    assert not any("exactly one" in words for words in said(answer))


@pytest.mark.parametrize("right", [0, 2])
def test_a_single_choice_without_exactly_one_right_answer_is_kept_with_a_warning(ines, course, right):
    practice = a_practice(course.modules.get(), questions=0)
    rows = [{"text": str(n), "position": n, **({"is_correct": "on"} if n < right else {})} for n in range(3)]
    answer = ines.submit(f"{QUESTION}add/", question_fields(practice, rows), follow=True)
    assert Question.objects.get().choices.count() == 3
    assert any("exactly one right answer" in words for words in said(answer))


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [(QuestionKind.NUMBER, "number", "4.2"), (QuestionKind.TEXT, "accepted", "granite")],
)
def test_a_question_needs_what_its_kind_asks_for(ines, course, kind, field, value):
    practice = a_practice(course.modules.get(), questions=0)
    answer = ines.submit(f"{QUESTION}add/", question_fields(practice, kind=kind))
    assert answer.context["adminform"].form.errors[field]
    assert ines.submit(f"{QUESTION}add/", question_fields(practice, kind=kind, **{field: value})).status_code == 302


def test_a_question_is_not_put_into_a_foreign_practice_or_a_text_lesson(ines, course, other_course):
    foreign = a_practice(other_course.modules.get())
    for lesson in (foreign, lessons_of(course)[0]):
        answer = ines.submit(f"{QUESTION}add/", question_fields(lesson))
        assert answer.context["adminform"].form.errors["lesson"]


def test_a_foreign_answer_in_the_inline_is_refused(ines, course, other_course):
    own = a_question(a_practice(course.modules.get(), questions=0), "Mine?", ["a", "b"], right=[0])
    foreign = a_question(a_practice(other_course.modules.get(), questions=0), "Theirs?", ["c"], right=[0])
    theirs = foreign.choices.get()
    row = {"id": theirs.pk, "question": own.pk, "text": "Taken", "position": 0}
    assert ines.submit(change(QUESTION, own), question_fields(None, [row])).status_code == 200
    theirs.refresh_from_db()
    assert (theirs.text, theirs.question) == ("c", foreign)


def test_questions_are_ordered_on_the_lesson(ines, course):
    practice = a_practice(course.modules.get(), questions=2)
    first, second = practice.questions.all()
    fields = lesson_fields(practice)
    fields |= {"questions-0-position": 7, "questions-1-position": 3}
    assert ines.submit(change(LESSON, practice), fields).status_code == 302
    assert list(practice.questions.all()) == [second, first]


def test_a_new_practice_goes_on_with_its_questions(ines, course):
    fields = lesson_fields(module=course.modules.get().pk, kind="practice", title="Try")
    answer = ines.submit(f"{LESSON}add/", fields, follow=True)
    assert answer.redirect_chain[-1][0] == change(LESSON, Lesson.objects.get(title="Try"))
    assert any("no question yet" in words for words in said(answer))


# --- who sees what -----------------------------------------------------------------------------------------------
def test_more_rows_cost_no_more_queries(ines, course):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    practice = a_practice(course.modules.get(), questions=1)
    pages = ["/admin/", COURSE, MODULE, LESSON, QUESTION, change(COURSE, course), change(LESSON, practice)]

    def costs():
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert ines.get(page).status_code == 200
            found.append(len(queries))
        return found

    costs()
    before = costs()
    for n in range(4):
        a_course(ines.user, title=f"More {n}")
        a_practice(a_module(course), title=f"Practice {n}")
        a_question(practice, f"More {n}?", ["a", "b"], right=[0])
    assert costs() == before


def test_learners_are_counted_in_one_query_without_the_courses_own_instructors(
    ines, alice, bob, course, django_assert_max_num_queries
):
    for person in (alice, bob, ines):
        enrolled(person.user, course)
    a_course(ines.user, title="Second")
    with django_assert_max_num_queries(16):
        page = ines.get(COURSE)
    assert [c.learners for c in page.context["cl"].result_list] == [0, 2]


def test_instructors_see_learners_names_and_never_their_addresses(ines, alice, course, at_alice):
    complete_lesson(enrollment=at_alice, lesson=lessons_of(course)[0], at=timezone.now())
    for page in ("enrollment", "lessonprogress"):
        body = ines.get(f"/admin/learning/{page}/").content.decode()
        assert "Alice" in body
        assert "alice@example.org" not in body


def test_history_says_what_was_changed_and_who_by_name(ines, course):
    ines.submit(change(COURSE, course), course_fields(course, title="Walls of stone"))
    body = ines.get(f"{COURSE}{course.pk}/history/").content.decode()
    assert "Changed" in body
    assert "Ines" in body
    assert "ines@example.org" not in body.partition("<tbody>")[2].partition("</tbody>")[0]


def test_a_draft_is_previewed_from_its_page(ines, course):
    assert "/admin/r/" in ines.get(change(COURSE, course)).content.decode()
    kind = f"/admin/r/{_type(Course)}/{course.pk}/"
    assert ines.get(kind)["Location"] == course.get_absolute_url()


def _type(model):
    from django.contrib.contenttypes.models import ContentType

    return ContentType.objects.get_for_model(model).pk


def test_a_module_page_shows_its_course_and_lessons(ines, course):
    body = ines.get(change(MODULE, Module.objects.get())).content.decode()
    assert "Stones 1" in body
    assert change(COURSE, course) in body


def test_names_with_markup_are_words(ines, course):
    bad = a_user("mallory@example.org", name="<b onclick=x()>M")
    enrolled(bad, course)
    Course.objects.update(title="<script>alert(1)</script>'\"")
    for page in ("/admin/", COURSE, change(COURSE, course), LESSON, "/admin/learning/enrollment/"):
        body = ines.get(page).content.decode()
        assert "<script>alert" not in body
        assert "<b onclick" not in body
