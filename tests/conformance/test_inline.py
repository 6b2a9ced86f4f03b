"""No page holds a script, a style or a handler of its own: what runs comes from files, and the strict policy fits."""

from __future__ import annotations

import contextlib
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from config.checks import addresses
from tests.builders import a_practice, lessons_of

FEWEST_PAGES = 30
ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "data", "poster", "background"}
DATA = {"application/json", "application/ld+json", "importmap", "speculationrules"}


class Inline(HTMLParser):
    """What a page holds inside itself that a browser would run or apply."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") not in DATA):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith(("on", "hx-on")):
                self.found.append(f"<{tag} {name}={value}>")
            if name in ADDRESSES and (value or "").strip().lower().startswith(
                ("javascript:", "vbscript:", "data:text/html")
            ):
                self.found.append(f"<{tag} {name}={value}>")
        if tag in {"base", "object", "embed", "applet"}:
            self.found.append(f"<{tag}>")

    handle_startendtag = handle_starttag


def inline(html: str) -> list[str]:
    parser = Inline()
    parser.feed(html)
    return parser.found


@pytest.fixture
def places(course, at_alice):
    quiz = a_practice(course.modules.get())
    return {"slug": course.slug, "course": course.pk, "lesson_slug": lessons_of(course)[0].slug, "lesson": quiz.pk}


def pages(places):
    """Every address that takes nothing, or what we have."""
    for address in addresses():
        names = [*address.pattern.pattern.converters]
        if address.path.startswith(("/admin/", "/api/")) or not set(names) <= set(places):
            continue
        with contextlib.suppress(NoReverseMatch):  # links with a key, which cannot be made up
            yield reverse(address.name, kwargs={name: places[name] for name in names})


def admin_pages():
    for model in admin.site._registry:
        for page in ("changelist", "add"):
            yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def test_no_page_holds_scripts_styles_or_handlers_of_its_own(alice, ines, anonymous, places):
    seen, found = set(), []
    for person in (anonymous, alice, ines):
        for path in [*pages(places), "/nowhere/"]:
            answer = person.get(path)
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                seen.add(path)
                found += [(path, what) for what in inline(answer.text)]
    assert len(seen) >= FEWEST_PAGES, sorted(seen)
    assert found == []


def test_the_admin_holds_none_either_but_for_what_its_library_brings(admin_person, ines, places):
    """Unfold's own templates style elements in place; scripts and handlers there are none of."""
    found = []
    for person in (admin_person, ines):
        for path in ["/admin/", *admin_pages()]:
            found += [(path, what) for what in inline(person.get(path).text) if "style" not in what.split("=")[0]]
    assert found == []


@pytest.fixture
def admin_person(admin):
    return admin


@pytest.mark.parametrize(
    "html",
    ["<script>1</script>", "<p style='a'>", "<p onclick='x'>", "<a href=' javascript:x'>", "<style></style>", "<p hx-on:click='x'>",
     "<base href='/'>", "<img onerror=x />"],
)  # fmt: skip
def test_the_look_itself_sees_what_it_looks_for(html):
    assert inline(html)
