"""An operator measures the assistant with questions whose lesson is known."""

import json

import pytest
from django.core.management import CommandError, call_command

from tests.builders import a_lesson


@pytest.fixture
def masonry(course):
    """Ines's course with a lesson on mortar that came from a file."""
    body = "## Lime\n\nLime mortar hardens slowly by taking carbon dioxide from the air."
    a_lesson(course.modules.get(), title="Mortar", body=body, source_path="lessons/mortar.md")
    return course


def measured(course, tmp_path, *lines):
    questions, out = tmp_path / "questions.jsonl", tmp_path / "out.jsonl"
    questions.write_text("\n".join(lines), encoding="utf-8")
    call_command("evaluate_assistant", course=course, questions=questions, out=out, verbosity=0)
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def asked(name, question):
    return json.dumps({"id": name, "question": question})


def test_each_question_gets_a_row_with_the_lessons_cited(masonry, tmp_path):
    lines = [asked("a", "How does lime mortar harden?"), "", asked("b", "Who won the cup in Montevideo?")]
    first, second = measured("stones", tmp_path, *lines)
    assert (first["id"], first["cited"][0], first["refused"]) == ("a", "lessons/mortar.md", False)
    assert first["sections"][0] == "Lime"
    assert (second["id"], second["refused"]) == ("b", True)


def test_more_questions_than_a_learner_may_ask_are_measured(masonry, tmp_path, settings):
    settings.ASSISTANT_QUESTIONS_A_MINUTE = settings.ASSISTANT_QUESTIONS_A_DAY = 2
    assert len(measured("stones", tmp_path, *(asked(str(n), "How does lime harden?") for n in range(5)))) == 5


@pytest.mark.parametrize("line", ["no json", "[]", '{"id": "a"}', '{"question": "x"}', "3"])
def test_a_line_that_is_no_question_is_named(masonry, tmp_path, line):
    with pytest.raises(CommandError, match="line 2"):
        measured("stones", tmp_path, asked("a", "Lime?"), line)


def test_a_course_that_is_not_there_is_named(db, tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        measured("nowhere", tmp_path)


def test_a_course_that_nobody_can_ask_for_is_said(masonry, ines, tmp_path):
    masonry.instructors.clear()
    with pytest.raises(CommandError, match="no instructor"):
        measured("stones", tmp_path, asked("a", "Lime?"))
