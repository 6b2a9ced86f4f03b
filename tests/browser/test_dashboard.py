"""My learning and achievements in a real browser: chart, table, filters, news from elsewhere, no barriers."""

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from learning.models import StudyTime
from learning.services.completion import complete_lesson
from tests.builders import a_course, enrolled, lessons_of


@pytest.fixture
def studied(alice, course, at_alice):
    """Alice has finished one lesson, and studied on ten days of the last ninety."""
    complete_lesson(enrollment=at_alice, lesson=lessons_of(course)[0], at=timezone.now())
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    for n in range(10):
        at = now - dt.timedelta(days=8 * n + 1)
        StudyTime.objects.create(
            learner=alice.user,
            course=course,
            hour=at,
            day=alice.user.day_at(at),
            course_day=at.date(),
            seconds=600 + 60 * n,
        )
    return course


def drawn(page):
    page.locator("#activity").scroll_into_view_if_needed()
    page.locator("[data-activity][data-drawn]").wait_for()


def test_thirty_and_ninety_days_without_leaving_the_page(browse, alice, studied, faults):
    page = browse(alice)
    page.goto("/my-learning/")
    page.evaluate("window.same = true")
    drawn(page)
    before = page.locator("#activity").bounding_box()["height"]
    page.get_by_role("link", name="90 days").click()
    page.locator("[data-activity][data-days='90'][data-drawn]").wait_for()
    assert page.get_by_text("of the last 90 days").is_visible()
    assert page.evaluate("window.same")
    assert page.locator("#activity").bounding_box()["height"] == before
    assert page.evaluate("document.activeElement.textContent") == "90 days"
    assert faults == []


def test_the_table_shows_what_the_chart_draws(browse, alice, studied):
    page = browse(alice)
    page.goto("/my-learning/")
    drawn(page)
    assert not page.locator(".days").is_visible()
    height = page.locator("#activity").bounding_box()["height"]
    page.get_by_role("button", name="Show as table").click()
    assert page.locator(".days tbody tr").count() == 30
    assert page.locator(".days").get_by_text("10m").is_visible()
    assert not page.locator("[data-canvas]").is_visible()
    assert page.locator("#activity").bounding_box()["height"] == height
    page.get_by_role("button", name="Calendar").click()
    assert page.locator("[data-canvas] canvas").first.is_visible()


def test_single_days_are_read_with_the_arrow_keys(browse, alice, studied):
    page = browse(alice)
    page.goto("/my-learning/")
    drawn(page)
    page.locator("[data-canvas]").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert ": 10m, sessions: 0" in page.locator("[data-readout]").text_content()


def test_without_scripts_the_table_and_the_filters_still_work(browse, alice, studied):
    page = browse(alice, java_script_enabled=False)
    page.goto("/my-learning/")
    assert page.locator(".days").is_visible()
    page.locator("#show-completed").check(force=True)
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.get_by_text("None finished yet.").is_visible()
    page.get_by_role("link", name="90 days").click()
    assert page.locator(".days tbody tr").count() == 90


def test_a_filter_changes_the_list_and_the_address(browse, alice, ines, studied, faults):
    enrolled(alice.user, a_course(ines.user, title="Untouched"))
    page = browse(alice)
    page.goto("/my-learning/")
    page.evaluate("window.same = true")
    page.locator("#show-not_started").check(force=True)
    page.wait_for_url("**show=not_started**")
    expect(page.locator(".my-course")).to_have_count(1)
    assert page.locator(".my-course").text_content().strip().startswith("Untouched")
    assert page.evaluate("window.same && document.activeElement.id") == "show-not_started"
    page.go_back()
    expect(page.locator(".my-course")).to_have_count(2)
    assert faults == []


def test_what_another_device_did_shows_without_a_reload(browse, alice, studied):
    page = browse(alice)
    page.goto("/my-learning/")
    page.evaluate("window.same = true")
    assert page.locator(".today-count").text_content() == "1/3"
    second = lessons_of(studied)[1]
    complete_lesson(enrollment=alice.user.enrollments.get(), lesson=second, at=timezone.now())
    page.evaluate("document.body.dispatchEvent(new CustomEvent('cairn:moved'))")
    page.get_by_text("Everything here is finished").wait_for()
    assert page.locator(".today-count").text_content() == "2/3"
    assert page.locator("[data-xp]").text_content() == "120"
    assert page.locator("[data-live='count-completed']").text_content() == "1"
    assert page.evaluate("window.same")


def test_a_chart_that_does_not_arrive_offers_a_retry(browse, alice, studied):
    page = browse(alice)
    page.route("**/echarts*", lambda route: route.abort())
    page.goto("/my-learning/")
    page.locator("#activity").scroll_into_view_if_needed()
    page.get_by_text("The chart did not arrive").wait_for()
    page.unroute("**/echarts*")
    page.get_by_role("button", name="Try again").click()
    drawn(page)


def test_nothing_moves_while_the_page_arrives(browse, alice, studied):
    page = browse(alice)
    page.add_init_script(
        "window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput)"
        " window.shifted += e.value; })).observe({type: 'layout-shift', buffered: true});"
    )
    page.goto("/my-learning/")
    drawn(page)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.shifted") < 0.02


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_barrier_in_any_view(browse, alice, bob, studied, faults, width, scheme):
    barriers = []
    for person, path in ((alice, "/my-learning/"), (alice, "/achievements/"), (bob, "/my-learning/"),
                         (alice, "/courses/stones/progress/")):  # fmt: skip
        page = browse(person, width=width, color_scheme=scheme, reduced_motion="reduce")
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        views = ["Bars", "Show as table"] if page.locator("[data-activity]").count() else [""]
        for view in views:
            if view:
                page.get_by_role("button", name=view).click()
            found = Axe().run(page).response["violations"]
            barriers += [
                (path, v["id"], v["nodes"][0]["html"][:120]) for v in found if v["impact"] in ("serious", "critical")
            ]
    assert barriers == []
    assert faults == []


def test_cards_are_arranged_by_keyboard_and_stay_so(browse, alice, studied, faults):
    page = browse(alice, width=390)
    page.goto("/my-learning/cards/")
    up = page.get_by_role("button", name="Move “Streak” up")
    up.press("Enter")
    page.get_by_role("status").get_by_text("Streak is now 5 of 7.").wait_for()
    expect(up).to_be_focused()
    page.get_by_role("button", name="Hide “Activity”").press("Enter")
    page.get_by_role("button", name="Show “Activity”").wait_for()
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
    page.get_by_role("link", name="Done").click()
    page.wait_for_url("**/my-learning/")
    cards = page.locator("[data-card]").evaluate_all("all => all.map(one => one.dataset.card)")
    assert cards == ["today", "challenges", "badges", "figures", "streak", "courses"]
    assert faults == []


def test_without_scripts_cards_are_arranged_all_the_same(browse, alice):
    page = browse(alice, java_script_enabled=False)
    page.goto("/my-learning/cards/")
    page.get_by_role("button", name="Hide “Streak”").click()
    assert page.get_by_role("button", name="Show “Streak”").is_visible()


def test_a_newcomer_is_shown_around_once_and_whenever_they_ask(browse, alice, course, at_alice, faults):
    page = browse(alice, width=390, reduced_motion="reduce")
    page.goto("/my-learning/")
    tour = page.get_by_role("region", name="A short tour")
    expect(tour.get_by_role("heading")).to_have_text("Here you go on")
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in Axe().run(page).response["violations"]] == []
    told = []
    while tour.count():
        told.append(tour.get_by_role("heading").text_content())
        pointed = page.locator(".is-pointed-at")
        assert pointed.count() == 1
        expect(pointed).to_be_in_viewport()
        tour.get_by_role("button", name="Done" if len(told) == 5 else "Next").click()
    assert told[1:] == ["Your day, and your week", "Three challenges a day", "Days in a row", "What is new"]
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(tour).to_be_hidden()
    page.goto("/my-learning/?tour")
    tour.get_by_role("button", name="Next").focus()
    page.keyboard.press("Escape")
    expect(tour).to_have_count(0)
    assert page.locator(".is-pointed-at").count() == 0
    assert faults == []
