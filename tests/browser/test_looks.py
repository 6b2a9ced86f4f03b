"""Every page at phone and desktop width, light and dark: nothing wider than the screen, no serious barrier."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from learning.markdown import CALLOUTS
from learning.models import SubPage
from tests.builders import a_lesson, a_practice, lessons_of

VISITOR = ["/", "/courses/", "/courses/?search=zzz", "/courses/stones/", "/help/", "/accounts/login/",
           "/accounts/signup/", "/accounts/password/reset/", "/nowhere/"]  # fmt: skip
LEARNER = ["/my-learning/", "/courses/stones/", "/courses/stones/progress/", "/settings/", "/accounts/email/",
           "/courses/stones/lessons/stones-1/", "/courses/stones/lessons/try-it/", "/courses/stones/lessons/wide/",
           "/courses/stones/lessons/stones-1/pages/tools/", "/courses/igors-own/lessons/igors-own-1/",
           "/notifications/", "/achievements/", "/achievements/xp/", "/boards/", "/courses/stones/board/",
           "/settings/motivation/", "/settings/notifications/"]  # fmt: skip
WIDE = (
    """| a | b | c | d | e | f | g | h | i | j |
|---|---|---|---|---|---|---|---|---|---|
| averylongword | averylongword | averylongword | averylongword | averylongword | averylongword | averylongword | x | y | z |

```python
"""
    + "x = 1  # "
    + "a very long line " * 20
    + """
```

Averyveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryverylongword `and_a_long_name_"""
    + ("x" * 90 + "`")
)


COLOURS_HAVE_CHANGED = """() => new Promise(requestAnimationFrame).then(
    () => Promise.allSettled(document.getAnimations().filter(a => a instanceof CSSTransition).map(a => a.finished)))"""
BOXES = "\n\n".join(f"::: {kind}\nwords of {kind}\n:::" for kind in sorted(CALLOUTS, key="challenge".__ne__))


@pytest.fixture
def stones(course, other_course, at_alice):
    a_practice(course.modules.first())
    a_lesson(course.modules.first(), title="Wide", body=WIDE)
    SubPage.objects.create(lesson=lessons_of(course)[0], title="Tools", slug="tools", body="text")
    return course


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_fit_the_screen_and_stand_in_nobodys_way(browse, alice, stones, faults, width):
    barriers = []
    for person, paths in ((None, VISITOR), (alice, LEARNER)):
        page = browse(person, width=width, reduced_motion="reduce")
        for path in paths:
            page.goto(path)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.evaluate(COLOURS_HAVE_CHANGED)
                barriers += [(path, scheme, *barrier) for barrier in _barriers(page)]
    assert barriers == []
    assert faults == []


def _barriers(page):
    found = Axe().run(page).response["violations"]
    return [(v["id"], v["nodes"][0]["html"][:120]) for v in found if v["impact"] in ("serious", "critical")]


def test_every_kind_of_box_stands_in_the_text_whatever_else_is_called_so(browse, alice, stones, faults):
    boxes = a_lesson(stones.modules.first(), title="Boxes", body=BOXES)
    page = browse(alice)
    page.goto(boxes.get_absolute_url())
    found = page.locator(".prose .callout-box")
    assert found.count() == len(CALLOUTS)
    looks = "e => { const s = getComputedStyle(e); return [s.position, s.display, s.borderTopWidth, e.offsetWidth]; }"
    assert len({tuple(box.evaluate(looks)) for box in found.all()}) == 1
    assert faults == []


def test_the_theme_is_kept_and_never_flashes(browse, alice, at_alice):
    page = browse(alice)
    page.goto("/my-learning/")
    page.locator(".site-footer").get_by_role("button", name="Dark").click()
    page.goto("/help/")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 23, 19)"


def test_the_catalogue_filters_without_leaving_the_page(browse, course, other_course, faults):
    page = browse(None)
    page.goto("/courses/")
    page.evaluate("window.same = true")
    page.get_by_label("Search courses").fill("igor")
    page.get_by_text("1 course", exact=True).wait_for()
    assert page.url.endswith("/courses/?search=igor")
    assert page.evaluate("window.same")
    assert page.locator(".course-card").count() == 1
    page.go_back()
    page.get_by_text("2 courses", exact=True).wait_for()
    assert faults == []


def test_a_lost_connection_in_the_catalogue_offers_a_retry(browse, course):
    page = browse(None)
    page.goto("/courses/")
    page.route("**/courses/?*", lambda route: route.abort())
    page.get_by_label("Search courses").fill("stones")
    page.get_by_text("The courses did not arrive").wait_for()
    page.unroute("**/courses/?*")
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("1 course", exact=True).wait_for()


def test_sign_up_knows_the_zone_of_the_device(browse, db):
    page = browse(None, timezone_id="Asia/Tokyo")
    page.goto("/accounts/signup/")
    page.wait_for_load_state("networkidle")
    assert page.locator("[data-time-zone]").input_value() == "Asia/Tokyo"
