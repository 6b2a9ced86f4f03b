"""What cannot be imported is refused, says why, and leaves nothing behind."""

import io
import json
import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from learning.exceptions import ImportRefused
from learning.importing import files, folder, import_course, importer
from learning.models import Course, CourseFile, Lesson, User
from tests.learning.sources import PNG, SVG, YES_NO, a_bank, a_quiz, episodes, numbered, write

pytestmark = pytest.mark.django_db
LESSON = "1-m/1-a/README.md"


@pytest.fixture(autouse=True)
def own_media(tmp_path_factory, settings):
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")


def stored():
    return [p for p in Path(settings.MEDIA_ROOT).rglob("*") if p.is_file()]


def refusal(path, layout="numbered", **options) -> str:
    with pytest.raises(ImportRefused) as refused:
        import_course(path, layout=layout, **options)
    assert not Course.objects.exists()
    assert not stored()
    return refused.value.detail


def test_a_folder_that_is_not_there(tmp_path, ines):
    assert "no such folder" in refusal(tmp_path / "nowhere", instructor=ines.user)


def test_a_folder_without_lessons(tmp_path, ines):
    write(tmp_path / "c", {"README.md": "# Words\n", "1-a/notes.md": "# No readme\n"})
    assert "no lessons" in refusal(tmp_path / "c", instructor=ines.user)
    assert "no episodes" in refusal(tmp_path / "c", layout="episodes", instructor=ines.user)


@pytest.mark.parametrize(
    ("path", "content", "why"),
    [
        ("config.yaml", "title: [unclosed\n", "not YAML"),
        ("config.yaml", "- a list\n", "names with values"),
        ("config.yaml", "episodes: 01-second.md\n", "list of file names"),
        ("config.yaml", "episodes: [../../secrets.md]\n", "leads out"),
        ("config.yaml", "date: 2024-99-99\n", "not YAML"),
        ("episodes/01-second.md", "---\ntitle: 'unclosed\n---\nWords\n", "not YAML"),
        ("episodes/01-second.md", b"# caf\xe9\n", "not UTF-8"),
        ("quiz-app/en.json", '{"quiz": ', "not JSON"),
        ("quiz-app/en.json", "[" * 100_000, "not JSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, ines, path, content, why):
    told = refusal(episodes(tmp_path / "c", **{path: content}), layout="episodes", instructor=ines.user)
    assert told.startswith(f"{path}: ")
    assert why in told


def test_a_link_out_of_the_folder(tmp_path, ines):
    secret = tmp_path / "secret.md"
    secret.write_text("# Secret\n")
    root = numbered(tmp_path / "c")
    (root / "1-getting-started/lessons/1-what-is-a-stone/leak.md").symlink_to(secret)
    assert "leads out" in refusal(root, instructor=ines.user)


def test_a_linked_folder_out_of_the_folder(tmp_path, ines):
    write(tmp_path / "other", {"1-x/README.md": "# X\n"})
    root = numbered(tmp_path / "c")
    (root / "3-linked").symlink_to(tmp_path / "other", target_is_directory=True)
    assert refusal(root, instructor=ines.user).startswith("3-linked: ")


def test_a_pipe_is_no_file(tmp_path, ines):
    root = numbered(tmp_path / "c")
    os.mkfifo(root / "1-getting-started/pipe.md")
    assert "not a plain file" in refusal(root, instructor=ines.user)


def test_a_file_that_is_too_large(tmp_path, ines, monkeypatch):
    monkeypatch.setattr(folder, "LARGEST_FILE", 1_000)
    root = numbered(tmp_path / "c", **{"data.csv": "1,2\n" * 1_000})
    assert refusal(root, instructor=ines.user).startswith("data.csv: ")


def test_too_many_files(tmp_path, ines, monkeypatch):
    monkeypatch.setattr(folder, "MOST_FILES", 5)
    assert "more than 5 files" in refusal(numbered(tmp_path / "c"), instructor=ines.user)


def test_translations_are_not_looked_at(tmp_path, ines, monkeypatch):
    monkeypatch.setattr(folder, "MOST_FILES", 2)
    root = write(tmp_path / "c", {LESSON: "# A\n", **{f"translations/{n}/README.md": b"\xff" for n in range(9)}})
    assert import_course(root, layout="numbered", instructor=ines.user).text_lessons == 1


def test_an_unknown_instructor(tmp_path, ines):
    assert "nobody@example.org" in refusal(numbered(tmp_path / "c"), instructor="nobody@example.org")


def test_without_an_instructor_the_first_superuser_teaches(tmp_path, ines, admin):
    report = import_course(numbered(tmp_path / "c"), layout="numbered")
    assert list(report.course.instructors.all()) == [admin.user]


def test_without_anybody_it_says_what_to_do(tmp_path):
    assert not User.objects.exists()
    assert "createsuperuser" in refusal(numbered(tmp_path / "c"))


def test_a_course_made_by_hand_is_not_overwritten(tmp_path, course, ines):
    before = list(Lesson.objects.values())
    with pytest.raises(ImportRefused, match="already a course"):
        import_course(numbered(tmp_path / course.slug), layout="numbered", instructor=ines.user)
    assert list(Lesson.objects.values()) == before


def test_another_course_from_a_folder_of_the_same_name_is_not_mixed_in(tmp_path, ines):
    import_course(numbered(tmp_path / "a" / "course"), layout="numbered", instructor=ines.user)
    with pytest.raises(ImportRefused, match="already a course"):
        import_course(episodes(tmp_path / "b" / "course"), layout="episodes", instructor=ines.user)


def test_a_failure_while_writing_leaves_rows_and_files_as_they_were(tmp_path, ines, monkeypatch):
    root = numbered(tmp_path / "c")

    def fail(*args, **options):
        assert stored()
        raise OSError("the disk is full")

    monkeypatch.setattr(importer, "structure_changed", fail)
    assert "the disk is full" in refusal(root, instructor=ines.user)


def test_a_later_import_that_fails_keeps_the_old_files(tmp_path, ines, monkeypatch):
    root = numbered(tmp_path / "c")
    import_course(root, layout="numbered", instructor=ines.user)
    before = (stored(), list(Lesson.objects.values()), list(CourseFile.objects.values()))
    write(root, {"1-getting-started/lessons/1-what-is-a-stone/images/stone.png": PNG + b"new"})
    (root / "2-piles/lessons/1-balance/README.md").unlink()
    shutil.rmtree(root / "2-piles")
    monkeypatch.setattr(importer, "structure_changed", lambda *a, **o: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        import_course(root, layout="numbered")
    assert (stored(), list(Lesson.objects.values()), list(CourseFile.objects.values())) == before


def test_the_command_says_what_it_made_and_what_it_could_not(tmp_path, ines):
    root = numbered(tmp_path / "c", **{"2-piles/lessons/1-balance/README.md": "# Balance\n[gone](gone.md)\n"})
    out = io.StringIO()
    call_command("import_course", str(root), "--layout", "numbered", "--instructor", "ines@example.org", stdout=out)
    told = out.getvalue()
    for line in ("2 modules", "3 text lessons", "2 practice lessons with 3 questions", "1 further page", "1 file"):
        assert f"  {line}\n" in told
    assert "1 reference could not be resolved:\n  2-piles/lessons/1-balance/README.md\n    gone.md" in told


def test_the_command_says_what_a_later_import_changed(tmp_path, ines):
    root = numbered(tmp_path / "c")
    import_course(root, layout="numbered", instructor=ines.user)
    shutil.rmtree(root / "2-piles")
    out = io.StringIO()
    call_command("import_course", str(root), "--layout", "numbered", stdout=out)
    assert "unpublished, gone from the source: 2-piles/lessons/1-balance/README.md" in out.getvalue()


def test_the_command_fails_with_the_file_and_the_reason(tmp_path, ines):
    root = numbered(tmp_path / "c", **{"quiz-app/en.json": "{"})
    with pytest.raises(CommandError, match=r"quiz-app/en\.json: it is not JSON"):
        call_command("import_course", str(root), "--layout", "numbered", stdout=io.StringIO())


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("x.png", b"<script>alert(1)</script>", "no PNG"),
        ("x.svg", b"<html><body onload='x()'></body></html>", "no SVG"),
        ("x.svg", SVG.replace(b"<path", b"<script>alert(1)</script><path"), "runs something"),
        ("x.svg", SVG.replace(b"<path", b"<path onload='alert(1)'"), "runs something"),
        ("x.html", b"<p>", "of this kind"),
        ("x.js", b"1", "of this kind"),
    ],
)
def test_files_are_judged_by_what_they_hold(tmp_path, ines, name, content, why):
    root = write(tmp_path / "c", {LESSON: f"# A\n[file](files/{name})\n", f"1-m/1-a/files/{name}": content})
    report = import_course(root, layout="numbered", instructor=ines.user)
    assert report.files == 0
    assert why in report.unresolved[0].reason


def test_downloads_and_raw_pictures_come_along_with_names_that_need_quoting(tmp_path, ines):
    text = "# A\n[data](files/my%20data%20(1).csv)\n\n"
    text += '<p align="center"><img src="files/é.svg" onerror="x()" width=200></p>\n'
    root = write(tmp_path / "c", {LESSON: text, "1-m/1-a/files/my data (1).csv": "1", "1-m/1-a/files/é.svg": SVG})
    report = import_course(root, layout="numbered", instructor=ines.user)
    html = Lesson.objects.get().html
    assert (report.files, report.unresolved) == (2, ())
    assert 'href="/courses/c/files/1-m/1-a/files/my%20data%20%281%29.csv"' in html
    assert '<img src="/courses/c/files/1-m/1-a/files/%C3%A9.svg" width="200">' in html
    assert {row.path for row in CourseFile.objects.all()} == {"1-m/1-a/files/my data (1).csv", "1-m/1-a/files/é.svg"}


def test_hostile_text_neither_breaks_nor_runs(tmp_path, ines):
    text = (
        "# <script>alert(1)</script> \x00 "
        + "long " * 100
        + "\n\n[x](javascript:alert(1)) <a href='javascript:x'>y</a>"
    )
    text += "\n\n<script>alert(1)</script><iframe src=x></iframe><img src=x onerror=alert(1)>\x00"
    bank = a_bank(a_quiz(1, ("\ud800\x00<b>?", {"<script>": "true", "\x00": "false"}), YES_NO, title="T" * 900))
    root = write(tmp_path / "c", {LESSON: text + "\n[q](/quiz/1)\n", "quiz-app/en.json": bank})
    import_course(root, layout="numbered", instructor=ines.user)
    lesson = Lesson.objects.get(source_path=LESSON)
    assert len(lesson.title) <= 200
    assert lesson.title.endswith("long…")
    for word in ("<script", "<iframe", "onerror", 'href="javascript'):
        assert word not in lesson.html
    assert "\x00" not in "".join(Lesson.objects.values_list("title", flat=True)) + lesson.body
    assert len(Lesson.objects.get(kind="practice").title) <= 200


def test_every_naughty_string_may_be_a_title_a_text_and_a_question(tmp_path, ines, real_data):
    strings = json.loads((real_data / "hostile" / "blns.json").read_text())
    sources = {}
    for n, text in enumerate(strings, 1):
        sources[f"1-m/{n}-x/README.md"] = f"# {text}\n\n{text}\n\n[{text}]({text})\n\n[q](/quiz/{n})\n".encode(
            "utf-8", "replace"
        )
    sources["quiz-app/en.json"] = a_bank(*(a_quiz(n, (s, {s: "true"}), title=s) for n, s in enumerate(strings, 1)))
    report = import_course(write(tmp_path / "c", sources), layout="numbered", instructor=ines.user)
    assert report.text_lessons == len(strings)
    html = "".join(Lesson.objects.values_list("html", flat=True)).lower()
    for word in ("<script", "<iframe", "<svg", "<style", 'href="javascript', "<form", "<input"):
        assert word not in html


def test_pictures_are_known_by_their_first_bytes(tmp_path):
    root = write(tmp_path, {"a.webp": b"RIFF1234WEBP", "b.jpg": b"\xff\xd8\xff\xe0", "c.gif": b"GIF89a", "d.svg": SVG})
    assert {files.why_not(folder.Folder(root), name) for name in ("a.webp", "b.jpg", "c.gif", "d.svg")} == {""}
