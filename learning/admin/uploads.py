"""What may be uploaded: small enough, and what it says it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

PICTURES = {"JPEG", "PNG", "WEBP", "GIF"}
LONGEST_SIDE = 6000
_VIDEO_BEGINS = {"mp4": (4, b"ftyp"), "m4v": (4, b"ftyp"), "webm": (0, b"\x1a\x45\xdf\xa3"), "ogv": (0, b"OggS")}


def check_size(file: UploadedFile, limit: int) -> None:
    if (file.size or 0) > limit:
        raise ValidationError(
            _("This file has %(size)s; the most is %(limit)s."),
            code="too_large",
            params={"size": filesizeformat(file.size or 0), "limit": filesizeformat(limit)},
        )


def check_video(file: UploadedFile) -> None:
    """The beginning of the file must be that of the kind its name promises."""
    check_size(file, settings.VIDEO_MAX_BYTES)
    offset, mark = _VIDEO_BEGINS.get(str(file.name).rpartition(".")[2].lower(), (0, b"\0never"))
    if _first(file, 32)[offset:].startswith(mark):
        return
    raise ValidationError(_("This is not a video that browsers play: upload MP4, WebM or Ogg."), code="not_a_video")


def check_captions(file: UploadedFile) -> None:
    """WebVTT begins with its name, after a byte order mark at most."""
    check_size(file, settings.CAPTIONS_MAX_BYTES)
    if not _first(file, 16).removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        raise ValidationError(_("Captions must be a WebVTT file, which begins with WEBVTT."), code="not_webvtt")


def check_picture(file: UploadedFile) -> None:
    """The form field has had Pillow read it; what is left is how large, and of which kind."""
    check_size(file, settings.PICTURE_MAX_BYTES)
    image = getattr(file, "image", None)
    if image is None:
        return
    if image.format not in PICTURES:
        raise ValidationError(_("Upload a JPEG, PNG, WebP or GIF picture."), code="not_a_picture")
    if max(image.size) > LONGEST_SIDE:
        raise ValidationError(
            _("This picture is too large: at most %(side)s pixels a side."),
            code="too_large",
            params={"side": LONGEST_SIDE},
        )


def _first(file: UploadedFile, count: int) -> bytes:
    file.seek(0)
    begin = file.read(count)
    file.seek(0)
    return begin
