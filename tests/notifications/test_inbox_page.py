"""The page of notifications and the bell in the header."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine

from notifications.models import Notification
from notifications.services.inbox import read
from tests.builders import notify
from tests.conformance.budgets import shown, statements
from tests.notifications.test_inbox_api import filled
from tests.notifications.test_telling import MORNING, a_notification

PAGE = "/notifications/"
BELL = "/notifications/bell/"


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main", 1)[-1]).split())


def opened(person, row: Notification):
    return person.submit(f"{PAGE}{row.pk}/open/")


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def test_an_empty_inbox_says_what_it_is_for(alice):
    page = text_of(alice.get(PAGE))
    assert "Nothing here yet" in page
    assert "Mark all as read" not in page


def test_days_are_the_learners_own(clock, alice):
    """Alice is in Madrid: 23:30 UTC of the day before yesterday is yesterday there."""
    for key, hours in (("now", 0), ("late", -34.5), ("before", -36), ("long ago", -24 * 100)):
        notify([a_notification(alice, key, title=f"It is {key}", created_at=MORNING + dt.timedelta(hours=hours))])
    page = alice.get(PAGE).content.decode()
    headings = re.findall(r'<h2 class="inbox-day"[^>]*>(.*?)</h2>', page)
    assert headings == ["Today", "Yesterday", "Sunday 8 March", "30 November 2025"]
    assert '<time datetime="2026-03-08T23:30:00+00:00">00:30</time>' in page
    positions = [page.index(words) for words in ("Today<", "It is now", "Yesterday<", "It is late", "It is before")]
    assert positions == sorted(positions)


def test_unread_ones_carry_a_word_until_they_are_opened(alice):
    notify([a_notification(alice, url="/help/")])
    assert "Unread" in text_of(alice.get(PAGE))
    answer = opened(alice, Notification.objects.get())
    assert (answer.status_code, answer["Location"]) == (302, "/help/")
    page = text_of(alice.get(PAGE))
    assert "Unread" not in page
    assert "You have read everything." in page


def test_looking_reads_nothing(alice):
    (row,) = filled(alice, 1)
    alice.get(PAGE)
    alice.get(BELL)
    assert alice.get(f"{PAGE}{row.pk}/open/").status_code == 405
    assert alice.get(f"{PAGE}read-all/").status_code == 405
    assert Notification.objects.unread().count() == 1


def test_opening_what_leads_nowhere_comes_back_to_the_list(alice):
    (row,) = filled(alice, 1)
    assert opened(alice, row)["Location"] == PAGE


def test_opening_twice_keeps_the_first_reading(alice):
    (row,) = filled(alice, 1)
    opened(alice, row)
    when = Notification.objects.get().read_at
    opened(alice, row)
    assert Notification.objects.get().read_at == when


def test_somebody_elses_can_not_be_opened(alice, bob, admin):
    (row,) = filled(alice, 1)
    for other in (bob, admin):
        assert opened(other, row).status_code == 404
    assert Notification.objects.unread().count() == 1


def test_mark_all_as_read_reads_all(alice, bob):
    filled(alice, 3)
    filled(bob, 1)
    assert alice.submit(f"{PAGE}read-all/")["Location"] == PAGE
    assert Notification.objects.unread().count() == 1
    assert "Mark all as read" not in text_of(alice.get(PAGE))


def test_long_inboxes_come_in_pages_without_a_gap(alice):
    filled(alice, 45)
    path, found = PAGE, []
    while path:
        page = alice.get(path).content.decode()
        found += [int(pk) for pk in re.findall(r"/notifications/(\d+)/open/", page)]
        older = re.search(r'href="(\?before=\d+)"', page)
        path = older and PAGE + older[1]
    assert found == list(Notification.objects.newest_first().values_list("pk", flat=True))


def test_pages_hold_when_many_were_told_in_the_same_instant(alice):
    notify([a_notification(alice, str(n), created_at=MORNING) for n in range(30)])
    first = re.findall(r"/(\d+)/open/", alice.get(PAGE).content.decode())
    second = re.findall(r"/(\d+)/open/", alice.get(PAGE, {"before": first[-1]}).content.decode())
    assert len({*first, *second}) == 30


@pytest.mark.parametrize("before", ["0", "-1", "x", "9" * 18, "9" * 40, "１", ""])
def test_a_page_that_is_none_is_the_first(alice, before):
    filled(alice, 2)
    answer = alice.get(PAGE, {"before": before})
    assert answer.status_code == 200
    assert answer.content.decode().count("/open/") == 2


def test_another_ones_row_is_no_place_to_go_on_from(alice, bob):
    (foreign, *_) = filled(bob, 3)
    filled(alice, 2)
    assert alice.get(PAGE, {"before": foreign.pk}).content.decode().count("/open/") == 2


def test_hostile_words_are_only_words(alice):
    words = '<img src=x onerror=alert(1)> {{ 7|add:7 }} & "quotes" \''
    notify([a_notification(alice, title=words, body=words, url='/"><script>')])
    for path in (PAGE, BELL):
        page = alice.get(path).content.decode()
        assert "<img src=x" not in page
        assert page.count("&lt;img src=x onerror=alert(1)&gt; {{ 7|add:7 }} &amp; &quot;quotes&quot; &#x27;") == 2
    assert opened(alice, Notification.objects.get()).status_code == 302


# --- the bell ---------------------------------------------------------------------------------------------------


def test_the_bell_counts_what_is_unread_and_shows_the_newest_five(alice, bob):
    rows = filled(alice, 7)
    filled(bob, 1)
    opened(alice, rows[-1])
    page = alice.get(BELL).content.decode()
    assert 'aria-label="Notifications, 6 unread"' in page
    assert re.findall(r"/(\d+)/open/", page) == [str(row.pk) for row in reversed(rows[2:])]


def test_the_bell_without_news_has_no_number(alice):
    page = alice.get(BELL).content.decode()
    assert 'aria-label="Notifications, none unread"' in page
    assert "bell-count" not in page


def test_more_than_99_are_said_to_be_so(alice):
    filled(alice, 100)
    assert ">99+<" in alice.get(BELL).content.decode()


def test_learners_have_the_bell_as_a_link_on_every_page_and_visitors_have_none(alice, anonymous):
    header = alice.get("/help/").content.decode()
    assert re.search(r'<a [^>]*id="bell" href="/notifications/"', header)
    assert 'id="bell"' not in anonymous.get("/help/").content.decode()
    assert "htmx" not in anonymous.get("/help/").content.decode()


def test_visitors_get_no_bell_and_are_led_to_sign_in(anonymous):
    answer = anonymous.get(BELL)
    assert (answer.status_code, answer.content) == (204, b"")
    for answer in (anonymous.get(PAGE), anonymous.submit(f"{PAGE}read-all/"), anonymous.submit(f"{PAGE}1/open/")):
        assert answer["Location"] == "/accounts/login/?next=/notifications/"


def test_nothing_of_it_is_kept_by_a_cache(alice):
    for path in (PAGE, BELL):
        assert "no-store" in alice.get(path)["Cache-Control"]


def test_the_page_loads_htmx_once(alice):
    for path in ("/courses/", PAGE):
        assert alice.get(path).content.decode().count("/htmx") == 1


@pytest.mark.parametrize("count", [0, 5, 60])
def test_page_and_bell_cost_the_same_however_much_there_is(alice, count):
    filled(alice, count)
    for path, budget in ((PAGE, 3), (BELL, 2)):
        with statements() as spent:
            assert alice.get(path).status_code == 200
        assert len(spent) <= budget, shown(spent)


def test_the_page_shows_what_is_unread_or_of_one_kind_also_on_its_older_pages(alice):
    filled(alice, 25)
    notify([a_notification(alice, "c", kind="certificate", title="You finished Stones", created_at=MORNING)])
    read(Notification.objects.get(kind="certificate"), at=MORNING)
    page = alice.get(PAGE, {"kind": "certificate"}).content.decode()
    assert (page.count("/open/"), "You finished Stones" in page) == (1, True)
    page = alice.get(PAGE, {"unread": "1"}).content.decode()
    assert (page.count("/open/"), "You finished Stones" in page) == (20, False)
    older = re.search(r'href="(\?before=\d+&amp;unread=1)"', page)[1].replace("&amp;", "&")
    assert alice.get(PAGE + older).content.decode().count("/open/") == 5
    assert "Nothing of that" in text_of(alice.get(PAGE, {"unread": "1", "kind": "certificate"}))
    assert alice.get(PAGE, {"kind": "nothing"}).content.decode().count("/open/") == 20
