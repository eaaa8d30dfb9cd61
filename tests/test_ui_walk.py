"""The whole way of a visitor on the page: ask, hover, click, read, follow up, filter, export, reload, find it again."""

# ruff: noqa: F811 -- fixtures are imported

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from api_server import ASKED, HARBOUR, QUOTE, TROOPS, newsroom
from test_ui_page import HOSTILE, Site, Visit, ask, chromium, site, visit  # noqa: F401 -- fixtures

pytestmark = pytest.mark.browser

FOLLOW_UP = "What did she say about Sylvania?"


def test_the_whole_way(tmp_path: Path, visit: Visit, site: Site) -> None:
    settings = newsroom(tmp_path, TROOPS, HARBOUR, HOSTILE)
    address = site(settings)
    page = visit(address)

    turn = ask(page, ASKED)
    expect(turn.locator(".status")).to_have_text("Answered")
    mark = turn.locator("a.citation").first

    mark.hover()
    card = page.locator("[popover]:popover-open")
    expect(card).to_contain_text("Ann Lee")
    expect(card).to_contain_text("The Courier")
    expect(card).to_contain_text("13 February 2025")

    mark.click()
    expect(page.locator("#sources mark.current")).to_have_text(QUOTE)
    expect(page.locator("#sources mark.current")).to_be_focused()
    link = page.locator('#sources a[href*="#:~:text="]').first
    expect(link).to_have_attribute("href", re.compile(r"^https://courier\.example/troops#:~:text="))

    followed = ask(page, FOLLOW_UP)
    expect(followed.locator(".query")).to_contain_text("Ann Lee")
    expect(followed).to_contain_text("not send troops")

    page.locator("#filters summary").first.click()
    page.locator("#filters .outlets summary").press("Enter")
    page.get_by_role("checkbox", name="The Echo").press("Space")
    filtered = ask(page, "How much did the harbour of Osterlich cost?")
    expect(filtered).to_contain_text("The Echo")
    expect(filtered).to_contain_text("40 million crowns")
    expect(page).to_have_url(re.compile(r"outlet=The(\+|%20)Echo"))

    with page.expect_download() as download:
        page.locator("#exports").get_by_role("link", name="JSON").click()
    exported = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    questions = [each["answer"]["question"] for each in exported["turns"]]
    assert questions == [ASKED, FOLLOW_UP, "How much did the harbour of Osterlich cost?"]
    assert exported["turns"][0]["answer"]["citations"][0]["quote"] == QUOTE

    page.reload()
    expect(page.locator(".turn .asked")).to_have_text(questions, timeout=20_000)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    page.locator("#history .open", has_text=ASKED).click()
    expect(page.locator(".turn .asked")).to_have_text(questions)
    page.locator("#turn-1 a.citation").first.click()
    expect(page.locator("#sources mark.current")).to_have_text(QUOTE)
