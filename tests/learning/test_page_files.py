"""Pictures, videos and other files of courses: who gets them, and how."""

import pytest
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.test import AsyncClient

from learning.kinds import CourseState
from learning.models import Course, CourseFile, Lesson, SubPage
from tests.builders import a_course, a_lesson, a_question, lessons_of

PIXEL = b"\x89PNG\r\n\x1a\n" + b"\x00" * 16


def a_file(course: Course, path: str = "images/map.png", content: bytes = PIXEL) -> CourseFile:
    file = CourseFile(course=course, path=path, size=len(content))
    file.file.save(path.rsplit("/", 1)[-1], ContentFile(content))
    return file


def shown(file: CourseFile, **lesson) -> CourseFile:
    """The file, with a lesson that refers to it."""
    a_lesson(file.course.modules.first(), title="Shows it", body=f"[File]({file.get_absolute_url()})", **lesson)
    return file


def body(answer) -> bytes:
    """What a file's answer holds; reading to the end closes the file."""
    return b"".join(answer.streaming_content)


def status(person, where: str, **extra) -> int:
    """The status, with the file read and so closed."""
    answer = person.get(where, **extra)
    if answer.streaming:
        body(answer)
    return answer.status_code


def test_learners_and_instructors_see_pictures(alice, ines, staff, course, at_alice):
    where = shown(a_file(course)).get_absolute_url()
    for person in (alice, ines, staff):
        answer = person.get(where)
        assert answer["Content-Type"] == "image/png"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "attachment" not in answer.get("Content-Disposition", "")
        assert body(answer) == PIXEL


def test_nobody_else_does(anonymous, bob, igor, course, other_course):
    where = shown(a_file(course)).get_absolute_url()
    for person in (anonymous, bob, igor):
        assert status(person, where) == 404


def test_files_of_a_draft_are_for_its_instructors(alice, ines):
    draft = a_course(ines.user, title="Draft", state=CourseState.DRAFT)
    where = shown(a_file(draft)).get_absolute_url()
    assert status(alice, where) == 404
    assert status(ines, where) == 200


def test_what_a_free_preview_shows_is_open_to_everybody(anonymous, course):
    free, hidden = shown(a_file(course), is_preview=True), a_file(course, "images/map.pn")
    assert status(anonymous, free.get_absolute_url()) == 200
    assert status(anonymous, hidden.get_absolute_url()) == 404


def test_further_pages_of_a_free_preview_show_theirs(anonymous, course):
    lesson = a_lesson(course.modules.first(), title="Free", is_preview=True)
    picture = a_file(course, "b & c/ü.png")
    SubPage.objects.create(lesson=lesson, title="More", slug="more", body=f"![]({picture.get_absolute_url()})")
    assert status(anonymous, picture.get_absolute_url()) == 200
    Lesson.objects.filter(pk=lesson.pk).update(is_published=False)
    assert status(anonymous, picture.get_absolute_url()) == 404


def test_what_only_an_unpublished_lesson_shows_is_for_its_instructors(alice, ines, staff, course, at_alice):
    where = shown(a_file(course), is_published=False).get_absolute_url()
    assert status(alice, where) == 404
    assert status(ines, where) == status(staff, where) == 200
    Lesson.objects.update(is_published=True)
    assert status(alice, where) == 200


def test_a_file_goes_with_the_question_or_the_answer_that_shows_it(alice, course, at_alice):
    asked, chosen = a_file(course), a_file(course, "images/map.png.zip")
    quiz = a_lesson(course.modules.first(), title="Quiz", kind="practice")
    a_question(quiz, "Which?", [f"![]({chosen.get_absolute_url()})"])
    assert status(alice, chosen.get_absolute_url()) == 200
    assert status(alice, asked.get_absolute_url()) == 404
    a_question(quiz, f"What is ![this]({asked.get_absolute_url()})?")
    assert status(alice, asked.get_absolute_url()) == 200


def test_what_the_courses_page_shows_is_seen_by_whoever_sees_the_page(anonymous, ines, course):
    where = a_file(course).get_absolute_url()
    Course.objects.update(description=f"![Map]({where})")
    assert status(anonymous, where) == 200
    Course.objects.update(state=CourseState.DRAFT)
    assert status(anonymous, where) == 404


def test_drawings_run_nothing(alice, course, at_alice):
    where = shown(a_file(course, "a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"))
    answer = alice.get(where.get_absolute_url())
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Content-Disposition"].startswith(
        "attachment"
    )  # a page shows it as a picture; alone it is a download
    body(answer)
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["page.html", "page.xhtml", "data.csv", "run.js", "noending"])
def test_everything_else_is_a_download(alice, course, at_alice, name):
    answer = alice.get(shown(a_file(course, name, b"<script>alert(1)</script>")).get_absolute_url())
    body(answer)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("path", ["../../etc/passwd", "images/../map.png", "%2e%2e/x", "images/", "no.png"])
def test_paths_are_names_not_places(alice, course, at_alice, path):
    shown(a_file(course))
    assert status(alice, f"{course.get_absolute_url()}files/{path}") == 404


def test_a_file_that_is_gone_from_the_disk_is_not_found(alice, course, at_alice):
    file = shown(a_file(course))
    file.file.storage.delete(file.file.name)
    assert status(alice, file.get_absolute_url()) == 404


def test_a_courses_picture_is_seen_by_whoever_sees_the_course(anonymous, alice, ines, course):
    draft = a_course(ines.user, title="Draft", state=CourseState.DRAFT)
    for one in (course, draft):
        one.thumbnail.save("t.png", ContentFile(PIXEL))
    assert status(anonymous, f"{course.get_absolute_url()}picture/") == 200
    assert f'src="{course.get_absolute_url()}picture/"' in anonymous.get("/courses/").content.decode()
    assert status(alice, f"{draft.get_absolute_url()}picture/") == 404


@pytest.fixture
def film(course):
    lesson = a_lesson(course.modules.first(), title="Film", kind="video")
    lesson.video_file.save("film.mp4", ContentFile(bytes(range(100))))
    lesson.captions.save("film.vtt", ContentFile(b"WEBVTT\n"))
    return lesson


def test_players_get_the_piece_that_they_ask_for(alice, at_alice, film):
    where = f"{film.get_absolute_url()}video/"
    whole = alice.get(where)
    assert (whole.status_code, whole["Accept-Ranges"], len(body(whole))) == (200, "bytes", 100)
    piece = alice.get(where, headers={"Range": "bytes=10-19"})
    assert (piece.status_code, piece["Content-Range"]) == (206, "bytes 10-19/100")
    assert body(piece) == bytes(range(10, 20))
    assert body(alice.get(where, headers={"Range": "bytes=90-"})) == bytes(range(90, 100))
    assert body(alice.get(where, headers={"Range": "bytes=-5"})) == bytes(range(95, 100))
    assert body(alice.get(where, headers={"Range": "bytes=95-900"})) == bytes(range(95, 100))
    assert status(alice, where, headers={"Range": "bytes=100-"}) == 416
    assert status(alice, where, headers={"Range": "lines=1-2"}) == 200


@pytest.mark.parametrize("asked", [f"bytes={'9' * 5000}-", f"bytes=0-{'9' * 5000}", "bytes=٣-٤", "bytes=0-1,3-4"])
def test_a_range_that_is_none_gets_the_whole_film(alice, at_alice, film, asked):
    assert status(alice, film.get_absolute_url() + "video/", headers={"Range": asked}) == 200


def test_film_and_captions_are_for_those_in_the_course(alice, bob, anonymous, at_alice, film):
    for part in ("video", "captions"):
        where = f"{film.get_absolute_url()}{part}/"
        assert status(alice, where) == 200
        for person in (bob, anonymous):
            assert status(person, where) == 404


def test_a_lesson_without_film_has_none(alice, course, at_alice):
    assert status(alice, f"{lessons_of(course)[0].get_absolute_url()}video/") == 404


def test_an_asynchronous_server_hands_a_film_out_chunk_by_chunk(alice, at_alice, film):
    where = f"{film.get_absolute_url()}video/"

    async def read(headers):
        client = AsyncClient()
        client.cookies = alice.client.cookies
        answer = await client.get(where, headers=headers)
        return answer.status_code, answer.is_async, b"".join([chunk async for chunk in answer])

    assert async_to_sync(read)({"range": "bytes=10-19"}) == (206, True, bytes(range(10, 20)))
    assert async_to_sync(read)({}) == (200, True, bytes(range(100)))


def test_a_range_of_too_many_digits_is_no_range(alice, at_alice, film):
    assert status(alice, f"{film.get_absolute_url()}video/", headers={"Range": f"bytes={'9' * 5000}-"}) == 200


def test_a_film_in_a_free_preview_is_open_and_its_instructor_sees_any(anonymous, ines, igor, course, film):
    where = f"{film.get_absolute_url()}video/"
    assert (status(ines, where), status(igor, where), status(anonymous, where)) == (200, 404, 404)
    Lesson.objects.filter(pk=film.pk).update(is_preview=True)
    assert status(anonymous, where, headers={"Range": "bytes=0-9"}) == 206


def test_the_api_says_where_film_and_captions_are(alice, at_alice, film):
    video = alice.get(f"/api/lessons/{film.pk}/").json()["video"]
    assert body(alice.get(video["url"])) == bytes(range(100))
    assert body(alice.get(video["captions_url"])) == b"WEBVTT\n"


@pytest.mark.parametrize(
    "name",
    ["..%2f..%2fsettings.py", "..%252f..%252fsettings.py", "../../settings.py", "%2e%2e/%2e%2e/settings.py", "/etc/passwd", "%2fetc%2fpasswd",
     "a%00.png", "..%5c..%5csettings.py", "....//....//settings.py"],
)  # fmt: skip
def test_no_name_leads_out_of_the_courses_files(alice, at_alice, course, name):
    answer = alice.get(f"/courses/{course.slug}/files/{name}")
    assert answer.status_code in {301, 404}
    assert "settings" not in str(answer.headers.get("Location", ""))[-60:] or answer.status_code == 404


def test_a_page_that_calls_itself_a_picture_or_a_film_is_not_shown_as_a_page(alice, at_alice, course):
    page = b"<html><script>alert(1)</script></html>"
    answer = alice.get(shown(a_file(course, "page.jpg", page)).get_absolute_url())
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    body(answer)
    film = lessons_of(course)[0]
    film.kind = "video"
    film.video_file.save("page.html", ContentFile(page))
    answer = alice.get(f"/courses/{course.slug}/lessons/{film.slug}/video/")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("video/mp4", "nosniff")
    body(answer)
