"""A course of numbered folders comes in."""

import pytest

from learning.importing import import_course
from learning.kinds import CourseState, LessonKind
from learning.models import Course, Lesson, SubPage
from tests.builders import lessons_of
from tests.learning.sources import YES_NO, a_bank, a_quiz, numbered, write

pytestmark = pytest.mark.django_db
FIRST = "1-getting-started/lessons/1-what-is-a-stone/"


@pytest.fixture
def report(tmp_path, ines):
    return import_course(numbered(tmp_path / "stones"), layout="numbered", instructor="ines@example.org")


def bring(path, ines):
    return import_course(path, layout="numbered", instructor=ines.user)


def test_the_report_counts_what_was_made(report):
    counts = (report.modules, report.text_lessons, report.practice_lessons, report.questions)
    assert (*counts, report.further_pages, report.files) == (2, 3, 2, 3, 1, 1)
    assert report.unresolved == ()
    assert report.is_new


def test_the_course_is_called_by_the_first_title_of_its_readme(report, ines):
    course = Course.objects.get(slug="stones")
    assert course.title == "Stones and piles"
    assert course.description == "How to pile stones so that they stay for years."
    assert course.state == CourseState.PUBLISHED
    assert list(course.instructors.all()) == [ines.user]
    assert (course.lessons_count, course.required_lessons) == (5, 3)


def test_modules_are_called_by_their_readme_or_their_folder(report):
    assert [m.title for m in report.course.modules.all()] == ["The first stones", "Piles"]


def test_the_quizzes_stand_before_and_after_their_lesson_and_count_for_nothing(report):
    assert [(lesson.title, lesson.kind, lesson.is_required) for lesson in lessons_of(report.course)] == [
        ("Quiz number 1", LessonKind.PRACTICE, False),
        ("What is a stone?", LessonKind.TEXT, True),
        ("Quiz number 2", LessonKind.PRACTICE, False),
        ("Where they lie", LessonKind.TEXT, True),
        ("Balance", LessonKind.TEXT, True),
    ]
    assert {lesson.pass_mark for lesson in report.course.lessons.filter(kind=LessonKind.PRACTICE)} == {60}


def test_links_lead_to_lessons_pages_quizzes_pictures_and_the_course(report):
    html = Lesson.objects.get(source_path=f"{FIRST}README.md").html
    for address in (
        "/courses/stones/lessons/where-they-lie/#by-the-river",
        "/courses/stones/lessons/what-is-a-stone/pages/find-one/",
        "/courses/stones/lessons/quiz-number-1/",
        "/courses/stones/lessons/quiz-number-2/",
        f"/courses/stones/files/{FIRST}images/stone.png",
        '"/courses/stones/"',
    ):
        assert address in html
    assert "/courses/stones/lessons/what-is-a-stone/" in SubPage.objects.get().html


def test_the_title_is_not_repeated_in_the_text(report):
    assert "<h1" not in Lesson.objects.get(source_path=f"{FIRST}README.md").html
    assert "What is a stone?" not in Lesson.objects.get(source_path=f"{FIRST}README.md").body


def test_translations_are_no_pages(report):
    assert [page.title for page in SubPage.objects.all()] == ["Find one"]


def test_minutes_are_words_by_two_hundred_rounded_up(report):
    assert Lesson.objects.get(title="Balance").estimated_minutes == 3
    assert Lesson.objects.get(title="Where they lie").estimated_minutes == 1


def test_minutes_of_the_front_matter_win(tmp_path, ines):
    write(
        tmp_path,
        {
            "01_intro/1-a/README.md": "---\nminutes: 12\n---\n# A\n",
            "01_intro/2-b/README.md": "---\nminutes: .nan\n---\n# B\n",
        },
    )
    bring(tmp_path, ines)
    assert [lesson.estimated_minutes for lesson in Lesson.objects.order_by("title")] == [12, 1]


def test_a_course_without_lessons_folders_and_with_readmes_in_any_case(tmp_path, ines):
    write(
        tmp_path / "c",
        {
            "readme.md": "no heading here\n",
            "01_intro/Readme.md": "Just words.\n",
            "01_intro/10-last/README.MD": "Words without a heading.\n",
            "01_intro/2_first/readme.md": "# First\n[last](../10-last)\n",
        },
    )
    report = bring(tmp_path / "c", ines)
    assert report.course.title == "C"
    assert [m.title for m in report.course.modules.all()] == ["Intro"]
    assert [lesson.title for lesson in lessons_of(report.course)] == ["First", "Last"]
    assert '"/courses/c/lessons/last/"' in Lesson.objects.get(title="First").html


def test_a_course_without_modules_is_one_module(tmp_path, ines):
    write(
        tmp_path / "flat",
        {"00-setup/README.md": "# Set up\n", "01-go/README.md": "# Go\n", "docs/1-x/README.md": "# No\n"},
    )
    report = bring(tmp_path / "flat", ines)
    assert (report.modules, [x.title for x in lessons_of(report.course)]) == (1, ["Set up", "Go"])


def test_a_page_from_elsewhere_comes_along_with_the_first_lesson_that_links_to_it(tmp_path, ines):
    root = write(
        tmp_path / "c",
        {
            "1-m/1-a/README.md": "# A\n[hardware](../../hardware.md#pi)\n",
            "1-m/2-b/README.md": "# B\n[hardware](../../hardware.md)\n",
            "hardware.md": "# Hardware\n\n## Pi\n\n[prices](prices.md)\n",
            "prices.md": "# Prices\n",
            "unlinked.md": "# Nobody links here\n",
        },
    )
    report = bring(root, ines)
    assert (report.further_pages, report.unresolved) == (2, ())
    assert {page.lesson.title for page in SubPage.objects.all()} == {"A"}
    assert "/courses/c/lessons/a/pages/hardware/" in Lesson.objects.get(title="B").html


@pytest.mark.parametrize(("value", "right"), [("true", 1), ("True", 1), (True, 1), ("false", 0), (False, 0), (None, 0)])
def test_a_right_answer_may_be_a_word_or_a_boolean(tmp_path, ines, value, right):
    bank = a_bank(a_quiz(7, ("Well?", {"this": value, "that": "false"})))
    root = write(tmp_path, {"1-m/1-a/README.md": "# A\n[quiz](/quiz/7)\n", "quiz-app/en.json": bank})
    report = bring(root, ines)
    lesson = Lesson.objects.get(kind=LessonKind.PRACTICE)
    assert lesson.questions.get().choices.filter(is_correct=True).count() == right
    assert [q.right_answers for q in report.odd_questions] == ([] if right else [0])


def test_a_question_with_two_right_answers_is_kept_as_multiple_choice_and_reported(tmp_path, ines):
    bank = a_bank(a_quiz(7, ("Which?", {"a": True, "b": True, "c": False})))
    root = write(tmp_path, {"1-m/1-a/README.md": "# A\n[quiz](/quiz/7)\n", "quiz-app/en.json": bank})
    report = bring(root, ines)
    assert [(q.text, q.right_answers) for q in report.odd_questions] == [("Which?", 2)]
    assert Lesson.objects.get(kind=LessonKind.PRACTICE).questions.get().kind == "multiple"


@pytest.mark.parametrize("wrap", [lambda quiz: quiz, lambda quiz: [quiz], lambda quiz: {"en": {"quizzes": [quiz]}}])
def test_a_bank_may_be_a_list_or_a_mapping(tmp_path, ines, wrap):
    import json

    root = write(
        tmp_path,
        {
            "1-m/1-a/README.md": "# A\n[quiz](https://x.example/en/quiz/3?loc=en)\n",
            "tools/Quiz-App/deep/er/en.json": json.dumps(wrap(a_quiz("3", YES_NO))),
        },
    )
    assert bring(root, ines).questions == 1


def test_a_quiz_that_no_lesson_links_to_is_reported_and_left_out(tmp_path, ines):
    root = write(
        tmp_path,
        {
            "1-m/1-a/README.md": "# A\n[q](/quiz/1) [r](/quiz/9)\n",
            "quiz-app/en.json": a_bank(a_quiz(1, YES_NO), a_quiz(2, YES_NO)),
        },
    )
    report = bring(root, ines)
    assert report.practice_lessons == 1
    assert [(u.path, u.reference) for u in report.unresolved] == [
        ("1-m/1-a/README.md", "/quiz/9"),
        ("quiz-app/en.json#2", "Quiz number 2"),
    ]


def test_what_leads_nowhere_is_reported_with_its_file_and_left_as_it_is(tmp_path, ines):
    text = (
        "# A\n[gone](gone.md) ![lost](img/lost.png) [out](../../../../etc/passwd) [x][nothing] [there](#not-there)\n"
        "`[code](is-left.md)` and ![far](https://e.example/x.png) and [b](../2-b/README.md#no)\n\n"
        "```\n[code](is-left-too.md)\n```\n"
    )
    root = write(tmp_path, {"1-m/1-a/README.md": text, "1-m/2-b/README.md": "# B\n"})
    report = bring(root, ines)
    assert {(u.path, u.reference) for u in report.unresolved} == {
        ("1-m/1-a/README.md", reference)
        for reference in (
            "gone.md", "img/lost.png", "../../../../etc/passwd", "[x][nothing]", "#not-there", "https://e.example/x.png",
            "../2-b/README.md#no",
        )
    }  # fmt: skip
    lesson = Lesson.objects.get(title="A")
    assert "[gone](gone.md)" in lesson.body
    assert "<img" not in lesson.html
    assert '<a href="https://e.example/x.png"' in lesson.html


def test_a_draft_stays_a_draft(tmp_path, ines):
    report = import_course(numbered(tmp_path / "d"), layout="numbered", instructor=ines.user, draft=True)
    assert report.course.state == CourseState.DRAFT
    assert not Lesson.objects.filter(is_published=False).exists()


def test_a_manifest_names_the_course(tmp_path, ines):
    root = numbered(
        tmp_path / "x", **{"cairn.yaml": "title: Cairns\nslug: all-about-cairns\nlevel: advanced\nlanguage: de\n"}
    )
    course = bring(root, ines).course
    assert (course.title, course.slug, course.level, course.language) == (
        "Cairns",
        "all-about-cairns",
        "advanced",
        "de",
    )


def test_the_real_course_of_numbered_folders(real_data, ines):
    report = bring(real_data / "courses" / "iot-for-beginners", ines)
    counts = (report.modules, report.text_lessons, report.practice_lessons, report.questions, report.files)
    assert counts == (6, 24, 48, 144, 9)
    assert report.course.title == "IoT for Beginners - A Curriculum"
    again = bring(real_data / "courses" / "iot-for-beginners", ines)
    assert not again.changes
