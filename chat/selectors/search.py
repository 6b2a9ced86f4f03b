"""What a learner finds again in their own conversations."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import nh3
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from chat.models import Conversation, ConversationQuerySet, Findable, FindableQuerySet, Message
from chat.rendering import render
from chat.retrieval.fulltext import holding, marks_of
from chat.retrieval.words import base_language, stemmer, terms_of, words_in
from learning.models import Course, User

MOST = 20
MOST_TERMS = 12
BEFORE, AROUND = 60, 200


@dataclass(frozen=True)
class Hit:
    """A conversation or message that was found, and its words with the found ones marked, as safe HTML."""

    row: Conversation | Message
    snippet: SafeString


@dataclass(frozen=True)
class Hits:
    """At most `MOST` of each, newest first."""

    sessions: list[Hit] = field(default_factory=list)
    messages: list[Hit] = field(default_factory=list)


def search(*, asker: User, query: str, course: int | None = None) -> Hits:
    """The asker's own titles and messages that hold every word of the query; the last word may be a beginning."""
    terms, language = terms_of_query(query, course)
    if not terms:
        return Hits()
    found = own_words(asker=asker, terms=terms, course=course).order_by("-pk")
    titles: Iterable[Findable] = found.filter(message=None).select_related("conversation")[:MOST]
    said: Iterable[Findable] = found.exclude(message=None).select_related("message__conversation")[:MOST]
    titles, said = list(titles), list(said)
    _tell_news([row.conversation for row in titles])
    return Hits(
        [Hit(row.conversation, marked(row.conversation.title, terms, language)) for row in titles],
        [Hit(row.message, marked(plain(row.message.content), terms, language)) for row in said if row.message],
    )


def _tell_news(found: Sequence[Conversation]) -> None:
    """Says of each as `has_news` whether there is something in it that its learner has not seen."""
    unseen = Message.objects.unseen().filter(conversation__in=found)
    news = set(unseen.values_list("conversation", flat=True))
    for conversation in found:
        conversation.has_news = conversation.pk in news  # type: ignore[attr-defined]


def own_words(*, asker: User, terms: Sequence[str], course: int | None) -> FindableQuerySet:
    """Their own words that hold every term. Whose they are is asked twice: the mark is for speed, `of` for safety."""
    marks = marks_of(asker=asker.pk, course=course)
    rows = Findable.objects.of(asker)
    return rows.filter(pk__in=holding([*marks, *terms], using=rows.db))


def holding_words(rows: ConversationQuerySet, *, asker: User, query: str, course: int | None) -> ConversationQuerySet:
    """Those of the conversations whose title or one of whose messages holds the words."""
    terms, _ = terms_of_query(query, course)
    if not terms:
        return rows.none()
    return rows.filter(pk__in=own_words(asker=asker, terms=terms, course=course).values("conversation"))


def terms_of_query(query: str, course: int | None) -> tuple[list[str], str]:
    """What to look for, and the language that it is read in: the course's, or the site's."""
    language = Course.objects.filter(pk=course).values_list("language", flat=True).first() if course else None
    language = language or settings.LANGUAGE_CODE
    return terms_of(query, language=language)[:MOST_TERMS], language


def plain(content: str) -> str:
    """A message's words without its Markdown."""
    return " ".join(html.unescape(nh3.clean(render(content), tags=set())).split())


def marked(text: str, terms: Sequence[str], language: str) -> SafeString:
    """The stretch around the first found word, every found one in `<mark>`; everything else is only text."""
    is_found = _finder(terms, language)
    places = [(start, end) for start, end, word in words_in(text) if is_found(word)]
    begin = _begin(text, places[0][0]) if places else 0
    end = min(len(text), begin + AROUND)
    pieces, at = [], begin
    for first, last in places:
        if first >= at and last <= end:
            pieces.append(format_html("{}<mark>{}</mark>", text[at:first], text[first:last]))
            at = last
    inner = format_html_join("", "{}", ((piece,) for piece in pieces))
    return format_html("{}{}{}{}", "…" if begin else "", inner, text[at:end], "…" if end < len(text) else "")


def _begin(text: str, first: int) -> int:
    """A word's beginning, some words before the first one that was found."""
    if first <= BEFORE:
        return 0
    return text.find(" ", first - BEFORE, first) + 1 or first


def _finder(terms: Sequence[str], language: str) -> Callable[[str], bool]:
    stem = stemmer(base_language(language))
    whole, beginning = set(terms), terms[-1]
    return lambda word: (term := stem(word)) in whole or term.startswith(beginning)
