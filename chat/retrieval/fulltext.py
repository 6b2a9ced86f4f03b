"""Found by the database's own full-text search, `tsvector` with a GIN index or FTS5: passages, and own conversations.

Both index a column `terms`, which is folded and stemmed already, so both find the same for the same question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import connections, models
from django.db.models.expressions import RawSQL

_TERM = re.compile(r"[^\W_]+")


def standing_in(course: int, terms: Sequence[str], *, using: str, most: int) -> RawSQL:
    """A condition for a query of passages: at least one of the terms stands in it. At most `most`, the best first.

    Terms hold letters and digits only, so nothing in them can be read as an operator.
    """
    if not terms or not all(_TERM.fullmatch(term) for term in terms):
        raise ValueError("terms are one or more words of letters and digits")
    make = _postgresql if connections[using].vendor == "postgresql" else _sqlite
    sql, values = make(course, terms, most)
    return RawSQL(sql, values, output_field=models.BooleanField())  # noqa: S611  (words are parameters)


def _postgresql(course: int, terms: Sequence[str], most: int) -> tuple[str, list[object]]:
    query = " | ".join(f"'{term}'" for term in terms)
    return (
        "chat_passage.id IN (SELECT id FROM chat_passage WHERE course_id = %s AND search @@ %s::tsquery"
        " ORDER BY ts_rank(search, %s::tsquery) DESC, id LIMIT %s)",
        [course, query, query, most],
    )


def _sqlite(course: int, terms: Sequence[str], most: int) -> tuple[str, list[object]]:
    """The course is a word of the index, so that other courses' passages are never looked at."""
    words = " OR ".join(f'"{term}"' for term in terms)
    return (
        "chat_passage.id IN (SELECT rowid FROM chat_passage_fts WHERE chat_passage_fts MATCH %s"
        " ORDER BY rank, rowid LIMIT %s)",
        [f'"incourse{course}" AND ({words})', most],
    )


def marks_of(*, asker: int, course: int | None) -> list[str]:
    """Words that stand before those of a conversation: whose it is, and about which course."""
    return [f"ofasker{asker}", *([f"incourse{course}"] if course else [])]


def holding(terms: Sequence[str], *, using: str) -> RawSQL:
    """The ids of findable words in which every term stands, the last one perhaps as a beginning: for `pk__in`."""
    if not terms or not all(_TERM.fullmatch(term) for term in terms):
        raise ValueError("terms are one or more words of letters and digits")
    if connections[using].vendor == "postgresql":
        sql = "SELECT id FROM chat_findable WHERE search @@ %s::tsquery"
        query = " & ".join(f"'{term}'" for term in terms) + ":*"
    else:
        sql = "SELECT rowid FROM chat_findable_fts WHERE chat_findable_fts MATCH %s"
        query = " AND ".join(f'"{term}"' for term in terms) + " *"
    return RawSQL(sql, [query], output_field=models.BigIntegerField())  # noqa: S611  (words are parameters)
