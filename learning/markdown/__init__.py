"""Course text: Markdown in, safe HTML out. One profile, used when text is written and again when it is shown.

It reads what real courses are written in: CommonMark with tables, footnotes, definition lists and task lists; fenced
divs (`::: challenge`); attributes in braces (`{alt="…"}`, `{.language-python}`, `{: .callout}`); GitHub's callouts
(`> [!NOTE]`); and the raw HTML that the sanitiser allows.
"""

from __future__ import annotations

from learning.markdown.callouts import CALLOUTS
from learning.markdown.reading import (
    Heading,
    Reading,
    code_ranges,
    headings,
    plain_text,
    read_markdown,
    render_markdown,
)
from learning.markdown.safety import is_ours, sanitise

__all__ = [
    "CALLOUTS",
    "Heading",
    "Reading",
    "code_ranges",
    "headings",
    "is_ours",
    "plain_text",
    "read_markdown",
    "render_markdown",
    "sanitise",
]
