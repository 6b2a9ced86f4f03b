"""The folder that a course comes from, looked at with suspicion: what it may hold, and how it is read."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from posixpath import dirname
from typing import Any

import yaml
from django.utils.translation import gettext as _

from learning.exceptions import ImportRefused
from learning.importing.words import clean

LARGEST_FILE = 20_000_000
LARGEST_PAGE = 5_000_000
MOST_FILES = 5_000
LONGEST_PATH = 380
_SKIPPED = {"node_modules", "translations", "translated_images", "__pycache__"}


def refused(path: str, why: str) -> ImportRefused:
    return ImportRefused(_("%(path)s: %(why)s") % {"path": path.encode("utf-8", "replace").decode(), "why": why})


class Folder:
    """Every plain file below `root`, by its POSIX path from there. Whatever leads out of it is refused.

    Hidden folders, `translations` and what package managers put there are no part of a course.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root).resolve()
        if not self.root.is_dir():
            raise refused(str(root), _("there is no such folder"))
        self.files: set[str] = set()
        self.folders: dict[str, list[str]] = {}
        self._scan()
        self._by_lower = {path.lower(): path for path in sorted(self.files, reverse=True)}

    @property
    def name(self) -> str:
        return self.root.name

    def _scan(self) -> None:
        for where, names, files in os.walk(self.root, onerror=_unreadable):
            here = Path(where).relative_to(self.root).as_posix().removeprefix(".")
            names[:] = sorted(n for n in names if not n.startswith(".") and n.lower() not in _SKIPPED)
            for name in [n for n in names if (Path(where) / n).is_symlink()]:
                self._stay_inside(f"{here}/{name}".lstrip("/"))
                names.remove(name)
            self.folders[here] = [f"{here}/{name}".lstrip("/") for name in names]
            for name in sorted(files):
                self._add(f"{here}/{name}".lstrip("/"))

    def _add(self, path: str) -> None:
        try:
            path.encode()
        except UnicodeEncodeError:
            raise refused(path, _("its name is not UTF-8")) from None
        if "\\" in path or len(path) > LONGEST_PATH:
            raise refused(path, _("its path is longer than 380 characters or holds a backslash"))
        if not self._stay_inside(path):
            return
        self._check_kind(path, (self.root / path).stat())
        self.files.add(path)
        if len(self.files) > MOST_FILES:
            raise refused(self.name, _("it holds more than %(most)s files") % {"most": MOST_FILES})

    def _stay_inside(self, path: str) -> bool:
        """False for a link that leads to nothing; a link that leads out is refused."""
        real = (self.root / path).resolve()
        if not real.is_relative_to(self.root):
            raise refused(path, _("it is a link that leads out of the course's folder"))
        return real.exists()

    def _check_kind(self, path: str, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            raise refused(path, _("it is not a plain file"))
        if status.st_size > LARGEST_FILE:
            raise refused(path, _("it is larger than %(most)s MB") % {"most": LARGEST_FILE // 1_000_000})

    def find(self, path: str) -> str | None:
        """The file at this path, whatever the case of its letters."""
        return path if path in self.files else self._by_lower.get(path.lower())

    def readme(self, folder: str) -> str:
        """The file that speaks for a folder, or an empty string."""
        prefix = f"{folder}/" if folder else ""
        return self.find(f"{prefix}README.md") or self.find(f"{prefix}index.md") or ""

    def below(self, folder: str, *suffixes: str) -> list[str]:
        """The files at any depth below a folder that end like this, in order."""
        prefix = f"{folder}/" if folder else ""
        found = (p for p in self.files if p.startswith(prefix) and p.lower().endswith(suffixes))
        return sorted(found, key=lambda p: (p.count("/"), p))

    def beside(self, folder: str, *suffixes: str) -> list[str]:
        """The files in a folder itself that end like this, in order."""
        return [p for p in self.below(folder, *suffixes) if dirname(p) == folder]

    def content(self, path: str) -> bytes:
        try:
            with (self.root / path).open("rb") as file:
                content = file.read(LARGEST_FILE + 1)
        except OSError as error:
            raise refused(path, error.strerror or str(error)) from None
        if len(content) > LARGEST_FILE:
            raise refused(path, _("it is larger than %(most)s MB") % {"most": LARGEST_FILE // 1_000_000})
        return content

    def text(self, path: str) -> str:
        """A text file with plain line ends and without NUL."""
        content = self.content(path)
        if len(content) > LARGEST_PAGE:
            raise refused(path, _("it is a text of more than %(most)s MB") % {"most": LARGEST_PAGE // 1_000_000})
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise refused(path, _("it is not UTF-8 (byte %(at)s)") % {"at": error.start}) from None
        return clean(text.replace("\r\n", "\n").replace("\r", "\n"))

    def yaml(self, path: str) -> dict[str, Any]:
        """A YAML file that holds a mapping; an empty one holds none."""
        value = parse_yaml(self.text(path), path=path)
        if value is not None and not isinstance(value, dict):
            raise refused(path, _("it is not a list of names with values"))
        return value or {}

    def json(self, path: str) -> Any:
        try:
            return json.loads(self.text(path))
        except (ValueError, RecursionError) as error:
            raise refused(path, _("it is not JSON: %(why)s") % {"why": error}) from None


def parse_yaml(text: str, *, path: str) -> Any:
    """The value of a YAML text; no text can make more of it than plain values."""
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, TypeError, OverflowError, RecursionError) as error:
        why = " ".join(str(error).split())
        raise refused(path, _("it is not YAML: %(why)s") % {"why": why}) from None


def _unreadable(error: OSError) -> None:
    raise refused(str(error.filename), error.strerror or str(error))
