"""The assistant in a real browser: asked, brought back, renamed, deleted, offline, without barriers."""

import itertools
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from chat.models import Conversation
from tests.builders import a_lesson

LIME = "## Lime mortar\n\nLime mortar stays soft and lets a wall breathe. It hardens slowly, over months."
COLOURS_STAND = """new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
  .then(() => Promise.allSettled(document.getAnimations().map((one) => one.finished)))"""
QUESTION = "How does lime mortar harden?"


@pytest.fixture
def page(browse, alice, course, at_alice):
    a_lesson(course.modules.get(), title="Mortar", body=LIME)
    page = browse(alice)
    page.goto(f"/courses/{course.slug}/assistant/")
    return page


def ask(page, question=QUESTION):
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")


def answered(page):
    expect(page.get_by_role("button", name="Copy").last).to_be_visible()


def test_an_answer_leads_to_its_section_and_is_there_after_a_reload(page, faults):
    expect(page.get_by_label("Your question")).to_be_focused()
    ask(page)
    answered(page)
    chip = page.get_by_role("link", name="Mortar › Lime mortar").last
    expect(chip).to_have_attribute("href", "/courses/stones/lessons/mortar/#lime-mortar")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(QUESTION)
    expect(page.locator("li.said")).to_have_count(2)
    expect(page.get_by_role("link", name=QUESTION)).to_have_attribute("aria-current", "page")
    assert not faults


def test_markup_in_a_question_is_only_words(page, faults):
    ask(page, "<img src=x onerror=alert(1)> <b>lime</b> mortar?")
    answered(page)
    page.reload()
    assert page.locator(".said img, .said b").count() == 0
    assert not faults


def test_rename_and_delete(page, course):
    ask(page)
    answered(page)
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Title", exact=True).fill("Walls")
    page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Walls")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Keep it").click()
    assert Conversation.objects.get().title == "Walls"
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.wait_for_url(re.compile(r"/assistant/$"))
    assert not Conversation.objects.exists()


def test_offline_keeps_the_question_and_asks_it_once_when_the_connection_is_back(page):
    page.context.set_offline(True)
    ask(page)
    expect(page.get_by_role("alert")).to_contain_text("You are offline")
    expect(page.get_by_text("Not sent")).to_be_visible()
    page.context.set_offline(False)
    answered(page)
    expect(page.get_by_role("alert")).to_be_hidden()
    assert Conversation.objects.get().message_count == 2


def test_feedback_is_kept(page):
    ask(page)
    answered(page)
    page.get_by_role("button", name="Not helpful").click()
    expect(page.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")


def test_no_barriers_on_any_width_in_light_and_dark(page):
    ask(page)
    answered(page)
    page.reload()
    for width, scheme in itertools.product((390, 1280), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(COLOURS_STAND)
        assert not Axe().run(page).response["violations"], (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_was_asked_is_found_again_from_the_sidebar(page, faults):
    ask(page)
    answered(page)
    page.reload()
    search = page.get_by_role("searchbox", name="Search your conversations")
    search.fill("harden")
    search.press("Enter")
    hit = page.get_by_role("complementary").get_by_role("link", name=QUESTION).first
    expect(hit.locator("mark")).to_have_text("harden")
    hit.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(QUESTION)
    expect(page.get_by_role("searchbox")).to_have_value("harden")
    assert not Axe().run(page).response["violations"]
    page.get_by_role("link", name="All conversations").click()
    expect(page.get_by_role("searchbox")).to_have_value("")
    assert not faults


def test_beside_a_lesson_it_opens_by_a_key_keeps_its_conversation_and_gives_the_focus_back(page, course, faults):
    """A column on a wide screen, a sheet that holds the focus on a phone; nothing of it is there before it is opened."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/courses/stones/lessons/mortar/")
    opener = page.get_by_role("button", name="Ask the assistant")
    expect(opener).to_have_attribute("aria-expanded", "false")
    assert not any("assistant.js" in url or "part=panel" in url for url in asked)
    page.keyboard.press("Alt+a")
    expect(page.get_by_label("Your question")).to_be_focused()
    ask(page, "What is this?")
    answered(page)
    expect(page.get_by_role("link", name="Mortar › Lime mortar").last).to_be_visible()
    assert not Axe().run(page).response["violations"]
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(page.get_by_role("dialog", name="Assistant")).to_be_hidden()

    page.set_viewport_size({"width": 390, "height": 800})
    opener.click()
    expect(page.get_by_role("heading", name="What is this?")).to_be_visible()
    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("link", name="New conversation").click()
    expect(page.get_by_role("heading", name="Ask about this course")).to_be_visible()
    ask(page, "Who won the cup in Montevideo?")
    page.get_by_role("button", name="Ask the instructor").click()
    expect(page.get_by_text("Sent to the instructors.")).to_be_visible()
    page.get_by_role("switch", name="Share with the instructors").click()
    expect(page.get_by_text("You and the instructors of this course can read")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('[data-talk-panel]') !== null")
    assert not Axe().run(page).response["violations"]
    page.get_by_role("button", name="Close the assistant").click()
    expect(opener).to_be_focused()
    assert Conversation.objects.shared().get().messages.sent_to_instructors().count() == 1
    assert not faults
