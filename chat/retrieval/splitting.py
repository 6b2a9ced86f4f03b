"""From a page or captions to passages of about 180 words, each with the headings that it stands under."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

WORDS = 180
MOST_WORDS = 240
CAPTION_WORDS = 90
_BLOCKS = {
    "article", "aside", "blockquote", "br", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "summary", "table", "td", "th", "tr", "ul",
}  # fmt: skip
_HEADING = re.compile(r"h[1-6]")
_CUE = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})[.,]\d{3}\s+-->")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Piece:
    """A passage before it is stored. `headings` go from the outermost in; `anchor` is the id of the innermost."""

    text: str
    headings: tuple[str, ...] = ()
    anchor: str = ""
    second: int | None = None


def split_page(html: str) -> list[Piece]:
    """The passages of a page's safe HTML: a new one at each heading, and where one grows too long.

    Code stands between fences, list items and cells on lines of their own. Headings without text below are kept with
    the next passage's headings only.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    pieces: list[Piece] = []
    for trail, blocks in _sections(reader.blocks):
        headings, anchor = tuple(text for _, text, _ in trail), trail[-1][2] if trail else ""
        pieces += [Piece(text, headings, anchor) for text in _packed(blocks)]
    return pieces


def split_captions(vtt: str) -> list[Piece]:
    """The passages of WebVTT captions, each with the second that it begins at."""
    pieces: list[Piece] = []
    words: list[str] = []
    begin = 0
    for second, text in _cues(vtt):
        if not words:
            begin = second
        words += text.split()
        if len(words) >= CAPTION_WORDS or (len(words) >= CAPTION_WORDS // 2 and text.endswith((".", "?", "!"))):
            pieces.append(Piece(" ".join(words), second=begin))
            words = []
    return [*pieces, Piece(" ".join(words), second=begin)] if words else pieces


# --- pages ----------------------------------------------------------------------------------------------------
@dataclass
class _Block:
    text: str
    level: int = 0
    anchor: str = ""


@dataclass
class _Reader(HTMLParser):
    """The page's text in blocks; a heading is a block with a level."""

    blocks: list[_Block] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._heading: tuple[int, str] = (0, "")
        self._prefix = ""
        self._is_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._end_block()
        if tag == "pre":
            self._is_code = True
        elif tag == "li":
            self._prefix = "- "
        elif _HEADING.fullmatch(tag):
            self._heading = (int(tag[1]), dict(attrs).get("id") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end_block()
        if tag == "pre":
            self._is_code = False
        elif _HEADING.fullmatch(tag):
            self._heading = (0, "")

    def handle_data(self, data: str) -> None:
        self._parts.append(data)

    def close(self) -> None:
        super().close()
        self._end_block()

    def _end_block(self) -> None:
        raw, self._parts = "".join(self._parts), []
        text = raw.strip("\n") if self._is_code else " ".join(raw.split())
        if not text.strip():
            return
        if self._is_code:
            text = f"```\n{text}\n```"
        self.blocks.append(_Block(self._prefix + text, *self._heading))
        self._prefix = ""


_Trail = list[tuple[int, str, str]]


def _sections(blocks: Iterable[_Block]) -> Iterator[tuple[_Trail, list[str]]]:
    trail: _Trail = []
    texts: list[str] = []
    for block in blocks:
        if not block.level:
            texts.append(block.text)
            continue
        if texts:
            yield list(trail), texts
            texts = []
        while trail and trail[-1][0] >= block.level:
            trail.pop()
        trail.append((block.level, block.text, block.anchor))
    if texts:
        yield list(trail), texts


def _packed(blocks: list[str]) -> Iterator[str]:
    held: list[str] = []
    count = 0
    for block in (part for whole in blocks for part in _cut(whole)):
        words = len(block.split())
        if held and count + words > MOST_WORDS:
            yield _joined(held)
            held, count = [], 0
        held.append(block)
        count += words
        if count >= WORDS:
            yield _joined(held)
            held, count = [], 0
    if held:
        yield _joined(held)


def _joined(blocks: list[str]) -> str:
    """List items stand close together, paragraphs apart."""
    text = blocks[0]
    for block in blocks[1:]:
        text += ("\n" if block.startswith("- ") else "\n\n") + block
    return text


def _cut(block: str) -> list[str]:
    """A block that is too long, in parts: code between its lines, prose between its words."""
    if len(block.split()) <= MOST_WORDS:
        return [block]
    is_code = block.startswith("```")
    units = block.strip("`\n").split("\n") if is_code else block.split()
    parts: list[list[str]] = []
    held: list[str] = []
    count = 0
    for unit in units:
        held.append(unit)
        count += len(unit.split())
        if count >= WORDS:
            parts, held, count = [*parts, held], [], 0
    parts += [held] if held else []
    return ["```\n" + "\n".join(p) + "\n```" for p in parts] if is_code else [" ".join(p) for p in parts]


# --- captions -------------------------------------------------------------------------------------------------
def _cues(vtt: str) -> Iterator[tuple[int, str]]:
    for block in re.split(r"\n\s*\n", vtt.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\ufeff \n").split("\n")
        timing = next((n for n, line in enumerate(lines) if _CUE.search(line)), None)
        if timing is None:
            continue
        hours, minutes, seconds = _CUE.search(lines[timing]).groups()  # type: ignore[union-attr]
        text = " ".join(_TAG.sub("", " ".join(lines[timing + 1 :])).split())
        if text:
            yield int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds), text
