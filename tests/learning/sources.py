"""Small courses as folders, for the tests of the importer."""

from __future__ import annotations

import json
from pathlib import Path

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
SVG = b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    """Files below `root`; text as UTF-8. Returns `root`."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def a_quiz(number: object, *questions: tuple[str, dict[str, object]], title: str = "") -> dict:
    """A quiz as banks write it: each question with its answers and whether they are right."""
    asked = [
        {"questionText": text, "answerOptions": [{"answerText": a, "isCorrect": right} for a, right in answers.items()]}
        for text, answers in questions
    ]
    return {"id": number, "title": title or f"Quiz number {number}", "quiz": asked}


def a_bank(*quizzes: dict) -> str:
    return json.dumps([{"title": "Quizzes", "complete": "Well done", "quizzes": list(quizzes)}])


YES_NO: tuple[str, dict[str, object]] = ("Is it so?", {"Yes": "true", "No": "false"})


def numbered(root: Path, **more: str | bytes) -> Path:
    """Two modules, three lessons, a further page, a picture, and a quiz before and after the first lesson."""
    return write(
        root,
        {
            "README.md": "### Badges\n\n# Stones and piles\n\n"
            "How to pile stones so that they stay for years.\n\n## More\n",
            "1-getting-started/README.md": "# The first stones\n\nHere you learn what stones are for.\n",
            "1-getting-started/lessons/1-what-is-a-stone/README.md": (
                "# What is a stone?\n\n![A stone](images/stone.png)\n\n"
                "[Pre-lecture quiz](https://quiz.example/quiz/1)\n\nWords.\n\n"
                "[Next](../2-where-they-lie/README.md#by-the-river) and [task](assignment.md) and "
                "[up](../../README.md)\n\n[Post-lecture quiz](https://quiz.example/quiz/2)\n"
            ),
            "1-getting-started/lessons/1-what-is-a-stone/assignment.md": "# Find one\n\n[Back](README.md)\n",
            "1-getting-started/lessons/1-what-is-a-stone/images/stone.png": PNG,
            "1-getting-started/lessons/1-what-is-a-stone/translations/README.de.md": "# Was ist ein Stein?\n",
            "1-getting-started/lessons/2-where-they-lie/README.md": "# Where they lie\n\n## By the river\n\nWet.\n",
            "2-piles/lessons/1-balance/README.md": "# Balance\n\n" + "word " * 401,
            "quiz-app/src/assets/en.json": a_bank(a_quiz(1, YES_NO), a_quiz(2, YES_NO, YES_NO)),
            **more,
        },
    )


def episodes(root: Path, **more: str | bytes) -> Path:
    """Two episodes in the order of the config, not of their names."""
    return write(
        root,
        {
            "config.yaml": "title: 'Walking'\nlang: en\nepisodes:\n- 02-first.md\n- 01-second.md\n",
            "episodes/02-first.md": (
                "---\ntitle: First steps\nteaching: 20\nexercises: 10\n---\n\n"
                ":::::::: objectives\n\n- Walk\n\n::::::::\n\n"
                "See [the second](01-second.html#turns) and [it](./01-second.md), "
                "![](fig/foot.svg){alt='A foot\\_print'}.\n"
            ),
            "episodes/01-second.md": "---\ntitle: Second steps\n---\n\n## Turns\n\nLeft, right.\n",
            "episodes/03-not-listed.md": "---\ntitle: Draft\n---\n\nNot yet.\n",
            "episodes/fig/foot.svg": SVG,
            **more,
        },
    )
