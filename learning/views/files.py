"""Pictures, videos and other files of courses, each only for those who may see what it belongs to."""

from __future__ import annotations

import asyncio
import mimetypes
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, cast

from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from learning.models import Course, CourseFile
from learning.policies import policy
from learning.selectors.files import may_fetch
from learning.views.access import Standing, visit, with_course

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile


PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
DRAWING = "image/svg+xml"
# A drawing may hold scripts: a page shows it as a picture, opened by itself it is a download that runs nothing.
HARMLESS = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
CHUNK = 256 * 1024
KEPT = "private, max-age=3600"
# Longer numbers than any file has are no range, and the whole file is the answer.
_RANGE = re.compile(r"^bytes=([0-9]{0,15})-([0-9]{0,15})$")


@policy("file.read", "lesson.preview", "lesson.draft")
@require_safe
@with_course
def course_file(request: HttpRequest, course: Course, path: str) -> HttpResponseBase:
    """A file of the course's material. Pictures are shown; everything else is a download."""
    # PostgreSQL refuses to be asked for a name with NUL in it; no file has one.
    found = None if "\0" in path else CourseFile.objects.filter(course=course, path=path).first()
    if found is None:
        raise Http404
    found.course = course
    if not may_fetch(request.user, found):
        raise Http404
    return _harmless(found.file, PurePosixPath(found.path).name)


def _harmless(file: FieldFile, name: str) -> HttpResponseBase:
    extension = PurePosixPath(name).suffix.lower()
    if extension == ".svg":
        response = _opened(file, content_type=DRAWING, as_attachment=True, filename=name)
    elif extension in PICTURES:
        response = _opened(file, content_type=PICTURES[extension])
    else:
        response = _opened(file, content_type="application/octet-stream", as_attachment=True, filename=name)
    response["Content-Security-Policy"] = HARMLESS
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = KEPT
    return response


def _opened(file: FieldFile, *, content_type: str, as_attachment: bool = False, filename: str = "") -> FileResponse:
    try:
        return FileResponse(file.open("rb"), content_type=content_type, as_attachment=as_attachment, filename=filename)
    except FileNotFoundError as gone:
        raise Http404 from gone


@policy("course.read", "course.draft")
@require_safe
@with_course
def course_picture(request: HttpRequest, course: Course) -> HttpResponseBase:
    if not course.thumbnail:
        raise Http404
    return _harmless(course.thumbnail, course.thumbnail.name or "")


@policy("file.read")
@require_safe
@with_course
def lesson_video(request: HttpRequest, course: Course, lesson_slug: str) -> HttpResponseBase:
    """The video file, in the pieces that a player asks for."""
    file = _file_of_lesson(request, course, lesson_slug, "video_file")
    guessed = mimetypes.guess_type(file.name or "")[0] or ""
    content_type = guessed if guessed.startswith("video/") else "video/mp4"
    return _in_pieces(request, file, content_type)


@policy("file.read")
@require_safe
@with_course
def lesson_captions(request: HttpRequest, course: Course, lesson_slug: str) -> HttpResponseBase:
    response = _opened(
        _file_of_lesson(request, course, lesson_slug, "captions"), content_type="text/vtt; charset=utf-8"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = KEPT
    return response


def _file_of_lesson(request: HttpRequest, course: Course, lesson_slug: str, field: str) -> FieldFile:
    here = visit(request.user, course, lesson_slug)
    file: FieldFile = getattr(here.lesson, field)
    if here.standing is Standing.OUTSIDE or not file:
        raise Http404
    return file


def _in_pieces(request: HttpRequest, file: FieldFile, content_type: str) -> HttpResponseBase:
    """The whole file, or the one range that was asked for (players seek with it)."""
    try:
        size, opened = file.size, cast("IO[bytes]", file.open("rb"))
    except FileNotFoundError as gone:
        raise Http404 from gone
    wanted = _wanted(request.headers.get("Range", ""), size)
    if wanted and wanted[0] > wanted[1]:
        opened.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = wanted or (0, size - 1)
    response = StreamingHttpResponse(_reader(request, opened, first, last), content_type=content_type)
    if wanted:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = KEPT
    return response


def _wanted(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte that the header names; first above last when there are none such; None without a header."""
    named = _RANGE.match(header)
    if not named or named[1] == named[2] == "":
        return None
    if not named[1]:
        return max(0, size - int(named[2])), size - 1
    last = int(named[2]) if named[2] else size - 1
    return int(named[1]), min(last, size - 1)


def _reader(request: HttpRequest, opened: IO[bytes], first: int, last: int) -> Iterator[bytes] | AsyncIterator[bytes]:
    """The bytes in chunks. Under ASGI by an asynchronous reader: an ordinary one would be read to its end first."""
    chunks = _read(opened, first, last)
    return _in_turn(chunks) if isinstance(request, ASGIRequest) else chunks


def _read(opened: IO[bytes], first: int, last: int) -> Iterator[bytes]:
    with opened:
        opened.seek(first)
        left = last - first + 1
        while left > 0 and (data := opened.read(min(CHUNK, left))):
            left -= len(data)
            yield data


async def _in_turn(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The next chunk is read when the last one has gone out; whoever hangs up costs no more than one."""
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        yield chunk
