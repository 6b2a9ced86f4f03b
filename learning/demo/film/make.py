"""`python -m learning.demo.film.make`: draw the film anew in a headless Chromium and write it into `media/`."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from learning.demo.film.webm import Frame, webm

HERE = Path(__file__).parent
FONT = HERE.parents[2] / "node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"
TARGET = HERE.parent / "media" / "finding-your-way" / "a-bearing-in-four-steps.webm"


def make() -> None:
    font = base64.b64encode(FONT.read_bytes()).decode()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto((HERE / "film.html").as_uri())
        film = page.evaluate("font => encode(font)", font)
        browser.close()
    frames = [Frame(at, is_key, base64.b64decode(data)) for at, is_key, data in film["frames"]]
    TARGET.write_bytes(webm(frames, width=film["width"], height=film["height"], seconds=film["seconds"]))


if __name__ == "__main__":
    make()
