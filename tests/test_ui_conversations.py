"""Conversations on the page in headless Chromium: kept, listed, found again, exported, rated; and nobody else's."""

# ruff: noqa: F811 -- fixtures are imported

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from api_server import ASKED, HARBOUR, QUOTE, TROOPS, index_in_another_process, newsroom
from natoqa.conversations import Conversations, browser
from natoqa.errors import LLMTimeoutError
from natoqa.serving.asker import THIS_PROCESS
from natoqa.serving.asker import VISITOR_COOKIE as COOKIE
from natoqa.serving.examples import next_questions
from natoqa.serving.places import Places
from natoqa.serving.shared_index import SharedIndex
from natoqa.settings import Settings
from natoqa.types import Answer, Article, Filters
from natoqa.ui.conversation import Conversation
from natoqa.ui.rendering.beneath import as_text, beneath, described
from natoqa.ui.visitors import owner_of
from natoqa.ui.writing import Writer
from test_ui_page import (  # noqa: F401 -- fixtures
    INJECTION,
    HeldIndex,
    Site,
    Visit,
    ask,
    chromium,
    site,
    visit,
    wait_until,
)
from web_server import serving_all

pytestmark = pytest.mark.browser

HARBOUR_ASKED = "How much did the harbour of Osterlich cost?"


@pytest.fixture(scope="module")
def shared_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return newsroom(tmp_path_factory.mktemp("newsroom"), TROOPS, HARBOUR)


@pytest.fixture(scope="module")
def address(shared_settings: Settings) -> Iterator[str]:
    """Return the address of a page whose articles no test changes; each browser has its own conversations there."""
    with serving_all(shared_settings) as url:
        yield url


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings whose corpus and conversations are those of one test."""
    return newsroom(tmp_path, TROOPS, HARBOUR)


@pytest.fixture
def url(settings: Settings, site: Site) -> str:
    return site(settings)


def conversation_of(page: Page) -> str:
    """Return the id in the address, once it is there."""
    expect(page).to_have_url(re.compile(r"[?&]c=[0-9a-f]{32}"))
    return parse_qs(urlsplit(page.url).query)["c"][0]


def titles(page: Page) -> Locator:
    return page.locator("#history .open")


def another_page(page: Page, address: str) -> Page:
    """Open an address in a new tab of the same browser."""
    other = page.context.new_page()
    other.goto(address)
    expect(other.get_by_label("Question")).to_be_visible(timeout=20_000)
    return other


# --- kept and found again -----------------------------------------------------------------------------------------


def test_a_reload_brings_the_conversation_back_with_its_citations(address: str, visit: Visit) -> None:
    page = visit(address)
    ask(page, ASKED)
    conversation_of(page)
    page.reload()
    expect(page.locator(".turn .asked")).to_have_text([ASKED], timeout=20_000)
    expect(page.locator(".turn .status")).to_have_text("Answered")
    page.locator(".turn").get_by_role("link", name="[1]").first.click()
    expect(page.locator("#sources .selected mark")).to_have_text(QUOTE)
    expect(page.locator("#sources .selected")).to_contain_text("The meeting was the first of the year.")
    expect(ask(page, HARBOUR_ASKED)).to_have_id("turn-2")


def test_a_restored_conversation_understands_follow_up_questions(address: str, visit: Visit) -> None:
    page = visit(address)
    ask(page, ASKED)
    conversation_of(page)
    page.reload()
    expect(page.locator(".turn")).to_have_count(1, timeout=20_000)
    turn = ask(page, "And what did she say about Sylvania?")
    expect(turn.locator(".query")).to_contain_text("Ann Lee")


def test_an_address_opens_its_conversation_in_another_tab(address: str, visit: Visit) -> None:
    page = visit(address)
    ask(page, ASKED)
    conversation_of(page)
    other = another_page(page, page.url)
    expect(other.locator(".turn .asked")).to_have_text([ASKED])
    expect(titles(other)).to_have_attribute("aria-current", "page")


def test_conversations_are_listed_and_opened_from_the_list_and_by_back(address: str, visit: Visit) -> None:
    page = visit(address)
    ask(page, ASKED)
    first = conversation_of(page)
    page.get_by_role("button", name="New conversation").click()
    expect(page).not_to_have_url(re.compile("c="))
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#history [aria-current]")).to_have_count(0)
    ask(page, HARBOUR_ASKED)
    second = conversation_of(page)
    expect(titles(page)).to_have_text([HARBOUR_ASKED, ASKED])
    expect(page.locator("#history [aria-current=page]")).to_have_text(HARBOUR_ASKED)
    titles(page).nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".turn .asked")).to_have_text([ASKED])
    expect(page).to_have_url(re.compile(first))
    expect(titles(page).nth(1)).to_be_focused()
    page.go_back()
    expect(page.locator(".turn .asked")).to_have_text([HARBOUR_ASKED])
    expect(page).to_have_url(re.compile(second))
    page.go_forward()
    expect(page.locator(".turn .asked")).to_have_text([ASKED])


def test_a_conversation_is_renamed_with_hostile_text_as_text(address: str, visit: Visit) -> None:
    page = visit(address)
    ask(page, ASKED)
    page.locator("#history .rename").click()
    field = page.get_by_role("dialog").get_by_label("Title")
    expect(field).to_be_focused()
    expect(field).to_have_value(ASKED)
    field.fill("Never mind")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(titles(page)).to_have_text(ASKED)
    page.locator("#history .rename").click()
    field.fill(INJECTION[:190])
    field.press("Enter")
    expect(titles(page)).to_have_text(INJECTION[:190])
    expect(page.locator("#notice")).to_contain_text("Renamed to")
    assert page.locator("#history :is(img, script)").count() == 0
    expect(page.locator("#history .rename")).to_be_focused()
    page.reload()
    expect(titles(page)).to_have_text(INJECTION[:190], timeout=20_000)


def test_a_conversation_is_deleted_after_a_confirmation(settings: Settings, url: str, visit: Visit) -> None:
    page = visit(url)
    ask(page, ASKED)
    link = f"{url}/?c={conversation_of(page)}"
    page.locator("#history .delete").click()
    expect(page.get_by_role("dialog")).to_contain_text(ASKED)
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(titles(page)).to_have_count(1)
    page.locator("#history .delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(titles(page)).to_have_count(0)
    expect(page.locator(".turn")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("c="))
    expect(page.get_by_role("button", name="New conversation")).to_be_focused()
    assert Conversations(settings.data_folder).summaries_of_everyone() == []
    page.goto(link)
    expect(page.locator("#notice")).to_contain_text("there is no such conversation", timeout=20_000)


def test_a_conversation_that_another_tab_deleted_goes_on_as_a_new_one(address: str, visit: Visit) -> None:
    page = visit(address)
    ask(page, ASKED)
    first = conversation_of(page)
    other = another_page(page, address)
    other.locator("#history .delete").click()
    other.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(titles(other)).to_have_count(0)
    ask(page, HARBOUR_ASKED)
    expect(titles(page)).to_have_text([HARBOUR_ASKED])
    assert conversation_of(page) != first
    page.locator("#turn-1 [data-rating=up]").click()
    expect(page.locator("#notice")).to_contain_text("could not be kept")


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_list_is_beside_the_conversation_or_folds_away(address: str, visit: Visit, width: int) -> None:
    page = visit(address, width=width)
    ask(page, ASKED)
    fold = page.get_by_role("button", name="Conversations (1)")
    if width == 1440:
        expect(fold).to_be_hidden()
    else:
        expect(titles(page)).to_be_hidden()
        expect(fold).to_have_attribute("aria-expanded", "false")
        fold.press("Enter")
        expect(fold).to_have_attribute("aria-expanded", "true")
    expect(titles(page)).to_be_visible()
    page.locator("#filters summary").first.click()
    page.locator("#filters .outlets summary").click()
    page.locator(".turn .edit").click()
    page.locator(".turn [data-rating=down]").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# --- whose ----------------------------------------------------------------------------------------------------------


def cookie(context: BrowserContext) -> str:
    (found,) = (each for each in context.cookies() if each["name"] == COOKIE)
    assert found["httpOnly"]
    assert found["sameSite"] == "Lax"
    return str(found["value"])


def test_two_browsers_see_their_own_conversations_only(shared_settings: Settings, address: str, visit: Visit) -> None:
    one, other = visit(address), visit(address)
    ask(one, ASKED)
    ask(other, HARBOUR_ASKED)
    expect(titles(one)).to_have_text([ASKED])
    expect(titles(other)).to_have_text([HARBOUR_ASKED])
    theirs = conversation_of(one)
    assert re.fullmatch("[0-9a-f]{32}", cookie(one.context))
    assert cookie(one.context) != cookie(other.context)
    other.goto(f"{address}/?c={theirs}")
    expect(other.locator("#notice")).to_contain_text("there is no such conversation", timeout=20_000)
    expect(other.locator(".turn")).to_have_count(0)
    # By the very events that the list sends, too.
    nav = other.locator("#history li").first
    for button, name in ((".delete", "Delete"), (".rename", "Rename"), (".open", "")):
        nav.evaluate("(li, id) => { li.dataset.id = id; }", theirs)
        nav.locator(button).click()
        if name:
            other.get_by_role("dialog").get_by_role("button", name=name).click()
        expect(other.locator("#notice")).to_contain_text("there is no such conversation")
    expect(other.locator(".turn")).to_have_count(0)
    kept = Conversations(shared_settings.data_folder).load(theirs, browser(cookie(one.context)))
    assert kept.title == ASKED
    assert len(kept.turns) == 1


class Asking:
    """A request as the page's handlers see it."""

    def __init__(self, cookies: Mapping[str, str], name: str | None = None) -> None:
        self.cookies = cookies
        self.state = type("State", (), {} if name is None else {"user": name})()


@pytest.mark.parametrize(
    ("cookies", "name", "owner"),
    [
        ({COOKIE: "0" * 32}, None, "browser:" + "0" * 32),
        ({COOKIE: "0" * 32}, "ann", "user:ann"),
        ({}, "ann", "user:ann"),
        ({}, None, None),
        ({COOKIE: ""}, None, None),
        ({COOKIE: "user:ann"}, None, None),
        ({COOKIE: "0" * 33}, None, None),
    ],
)
def test_the_owner_is_the_user_or_else_the_browser(
    cookies: Mapping[str, str], name: str | None, owner: str | None
) -> None:
    assert owner_of(Asking(cookies, name)) == owner


@pytest.mark.parametrize("sent", [None, f"{COOKIE}=short", f"other=1; {COOKIE}=' onload=alert(1)", "\x80=;;;"])
def test_a_browser_without_a_cookie_gets_one(address: str, sent: str | None) -> None:
    request = urllib.request.Request(address, headers={"Cookie": sent} if sent else {})
    with urllib.request.urlopen(request, timeout=10) as response:
        given = response.headers["Set-Cookie"]
    assert re.fullmatch(rf"{COOKIE}=[0-9a-f]{{32}}; Path=/; Max-Age=\d+; HttpOnly; SameSite=Lax", given)


def test_a_cookie_is_kept_and_given_for_the_page_only(address: str) -> None:
    request = urllib.request.Request(address, headers={"Cookie": f"{COOKIE}={'a' * 32}"})
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.headers["Set-Cookie"].startswith(f"{COOKIE}={'a' * 32};")
    with urllib.request.urlopen(f"{address}/healthz", timeout=10) as response:
        assert response.headers["Set-Cookie"] is None


def test_without_cookies_questions_are_answered_and_nothing_is_kept(settings: Settings, url: str, visit: Visit) -> None:
    page = visit(url)
    page.context.clear_cookies()
    turn = ask(page, ASKED)
    expect(turn.locator(".status")).to_have_text("Answered")
    expect(turn.locator(".unkept")).to_contain_text("takes no cookies")
    assert Conversations(settings.data_folder).summaries_of_everyone() == []


# --- exports --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "form", "kind"),
    [
        ("Markdown", "md", "text/markdown"),
        ("JSON", "json", "application/json"),
        ("Page to print", "html", "text/html"),
    ],
)
def test_a_conversation_is_exported_with_its_sources(
    address: str, visit: Visit, name: str, form: str, kind: str
) -> None:
    page = visit(address)
    ask(page, ASKED)
    link = page.locator("#exports").get_by_role("link", name=name)
    with page.expect_download() as downloading:
        link.click()
    assert downloading.value.suggested_filename == f"Will-Freedonia-send-troops-to-Sylvania.{form}"
    written = Path(downloading.value.path()).read_text(encoding="utf-8")
    for part in ("The Courier", "Ann Lee", "Freedonia will not send troops to Sylvania"):
        assert part in written
    assert ("2025-02-13" if form == "json" else "13 February 2025") in written
    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(f"{address}/{link.get_attribute('href')}", timeout=10)
    assert refused.value.code == 404
    request = urllib.request.Request(
        f"{address}/{link.get_attribute('href')}", headers={"Cookie": f"{COOKIE}={cookie(page.context)}"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.headers["Content-Type"].startswith(kind)
        assert response.headers["Content-Disposition"].startswith("attachment; ")
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["0" * 32 + ".md", "../../etc/passwd.md", "x.exe", "%00.md"])
def test_what_is_no_conversation_is_not_exported(address: str, path: str) -> None:
    request = urllib.request.Request(f"{address}/export/{path}", headers={"Cookie": f"{COOKIE}={'a' * 32}"})
    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    assert refused.value.code == 404


# --- opinions -------------------------------------------------------------------------------------------------------


def test_an_opinion_and_its_reason_are_kept_with_the_answer(settings: Settings, url: str, visit: Visit) -> None:
    page = visit(url)
    turn = ask(page, ASKED)
    down = turn.get_by_role("button", name="Bad answer")
    down.press("Enter")
    expect(page.locator("#notice")).to_contain_text("your opinion is kept")
    turn.get_by_label("Why?").fill("The date is wrong")
    turn.get_by_label("Why?").press("Enter")
    expect(turn.locator(".reason")).to_be_hidden()
    expect(down).to_be_focused()
    wait_until(lambda: any(each["reason"] for each in feedback(settings)))
    (given,) = feedback(settings)
    assert given["rating"] == "down"
    assert given["reason"] == "The date is wrong"
    assert given["question"] == ASKED
    assert given["answer"]["citations"][0]["quote"] == QUOTE
    with SharedIndex(settings).index() as index:
        assert given["index_version"] == index.generation
    page.reload()
    down = page.locator(".turn").get_by_role("button", name="Bad answer")
    expect(down).to_have_attribute("aria-pressed", "true", timeout=20_000)
    down.click()
    expect(page.locator("#notice")).to_contain_text("taken back")
    assert feedback(settings) == []


def feedback(settings: Settings) -> list[Any]:
    command = [sys.executable, "-m", "natoqa", "feedback", "--index", str(settings.index)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in told.splitlines()]


# --- stopping and leaving -------------------------------------------------------------------------------------------


def begin(page: Page, question: str) -> None:
    page.get_by_label("Question").fill(question)
    page.get_by_label("Question").press("Enter")
    expect(page.locator(".turn .streaming .sentences")).to_be_visible(timeout=30_000)


def test_an_answer_is_stopped(settings: Settings, visit: Visit, site: Site) -> None:
    shared = HeldIndex(settings)
    page = visit(site(settings, shared))
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    begin(page, ASKED)
    page.get_by_role("button", name="Stop").press("Enter")
    expect(page.locator(".turn .status")).to_have_text("Stopped")
    expect(page.locator(".turn .sentences")).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    expect(page.get_by_role("button", name="Ask")).to_be_enabled()
    expect(page.get_by_label("Question")).to_be_focused()
    shared.release.set()
    wait_until(lambda: not writing())
    written = page.locator(".turn .sentences").inner_text()
    assert states(settings) == ["stopped"]
    conversation_of(page)
    page.reload()
    expect(page.locator(".turn .status")).to_have_text("Stopped", timeout=20_000)
    expect(page.locator(".turn .asked")).to_have_text([ASKED])
    expect(page.locator(".turn .sentences")).to_have_text(written)
    expect(titles(page)).to_have_text([ASKED])
    page.get_by_role("button", name="Try again").press("Enter")
    expect(page.locator(".turn .status")).to_have_text(["Stopped", "Answered"], timeout=30_000)
    wait_until(lambda: states(settings) == ["stopped", "answered"])


def states(settings: Settings) -> list[str]:
    """Return what came of each question of the only conversation."""
    kept = Conversations(settings.data_folder)
    (summary,) = kept.summaries_of_everyone()
    return [turn.state for turn in kept.load_of_everyone(summary.id).turns]


def test_a_question_that_failed_is_kept_and_asked_again(settings: Settings, visit: Visit, site: Site) -> None:
    shared = HeldIndex(settings, LLMTimeoutError("The language model did not answer.", hint="Ask later."))
    shared.release.set()
    page = visit(site(settings, shared))
    ask(page, HARBOUR_ASKED)
    conversation_of(page)
    page.reload()
    expect(page.locator(".turn .asked")).to_have_text([HARBOUR_ASKED], timeout=20_000)
    expect(page.locator(".turn .failed")).to_contain_text("The language model did not answer.")
    expect(page.locator(".turn .failed")).to_contain_text("Ask later.")
    shared.failure = None
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".turn .status")).to_have_text(["No answer", "Answered"], timeout=30_000)
    wait_until(lambda: states(settings) == ["failed", "answered"])


def test_a_question_that_fails_after_it_was_left_is_kept(settings: Settings) -> None:
    shared = HeldIndex(settings, RuntimeError("secret"))
    kept = Conversations(settings.data_folder)
    conversation = Conversation(shared, kept, Writer(Places()), owner=browser("a"))
    asking = conversation.ask(ASKED)
    next(asking)
    conversation.leave()
    wait_until(lambda: not writing())
    (turn,) = kept.load(kept.summaries(browser("a"))[0].id, browser("a")).turns
    assert turn.unanswered is not None
    assert (turn.state, turn.unanswered.text) == ("failed", "The question could not be answered.")


def test_an_answer_that_is_stopped_while_the_page_closes_is_kept(settings: Settings) -> None:
    shared = HeldIndex(settings)
    conversation = Conversation(shared, Conversations(settings.data_folder), Writer(Places()), owner=browser("a"))
    asking = conversation.ask(ASKED)
    assert isinstance(asking, Generator)
    next(asking)
    conversation.stop()
    asking.close()
    shared.release.set()
    wait_until(lambda: not writing())
    assert states(settings) == ["stopped"]


def test_nothing_of_a_conversation_that_is_deleted_is_kept(settings: Settings) -> None:
    shared = HeldIndex(settings)
    kept = Conversations(settings.data_folder)
    conversation = Conversation(shared, kept, Writer(Places()), owner=browser("a"))
    shared.release.set()
    list(conversation.ask(ASKED))
    shared.release.clear()
    asking = conversation.ask(HARBOUR_ASKED)
    next(asking)
    conversation.discard()
    kept.delete(str(conversation.id), browser("a"))
    list(asking)
    shared.release.set()
    wait_until(lambda: not writing())
    assert kept.summaries_of_everyone() == []


def test_what_was_stopped_is_no_context_of_the_next_question(settings: Settings) -> None:
    shared = HeldIndex(settings)
    conversation = Conversation(shared, Conversations(settings.data_folder), Writer(Places()), owner=browser("a"))
    asking = conversation.ask(ASKED)
    next(asking)
    conversation.stop()
    list(asking)
    shared.release.set()
    wait_until(lambda: not writing())
    again = Conversation(shared, Conversations(settings.data_folder), Writer(Places()), owner=browser("a"))
    again.open(str(conversation.id))
    for each in (conversation, again):
        assert each._memory() == []


def writing() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "natoqa-writing"]


def test_an_answer_that_is_left_is_finished_and_kept(settings: Settings, visit: Visit, site: Site) -> None:
    shared = HeldIndex(settings)
    page = visit(site(settings, shared))
    begin(page, ASKED)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_role("button", name="Ask")).to_be_enabled()
    shared.release.set()
    wait_until(lambda: len(Conversations(settings.data_folder).summaries_of_everyone()) == 1)
    ask(page, HARBOUR_ASKED)
    expect(page.locator(".turn .asked")).to_have_text([HARBOUR_ASKED])
    expect(titles(page)).to_have_text([HARBOUR_ASKED, ASKED])


def test_a_question_that_waits_in_a_conversation_that_was_left_is_not_asked(shared_settings: Settings) -> None:
    kept = Conversations(shared_settings.data_folder)
    left = Conversation(SharedIndex(shared_settings), kept, Writer(Places()), owner=None)
    waiting = left.ask(ASKED)
    left.leave()
    assert list(waiting) == []


def test_stopped_answers_free_their_places() -> None:
    writer, hold = Writer(Places()), threading.Event()
    kept: list[Answer | Exception] = []

    def held() -> Iterator[str | Answer]:
        yield "One"
        hold.wait(30)
        yield "Two"

    begun = [writer.begin(held, kept.append, asker=THIS_PROCESS) for _ in range(30)]
    for each in begun:
        each.stop()
        assert list(each.parts()) == []
    wait_until(lambda: len(writing()) <= 8)
    hold.set()
    wait_until(lambda: not writing())
    assert kept == []


def test_an_answer_that_is_there_cannot_be_stopped() -> None:
    answer, kept = Answer("q", "q", "answered", "extractive", "Text."), list[Answer | Exception]()
    begun = Writer(Places()).begin(lambda: iter(["Text.", answer]), kept.append, asker=THIS_PROCESS)
    wait_until(lambda: not writing())
    begun.stop()
    assert list(begun.parts()) == ["Text.", answer]
    assert kept == [answer]


def test_a_piece_right_after_another_does_not_wait_for_the_next() -> None:
    hold = threading.Event()
    answer = Answer("q", "q", "answered", "extractive", "Text.")

    def held() -> Iterator[str | Answer]:
        yield from ("One", " two", " three")
        hold.wait(30)
        yield " four"
        yield answer

    parts = Writer(Places()).begin(held, lambda _: None, asker=THIS_PROCESS).parts()
    told = ""
    while told != "One two three":
        told += str(next(parts))
    hold.set()
    assert list(parts)[-1] is answer


def test_many_short_pieces_come_as_few() -> None:
    answer = Answer("q", "q", "answered", "extractive", "Text.")
    begun = Writer(Places()).begin(lambda: iter([*"abcdefgh" * 500, answer]), lambda _: None, asker=THIS_PROCESS)
    wait_until(lambda: not writing())
    *pieces, last = begun.parts()
    assert last is answer
    assert len(pieces) <= 3


# --- asking again, filters, links -----------------------------------------------------------------------------------


def test_what_was_searched_for_is_edited_and_asked_again(address: str, visit: Visit) -> None:
    page = visit(address)
    ask(page, ASKED)
    turn = ask(page, "And what did she say about Sylvania?")
    turn.get_by_role("button", name="Edit search").press("Enter")
    field = turn.get_by_label("Search for")
    expect(field).to_be_focused()
    assert "Ann Lee" in field.input_value()
    field.fill(HARBOUR_ASKED)
    field.press("Enter")
    expect(page.locator("#turn-3 .asked")).to_have_text(HARBOUR_ASKED)
    expect(page.locator("#turn-3")).to_contain_text("40 million crowns")
    # It is searched for as it stands, not completed once more.
    expect(page.locator("#turn-3 .query")).to_have_count(0)


def test_filters_limit_the_articles_and_stand_in_answer_and_address(address: str, visit: Visit) -> None:
    page = visit(address)
    page.locator("#filters summary").first.press("Enter")
    choose_outlets(page, "The Courier")
    page.get_by_label("Until").fill("2025-02-20")
    turn = ask(page, HARBOUR_ASKED)
    expect(turn.locator(".status")).to_have_text("Not in the corpus")
    expect(turn.locator(".asked-of")).to_have_text(
        "Only articles published until 20 February 2025 (asked as of that day) by The Courier."
    )
    expect(page).to_have_url(re.compile("until=2025-02-20"))
    expect(page).to_have_url(re.compile(r"outlet=The\+Courier"))
    # The list of outlets is looked at every second; what was chosen stays.
    page.wait_for_timeout(1500)
    expect(page.get_by_role("checkbox", name="The Courier")).to_be_checked()
    page.reload()
    expect(page.locator("#filters summary").first).to_contain_text("2025-02-20, The Courier", timeout=20_000)
    expect(page.locator(".turn .asked-of")).to_contain_text("by The Courier")
    page.locator("#filters summary").first.click()
    page.get_by_role("button", name="Clear").click()
    expect(page).not_to_have_url(re.compile("until|outlet"))
    expect(ask(page, HARBOUR_ASKED)).to_contain_text("40 million crowns")


def choose_outlets(page: Page, *names: str) -> None:
    """Choose outlets in the filters, which are open, by the keyboard alone."""
    page.locator("#filters .outlets summary").press("Enter")
    for name in names:
        page.get_by_role("checkbox", name=name, exact=True).press("Space")


@pytest.mark.parametrize("width", [390, 1280])
def test_several_outlets_are_chosen_by_keyboard(address: str, visit: Visit, width: int) -> None:
    page = visit(address)
    page.set_viewport_size({"width": width, "height": 800})
    filters = page.locator("#filters summary").first
    filters.press("Enter")
    choose_outlets(page, "The Courier", "The Echo")
    expect(filters).to_have_text("Filters: The Courier, The Echo")
    expect(page.locator("#filters .outlets summary")).to_have_text("Outlets: 2 chosen")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    expect(page.get_by_label("Question")).to_be_in_viewport()
    turn = ask(page, HARBOUR_ASKED)
    expect(turn.locator(".asked-of")).to_have_text("Only articles by The Courier or The Echo.")
    expect(turn).to_contain_text("40 million crowns")
    assert parse_qs(urlsplit(page.url).query)["outlet"] == ["The Courier", "The Echo"]
    page.get_by_role("checkbox", name="The Echo").press("Escape")
    expect(page.locator("#filters .outlets summary")).to_be_focused()
    expect(page.get_by_role("checkbox", name="The Echo")).to_be_hidden()
    page.reload()
    expect(filters).to_have_text("Filters: The Courier, The Echo", timeout=20_000)
    expect(turn.locator(".asked-of")).to_have_text("Only articles by The Courier or The Echo.")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn.get_by_role("button", name="Copy link").click()
    expect(turn.locator(".said")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert parse_qs(urlsplit(copied).query) == {"q": [HARBOUR_ASKED], "outlet": ["The Courier", "The Echo"]}


def test_one_of_many_outlets_is_found_by_its_name(tmp_path: Path, visit: Visit, site: Site) -> None:
    articles = [f"---\ntitle: T{number}\noutlet: Paper <{number}>\n---\nRain in {number}.\n" for number in range(40)]
    page = visit(f"{site(newsroom(tmp_path, *articles))}/?outlet=paper+%3C39%3E&outlet=Gone")
    filters = page.locator("#filters summary").first
    expect(filters).to_have_text("Filters: Gone, Paper <39>")
    filters.click()
    page.locator("#filters .outlets summary").click()
    expect(page.get_by_role("checkbox")).to_have_count(41)
    page.get_by_label("Find an outlet").fill("<1")
    # What is chosen stays in view, so that it can be taken back.
    expect(page.get_by_role("checkbox")).to_have_count(13)
    page.get_by_role("checkbox", name="Paper <12>").check()
    expect(filters).to_have_text("Filters: 3 outlets")
    page.get_by_role("checkbox", name="Gone").uncheck()
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query).get("outlet") == ["Paper <12>", "Paper <39>"])


def test_a_link_fills_in_question_and_filters_and_asks_nothing(address: str, visit: Visit) -> None:
    page = visit(f"{address}/?q=Will+%3Cb%3E+rain%3F&since=2025-02-01&until=nonsense&outlet=Gone+Gazette")
    expect(page.get_by_label("Question")).to_have_value("Will <b> rain?")
    expect(page.locator("#filters summary").first).to_contain_text("2025-02-01, Gone Gazette")
    page.wait_for_timeout(500)
    assert page.locator(".turn").count() == 0
    page.get_by_role("button", name="Ask").click()
    turn = page.locator(".turn")
    expect(turn.locator(".asked-of")).to_contain_text("since 1 February 2025 by Gone Gazette")


def test_filters_that_make_no_sense_are_told(address: str, visit: Visit) -> None:
    page = visit(f"{address}/?since=2025-03-01&until=2025-02-01")
    expect(page.locator("#filters summary").first).to_contain_text("2025")
    turn = ask(page, ASKED)
    expect(turn.locator(".status")).to_have_text("No answer")
    expect(turn).to_contain_text("later than")


def test_the_link_of_an_answer_is_copied(address: str, visit: Visit) -> None:
    page = visit(f"{address}/?since=2025-01-01")
    expect(page.locator("#filters summary").first).to_contain_text("2025")
    turn = ask(page, ASKED)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn.get_by_role("button", name="Copy link").click()
    expect(turn.locator(".said")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert parse_qs(urlsplit(copied).query) == {"q": [ASKED], "since": ["2025-01-01"]}
    assert copied.startswith(address)


def test_an_answer_is_copied_with_its_sources(address: str, visit: Visit) -> None:
    page = visit(address)
    turn = ask(page, ASKED)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn.get_by_role("button", name="Copy with sources").press("Enter")
    expect(turn.locator(".said")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "[1]" in copied.splitlines()[2]
    source = next(line for line in copied.splitlines() if line.startswith("[1] "))
    assert "Freedonia will not send troops to Sylvania" in source
    assert source.endswith(
        "Ann Lee, Defence Minister. “Freedonia rules out troops for Sylvania”, The Courier, 13 February 2025, "
        "https://courier.example/troops"
    )


# --- suggestions ----------------------------------------------------------------------------------------------------

REPORT = Article(
    title="Talks in Brussels",
    path="a.md",
    text="Minister Ann Lee said that Sylvania could join the talks with Osterlich. Ann Lee said that she had met "
    "with Ruritania. Chancellor Otto Braun said that he was glad about Osterlich.",
)


def test_suggestions_are_of_the_articles_and_were_not_asked() -> None:
    every = next_questions([REPORT], asked=[], limit=9)
    assert len(every) == len(set(every)) >= 3
    assert {each.split(" say ")[0] for each in every[:2]} == {"What did Ann Lee", "What did Otto Braun"}
    asked = every[0]
    assert asked not in next_questions([REPORT], asked=[f"And {asked.replace('Ann ', '')}"], limit=9)
    assert len(next_questions([REPORT], asked=[], limit=2)) == 2
    assert next_questions([], asked=[ASKED]) == ()


def test_a_suggestion_is_asked_by_a_click(tmp_path: Path, visit: Visit, site: Site) -> None:
    page = visit(site(newsroom(tmp_path, f"---\ntitle: {REPORT.title}\n---\n{REPORT.text}\n")))
    turn = ask(page, "What did Ann Lee say about Sylvania?")
    suggestion = turn.locator(".suggestions .example").first
    question = suggestion.inner_text()
    suggestion.press("Enter")
    expect(page.locator("#turn-2 .asked")).to_have_text(question)
    expect(page.locator("#turn-2 .status")).to_be_visible(timeout=30_000)
    expect(page.locator("#turn-1 .suggestions")).to_be_hidden()


# --- what has changed since, and what cannot be kept ----------------------------------------------------------------


def test_an_answer_whose_article_has_changed_or_gone_is_marked(settings: Settings, url: str, visit: Visit) -> None:
    page = visit(url)
    ask(page, ASKED)
    expect(page.locator(".turn .changed")).to_have_count(0)
    file = settings.corpus / "0.md"
    file.write_text(TROOPS.replace("will not send troops", "may send troops"), encoding="utf-8")
    index_in_another_process(settings)
    page.reload()
    expect(page.locator(".turn .changed")).to_contain_text("[1] ", timeout=20_000)
    expect(page.locator(".turn .changed")).to_contain_text("this sentence does not stand in it any more")
    page.locator("a.citation").first.click()
    expect(page.locator("#sources .selected mark")).to_have_text(QUOTE)
    file.unlink()
    index_in_another_process(settings)
    page.reload()
    expect(page.locator(".turn .changed")).to_contain_text("gone from the corpus", timeout=20_000)


def test_a_damaged_file_of_conversations_does_not_stop_answers(settings: Settings, url: str, visit: Visit) -> None:
    page = visit(url)
    ask(page, ASKED)
    first = conversation_of(page)
    (settings.data_folder / "conversations.sqlite3").write_bytes(b"no database" * 1000)
    turn = ask(page, HARBOUR_ASKED)
    expect(turn).to_contain_text("40 million crowns")
    expect(turn.locator(".unkept")).to_have_count(0)
    expect(page).not_to_have_url(re.compile(first))
    conversation_of(page)
    expect(titles(page)).to_have_text([HARBOUR_ASKED])


def test_a_folder_that_cannot_be_written_does_not_stop_answers(tmp_path: Path, visit: Visit, site: Site) -> None:
    settings = newsroom(tmp_path, TROOPS)
    settings.data_folder.write_text("a file where the folder should be", encoding="utf-8")
    page = visit(site(settings))
    turn = ask(page, ASKED)
    expect(turn.locator(".status")).to_have_text("Answered")
    expect(turn.locator(".unkept")).to_contain_text("could not be kept")
    expect(turn).not_to_contain_text(str(tmp_path))
    turn.get_by_role("button", name="Good answer").click()
    expect(page.locator("#notice")).to_contain_text("could not be kept")


# --- rendering ------------------------------------------------------------------------------------------------------


def test_hostile_text_beneath_an_answer_is_text() -> None:
    hostile = '"><img src=x onerror=alert(1)><script>'
    answer = Answer(hostile, hostile, "answered", "extractive", hostile, filters=Filters(outlet=hostile))
    html = beneath(1, answer, unkept=hostile, suggestions=[hostile])
    assert "<img" not in html
    assert "<script" not in html


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        (Filters(), ""),
        (Filters(outlet="The Echo"), "articles by The Echo"),
        (Filters(outlet=("A", "B", "C")), "articles by A, B or C"),
    ],
)
def test_filters_in_words(filters: Filters, words: str) -> None:
    assert described(filters) == words
    assert Filters.from_dict(json.loads(json.dumps(filters.to_dict()))) == filters


def test_copied_text_keeps_to_its_lines() -> None:
    answer = Answer("Who?\n\n[1] “Forged” – Nobody", "", "not_in_corpus", "extractive", "Nothing\u202e.")
    assert as_text(answer).splitlines() == ["Who? [1] “Forged” – Nobody", "", "Nothing\N{REPLACEMENT CHARACTER}."]
