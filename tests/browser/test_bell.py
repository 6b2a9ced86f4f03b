"""The bell in a real browser: it follows what happens, and hands, keys and readers can use it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from notifications.models import Notification
from tests.builders import lessons_of
from tests.notifications.test_inbox_api import filled


def bell(page):
    found = page.locator("button#bell")
    found.wait_for()
    return found


def test_completing_a_lesson_rings_the_bell_without_a_reload(browse, alice, course, at_alice, faults):
    page = browse(alice)
    page.goto(lessons_of(course)[0].get_absolute_url())
    assert bell(page).get_attribute("aria-label") == "Notifications, 2 unread"
    page.get_by_role("button", name="Complete lesson").click()
    page.get_by_role("button", name="Notifications, 3 unread").wait_for()
    assert faults == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_menu_opens_and_closes_by_keyboard_and_says_which(browse, alice, width, faults):
    filled(alice, 7)
    page = browse(alice, width=width, reduced_motion="reduce")
    page.goto("/help/")
    button, menu = bell(page), page.locator("#bell-menu")
    button.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    assert menu.locator(".notice").count() == 5
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    found = Axe().run(page, context="header").response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
    page.keyboard.press("Tab")
    assert menu.locator(".notice").first.evaluate("one => one === document.activeElement")
    page.keyboard.press("Escape")
    assert menu.is_hidden()
    expect(button).to_have_attribute("aria-expanded", "false")
    assert button.evaluate("one => one === document.activeElement")
    assert faults == []


def test_news_never_take_the_open_menu_away_and_come_when_it_closes(browse, alice):
    filled(alice, 1)
    page = browse(alice)
    page.goto("/help/")
    bell(page).click()
    Notification.objects.all().delete()
    page.evaluate("document.body.dispatchEvent(new CustomEvent('cairn:moved'))")
    page.wait_for_timeout(300)
    assert page.locator("#bell-menu .notice").is_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Notifications, none unread").wait_for()


def test_opening_one_from_the_menu_reads_it(browse, alice):
    filled(alice, 2)
    page = browse(alice)
    page.goto("/help/")
    bell(page).click()
    page.locator("#bell-menu .notice").first.click()
    page.get_by_role("button", name="Notifications, 1 unread").wait_for()
    assert Notification.objects.exclude(read_at=None).get().key == "1"


def test_without_scripts_the_bell_is_a_link(browse, alice):
    filled(alice, 1)
    page = browse(alice, java_script_enabled=False)
    page.goto("/help/")
    page.locator("#bell").click()
    assert page.url.endswith("/notifications/")
    page.get_by_role("button", name="Mark all as read").click()
    assert page.get_by_text("You have read everything.").is_visible()
