"""Take the pictures of the page in docs/images from the page itself, on the starter corpus.

    python scripts/screenshots.py [--only NAME ...]

One picture a state: an answer, a source, statements over time, not in the corpus, narrow, dark, no articles yet, the
corpus page. Needs Chromium, as `make test` does, and nothing from elsewhere.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from natoqa import Index
from natoqa.serving.shared_index import SharedIndex
from natoqa.settings import Settings
from natoqa.ui import create_app
from natoqa.ui.server import listen, web_server

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"

TROOPS = "Will US troops go to Ukraine?"
MOVED = "What did Mark Rutte say about Ukraine?"
ABSENT = "How many tanks did Brazil send?"


@dataclass(frozen=True)
class Picture:
    """A state of the page: how to get there, in a window of which width, light or dark; `empty` has no articles."""

    name: str
    show: Callable[[Page], None]
    width: int = 1440
    dark: bool = False
    empty: bool = False
    path: str = ""


def _ask(page: Page, *questions: str) -> None:
    for question in questions:
        turns = page.locator(".turn").count()
        page.get_by_label("Question").fill(question)
        page.get_by_label("Question").press("Enter")
        expect(page.locator(".turn .status")).to_have_count(turns + 1, timeout=60_000)
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled(timeout=60_000)


def _open_source(page: Page) -> None:
    page.locator("a.citation").first.click()
    expect(page.locator("#sources mark.current")).to_be_in_viewport(timeout=20_000)
    page.mouse.move(0, 0)


def _answer(page: Page) -> None:
    _ask(page, TROOPS)


def _source(page: Page) -> None:
    _ask(page, TROOPS)
    _open_source(page)


def _card(page: Page) -> None:
    _ask(page, TROOPS)
    page.locator("a.citation").first.hover()
    expect(page.locator("[popover]:popover-open")).to_be_visible()


def _over_time(page: Page) -> None:
    _ask(page, MOVED)


def _absent(page: Page) -> None:
    _ask(page, ABSENT)


def _nothing(page: Page) -> None:
    expect(page.locator("#welcome h2")).to_be_visible(timeout=20_000)


def _corpus(page: Page) -> None:
    expect(page.get_by_role("heading", name="Newest articles")).to_be_visible(timeout=20_000)


PICTURES = (
    Picture("page", _source),
    Picture("card", _card, width=1024),
    Picture("over-time", _over_time, width=1024),
    Picture("not-in-corpus", _absent, width=1024),
    Picture("dark", _source, dark=True),
    Picture("narrow", _answer, width=390),
    Picture("narrow-dark", _answer, width=390, dark=True),
    Picture("empty", _nothing, width=1024, empty=True),
    Picture("corpus", _corpus, width=1024, path="corpus"),
)


def main() -> int:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", choices=[each.name for each in PICTURES], default=None)
    wanted = parser.parse_args().only
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="natoqa-pictures-") as folder, sync_playwright() as playwright:
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        full, empty = _settings(Path(folder), "full"), _settings(Path(folder), "empty")
        full.corpus.rmdir()
        shutil.copytree(ROOT / "corpus", full.corpus)
        with Index.open(full.index) as index:
            index.sync(full.corpus)
        for settings in (full, empty):
            pictures = [each for each in PICTURES if each.empty is (settings is empty)]
            with _serving(settings) as address:
                for picture in pictures:
                    if wanted is None or picture.name in wanted:
                        _take(browser, f"{address}/{picture.path}", picture)
        browser.close()
    return 0


def _settings(folder: Path, name: str) -> Settings:
    (folder / name / "corpus").mkdir(parents=True)
    return Settings(corpus=folder / name / "corpus", index=folder / name / "index")


@contextlib.contextmanager
def _serving(settings: Settings) -> Iterator[str]:
    shared, listening = SharedIndex(settings), listen("127.0.0.1", 0)
    server = web_server(create_app(settings, shared=shared))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        shared.close()


def _take(browser: Browser, address: str, picture: Picture) -> None:
    scheme = "dark" if picture.dark else "light"
    height = 844 if picture.width < 500 else 900
    with contextlib.closing(browser.new_context(viewport={"width": picture.width, "height": height})) as context:
        page = context.new_page()
        page.goto(f"{address}?__theme={scheme}")
        expect(page.locator("#index-status .status-line")).to_be_visible(timeout=60_000)
        picture.show(page)
        page.wait_for_timeout(500)  # the last scrolling comes to rest
        page.screenshot(path=IMAGES / f"{picture.name}.png")
    print(f"docs/images/{picture.name}.png")


if __name__ == "__main__":
    sys.exit(main())
