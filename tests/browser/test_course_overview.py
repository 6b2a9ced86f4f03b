"""The overview in a browser: charts are drawn under the strict policy, what happens comes in, a phone can read it."""

from __future__ import annotations

from django.utils import timezone
from playwright.sync_api import expect

from learning.services.completion import complete_lesson
from tests.browser.test_live import WITHIN, Tabs, live
from tests.builders import enrolled, lessons_of
from tests.streams import elsewhere

FETCHED = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('echarts')).length"


def test_an_enrolment_and_a_completion_show_while_the_page_is_open(chromium, faults, ines, alice, bob, course):
    enrolled(bob.user, course)
    with elsewhere() as port:
        browser = Tabs(chromium, port, ines, faults)
        page = browser.open(f"/admin/analytics/courses/{course.pk}/", is_live=False)
        live(page)
        page.evaluate("window.same = true")
        learners = page.locator('[data-metric="total_students"]')
        expect(learners).to_have_text("1")
        place = enrolled(alice.user, course)
        expect(page.locator("[data-live-feed]")).to_contain_text("Alice enrolled", timeout=WITHIN)
        expect(learners).to_have_text("2", timeout=5 * WITHIN)
        complete_lesson(enrollment=place, lesson=lessons_of(course)[0], at=timezone.now())
        expect(page.locator('[data-metric="average_progress"]')).to_have_text("25 %", timeout=5 * WITHIN)
        assert page.evaluate("window.same")
        for section in page.locator("[data-chart]").all():
            section.scroll_into_view_if_needed()
            section.locator("canvas").first.wait_for()
        assert page.evaluate(FETCHED) == 1  # four charts, one library
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.locator(".ca-what").first.click()
        expect(page.locator(".ca-says").first).to_be_visible()
        browser.context.close()
    assert faults == []
