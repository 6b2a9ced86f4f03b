"""Two tabs of one browser and the live stream: what happens in one, or elsewhere, shows in the other."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from analytics.kinds import Card, Move
from analytics.services.layout import arrange
from gamification.models import Preferences
from learning.models import Enrollment, StudyTime
from learning.services.completion import complete_lesson
from notifications.models import Notification
from tests import streams
from tests.builders import a_beat, lessons_of, notify

WITHIN = 2000
"""Milliseconds in which an open page tells what happened."""


class Tabs:
    """One browser of one person, over a server that holds streams."""

    def __init__(self, chromium, port, person, faults, **options) -> None:
        self.asked: list[str] = []
        self.faults = faults
        self.context = chromium.new_context(
            base_url=f"http://127.0.0.1:{port}", viewport={"width": 1280, "height": 844}, **options
        )
        key = person.client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": f"http://127.0.0.1:{port}"}]
        )
        self.context.on("request", lambda request: self.asked.append(request.url))

    def open(self, path, *, is_live=True):
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if "Content Security" in said.text else None)
        page.goto(path)
        if is_live:
            live(page)
        return page

    @property
    def streams(self):
        return [url for url in self.asked if "/api/events/" in url]


def live(page):
    """Wait until this tab hears the stream, itself or through another tab."""
    page.evaluate(
        "import('/static/js/stream.js').then(async ({ isLive }) => {"
        " while (!isLive()) await new Promise((ready) => setTimeout(ready, 20)); })"
    )


@pytest.fixture
def tabs(chromium, faults):
    """`tabs(alice)` is her browser, over a server of its own."""
    opened = []
    with streams.elsewhere() as port:

        def browser_of(person, **options):
            opened.append(Tabs(chromium, port, person, faults, **options))
            return opened[-1]

        yield browser_of
        for one in opened:
            one.context.close()


def done_elsewhere(person, course, n=0):
    complete_lesson(enrollment=person.user.enrollments.get(), lesson=lessons_of(course)[n], at=timezone.now())


def toast(page, words):
    return page.locator(".toast", has_text=words)


def test_what_one_tab_finishes_the_other_shows_within_two_seconds(tabs, alice, course, at_alice, faults):
    browser = tabs(alice)
    board = browser.open("/my-learning/")
    lesson = browser.open(lessons_of(course)[0].get_absolute_url())
    board.evaluate("window.same = true")
    lesson.get_by_role("button", name="Complete lesson").click()
    toast(board, "First Steps").wait_for(timeout=WITHIN)
    expect(board.locator(".today-count")).to_have_text("1/3", timeout=WITHIN)
    for page in (board, lesson):
        expect(page.locator("[data-xp]")).to_have_text("10", timeout=WITHIN)
        expect(page.locator("[data-streak]")).to_have_text("1", timeout=WITHIN)
        page.get_by_role("button", name="Notifications, 3 unread").wait_for(timeout=WITHIN)
    assert board.evaluate("window.same")
    assert len(browser.streams) == 1
    assert faults == []


def test_what_is_chosen_or_studied_in_one_tab_stands_so_in_the_other(tabs, alice, course, at_alice, faults):
    """A goal, minutes of study, a switch and an arrangement; what stays on the page stays as it was."""
    browser = tabs(alice)
    board = browser.open("/my-learning/")
    lesson = browser.open(lessons_of(course)[0].get_absolute_url())
    settings = browser.open("/settings/motivation/")
    settings.get_by_label("Sessions a day").fill("5")
    settings.get_by_label("Daily challenges").uncheck()
    settings.get_by_role("button", name="Save").click()
    board.bring_to_front()
    expect(board.locator(".today-count")).to_have_text("0/5", timeout=WITHIN)
    expect(board.locator("[data-card=challenges]")).to_have_count(0, timeout=WITHIN)
    board.evaluate("document.querySelector('[data-activity]').dataset.same = 'yes'")
    arrange(learner=alice.user, card=Card.COURSES, move=Move.UP, at=timezone.now())
    arrange(learner=alice.user, card=Card.BADGES, move=Move.HIDE, at=timezone.now())
    expect(board.locator("[data-card=badges]")).to_have_count(0, timeout=WITHIN)
    order = [card.get_attribute("data-card") for card in board.locator("[data-card]").all()]
    assert order == ["today", "figures", "activity", "courses", "streak"]
    assert board.locator("[data-activity][data-same]").count() == 1
    StudyTime.objects.update_or_create(**an_hour(alice, course), defaults={"seconds": 3600})
    Enrollment.objects.update(seconds=3600)
    lesson.evaluate("import('/static/js/stream.js').then(({ tellOfStudy }) => tellOfStudy())")
    expect(board.locator("[data-number=time]")).to_have_text("1h", timeout=WITHIN)
    assert faults == []


def test_minutes_of_another_device_show_within_two_seconds(tabs, alice, course, at_alice, faults):
    board = tabs(alice).open("/my-learning/")
    StudyTime.objects.update_or_create(**an_hour(alice, course), defaults={"seconds": 3600})
    Enrollment.objects.update(seconds=3600)
    alice.post("/api/learner/track-lesson/", a_beat(lessons_of(course)[0], seconds=1))
    expect(board.locator("[data-number=time]")).to_have_text("1h", timeout=WITHIN)
    assert faults == []


def an_hour(person, course):
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    lesson = lessons_of(course)[0]
    return {"learner": person.user, "course": course, "lesson": lesson, "hour": now, "day": now.date(),
            "course_day": now.date()}  # fmt: skip


def test_a_tab_tells_the_same_thing_once(tabs, alice, course, at_alice):
    """The answer and the stream both tell the badge; also the page that comes next knows that it was told."""
    browser = tabs(alice)
    page = browser.open(lessons_of(course)[0].get_absolute_url())
    page.evaluate(
        "window.told = []; new MutationObserver(() => document.querySelectorAll('.toast strong')"
        ".forEach((one) => window.told.push(one.textContent))).observe(document.querySelector('[data-toasts]'),"
        " { childList: true })"
    )
    page.get_by_role("button", name="Complete lesson").click()
    page.get_by_role("button", name="Notifications, 3 unread").wait_for()
    for _ in range(4):
        page.locator(".toast").or_(page.locator("[data-toasts]:empty")).first.wait_for(state="attached")
        page.keyboard.press("Escape")
    told = page.evaluate("window.told")
    assert told.count("First Steps") == 1
    assert len(told) == len(set(told))
    page.goto("/my-learning/")
    live(page)
    expect(page.locator(".toast")).to_have_count(0)


def test_what_happens_elsewhere_is_told_also_after_the_listening_tab_has_gone(tabs, alice, course, at_alice):
    browser = tabs(alice)
    first, second = browser.open("/help/"), browser.open("/help/")
    first.close()
    expect(second.locator("[data-xp]")).to_have_text("0")
    done_elsewhere(alice, course)
    toast(second, "First Steps").wait_for()
    expect(second.locator("[data-xp]")).to_have_text("10")


def test_a_lost_connection_goes_on_where_it_was(tabs, alice, course, at_alice):
    browser = tabs(alice)
    page = browser.open("/help/")
    done_elsewhere(alice, course)
    toast(page, "First Steps").wait_for()
    browser.context.set_offline(True)
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    done_elsewhere(alice, course, n=1)
    browser.context.set_offline(False)
    expect(page.locator("[data-xp]")).to_have_text("120", timeout=20_000)
    live(page)


@pytest.mark.parametrize("off", [{"toasts": False}, {"badges": False, "xp": False, "streaks": False}])
def test_what_is_switched_off_is_not_shown(tabs, alice, course, at_alice, off):
    Preferences.objects.create(learner=alice.user, **off)
    browser = tabs(alice)
    page = browser.open("/my-learning/")
    done_elsewhere(alice, course)
    expect(page.locator(".today-count")).to_have_text("1/3")
    if "toasts" in off:
        page.get_by_role("button", name="Notifications, 3 unread").wait_for()
        expect(page.locator(".toast")).to_have_count(0)
    else:
        expect(toast(page, "First Steps")).to_have_count(0)
        assert page.locator("[data-xp-chip], [data-streak-chip]").count() == 0


def test_a_new_notification_shows_as_a_short_bar(tabs, alice):
    page = tabs(alice).open("/help/")
    notify([Notification(learner=alice.user, kind="streak", key="t", title="Keep it", body="Today", url="/help/", created_at=timezone.now())])  # fmt: skip
    bar = page.locator(".toast-bar", has_text="Keep it")
    bar.wait_for()
    assert bar.get_by_role("link").get_attribute("href") == "/help/"
    assert page.locator(".toast-badge").count() == 0


def test_what_happened_before_the_first_page_listened_shows_all_the_same(tabs, alice, course, at_alice):
    """Its stream is held until the lesson is done elsewhere."""
    browser, held = tabs(alice), []
    browser.context.route("**/api/events/*", lambda route: held.append(route))
    page = browser.open("/my-learning/", is_live=False)
    expect(page.locator("[data-xp]")).to_have_text("0")
    page.wait_for_load_state("networkidle")
    done_elsewhere(alice, course)
    held.pop().continue_()
    expect(page.locator("[data-xp]")).to_have_text("10")
    expect(page.locator(".today-count")).to_have_text("1/3")


def test_counters_of_any_page_are_filled_and_move(tabs, alice, course, at_alice):
    browser = tabs(alice)
    page = browser.open("/help/")
    names = ["total-sessions", "streak", "xp", "level", "average-score", "daily-progress", "weekly-progress"]
    page.evaluate(
        "(names) => { for (const name of names) { const place = document.createElement('span');"
        " place.dataset.counter = name; document.querySelector('main').append(place); } }",
        names,
    )
    done_elsewhere(alice, course)
    for name, shown_as in zip(names, ["1", "1", "10", "1", "–", "1/3", "1/15"], strict=True):
        expect(page.locator(f"[data-counter={name}]")).to_have_text(shown_as)


def test_a_new_kind_of_lesson_says_that_a_session_is_finished(tabs, alice):
    page = tabs(alice).open("/help/")
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('cairn:session-finished', { detail: { new_achievements: [{ key: 'k',"
        " title: 'Of a new kind', description: 'd', course: null, earned_at: '2026-01-01T10:00:00Z' }] } }))"
    )
    toast(page, "Of a new kind").wait_for()


def test_achievements_move_by_themselves(tabs, alice, course, at_alice):
    page = tabs(alice).open("/achievements/")
    done_elsewhere(alice, course)
    page.locator("#first_steps:not(.is-locked)").wait_for(timeout=WITHIN)


def test_without_a_stream_pages_ask_as_before(browse, alice, course, at_alice, faults):
    """The server of other tests holds no streams: it answers 204."""
    page = browse(alice)
    page.clock.install()
    page.goto("/my-learning/")
    page.wait_for_load_state("networkidle")
    done_elsewhere(alice, course)
    page.clock.run_for(26_000)
    expect(page.locator(".today-count")).to_have_text("1/3")
    assert faults == []


def test_without_locks_each_tab_listens_for_itself(tabs, alice, course, at_alice):
    browser = tabs(alice)
    browser.context.add_init_script("delete Navigator.prototype.locks")
    pages = [browser.open("/help/"), browser.open("/help/")]
    assert len(browser.streams) == 2
    done_elsewhere(alice, course)
    for page in pages:
        toast(page, "First Steps").wait_for()


def shown(page, **news):
    page.evaluate("(news) => import('/static/js/toasts.js').then(({ toast }) => toast(news))", news)


def test_a_toast_stays_under_the_pointer_and_goes_with_escape(tabs, alice):
    page = tabs(alice).open("/help/")
    page.clock.install()
    shown(page, id="a", title="One", text="First", badge="first_steps")
    shown(page, id="b", title="Two")
    shown(page, id="a", title="One")
    toast(page, "One").hover()
    page.clock.run_for(9000)
    expect(toast(page, "One")).to_be_visible()
    page.mouse.move(5, 800)
    page.clock.run_for(6000)
    expect(toast(page, "Two")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".toast")).to_have_count(0)


def test_a_click_on_a_badge_opens_all_badges_and_share_its_form(tabs, alice, course, at_alice):
    browser = tabs(alice)
    done_elsewhere(alice, course)
    page = browser.open("/help/")
    shown(page, id="a", title="First Steps", badge="first_steps")
    toast(page, "First Steps").click(position={"x": 30, "y": 12})
    page.wait_for_url("**/achievements/")
    shown(page, id="b", title="First Steps", badge="first_steps")
    toast(page, "First Steps").get_by_role("link", name="Share").click()
    page.locator("#first_steps details[open]").wait_for()


def test_confetti_for_what_is_rare_and_none_where_motion_is_unwanted(tabs, alice):
    page = tabs(alice).open("/help/")
    shown(page, id="a", title="Rare", isGrand=True)
    page.locator("canvas.confetti").wait_for(state="attached")
    still = tabs(alice, reduced_motion="reduce").open("/help/")
    shown(still, id="a", title="Rare", isGrand=True)
    toast(still, "Rare").wait_for()
    assert still.locator("canvas.confetti").count() == 0


def test_sound_is_off_until_it_is_chosen_and_stays_in_the_browser(tabs, alice, faults):
    browser = tabs(alice)
    browser.context.add_init_script(
        "window.notes = []; const start = OscillatorNode.prototype.start;"
        " OscillatorNode.prototype.start = function (at) { window.notes.push(this.context.state); start.call(this, at); }"
    )
    page = browser.open("/settings/motivation/")
    box = page.get_by_label("A soft sound with celebrations")
    assert not box.is_checked()
    box.check()
    page.wait_for_function("window.notes.length === 2")  # what it sounds like
    page.reload()
    assert box.is_checked()
    page.mouse.click(5, 5)
    page.evaluate("import('/static/js/sound.js').then(({ chime }) => chime())")
    page.wait_for_function("window.notes.length === 2 && window.notes.every((note) => note === 'running')")
    box.uncheck()
    page.evaluate("import('/static/js/sound.js').then(({ chime }) => chime())")
    assert page.evaluate("window.notes.length") == 2
    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barrier_in_a_toast(tabs, alice, scheme):
    page = tabs(alice, color_scheme=scheme, reduced_motion="reduce").open("/help/")
    for news in ({"id": "a", "title": "Badge", "text": "Words", "badge": "first_steps"},
                 {"id": "b", "title": "Bar", "text": "Words", "href": "/help/", "sign": "bell", "isBar": True}):  # fmt: skip
        shown(page, **news)
        toast(page, news["title"]).wait_for()
        found = Axe().run(page, context="[data-toasts]").response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []
        page.keyboard.press("Escape")
