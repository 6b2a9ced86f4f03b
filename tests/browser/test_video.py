"""A video in a real browser: played, resumed, held back, steered by keys, watched without a connection."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections import Counter

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from learning.demo.courses import MEDIA
from learning.models import Enrollment, LessonProgress, PlayedMinute, StudyTime
from tests.browser.test_lesson_page import seconds_of, wait_until
from tests.builders import a_beat, a_lesson, lessons_of

FILM = MEDIA / "finding-your-way" / "a-bearing-in-four-steps"
SECONDS = 48


@pytest.fixture
def film(course, at_alice):
    lesson = a_lesson(course.modules.get(), title="Film", kind="video", duration_seconds=SECONDS)
    lesson.video_file.save("film.webm", ContentFile(FILM.with_suffix(".webm").read_bytes()))
    lesson.captions.save("film.vtt", ContentFile(FILM.with_suffix(".vtt").read_bytes()))
    return lesson


@pytest.fixture
def watch(browse, alice, film):
    """`watch()` is the film's page with the film loaded."""

    def open_film(**options):
        page = browse(alice, **options)
        page.goto(film.get_absolute_url())
        until(page, "v.readyState >= 2")
        return page

    return open_film


def until(page, what: str) -> None:
    """Look again for a while. (Playwright's own way of waiting is refused by our content policy.)"""
    for _ in range(400):
        if do(page, what):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {what}")


def do(page, what: str):
    return page.evaluate(f"(() => {{ const v = document.querySelector('video'); return {what}; }})()")


def play(page, *, rate: float = 4, to: float) -> None:
    do(page, f"(v.playbackRate = {rate}, v.play(), null)")
    until(page, f"v.currentTime >= {to}")


def pause(page) -> float:
    do(page, "v.pause()")
    return do(page, "v.currentTime")


def lose_connection(page) -> None:
    """With some of the film loaded, as in a train that enters a tunnel."""
    do(page, "(v.preload = 'auto', v.load(), null)")
    until(page, "v.readyState >= 2 && v.buffered.length && v.buffered.end(0) >= 14")
    page.context.set_offline(True)


def mine(alice) -> LessonProgress:
    return LessonProgress.objects.get(learner=alice.user)


def kept(page, alice) -> list[dict]:
    return json.loads(page.evaluate(f"localStorage.getItem('cairn.beats.{alice.user.pk}')") or "[]")


def test_watched_to_the_end_it_completes_by_itself(watch, alice, film, faults):
    page = watch()
    assert do(page, "v.duration") == SECONDS
    play(page, to=SECONDS)
    page.locator(".lesson-done").wait_for(state="visible")
    assert mine(alice).completed_at
    assert mine(alice).coverage >= 95
    assert len(mine(alice).ranges) == 1
    assert int(page.locator("[data-watched-words]").inner_text().split()[1]) >= 95
    assert not PlayedMinute.objects.filter(stops__gt=0).exists()
    assert faults == []


def test_it_goes_on_where_it_stopped_on_another_device(watch, alice):
    page = watch()
    play(page, to=14)
    where = pause(page)
    wait_until(page, lambda: abs(mine(alice).position - where) < 0.02)
    phone = watch(width=390)
    until(phone, f"Math.abs(v.currentTime - {where}) < 0.5")
    assert phone.locator("[data-player-note]").inner_text() == f"Going on where you stopped, at 0:{int(where)}."
    assert phone.locator("[data-watched] rect").count() == 1
    assert phone.locator("[data-watched-words]").inner_text() == f"Watched {int(mine(alice).coverage)} %"


def test_while_playing_the_place_is_saved_every_ten_seconds(watch, alice):
    page = watch()
    with page.expect_request("**/track-lesson/", timeout=20_000) as sent:
        play(page, rate=1, to=2)
    beat = sent.value.post_data_json
    assert beat["seconds"] in (9, 10, 11)
    assert beat["position"] == pytest.approx(beat["ranges"][0][1], abs=0.01)
    assert beat["rate"] == 1


def test_a_lesson_in_order_leads_back_from_what_was_not_seen(watch, alice, film):
    film.forbid_skipping = True
    film.save()
    page = watch()
    play(page, to=6)
    where = pause(page)
    do(page, "(v.currentTime = 40, null)")
    page.get_by_text("This lesson is watched in order.").wait_for()
    until(page, f"!v.seeking && Math.abs(v.currentTime - {where}) < 1.5")
    play(page, to=12)
    pause(page)
    wait_until(page, lambda: mine(alice).coverage >= 20)
    assert len(mine(alice).ranges) == 1


def test_what_was_skipped_is_shown_and_one_click_away(watch, alice):
    page = watch()
    do(page, "(v.currentTime = 20, null)")
    until(page, "!v.seeking")
    play(page, to=30)
    pause(page)
    wait_until(page, lambda: mine(alice).ranges and mine(alice).ranges[-1][1] >= 30)
    [[start, end]] = mine(alice).ranges
    assert (start, end) == (pytest.approx(20, abs=0.5), pytest.approx(30, abs=3))
    page.get_by_role("button", name="Go to what you skipped (0:00)").click()
    until(page, "!v.seeking && v.currentTime < 1")
    assert "Watched: 0:2" in page.locator("[data-watched]").get_attribute("aria-label")


def test_keys_steer_it_and_fields_keep_theirs(watch):
    page = watch()
    page.keyboard.press("k")
    until(page, "!v.paused")
    page.keyboard.press(" ")
    until(page, "v.paused")
    do(page, "(v.currentTime = 20, null)")
    for key, moved in (("ArrowRight", 5), ("ArrowLeft", -5), ("l", 10), ("j", -10)):
        before = do(page, "v.currentTime")
        page.keyboard.press(key)
        assert do(page, "v.currentTime") == pytest.approx(before + moved, abs=0.1)
    page.keyboard.press("m")
    assert do(page, "v.muted")
    assert do(page, "v.textTracks[0].mode") == "showing"
    page.keyboard.press("c")
    assert do(page, "v.textTracks[0].mode") == "disabled"
    page.keyboard.press(">")
    assert do(page, "v.playbackRate") == 1.25
    assert page.get_by_label("Speed").input_value() == "1.25"
    page.evaluate(
        "document.querySelector('main').append(Object.assign(document.createElement('input'), {id: 'field'}))"
    )
    page.locator("#field").press_sequentially("km ?")
    assert (page.locator("#field").input_value(), do(page, "v.paused && v.muted")) == ("km ?", True)
    assert not page.get_by_role("dialog").is_visible()


def test_help_tells_the_keys_and_switches_them_off(watch):
    page = watch()
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys of the player").wait_for()
    page.get_by_label("Use these keys").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("m")
    assert not do(page, "v.muted")
    page.reload()
    until(page, "v.readyState >= 2")
    page.keyboard.press("m")
    assert not do(page, "v.muted")


def test_speed_and_captions_stay_as_they_were_chosen(watch):
    page = watch()
    page.get_by_label("Speed").select_option("2")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("c")
    page.reload()
    until(page, "v.readyState >= 2 && v.playbackRate === 2 && v.textTracks[0].mode === 'disabled'")


def test_leaving_in_the_middle_is_a_stop_in_that_minute(watch, alice):
    page = watch()
    play(page, to=5)
    page.goto("/help/")
    wait_until(page, lambda: PlayedMinute.objects.filter(minute=0, stops=1).exists())
    assert PlayedMinute.objects.get().plays == 1


def test_a_change_of_speed_loses_nothing(watch, alice):
    page = watch()
    play(page, rate=4, to=12)
    play(page, rate=0.5, to=13)
    where = pause(page)
    wait_until(page, lambda: LessonProgress.objects.get().ranges and mine(alice).ranges[0][1] >= where - 0.1)
    assert mine(alice).ranges[0][0] < 0.5


def test_what_is_watched_without_a_connection_is_kept_over_a_new_page_and_sent_once(watch, alice, film, faults):
    page = watch()
    lose_connection(page)
    play(page, rate=2, to=6)
    pause(page)
    wait_until(page, lambda: kept(page, alice))
    play(page, rate=2, to=12)
    where = pause(page)
    wait_until(page, lambda: len(kept(page, alice)) >= 2)
    waiting = kept(page, alice)
    claimed = sum(beat["seconds"] for beat in waiting)
    page.get_by_text(f"{claimed} s kept on this device. It will be sent when you are online.").wait_for()
    assert not StudyTime.objects.exists()
    again = page.context.new_page()
    page.close()
    again.context.set_offline(False)
    again.goto(film.get_absolute_url())
    wait_until(again, lambda: kept(again, alice) == [])
    assert mine(alice).ranges == [[pytest.approx(0, abs=0.5), pytest.approx(where, abs=0.5)]]
    assert seconds_of(alice) == mine(alice).seconds
    # Whole seconds: what a beat claims and the instants between beats are cut at different places.
    assert claimed - 2 <= seconds_of(alice) <= claimed + 2
    assert not again.locator("[data-offline]").is_visible()


def test_back_online_it_is_sent_without_being_asked(watch, alice):
    page = watch()
    lose_connection(page)
    play(page, to=8)
    pause(page)
    page.locator("[data-offline]").wait_for(state="visible")
    page.context.set_offline(False)
    page.locator("[data-offline]").wait_for(state="hidden")
    wait_until(page, lambda: mine(alice).ranges)
    assert mine(alice).coverage > 10


def _keep(page, alice, lesson, count: int) -> None:
    """Beats of a tab that is gone, as they lie in this browser."""
    start, session = timezone.now() - dt.timedelta(hours=2), str(uuid.uuid4())
    Enrollment.objects.filter(learner=alice.user).update(started_at=start)
    beats = [
        {
            **a_beat(lesson, seq=n + 1, session=session),
            "recorded_at": (start + dt.timedelta(seconds=30 * n)).isoformat(),
        }
        for n in range(count)
    ]
    page.goto("/help/")
    page.evaluate("([key, beats]) => localStorage.setItem(key, JSON.stringify(beats))", [_key(alice), beats])


def _key(alice) -> str:
    return f"cairn.beats.{alice.user.pk}"


def test_two_tabs_send_each_kept_beat_once_and_at_most_a_hundred_in_one_go(browse, alice, course, at_alice):
    first, second = lessons_of(course)
    page = browse(alice)
    _keep(page, alice, first, 110)
    sent = []
    page.context.on("request", lambda r: sent.append(r.post_data_json) if "track-lesson" in r.url else None)
    other = page.context.new_page()
    page.goto(first.get_absolute_url(), wait_until="commit")
    other.goto(second.get_absolute_url(), wait_until="commit")
    wait_until(page, lambda: kept(page, alice) == [])
    names = Counter((b["client_session"], b["seq"]) for body in sent for b in body.get("beats", [body]))
    assert set(names.values()) == {1}
    assert sorted(len(body["beats"]) for body in sent if "beats" in body) == [10, 100]
    assert StudyTime.objects.filter(lesson=first).count() >= 1
    assert 3300 <= seconds_of(alice) <= 3302


def test_a_beat_that_will_never_be_taken_is_dropped_alone(browse, alice, course, at_alice):
    first, _ = lessons_of(course)
    page = browse(alice)
    _keep(page, alice, first, 3)
    page.evaluate(
        "key => { const all = JSON.parse(localStorage.getItem(key)); all[1].lesson = 999999;"
        " localStorage.setItem(key, JSON.stringify(all)); }",
        _key(alice),
    )
    page.goto(first.get_absolute_url())
    wait_until(page, lambda: kept(page, alice) == [])
    assert 60 <= seconds_of(alice) <= 62


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_is_busy_gets_them_later(browse, alice, course, at_alice, status):
    first, _ = lessons_of(course)
    page = browse(alice)
    _keep(page, alice, first, 3)
    page.route("**/track-lesson/", lambda route: route.fulfill(status=status, json={}))
    page.goto(first.get_absolute_url())
    page.get_by_text("2 min kept on this device.").wait_for()
    assert len(kept(page, alice)) == 3
    page.unroute("**/track-lesson/")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    wait_until(page, lambda: kept(page, alice) == [])
    assert 90 <= seconds_of(alice) <= 93


def test_beats_of_more_than_three_days_ago_are_forgotten(browse, alice, course, at_alice):
    page = browse(alice)
    page.goto("/help/")
    old = {**a_beat(lessons_of(course)[0]), "recorded_at": (timezone.now() - dt.timedelta(hours=73)).isoformat()}
    page.evaluate("([key, beats]) => localStorage.setItem(key, JSON.stringify(beats))", [_key(alice), [old]])
    page.goto(lessons_of(course)[0].get_absolute_url())
    page.wait_for_load_state("networkidle")
    assert not page.locator("[data-offline]").is_visible()
    assert seconds_of(alice) <= 2


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_of_the_player_is_wider_than_the_screen(watch, width):
    page = watch(width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
