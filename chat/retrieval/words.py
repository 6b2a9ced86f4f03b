"""From text to the terms that it is found by: folded, without function words, stemmed for the course's language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

import snowballstemmer

from chat.retrieval.function_words import FUNCTION_WORDS

LONGEST_TERM = 60
# Letters that stand for words without spaces between them are found by pairs.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LANGUAGES = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian",
    "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali",
    "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def terms_of(text: str, *, language: str) -> list[str]:
    """The text's terms in order, repeats kept. Any text is fine; each term is letters and digits only."""
    code = base_language(language)
    stem, skipped = stemmer(code), FUNCTION_WORDS.get(code, frozenset())
    return [stem(word) for word in _words(text) if word not in skipped]


def base_language(language: str) -> str:
    """`pt-BR` → `pt`."""
    return re.split(r"[-_]", language.casefold())[0]


def stemmer(code: str) -> Callable[[str], str]:
    """What brings a word of that language to its stem; words of an unknown language stay as they are."""
    name = _LANGUAGES.get(code)
    return _stemmer(name) if name else _as_it_is


def _as_it_is(word: str) -> str:
    return word


@lru_cache(maxsize=8)
def _stemmer(name: str) -> Callable[[str], str]:
    """A stemmer with a memory: a course repeats its words, and the pure-Python stemmer is slow.

    The stemmer keeps the word that it works on, so each call takes a fresh one when two threads could meet: a miss
    costs some microseconds more, and no lock is needed.
    """

    @lru_cache(maxsize=50_000)
    def stem(word: str) -> str:
        return snowballstemmer.stemmer(name).stemWord(word)[:LONGEST_TERM]

    return stem


def _words(text: str) -> Iterator[str]:
    for found in _WORD.finditer(_folded(text)):
        word = re.split("['’]", found[0])[0]
        if _UNSPACED.search(word):
            yield from _pairs(word)
        elif word:
            yield word[:LONGEST_TERM]


def words_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each word stands in the text, and the word folded, before it is stemmed; pairs overlap."""
    for found in _WORD.finditer(text):
        start, run = found.start(), found[0]
        if _UNSPACED.search(run):
            yield from ((start + n, start + n + 2, _folded(run[n : n + 2])) for n in range(len(run) - 1))
        else:
            yield start, found.end(), re.split("['’]", _folded(run))[0]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _pairs(run: str) -> Iterator[str]:
    """Pairs of neighbouring letters; a run in another script within it stays one word."""
    for piece in re.findall(rf"{_UNSPACED.pattern}|[^\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+", run):
        if len(piece) == 1 or not _UNSPACED.match(piece):
            yield piece
        else:
            yield from (piece[n : n + 2] for n in range(len(piece) - 1))
