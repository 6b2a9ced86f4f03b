"""The story of a first visit: somebody finds a course, signs up, reads, practises, and sees it all counted."""

import re

import pytest
from django.core import mail

from learning.models import User
from learning.outbox import drain
from tests.builders import PASSWORD, a_course, a_practice, lessons_of


def code_for(address: str) -> str:
    """The code of the newest mail to this address."""
    drain()
    newest = [m for m in mail.outbox if m.to == [address]][-1]
    return re.search(r"\b[A-Z0-9]{3,4}-[A-Z0-9]{3,4}\b", newest.body)[0]


@pytest.mark.parametrize("width", [390, 1280])
def test_from_the_front_page_to_a_badge(browse, ines, faults, width):
    course = a_course(ines.user, title="Reading stones", lessons=2)
    quiz = a_practice(course.modules.get(), questions=1)
    page = browse(None, width=width, timezone_id="Asia/Tokyo")

    page.goto("/")
    page.get_by_role("link", name="Find a course").first.click()
    page.get_by_role("link", name="Reading stones").first.click()
    page.locator("form[action$='/enrol/'] button:visible").first.click()
    page.locator(".entrance-foot").get_by_role("link", name="Create an account").click()
    page.get_by_label("Your name").fill("Nia")
    page.get_by_label("Email address").fill("nia@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_label("Code").wait_for()
    page.get_by_label("Code").fill(code_for("nia@example.org"))
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url(re.compile("/courses/reading-stones/$"))
    nia = User.objects.get(email="nia@example.org")
    assert (nia.display_name, nia.time_zone) == ("Nia", "Asia/Tokyo")

    page.locator("form[action$='/enrol/'] button:visible").first.click()
    page.wait_for_load_state()
    for lesson in lessons_of(course)[:2]:
        page.goto(lesson.get_absolute_url())
        page.get_by_role("button", name="Complete lesson").click()
        page.locator(".lesson-done").wait_for(state="visible")
    page.goto(quiz.get_absolute_url())
    page.get_by_role("button", name="Start").click()
    page.get_by_label("right").check()
    page.get_by_role("button", name=re.compile("^(Hand in|Check|Finish)")).click()
    page.locator(".result").get_by_text("100 %").wait_for()

    page.goto("/my-learning/")
    page.locator("main").get_by_text("Reading stones").first.wait_for()
    assert nia.earned_badges.filter(badge__key__in=["explorer", "first_steps", "course_conqueror"]).count() == 3
    assert nia.gamification.xp == 10 + 10 + 15 + 100
    page.goto(f"{course.get_absolute_url()}progress/")
    page.get_by_role("link", name=re.compile("[Cc]ertificate")).first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults == []
