"""A lesson's page in a real browser: time goes out, answers come back."""

import json
import re

import pytest

from learning.models import Lesson, LessonProgress, StudyTime
from tests.builders import a_practice, lessons_of


def seconds_of(person) -> int:
    return sum(StudyTime.objects.filter(learner=person.user).values_list("seconds", flat=True))


def wait_until(page, fact) -> None:
    """Look again for a while: what a page sends arrives in another thread."""
    for _ in range(150):
        if fact():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came")


def test_completing_moves_outline_progress_and_streak_at_once(browse, alice, course, at_alice, faults):
    page = browse(alice)
    page.goto(lessons_of(course)[0].get_absolute_url())
    page.get_by_role("button", name="Complete lesson").click()
    page.locator(".toast", has_text="First Steps").wait_for()  # first: it goes by itself
    page.locator(".lesson-done").wait_for(state="visible")
    assert page.locator("[data-here] .stone-completed").count() == 1
    assert page.locator("[data-course-lessons]").inner_text() == "1 of 2 lessons"
    assert page.locator("[data-streak]").inner_text() == "1"
    page.locator("[data-xp]", has_text=re.compile(r"^10$")).wait_for()  # the sum is asked for
    assert page.locator("[data-announce]").inner_text() == "Lesson completed."
    assert faults == []


def test_toasts_come_one_after_another_and_close(browse, alice, course, at_alice):
    page = browse(alice)
    page.goto(lessons_of(course)[0].get_absolute_url())
    page.get_by_role("button", name="Complete lesson").click()
    page.locator(".toast").wait_for()
    assert page.locator(".toast").count() == 1
    page.locator(".toast").get_by_role("button", name="Close").click()
    page.locator(".toast", has_text="First Steps").wait_for(state="detached")


def test_time_is_sent_when_the_page_is_left(browse, alice, course, at_alice):
    page = browse(alice)
    page.goto(lessons_of(course)[0].get_absolute_url())
    page.wait_for_timeout(2300)
    page.goto("/help/")
    wait_until(page, lambda: seconds_of(alice) >= 1)
    assert seconds_of(alice) <= 4


def test_without_a_connection_it_is_kept_and_sent_later_in_order(browse, alice, course, at_alice):
    page = browse(alice)
    first = lessons_of(course)[0]
    page.goto(first.get_absolute_url())
    page.wait_for_timeout(1200)
    page.context.set_offline(True)
    page.get_by_role("button", name="Complete lesson").click()
    page.get_by_text("1 s kept on this device. It will be sent when you are online.").wait_for()
    kept = json.loads(page.evaluate(f"localStorage.getItem('cairn.beats.{alice.user.pk}')"))
    assert [beat["completed"] for beat in kept] == [True]
    assert kept[0]["recorded_at"]
    assert not LessonProgress.objects.filter(completed_at__isnull=False).exists()
    page.context.set_offline(False)
    page.locator(".lesson-done").wait_for(state="visible")
    assert page.evaluate(f"localStorage.getItem('cairn.beats.{alice.user.pk}')") is None


def test_a_duplicated_tab_counts_for_itself(browse, alice, course, at_alice):
    page = browse(alice)
    where = lessons_of(course)[0].get_absolute_url()
    page.goto(where)
    held = "navigator.locks.query().then(({ held }) => held.some(({ name }) => name.startsWith('cairn.session.')))"
    wait_until(page, lambda: page.evaluate(held))  # before that there is nothing to be second to
    with page.context.expect_page() as opened:
        page.evaluate(f"window.open('{where}')")  # takes a copy of the session's storage along
    copy = opened.value
    session = f"JSON.parse(sessionStorage.getItem('cairn.session.{alice.user.pk}') ?? '{{}}').id"
    original = page.evaluate(session)
    wait_until(copy, lambda: copy.evaluate(session) not in (None, original))
    assert page.evaluate(session) == original


def test_the_number_of_a_tab_goes_on_over_a_reload(browse, alice, course, at_alice):
    page = browse(alice)
    page.goto(lessons_of(course)[0].get_absolute_url())
    page.get_by_role("button", name="Complete lesson").click()
    page.locator(".lesson-done").wait_for(state="visible")
    session = f"JSON.parse(sessionStorage.getItem('cairn.session.{alice.user.pk}')).seq"
    before = page.evaluate(session)
    page.reload()
    page.wait_for_timeout(300)
    assert page.evaluate(session) >= before >= 1


def test_the_minimum_time_counts_down_and_opens_the_button(browse, alice, course, at_alice):
    lesson = lessons_of(course)[0]
    Lesson.objects.filter(pk=lesson.pk).update(min_seconds=3)
    page = browse(alice)
    page.goto(lesson.get_absolute_url())
    button = page.get_by_role("button", name="Complete lesson")
    button.click(force=True)
    assert "Not yet" in page.locator("[data-announce]").inner_text()
    page.locator("[data-complete-button]:not([aria-disabled])").wait_for(timeout=8000)
    button.click()
    page.locator(".lesson-done").wait_for(state="visible")


def test_practice_from_the_first_question_to_the_completed_stone(browse, alice, course, at_alice, faults):
    lesson = a_practice(course.modules.first())
    page = browse(alice, width=390)
    page.goto(lesson.get_absolute_url())
    page.get_by_role("button", name="Start").click()
    page.get_by_label("wrong").nth(0).check()
    page.get_by_role("button", name="Check my answers").click()
    page.get_by_text("Questions without an answer: 1.").wait_for()
    page.get_by_role("button", name="Check anyway").click()
    page.get_by_role("heading", name="Not there yet").wait_for()
    assert page.get_by_text("Not right").count() == 2
    page.get_by_role("button", name="Try again").click()
    for n in range(2):
        page.get_by_label("right").nth(n).check()
    page.get_by_role("button", name="Check my answers").click()
    page.get_by_role("heading", name="Passed").wait_for()
    page.locator(".lesson-done").wait_for(state="visible")
    assert faults == []


def test_practice_that_does_not_arrive_can_be_tried_again(browse, alice, course, at_alice):
    page = browse(alice)
    page.goto(a_practice(course.modules.first()).get_absolute_url())
    page.route("**/api/practice/", lambda route: route.abort())
    page.get_by_role("button", name="Start").click()
    page.get_by_text("The questions did not arrive.").wait_for()
    page.unroute("**/api/practice/")
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("Question 1 of 2").wait_for()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_outline_is_a_sheet_on_the_phone_and_a_column_beside(browse, alice, course, at_alice, width):
    page = browse(alice, width=width)
    page.goto(lessons_of(course)[0].get_absolute_url())
    outline = page.get_by_role("navigation", name="Lessons of this course")
    if width == 390:
        assert not outline.is_visible()
        page.get_by_role("button", name="Outline").click()
    assert outline.is_visible()
    outline.get_by_role("link", name="Stones 2").click()
    page.get_by_role("heading", name="Stones 2", level=1).wait_for()
