"""A question gets its answer from what the asker may read, in the course's own words."""

import datetime as dt

import pytest
from django.utils import timezone

from chat.kinds import Answer, AnswerStatus, Delta, Turn
from chat.services.answers import settle
from learning.exceptions import NotEnrolled, TooMany, Unknown
from learning.kinds import CourseState
from learning.models import SubPage
from learning.services.structure import structure_changed, unpublish
from tests.builders import a_lesson, enrolled
from tests.chat.conftest import LIME, asked, planned


def answer_to(asker, course, question, *recent):
    return asked(asker, course, question, *recent)[-1]


def test_an_answer_quotes_the_course_and_links_to_the_section(masonry, alice, at_alice):
    answer = answer_to(alice, masonry, "How does lime mortar harden?")
    assert answer.status == AnswerStatus.ANSWERED
    assert "> Lime mortar stays soft and lets a wall breathe. It hardens slowly" in answer.content
    assert answer.citations[0].heading == "Lime mortar"
    assert answer.citations[0].url == "/courses/stones/lessons/mortar/#lime-mortar"
    assert (answer.provider, answer.is_whole, answer.note) == ("extractive", True, "")


def test_the_pieces_are_the_answer(masonry, alice, at_alice):
    *pieces, answer = asked(alice, masonry, "How do I point joints with mortar?")
    assert isinstance(answer, Answer)
    assert all(isinstance(piece, Delta) for piece in pieces)
    assert "".join(piece.text for piece in pieces) == answer.content


def test_code_comes_with_the_sentence_that_announces_it(masonry, alice, at_alice):
    answer = answer_to(alice, masonry, "Rake out the joints, press the mortar in with a pointing iron")
    assert "> ```\n> wet the joint, fill, press\n> ```" in answer.content


@pytest.mark.parametrize("question", ["Who won the cup in Montevideo?", "???", "what is it", "'; DROP TABLE --", '"'])
def test_what_the_course_does_not_cover_is_said_so(masonry, alice, at_alice, question):
    answer = answer_to(alice, masonry, question)
    assert answer.status == AnswerStatus.UNANSWERED
    assert answer.content.startswith("I did not find this in the course.")


def test_a_short_question_is_asked_together_with_the_one_before_it(masonry, alice, at_alice):
    before = Turn("user", "What carries an arch while its keystone is missing?")
    answer = answer_to(alice, masonry, "and why?", before, Turn("assistant", "A centring."))
    assert answer.citations[0].title == "Arches"


def test_words_of_the_course_mean_themselves_in_the_answer(course, alice, at_alice):
    a_lesson(
        course.modules.get(), title="[x](https://evil.example)", body="Quoins &lt;img src=x&gt; are *corner* `a_b`."
    )
    answer = answer_to(alice, course, "What are quoins?")
    assert "\\<img src=x\\>" in answer.content
    assert "\\[x\\](https://evil.example)" in answer.content


def test_an_unpublished_lesson_and_another_course_are_never_retrieved(masonry, other_course, alice, at_alice, ines):
    a_lesson(masonry.modules.get(), title="Draft", body="Zyzzyva beetles eat mortar.", is_published=False)
    a_lesson(other_course.modules.get(), title="Elsewhere", body="Zyzzyva beetles live there.")
    for asker in (alice, ines):
        answer = answer_to(asker, masonry, "What do zyzzyva beetles eat?")
        assert "Zyzzyva" not in answer.content
        assert not {"Draft", "Elsewhere"} & {c.title for c in answer.citations}


def test_a_lesson_unpublished_past_every_service_is_still_not_retrieved(masonry, alice, at_alice):
    masonry.lessons.filter(title="Mortar").update(is_published=False)
    answer = answer_to(alice, masonry, "How does lime mortar harden?")
    assert "Mortar" not in {c.title for c in answer.citations}


def test_who_may_not_read_the_course_may_not_ask_it(masonry, bob, igor, alice, at_alice, ines):
    for stranger in (bob, igor):
        with pytest.raises(NotEnrolled):
            asked(stranger, masonry, "How does lime mortar harden?")
    unpublish(masonry, at=timezone.now())
    with pytest.raises(Unknown):
        asked(alice, masonry, "How does lime mortar harden?")
    assert answer_to(ines, masonry, "How does lime mortar harden?").status == AnswerStatus.ANSWERED


def test_lesson_pages_stand_before_further_pages_that_say_the_same(masonry, alice, at_alice):
    lesson = masonry.lessons.get(title="Arches")
    SubPage.objects.create(
        lesson=lesson, title="Again", slug="again", body="## Lime mortar\n\n" + LIME.split("\n\n")[1]
    )
    structure_changed(masonry, at=timezone.now())
    answer = answer_to(alice, masonry, "How does lime mortar harden?")
    assert [c.title for c in answer.citations[:2]] == ["Mortar", "Arches › Again"]


def test_the_twenty_first_question_in_a_minute_waits_for_the_next(masonry, alice, at_alice, bob):
    at = dt.datetime(2026, 3, 2, 10, 0, 15, tzinfo=dt.UTC)
    for _ in range(20):
        asked(alice, masonry, "mortar", at=at)
    with pytest.raises(TooMany) as refused:
        asked(alice, masonry, "mortar", at=at)
    assert refused.value.retry_after == 45
    enrolled(bob.user, masonry)
    asked(bob, masonry, "mortar", at=at)
    asked(alice, masonry, "mortar", at=at + dt.timedelta(minutes=1))


def test_two_hundred_questions_are_a_day(masonry, alice, at_alice, settings):
    settings.ASSISTANT_QUESTIONS_A_DAY = 3
    morning = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
    for hour in range(3):
        asked(alice, masonry, "mortar", at=morning + dt.timedelta(hours=hour))
    with pytest.raises(TooMany):
        asked(alice, masonry, "mortar", at=morning + dt.timedelta(hours=5))
    asked(alice, masonry, "mortar", at=morning + dt.timedelta(hours=14))


def test_settling_an_answer_without_a_model_changes_nothing(masonry, alice, at_alice):
    at = timezone.now()
    plan = planned(alice, masonry, "mortar", at=at)
    settle(plan, plan.own, at=at)
    settle(plan, plan.own, at=at)
    assert plan.reservation is None


def test_a_course_that_is_older_than_its_passages_is_read_when_it_is_first_asked(masonry, alice, at_alice):
    masonry.passages.all().delete()
    masonry.passage_index.delete()
    assert answer_to(alice, masonry, "How does lime mortar harden?").status == AnswerStatus.ANSWERED


def test_a_course_without_a_word_answers_nothing(ines, alice):
    from tests.builders import a_course

    empty = a_course(ines.user, title="Empty", lessons=0, state=CourseState.PUBLISHED)
    enrolled(alice.user, empty)
    answer = answer_to(alice, empty, "How does lime mortar harden?")
    assert (answer.status, answer.citations) == (AnswerStatus.UNANSWERED, [])
