"""A course is imported again, in place."""

import json

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from learning.importing import import_course
from learning.kinds import CourseState, LessonKind
from learning.models import Choice, Course, CourseFile, Lesson, LessonProgress, Module, Question, SubPage
from learning.services.completion import complete_lesson
from tests.builders import a_lesson, enrolled
from tests.learning.sources import PNG, YES_NO, a_bank, a_quiz, numbered, write

pytestmark = pytest.mark.django_db
FIRST = "1-getting-started/lessons/1-what-is-a-stone/"
SECOND = "1-getting-started/lessons/2-where-they-lie/README.md"


@pytest.fixture
def root(tmp_path, ines):
    root = numbered(tmp_path / "stones")
    import_course(root, layout="numbered", instructor=ines.user)
    return root


def again(root, **options):
    return import_course(root, layout="numbered", **options)


def rows():
    models = (Course, Module, Lesson, SubPage, Question, Choice, CourseFile)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def test_nothing_new_changes_nothing(root):
    before = rows()
    report = again(root)
    assert not report.changes
    assert not report.is_new
    assert rows() == before


def test_a_new_title_keeps_row_address_and_progress(root, alice):
    lesson = Lesson.objects.get(source_path=SECOND)
    at_alice = enrolled(alice.user, lesson.course)
    complete_lesson(enrollment=at_alice, lesson=lesson, at=timezone.now())
    write(root, {SECOND: "# Where stones are found\n\n## By the river\n\nNew words.\n"})
    report = again(root)
    now = Lesson.objects.get(source_path=SECOND)
    assert (now.pk, now.slug, now.title) == (lesson.pk, "where-they-lie", "Where stones are found")
    assert "New words" in now.html
    assert report.changes.changed == (SECOND,)
    assert LessonProgress.objects.get(lesson=lesson).completed_at
    at_alice.refresh_from_db()
    assert at_alice.completed_lessons == 1


def test_a_lesson_gone_from_the_source_is_unpublished_and_comes_back(root, alice):
    lesson = Lesson.objects.get(source_path=SECOND)
    at_alice = enrolled(alice.user, lesson.course)
    text = (root / SECOND).read_text()
    (root / SECOND).unlink()
    assert again(root).changes.unpublished == (SECOND,)
    assert not Lesson.objects.get(pk=lesson.pk).is_published
    at_alice.refresh_from_db()
    assert at_alice.required_lessons == 2
    write(root, {SECOND: text})
    assert again(root).changes.republished == (SECOND,)
    assert Lesson.objects.get(pk=lesson.pk).is_published


def test_a_learner_whom_the_change_leaves_with_nothing_to_do_has_finished(root, alice):
    at_alice = enrolled(alice.user, Course.objects.get())
    for lesson in Lesson.objects.filter(is_required=True).exclude(source_path=SECOND):
        complete_lesson(enrollment=at_alice, lesson=lesson, at=timezone.now())
    (root / SECOND).unlink()
    again(root)
    at_alice.refresh_from_db()
    assert at_alice.completed_at


def test_questions_and_answers_stay_the_same_rows_as_far_as_they_match(root):
    quiz = Lesson.objects.get(title="Quiz number 2")
    bank = json.loads((root / "quiz-app/src/assets/en.json").read_text())
    asked = bank[0]["quizzes"][1]["quiz"]
    asked.insert(0, {"questionText": "New?", "answerOptions": [{"answerText": "Yes", "isCorrect": True}]})
    asked[1]["answerOptions"].append({"answerText": "Maybe", "isCorrect": "false"})
    before = list(quiz.questions.values_list("pk", flat=True))
    answers = list(Choice.objects.filter(question=before[0]).values_list("pk", flat=True))
    write(root, {"quiz-app/src/assets/en.json": json.dumps(bank)})
    report = again(root)
    assert report.changes.changed == ("quiz-app/src/assets/en.json#2",)
    assert [q.text for q in quiz.questions.all()] == ["New?", "Is it so?", "Is it so?"]
    assert list(quiz.questions.values_list("pk", flat=True))[1:] == before
    assert list(Choice.objects.filter(question=before[0]).values_list("pk", flat=True))[:2] == answers


def test_a_question_in_other_words_stays_the_same_row(root):
    before = Lesson.objects.get(title="Quiz number 1").questions.get()
    bank = a_bank(a_quiz(1, ("Is it really so?", YES_NO[1])), a_quiz(2, YES_NO, YES_NO))
    write(root, {"quiz-app/src/assets/en.json": bank})
    again(root)
    after = Question.objects.get(pk=before.pk)
    assert after.text == "Is it really so?"
    assert Question.objects.count() == 3


def test_a_further_page_gone_from_the_source_is_removed(root):
    (root / FIRST / "assignment.md").unlink()
    assert again(root).changes.removed == (f"{FIRST}assignment.md",)
    assert not SubPage.objects.exists()


def test_a_new_picture_replaces_the_file_after_commit(root, django_capture_on_commit_callbacks):
    before = CourseFile.objects.get()
    storage, old = before.file.storage, before.file.name
    write(root, {f"{FIRST}images/stone.png": PNG + b"more"})
    with django_capture_on_commit_callbacks() as callbacks:
        again(root)
    assert storage.exists(old)
    for callback in callbacks:
        callback()
    after = CourseFile.objects.get()
    assert (after.pk, after.path) == (before.pk, before.path)
    assert not storage.exists(old)
    with after.file.open() as file:
        assert file.read() == PNG + b"more"


def test_a_picture_that_nobody_shows_any_more_goes_and_an_uploaded_one_stays(root, django_capture_on_commit_callbacks):
    course = Course.objects.get()
    upload = CourseFile(course=course, path="mine.png")
    upload.file.save("mine.png", ContentFile(PNG))
    upload.save()
    write(root, {f"{FIRST}README.md": "# What is a stone?\n"})
    with django_capture_on_commit_callbacks(execute=True):
        again(root)
    assert [row.path for row in CourseFile.objects.all()] == ["mine.png"]
    assert upload.file.storage.exists(upload.file.name)


def test_what_instructors_made_by_hand_stays(root):
    course = Course.objects.get()
    own = a_lesson(course.modules.first(), title="By hand")
    course.subtitle = "Mine"
    course.save()
    Lesson.objects.filter(source_path=SECOND).update(is_preview=True, min_seconds=60)
    again(root)
    own.refresh_from_db()
    course.refresh_from_db()
    kept = Lesson.objects.get(source_path=SECOND)
    assert (own.is_published, course.subtitle, kept.is_preview, kept.min_seconds) == (True, "Mine", True, 60)


def test_a_new_lesson_with_a_taken_name_gets_another_address(root):
    a_lesson(Course.objects.get().modules.first(), title="Towers")
    write(root, {"2-piles/lessons/2-towers/README.md": "# Towers\n"})
    again(root)
    assert Lesson.objects.get(source_path="2-piles/lessons/2-towers/README.md").slug == "towers-2"


def test_instructors_stay_and_one_may_be_added(root, ines, igor):
    again(root)
    assert list(Course.objects.get().instructors.all()) == [ines.user]
    again(root, instructor="IGOR@example.org")
    assert set(Course.objects.get().instructors.all()) == {ines.user, igor.user}


def test_an_archived_course_stays_archived(root):
    Course.objects.update(state=CourseState.ARCHIVED)
    assert again(root).course.state == CourseState.ARCHIVED


def test_a_quiz_keeps_its_address_and_attempts_when_its_lesson_moves(root):
    quiz = Lesson.objects.get(title="Quiz number 1", kind=LessonKind.PRACTICE)
    write(root, {f"{FIRST}README.md": "# What is a stone?\n", SECOND: "# Where they lie\n[q](/quiz/1)\n"})
    again(root)
    moved = Lesson.objects.get(pk=quiz.pk)
    assert (moved.slug, moved.is_published) == (quiz.slug, True)
    assert moved.position == 2
