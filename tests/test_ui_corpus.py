"""The corpus page in headless Chromium, on a real index; as silent, inert and on this machine as the chat page."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from api_server import HARBOUR, TROOPS, newsroom, unindexed
from natoqa.serving.shared_index import SharedIndex
from test_fetching import Reply, Web, feed, web
from test_fetching import page as fetched_page
from test_ui_page import HOSTILE, INJECTION, Site, Visit, chromium, holding_back, site, visit
from web_server import serving_all

__all__ = ["chromium", "site", "visit", "web"]  # fixtures

pytestmark = pytest.mark.browser

UNDATED = "---\ntitle: A note without a day\noutlet: The Echo\n---\nSomebody in Osterlich wrote this down.\n"
NAMELESS = "---\ntitle: A note from nobody\npublished: 2025-03-02\n---\nThe harbour was closed again on Sunday.\n"

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a page on articles that no test changes."""
    settings = unindexed(tmp_path_factory.mktemp("newsroom"), TROOPS, HARBOUR, HOSTILE, UNDATED, NAMELESS)
    (settings.corpus / "empty.md").write_text("")
    for number in range(25):
        file = settings.corpus / f"many{number}.md"
        file.write_text(
            f"---\ntitle: Bulletin {number}\noutlet: The Bulletin\npublished: 2024-01-05\n---\nRain again.\n"
        )
    with serving_all(settings) as url:
        with urllib.request.urlopen(
            urllib.request.Request(f"{url}/api/index", method="POST", data=b""), timeout=60
        ) as done:
            assert done.status == 200
        yield url


@pytest.fixture
def open_corpus(visit: Visit) -> Open:
    """Return a function that goes to the corpus page by the chat page's link."""

    def opened(url: str, **size: int) -> Page:
        page = visit(url, **size)
        page.get_by_role("link", name="Corpus").click()
        expect(page.locator("#index-status .status-line")).to_be_visible(timeout=20_000)
        return page

    return opened


def search(page: Page, query: str) -> None:
    page.get_by_label("Search the passages").fill(query)
    page.get_by_label("Search the passages").press("Enter")
    expect(page.locator("#results h2")).to_be_visible(timeout=20_000)
    expect(page.locator("#results .target")).to_be_focused()


# A proxy says so of a visitor from elsewhere.
ELSEWHERE = {"X-Forwarded-For": "192.0.2.1"}


def from_elsewhere(page: Page) -> Page:
    """Return the page as somebody at another machine gets it."""
    page.set_extra_http_headers(ELSEWHERE)
    page.reload()
    expect(page.locator("#index-status .status-line")).to_be_visible(timeout=20_000)
    return page


# --- what there is ------------------------------------------------------------------------------------------------


def test_the_page_tells_what_is_indexed(address: str, open_corpus: Open) -> None:
    page = open_corpus(address)
    expect(page.locator("#holdings .numbers li")).to_have_text(["30 articles", "30 passages", "4 outlets"])
    expect(page.locator("#holdings .months svg")).to_have_attribute(
        "aria-label", "Articles per month, January 2024 to March 2025: at most 25 in a month. The table below has the "
        "numbers.",
    )  # fmt: skip
    expect(page.locator("#failures")).to_contain_text("empty.md it is empty")
    expect(page.locator("#articles h2")).to_have_text("Newest articles 30")
    expect(page.locator("#articles li .title").first).to_have_text("A note from nobody")
    page.get_by_role("link", name="Ask").click()
    expect(page.get_by_label("Question")).to_be_visible(timeout=20_000)


def test_lists_are_chosen_and_turned_by_keyboard(address: str, open_corpus: Open) -> None:
    page = open_corpus(address)
    heading = page.locator("#articles h2")
    page.get_by_role("button", name="Without a date (1)").press("Enter")
    expect(heading).to_have_text("Articles without a date 1")
    expect(heading).to_be_focused()
    expect(page.locator("#articles .entries li")).to_have_text(["A note without a day The Echo · no date"])
    page.get_by_role("button", name="Without an outlet (1)").press("Enter")
    expect(heading).to_have_text("Articles without an outlet 1")
    # The heading takes the focus a moment after its text: what is pressed in between goes to it.
    expect(heading).to_be_focused()
    page.get_by_role("button", name="The Bulletin").press("Enter")
    expect(heading).to_have_text("Articles of The Bulletin 25")
    expect(heading).to_be_focused()
    expect(page.locator("#articles .entries li")).to_have_count(20)
    page.locator("#articles").get_by_role("button", name="Next").press("Enter")
    expect(page.locator("#articles .entries li")).to_have_count(5)
    expect(page.locator("#articles .pager")).to_contain_text("21 – 25 of 25")
    page.get_by_text("All months as a table").click()
    page.get_by_role("button", name="February 2025").press("Enter")
    expect(page.locator("#articles .entries .title")).to_have_text(["Freedonia rules out troops for Sylvania"])


def test_a_list_is_chosen_while_another_one_is_still_coming(address: str, open_corpus: Open) -> None:
    page = open_corpus(address)
    with holding_back(page, '"kind"'):
        page.get_by_role("button", name="The Courier").click()
        page.get_by_role("button", name="The Bulletin").click()
        expect(page.locator("#articles h2")).to_have_text("Articles of The Bulletin 25")


def test_a_search_finds_passages_and_opens_their_article(address: str, open_corpus: Open) -> None:
    page = open_corpus(address)
    search(page, "harbour Osterlich")
    first = page.locator("#results .hit").first
    expect(first).to_contain_text("The Echo · 1 March 2025")
    expect(first.locator("mark").first).to_have_text("harbour")
    title = first.get_by_role("button", name="New harbour opens in Osterlich")
    title.press("Enter")
    dialog = page.get_by_role("dialog", name="New harbour opens in Osterlich")
    expect(dialog.locator(".text")).to_contain_text("cost 40 million crowns.")
    expect(dialog.locator("mark")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(title).to_be_focused()
    title.press("Enter")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_a_search_keeps_to_its_filters_and_is_cleared(address: str, open_corpus: Open) -> None:
    page = open_corpus(address)
    page.get_by_label("From").fill("2025-03-02")
    search(page, "harbour")
    expect(page.locator("#results .hit .title")).to_have_text(["A note from nobody"])
    expect(page.locator("#results .notes")).to_contain_text("1 article without a date was left out")
    page.get_by_label("Until").fill("2025-01-01")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#results [role=alert]")).to_contain_text("is later than until")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#results")).to_be_hidden()
    page.get_by_label("Outlet", exact=True).fill("the courier")
    search(page, "troops")
    expect(page.locator("#results .hit .title")).to_have_text(["Freedonia rules out troops for Sylvania"])


def test_hostile_articles_are_inert_text(address: str, open_corpus: Open) -> None:
    page = open_corpus(address)
    search(page, "zeppelin of Ruritania")
    expect(page.locator("#results .title").first).to_contain_text(f"Zeppelin {INJECTION}")
    page.locator("#holdings").get_by_role("button", name="<b onmouseover=alert(5)>Outlet</b>").click()
    expect(page.locator("#articles h2")).to_have_text("Articles of <b onmouseover=alert(5)>Outlet</b> 1")
    page.locator("#articles .title").click()
    expect(page.locator("dialog .text")).to_contain_text(INJECTION)
    assert page.locator(":is(#corpus, #article) :is(img, script, b)").count() == 0
    assert page.locator("a[href^='javascript' i]").count() == 0


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_sticks_out_sideways_and_all_has_a_name(address: str, open_corpus: Open, width: int) -> None:
    page = open_corpus(address, width=width)
    search(page, "zeppelin harbour rain")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for control in page.locator("#corpus :is(input, button):visible").all():
        named = "element => element.innerText || element.ariaLabel || element.labels?.[0]?.innerText || ''"
        assert control.evaluate(named).strip()
    # What a panel cuts off makes no page wider.
    assert page.evaluate(
        "(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)(document.querySelector('.adding'))"
    )
    page.locator("#results .title").first.click()
    expect(page.locator("dialog")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# --- changing the index -------------------------------------------------------------------------------------------


def test_an_empty_page_is_filled_and_tells_of_it_after_a_reload(tmp_path: Path, open_corpus: Open, site: Site) -> None:
    page = open_corpus(site(unindexed(tmp_path, TROOPS)))
    expect(page.locator("#empty")).to_contain_text("No index yet")
    expect(page.locator("#finder")).to_be_hidden()
    page.get_by_role("button", name="Re-index").click()
    expect(page.locator("#index-status")).to_contain_text("Index is up to date: 1 added.", timeout=30_000)
    expect(page.locator("#articles .title")).to_have_text(["Freedonia rules out troops for Sylvania"])
    expect(page.locator("#empty")).to_be_hidden()
    page.reload()
    expect(page.locator("#index-status")).to_contain_text("Index is up to date: 1 added.", timeout=20_000)


def test_an_article_is_added_and_a_bad_one_explained(tmp_path: Path, open_corpus: Open, site: Site) -> None:
    settings = newsroom(tmp_path, TROOPS)
    page = open_corpus(site(settings))
    box, outcome = page.get_by_label("File"), page.locator("#adding .outcome")
    box.set_input_files({"name": "harbour.md", "mimeType": "text/markdown", "buffer": HARBOUR.encode()})
    page.get_by_role("button", name="Add", exact=True).click()
    expect(outcome).to_have_text(
        "“New harbour opens in Osterlich” is in the corpus now and can be asked about.", timeout=30_000
    )
    expect(page.locator("#articles .title").first).to_have_text("New harbour opens in Osterlich")
    assert (settings.corpus / "added" / "harbour.md").read_text(encoding="utf-8") == HARBOUR
    # The browser itself complains on its console of every status above 400; this one is refused before it is sent.
    large = {"name": "large.md", "mimeType": "text/markdown", "buffer": b"x" * 20_000_001}
    box.set_input_files(large)  # type: ignore[arg-type]
    page.get_by_role("button", name="Add", exact=True).click()
    expect(outcome).to_have_text("large.md is too large: an article has at most 20 MB.")


def test_an_article_is_added_by_its_address_from_the_keyboard(
    tmp_path: Path, open_corpus: Open, site: Site, web: Web
) -> None:
    web.pages["/light"] = Reply(fetched_page("Lighthouse lit"))
    page = open_corpus(site(replace(newsroom(tmp_path, TROOPS), fetch_private=True)))
    page.evaluate("window.stayed = true")
    box, outcome = page.get_by_role("textbox", name="Web address"), page.locator("#adding .outcome[role=status]")
    box.fill("example.org/page")
    box.press("Enter")
    # The browser tells that this is no address; nothing is sent.
    assert box.evaluate("element => element.matches(':invalid')")
    expect(outcome).to_be_empty()
    box.fill(f"{web.address}/light")
    box.press("Enter")
    expect(outcome).to_have_text("“Lighthouse lit” is in the corpus now and can be asked about.", timeout=30_000)
    expect(page.locator("#articles .entries")).to_contain_text("Lighthouse lit")
    expect(box).to_have_value("")
    box.press("Tab")
    expect(page.get_by_role("button", name="Fetch and add")).to_be_focused()
    assert page.evaluate("window.stayed")


def test_the_status_line_counts_the_pages_of_a_feed(tmp_path: Path, open_corpus: Open, site: Site, web: Web) -> None:
    seen = threading.Event()

    def slow(_: object) -> Reply:
        seen.wait(30)
        return Reply(fetched_page("Lighthouse lit"))

    items = "".join(f"<item><title>{name}</title><link>/{name}</link></item>" for name in ("light", "none"))
    web.pages["/feed"] = Reply(feed(items), kind="application/rss+xml")
    web.pages["/light"] = slow
    page = open_corpus(site(replace(newsroom(tmp_path, TROOPS), fetch_private=True)))
    box = page.get_by_role("textbox", name="Web address")
    box.fill(f"{web.address}/feed")
    box.press("Enter")
    status = page.locator("#index-status")
    expect(status).to_contain_text("Fetching 2 of 3 …", timeout=20_000)
    expect(status.get_by_role("progressbar", name="Fetching")).to_have_attribute("value", "1")
    seen.set()
    expect(page.locator("#adding .outcome")).to_contain_text("is in the corpus now", timeout=30_000)


def test_visitors_from_elsewhere_see_and_do_nothing_that_writes(tmp_path: Path, open_corpus: Open, site: Site) -> None:
    page = from_elsewhere(open_corpus(site(newsroom(tmp_path, TROOPS))))
    expect(page.locator("#articles .title")).to_have_text(["Freedonia rules out troops for Sylvania"])
    expect(page.get_by_role("button", name="Re-index")).to_have_count(0)
    expect(page.locator("#corpus input[type=file], #corpus input[type=password]")).to_have_count(0)
    page.get_by_role("link", name="Ask").click()
    expect(page.locator("#welcome h2")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name="Re-index")).to_have_count(0)


def test_the_admin_key_unlocks_the_page_for_one_visit(tmp_path: Path, open_corpus: Open, site: Site) -> None:
    settings = replace(newsroom(tmp_path, TROOPS), admin_key="open-sesame")
    page = from_elsewhere(open_corpus(site(settings)))
    page.get_by_label("Admin key").fill("wrong")
    page.get_by_role("button", name="Unlock").click()
    expect(page.locator("#unlocking .problem")).to_have_text("This is not the admin key.")
    page.get_by_label("Admin key").fill("open-sesame")
    page.get_by_label("Admin key").press("Enter")
    expect(page.locator("#unlocking")).to_contain_text("Unlocked")
    expect(page.get_by_label("Admin key")).to_have_count(0)
    harbour = {"name": "harbour.md", "mimeType": "text/markdown", "buffer": HARBOUR.encode()}
    page.get_by_label("File").set_input_files(harbour)  # type: ignore[arg-type]
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#adding .outcome")).to_contain_text("is in the corpus now", timeout=30_000)
    page.get_by_role("button", name="Re-index").click()
    expect(page.locator("#index-status")).to_contain_text("nothing had changed", timeout=30_000)
    page.reload()
    expect(page.get_by_label("Admin key")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name="Re-index")).to_have_count(0)


def test_with_uploads_switched_off_there_is_no_form(tmp_path: Path, open_corpus: Open, site: Site) -> None:
    page = open_corpus(site(replace(newsroom(tmp_path, TROOPS), uploads=False)))
    expect(page.get_by_role("button", name="Re-index")).to_be_visible()
    expect(page.locator("#corpus input[type=file]")).to_have_count(0)


@pytest.mark.parametrize(("headers", "done"), [({}, True), (ELSEWHERE, False)])
@pytest.mark.parametrize("page", ["", "corpus"])
def test_pressing_a_hidden_button_does_nothing(tmp_path: Path, headers: dict[str, str], done: bool, page: str) -> None:
    settings = newsroom(tmp_path, TROOPS)
    shared = SharedIndex(settings)
    with serving_all(settings, shared) as url:
        with urllib.request.urlopen(f"{url}/config", timeout=20) as answered:
            config = json.load(answered)
        here = config["page"][page]
        [button] = [
            each["id"]
            for each in config["components"]
            if each["props"].get("elem_id") == "reindex" and each["id"] in here["components"]
        ]
        [click] = [each for each in config["dependencies"] if [button, "click"] in each["targets"]]
        said = {
            "data": [None] * len(click["inputs"]),
            "fn_index": click["id"],
            "session_hash": "abc",
            "event_data": None,
        }
        body = json.dumps(said).encode()
        kind = {"Content-Type": "application/json"}
        press = urllib.request.Request(f"{url}/gradio_api/run/predict", body, kind | headers)
        with urllib.request.urlopen(press, timeout=20) as answered:
            assert answered.status == 200
        assert (shared.state().reindexing is not None) is done


def test_the_application_takes_an_article_that_is_longer_than_any_question(tmp_path: Path, site: Site) -> None:
    address = site(newsroom(tmp_path, TROOPS))
    sent = httpx.post(f"{address}/articles", files={"file": ("long.md", "Rain again. " * 200_000)}, timeout=60)
    assert (sent.status_code, sent.json()["name"]) == (201, "long.md")
    refused = httpx.post(f"{address}/articles", content=b"x", headers={"Origin": "http://evil.example"})
    assert refused.status_code == 403
