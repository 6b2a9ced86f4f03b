"""Hostile strings through every field that people write: stored and shown as they are, and nothing in them comes alive."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser

import pytest
from django.core.management import call_command
from django.utils import timezone

from learning.markdown import render_markdown
from learning.models import Course, Lesson
from learning.models.people import can_be_seen
from learning.services.structure import structure_changed
from tests.builders import a_lesson, a_practice, a_question, enrolled, lessons_of
from tests.conformance.test_inline import inline
from tests.hostile import SCRIPTS, hostile, some_hostile
from tests.learning.sources import write

ALIVE = ("<script>alert", "onerror=", "onload=", "ontoggle=", "onfocus=", "javascript:")
REFUSED_TAGS = {"script", "style", "form", "iframe", "object", "embed", "base", "meta", "link", "svg", "math", "input"}


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.pictures: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        self.links += [given["href"] or ""] if "href" in given else []
        self.pictures += [given["src"] or ""] if "src" in given else []


def tags(html: str) -> Tags:
    parser = Tags()
    parser.feed(html)
    return parser


def test_course_text_comes_out_harmless_and_cleaning_it_again_changes_nothing():
    for text in hostile():
        html = render_markdown(text)
        parsed = tags(html)
        assert not parsed.tags & REFUSED_TAGS, text
        assert inline(html) == [], text
        assert all(src.startswith("/") and not src.startswith("//") for src in parsed.pictures), text
        assert not any(link.strip().lower().startswith(("javascript", "vbscript", "data")) for link in parsed.links), (
            text
        )


@pytest.fixture
def hostile_course(ines, alice, course):
    """Titles, texts and questions made of hostile strings, in a course that Alice takes."""
    module = course.modules.get()
    for n, text in enumerate(some_hostile()):
        if text.strip():
            a_lesson(module, title=text[:150], slug=f"h-{n}", body=text, count=False)
    quiz = a_practice(module, questions=0)
    for text in SCRIPTS:
        a_question(quiz, text, [text, "no"], right=[0])
    Course.objects.filter(pk=course.pk).update(subtitle=SCRIPTS[0], description="\n\n".join(SCRIPTS))
    structure_changed(course, at=timezone.now())
    enrolled(alice.user, course)
    return course


def test_a_course_made_of_hostile_strings_is_shown_as_they_are(alice, hostile_course):
    page = alice.get(f"/courses/{hostile_course.slug}/")
    assert page.status_code == 200
    assert inline(page.text) == []
    shown = unescape(page.text)
    assert all(text[:150] in shown for text in SCRIPTS)
    assert not any(alive in page.text.lower() for alive in ALIVE[:1])


@pytest.mark.parametrize(
    "path", ["/my-learning/", "/courses/stones/progress/", "/courses/?search=alert", "/notifications/"]
)
def test_so_are_the_pages_that_list_it(alice, hostile_course, path):
    answer = alice.get(path)
    assert answer.status_code == 200
    assert inline(answer.text) == []


def test_every_lesson_of_it_opens(alice, hostile_course):
    for lesson in lessons_of(hostile_course)[:12]:
        page = alice.get(f"/courses/stones/lessons/{lesson.slug}/")
        assert page.status_code == 200
        assert inline(page.text) == [], lesson.title


def test_a_name_is_kept_as_it_was_written_and_escaped_where_it_is_shown(alice):
    for text in (one for one in some_hostile() if one.strip() and len(one) <= 80):
        answer = alice.patch("/api/me/", {"display_name": text})
        assert answer.status_code in {200, 400}, text
        if answer.status_code == 200:
            assert answer.json()["display_name"] == (text.strip() if can_be_seen(text) else ""), text
    for text in SCRIPTS[::3]:
        alice.patch("/api/me/", {"display_name": text[:80]})
        assert inline(alice.get("/my-learning/").text) == [], text
        assert inline(alice.get("/settings/").text) == [], text


def test_what_is_searched_for_is_shown_back_harmless(anonymous, course):
    for text in some_hostile():
        answer = anonymous.get("/courses/", {"search": text[:100]})
        assert answer.status_code == 200, text
        assert inline(answer.text) == [], text
        assert anonymous.get("/api/courses/", {"search": text}).status_code in {200, 400}, text


def test_an_instructor_may_write_them_and_the_admin_shows_them_as_text(ines, course):
    lesson = lessons_of(course)[0]
    for text in SCRIPTS[::3]:
        Lesson.objects.filter(pk=lesson.pk).update(title=text[:150], body=text)
        for path in (f"/admin/learning/lesson/{lesson.pk}/change/", f"/admin/learning/course/{course.pk}/change/"):
            answer = ines.get(path)
            assert answer.status_code == 200, text
            assert [what for what in inline(answer.text) if "style" not in what] == [], text


def test_nul_is_refused_with_400(alice, anonymous, course):
    assert alice.patch("/api/me/", {"display_name": "a\x00b"}).status_code == 400
    assert anonymous.get("/api/courses/", {"search": "\x00"}).status_code == 400
    assert anonymous.submit("/accounts/login/", {"login": "a\x00@example.org", "password": "x"}).status_code < 500


def test_an_imported_course_is_no_way_in(db, ines, tmp_path):
    files = {"README.md": "# Hostile " + SCRIPTS[0] + "\n\n" + "\n\n".join(SCRIPTS)}
    for n, text in enumerate(hostile()[:120]):
        files[f"1-m/lessons/{n + 1}-l/README.md"] = f"# {' '.join(text.split())[:80] or n}\n\n{text}\n"
    files["1-m/README.md"] = "# " + SCRIPTS[1] + "\n"
    source = write(tmp_path / "hostile", files)
    call_command("import_course", str(source), instructor=ines.user.email, layout="numbered", verbosity=0)
    imported = Course.objects.latest("pk")
    assert inline(ines.get(f"/courses/{imported.slug}/").text) == []
    for lesson in lessons_of(imported)[:15]:
        assert inline(ines.get(f"/courses/{imported.slug}/lessons/{lesson.slug}/").text) == [], lesson.title
