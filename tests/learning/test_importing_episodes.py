"""A course of episodes with front matter comes in."""

import pytest

from learning.importing import import_course
from learning.models import Lesson
from tests.builders import lessons_of
from tests.learning.sources import PNG, episodes, write

pytestmark = pytest.mark.django_db


def bring(path, ines):
    return import_course(path, layout="episodes", instructor=ines.user)


def test_episodes_come_in_the_order_of_the_config(tmp_path, ines):
    report = bring(episodes(tmp_path / "walking"), ines)
    assert (report.modules, report.text_lessons, report.files) == (1, 2, 1)
    assert [lesson.title for lesson in lessons_of(report.course)] == ["First steps", "Second steps"]
    assert (report.course.title, report.course.modules.get().title) == ("Walking", "Walking")
    assert report.unresolved == ()


def test_without_a_list_they_come_in_file_order(tmp_path, ines):
    root = episodes(tmp_path / "walking", **{"config.yaml": "title: Walking\nepisodes:\n"})
    assert [x.title for x in lessons_of(bring(root, ines).course)] == ["Second steps", "First steps", "Draft"]


def test_teaching_and_exercises_are_its_minutes(tmp_path, ines):
    bring(episodes(tmp_path), ines)
    assert Lesson.objects.get(title="First steps").estimated_minutes == 30
    assert Lesson.objects.get(title="Second steps").estimated_minutes == 1


def test_links_by_page_name_and_descriptions_in_braces(tmp_path, ines):
    bring(episodes(tmp_path / "walking"), ines)
    html = Lesson.objects.get(title="First steps").html
    assert '"/courses/walking/lessons/second-steps/#turns"' in html
    assert '"/courses/walking/lessons/second-steps/"' in html
    assert '<img src="/courses/walking/files/episodes/fig/foot.svg" alt="A foot_print" loading="lazy">' in html
    assert '<div class="callout-box objectives">' in html


def test_liquid_and_shared_references_are_resolved(tmp_path, ines):
    text = (
        "---\ntitle: T\n---\n[a]({{ page.root }}/01-second/index.html) "
        "[b]({{ page.root }}{% link episodes/01-second.md %})"
        " [c][second] ![d]({{ site.baseurl }}/fig/foot.svg) [e](../learners/reference.md#word)\n\n"
        "{% include links.md %}\n\n```\n{% raw %}\n```\n"
    )
    root = episodes(
        tmp_path / "walking",
        **{
            "episodes/02-first.md": text,
            "links.md": "[second]: 01-second.html\n[unused]: nowhere.html\n",
            "learners/reference.md": "---\ntitle: Words\n---\n\n[word]{#word}\n:   A sound.\n",
        },
    )
    report = bring(root, ines)
    lesson = Lesson.objects.get(title="T")
    assert report.unresolved == ()
    assert lesson.html.count('"/courses/walking/lessons/second-steps/"') == 3
    assert "/files/episodes/fig/foot.svg" in lesson.html
    assert "/courses/walking/lessons/t/pages/words/#word" in lesson.html
    assert "{% raw %}" in lesson.html
    assert "include" not in lesson.html


def test_an_episode_that_is_not_there_is_reported(tmp_path, ines):
    root = episodes(tmp_path, **{"config.yaml": "title: W\nepisodes: [02-first.md, 01-second.md, 09-lost.md]\n"})
    assert [(u.path, u.reference) for u in bring(root, ines).unresolved] == [("config.yaml", "09-lost.md")]


def test_older_folders_and_files_at_the_top_do_as_well(tmp_path, ines):
    old = write(
        tmp_path / "old",
        {
            "_config.yml": "title: Old\n",
            "_episodes/01-a.md": "---\ntitle: A\n---\n![x](../fig/a.png)\n",
            "fig/a.png": PNG,
        },
    )
    top = write(
        tmp_path / "top",
        {
            "config.yaml": "title: Top\n",
            "01-b.md": "---\ntitle: B\n---\nWords\n",
            "README.md": "# R\n",
            "NOTES.md": "# N\n",
        },
    )
    assert (bring(old, ines).files, bring(top, ines).text_lessons) == (1, 1)


def test_the_index_tells_about_the_course_where_no_readme_does(tmp_path, ines):
    index = "---\nsite: sandpaper\n---\n\nLearn to walk in one afternoon. Bring shoes.\n"
    text = "---\ntitle: T\n---\n[Home](../index.md)\n"
    root = episodes(tmp_path / "walking", **{"index.md": index, "episodes/02-first.md": text})
    course = bring(root, ines).course
    assert course.subtitle == "Learn to walk in one afternoon."
    assert 'href="/courses/walking/"' in Lesson.objects.get(title="T").html


def test_the_real_course_of_episodes(real_data, ines):
    report = bring(real_data / "courses" / "python-novice-inflammation", ines)
    assert (report.modules, report.text_lessons, report.practice_lessons) == (1, 12, 0)
    html = "".join(Lesson.objects.values_list("html", flat=True))
    assert html.count('<div class="callout-box challenge">') == 53
    assert html.count('<details class="callout-box solution">') == 58
    assert ":::" not in html
    assert "{alt" not in html
    assert {u.reference.partition("#")[0] for u in report.unresolved} == {"../learners/reference.md"}
