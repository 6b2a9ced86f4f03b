"""Practice: attempts, answers, scores, and what a finished one moves."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from gamification.models import XPEntry
from learning.models import LearningSession, PracticeAttempt, Question
from tests.builders import a_module, a_practice, a_question, enrolled

NOON = dt.datetime(2026, 3, 10, 12, 0, 0, tzinfo=dt.UTC)


@pytest.fixture
def quiz(course, at_alice):
    return a_practice(course.modules.get())


def start(person, lesson) -> dict:
    answer = person.post("/api/practice/", {"lesson": lesson.pk})
    assert answer.status_code == 201, answer.content
    return answer.json()


def finish(person, attempt: dict, answers: dict):
    return person.post(f"/api/practice/{attempt['id']}/finish/", {"answers": answers})


def all_right(lesson) -> dict:
    return {str(q.pk): q.choices.get(is_correct=True).pk for q in lesson.questions.all()}


def all_wrong(lesson) -> dict:
    return {str(q.pk): q.choices.filter(is_correct=False).first().pk for q in lesson.questions.all()}


def test_an_attempt_shows_questions_and_no_answers(alice, quiz):
    attempt = start(alice, quiz)
    assert [q["text_html"].strip() for q in attempt["questions"]] == ["<p>Question 1?</p>", "<p>Question 2?</p>"]
    assert all(set(q) == {"id", "kind", "text_html", "choices"} for q in attempt["questions"])
    assert all(set(c) == {"id", "text_html"} for q in attempt["questions"] for c in q["choices"])


def test_an_open_attempt_comes_back_for_a_day_and_then_makes_room(alice, quiz):
    with time_machine.travel(NOON, tick=False) as clock:
        first = start(alice, quiz)
        clock.shift(dt.timedelta(hours=23))
        assert start(alice, quiz)["id"] == first["id"]
        clock.shift(dt.timedelta(hours=2))
        assert start(alice, quiz)["id"] != first["id"]
        assert finish(alice, first, {}).status_code == 409


def test_all_right_passes_completes_the_lesson_and_pays_fifteen(alice, quiz):
    answer = finish(alice, start(alice, quiz), all_right(quiz)).json()
    assert (answer["success"], answer["score"], answer["passed"]) == (True, 100.0, True)
    assert answer["xp_awarded"] == 15
    assert [a["key"] for a in answer["new_achievements"]] == ["first_steps"]
    assert answer["streak"] == 1
    assert answer["stats"] == {
        "total_sessions": 1, "today_sessions": 1, "weekly_sessions": 1, "current_streak": 1, "longest_streak": 1,
        "average_score": 100.0,
    }  # fmt: skip
    assert answer["goals"] == {
        "daily_goal": 3, "daily_progress": 1, "daily_percentage": 33.33, "weekly_goal": 15, "weekly_progress": 1,
        "weekly_percentage": 6.67,
    }  # fmt: skip


def test_below_the_pass_mark_is_a_session_but_no_completion(alice, quiz):
    answer = finish(alice, start(alice, quiz), all_wrong(quiz)).json()
    assert (answer["score"], answer["passed"], answer["xp_awarded"]) == (0.0, False, 0)
    assert answer["stats"]["total_sessions"] == 1
    assert not alice.user.lesson_progress.get(lesson=quiz).completed_at


def test_failing_first_and_passing_later_completes(alice, quiz):
    finish(alice, start(alice, quiz), all_wrong(quiz))
    answer = finish(alice, start(alice, quiz), all_right(quiz)).json()
    assert answer["passed"]
    assert alice.user.lesson_progress.get(lesson=quiz).completed_at
    assert answer["stats"]["average_score"] == 50.0


def test_a_second_attempt_on_one_day_is_the_same_session_and_pays_no_more(alice, quiz):
    finish(alice, start(alice, quiz), all_right(quiz))
    answer = finish(alice, start(alice, quiz), all_right(quiz)).json()
    assert answer["xp_awarded"] == 0
    assert LearningSession.objects.count() == 1
    assert XPEntry.objects.count() == 1


def test_passing_again_another_day_keeps_the_first_completion(alice, quiz):
    with time_machine.travel("2026-03-10T12:00:00Z", tick=False) as clock:
        finish(alice, start(alice, quiz), all_right(quiz))
        first = alice.user.lesson_progress.get(lesson=quiz).completed_at
        clock.shift(24 * 3600)
        assert finish(alice, start(alice, quiz), all_right(quiz)).json()["xp_awarded"] == 0
    assert alice.user.lesson_progress.get(lesson=quiz).completed_at == first
    assert LearningSession.objects.count() == 2


def test_the_same_answers_again_get_the_same_result_and_others_are_refused(alice, quiz):
    attempt = start(alice, quiz)
    first = finish(alice, attempt, all_right(quiz)).json()
    again = finish(alice, attempt, all_right(quiz))
    assert again.status_code == 200
    assert {k: again.json()[k] for k in ("score", "passed", "results", "stats", "goals")} == {
        k: first[k] for k in ("score", "passed", "results", "stats", "goals")
    }
    assert again.json()["xp_awarded"] == 0
    other = finish(alice, attempt, all_wrong(quiz))
    assert (other.status_code, other.json()["code"]) == (409, "attempt_finished")
    assert PracticeAttempt.objects.get().score == 100


def test_an_unanswered_question_is_wrong(alice, quiz):
    first = quiz.questions.first()
    answer = finish(alice, start(alice, quiz), {str(first.pk): first.choices.get(is_correct=True).pk}).json()
    assert answer["score"] == 50.0
    assert [r["is_correct"] for r in answer["results"]] == [True, False]


def test_every_kind_of_question_is_judged_by_the_server(alice, course, at_alice):
    quiz = a_practice(course.modules.get(), questions=0)
    multiple = a_question(quiz, "Which?", ["a", "b", "c"], right=[0, 2], kind="multiple")
    text = a_question(quiz, "Say it", kind="text", accepted="North\nthe north")
    number = a_question(quiz, "How many?", kind="number", number=3.5, tolerance=0.1)
    a, b, c = multiple.choices.all()
    right = {str(multiple.pk): [c.pk, a.pk, a.pk], str(text.pk): "  NORTH ", str(number.pk): 3.59}
    assert finish(alice, start(alice, quiz), right).json()["score"] == 100.0
    wrong = {str(multiple.pk): [a.pk, b.pk], str(text.pk): "south", str(number.pk): 3.61}
    assert finish(alice, start(alice, quiz), wrong).json()["score"] == 0.0


def test_two_right_answers_or_none_leave_a_quiz_usable(alice, course, at_alice):
    quiz = a_practice(course.modules.get(), questions=0)
    either = a_question(quiz, "Either", ["a", "b", "c"], right=[0, 1])
    neither = a_question(quiz, "Neither", ["a", "b"], right=[])
    answer = finish(alice, start(alice, quiz), {str(either.pk): either.choices.all()[1].pk}).json()
    assert answer["score"] == 100.0
    assert {r["question"]: r["is_correct"] for r in answer["results"]} == {either.pk: True, neither.pk: None}


@pytest.mark.parametrize("value", ["a", [1], {"x": 1}, True, 2**70, 1.5, 999_999])
def test_an_answer_that_does_not_fit_is_named_and_nothing_is_scored(alice, quiz, value):
    question = quiz.questions.first()
    attempt = start(alice, quiz)
    answer = finish(alice, attempt, {str(question.pk): value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == f"answers.{question.pk}"
    assert not PracticeAttempt.objects.get().finished_at


def test_an_answer_to_a_question_of_another_practice_is_refused(alice, quiz, course):
    other = a_practice(a_module(course), title="Other")
    foreign = other.questions.first()
    answer = finish(alice, start(alice, quiz), {str(foreign.pk): foreign.choices.first().pk})
    assert answer.status_code == 400


def test_somebody_elses_attempt_is_not_there(alice, bob, quiz, course):
    enrolled(bob.user, course)
    assert finish(bob, start(alice, quiz), all_right(quiz)).status_code == 404


def test_practice_needs_an_enrolment_and_a_practice_lesson(alice, bob, quiz, course):
    assert bob.post("/api/practice/", {"lesson": quiz.pk}).json()["code"] == "not_enrolled"
    text = course.lessons.filter(kind="text").first()
    assert alice.post("/api/practice/", {"lesson": text.pk}).status_code == 404
    assert alice.post("/api/practice/", {"lesson": 999_999}).status_code == 404
    assert alice.post("/api/practice/", {"lesson": quiz.pk, "score": 100}).status_code == 400


def test_a_question_added_meanwhile_waits_for_the_next_attempt(alice, quiz):
    attempt = start(alice, quiz)
    a_question(quiz, "New", ["right", "wrong"], right=[0])
    answers = {
        str(q["id"]): Question.objects.get(pk=q["id"]).choices.get(is_correct=True).pk for q in attempt["questions"]
    }
    assert finish(alice, attempt, answers).json()["score"] == 100.0
    assert len(start(alice, quiz)["questions"]) == 3
