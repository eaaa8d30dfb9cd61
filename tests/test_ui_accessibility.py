"""Every state of the pages held against axe-core's rules for WCAG 2.2 A and AA, and read as a screen reader does."""

# ruff: noqa: F811 -- fixtures are imported

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api_server import ASKED, HARBOUR, TROOPS, newsroom
from natoqa.settings import Settings
from test_ui_page import Site, Visit, ask, chromium, site, visit  # noqa: F401 -- fixtures
from web_server import serving_all

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What changes with an answer, such as the button that can be pressed again, is drawn in the next frame and then fades.
SETTLED = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    do {
        await Promise.all(document.getAnimations().map((each) => each.finished.catch(() => {})));
        await frame();
        await frame();
    } while (document.getAnimations().length);
}"""
LATER = TROOPS.replace("2025-02-13", "2025-03-20").replace("not send", "soon send")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return newsroom(tmp_path_factory.mktemp("newsroom"), TROOPS, HARBOUR, LATER)


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    with serving_all(settings) as url:
        yield url


def faults(page: Page) -> list[str]:
    """Return what axe-core calls serious or critical, each with the first elements that it is about."""
    expect(page.locator("#ask:disabled")).to_have_count(0)
    page.evaluate(SETTLED)
    page.evaluate(AXE)
    found = page.evaluate(
        "async (rules) => (await axe.run(document, { runOnly: { type: 'tag', values: rules } })).violations", RULES
    )
    return [
        f"{each['id']}: {[(node['html'][:160], node['failureSummary']) for node in each['nodes'][:3]]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious_on_the_chat_page(address: str, visit: Visit, width: int, scheme: str) -> None:
    page = visit(f"{address}/?__theme={scheme}", width=width)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    assert faults(page) == []
    turn = ask(page, ASKED)
    assert faults(page) == []
    turn.locator("a.citation").first.click()
    expect(page.locator("#sources mark.current")).to_be_visible()
    assert faults(page) == []
    ask(page, "Who won the chess championship of Atlantis?")
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_the_corpus_page(address: str, visit: Visit, scheme: str) -> None:
    page = visit(f"{address}/?__theme={scheme}")
    page.goto(f"{address}/corpus?__theme={scheme}")
    expect(page.get_by_role("heading", name="Newest articles")).to_be_visible(timeout=20_000)
    assert faults(page) == []


def test_axe_finds_nothing_serious_where_there_is_no_index(tmp_path: Path, visit: Visit, site: Site) -> None:
    page = visit(site(newsroom(tmp_path)))
    expect(page.get_by_text("No index yet").first).to_be_visible()
    assert faults(page) == []


def test_an_answer_is_understood_without_seeing_it(address: str, visit: Visit) -> None:
    page = visit(address)
    turn = ask(page, ASKED)
    tree = page.locator("#transcript").aria_snapshot()
    assert re.search(r'- log "Conversation"', tree), tree
    assert re.search(rf'- heading "{re.escape(ASKED)}" \[level=3\]', tree), tree
    assert tree.index("Answered") < tree.index("Ann Lee told reporters"), "the status is read before the answer"
    assert re.search(r'- link "\[1\]"', tree), tree
    turn.locator("a.citation").first.press("Enter")
    expect(page.locator("#sources mark.current")).to_be_focused()
    sources = page.locator("#sources").aria_snapshot()
    assert re.search(r'- heading "Sources" \[level=2\]', sources), sources
    names = page.locator("main, body").first.aria_snapshot()
    for role, name in (("textbox", "Question"), ("button", "Ask"), ("link", "Corpus")):
        assert re.search(rf'- {role} "{name}"', names), names


def test_everything_is_reached_and_done_by_keyboard(address: str, visit: Visit) -> None:
    """Ask, open a source, come back, rate: without a pointer."""
    page = visit(address)
    page.keyboard.type(ASKED)
    page.keyboard.press("Enter")
    expect(page.locator(".turn .status")).to_have_text("Answered", timeout=20_000)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('a.citation')"):
            break
    else:
        pytest.fail("no Tab leads to a citation")
    page.keyboard.press("Enter")
    expect(page.locator("#sources mark.current")).to_be_focused()
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.closest('#question, #asking')?.querySelector('textarea') != null"):
            return
    pytest.fail("no Shift+Tab leads back to the question box")
