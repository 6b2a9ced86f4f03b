"""Pictures and downloads: what may come along, judged by its content, and how it is kept."""

from __future__ import annotations

import hashlib
import re
from posixpath import splitext

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.utils.translation import gettext as _

from learning.importing.folder import Folder
from learning.models import CourseFile

_RASTER = {".png", ".jpg", ".jpeg", ".gif", ".webp"}
PICTURES = _RASTER | {".svg"}
_DOWNLOADS = frozenset({
    ".csv", ".tsv", ".txt", ".dat", ".log", ".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".geojson", ".gpx",
    ".py", ".ipynb", ".r", ".sh", ".ps1", ".sql", ".c", ".h", ".cpp", ".hpp", ".ino", ".cs", ".java", ".go", ".rs",
    ".rb", ".ts", ".kt", ".swift", ".m", ".jl", ".pdf", ".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".xlsx",
    ".xls", ".ods", ".docx", ".odt", ".pptx", ".odp", ".mat", ".npy", ".npz", ".parquet", ".wav", ".mp3", ".ogg",
    ".mp4", ".webm", ".stl", ".fzz",
})  # fmt: skip
_SVG = re.compile(
    rb"\A\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?[^>]*>\s*)*<svg[\s>]", re.DOTALL | re.I
)
_ACTIVE = re.compile(rb"<\s*script|[\s\"'/]on[a-z]+\s*=|javascript:|<!ENTITY", re.IGNORECASE)
_KEPT_IN = "courses/imported/"


def why_not(folder: Folder, path: str) -> str:
    """Why a file does not come along; empty when it does."""
    suffix = splitext(path)[1].lower()
    if suffix in _DOWNLOADS:
        return ""
    if suffix not in PICTURES:
        return _("files of this kind don't come along")
    content = folder.content(path)
    if suffix == ".svg":
        return _why_no_svg(content)
    return "" if _is_raster(content) else _("it is no PNG, JPEG, GIF or WebP picture")


def _why_no_svg(content: bytes) -> str:
    if not _SVG.match(content.removeprefix(b"\xef\xbb\xbf")[:20_000]):
        return _("it is no SVG picture")
    return _("it is an SVG picture that runs something") if _ACTIVE.search(content) else ""


def _is_raster(content: bytes) -> bool:
    return content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")) or (
        content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    )


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Shelf:
    """Files written during one import: kept when it succeeds, taken away when it fails."""

    def __init__(self) -> None:
        self._written: list[tuple[Storage, str]] = []

    def put(self, row: CourseFile, content: bytes) -> None:
        """Store the content for this row, which is not saved yet."""
        name = f"imported/{row.course_id}/{row.digest[:32]}{splitext(row.path)[1].lower()}"
        row.file.save(name, ContentFile(content), save=False)
        self._written.append((row.file.storage, str(row.file.name)))

    def clear(self) -> None:
        for storage, name in self._written:
            storage.delete(name)


def came_along(row: CourseFile) -> bool:
    """Whether an import brought this file; what somebody uploaded is left alone."""
    return str(row.file.name).startswith(_KEPT_IN)
