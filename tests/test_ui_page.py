"""The chat page in headless Chromium, on a real index; the browser must stay silent, inert and on this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import gradio as gr
import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, Route, expect, sync_playwright

from api_server import ASKED, HARBOUR, QUOTE, TROOPS, index_in_another_process, newsroom, unindexed
from natoqa.errors import LLMTimeoutError, SettingsError
from natoqa.serving.shared_index import SharedIndex
from natoqa.settings import Settings
from natoqa.types import Answer, AnswerSentence, Citation
from natoqa.ui import create_app
from natoqa.ui.server import listen, serve
from web_server import serving_all

pytestmark = pytest.mark.browser

INJECTION = (
    "<script>alert(1)</script> <img src=http://evil.example/a.png onerror=alert(2)> ![i](http://evil.example/b.png) "
    "[x](javascript:alert(3)) $$\\alpha$$ `tick` ${alert(4)} {{alert}} &lt;b&gt;bold&lt;/b&gt;"
)
HOSTILE = f"""---
title: 'Zeppelin {INJECTION}'
outlet: '<b onmouseover=alert(5)>Outlet</b>'
published: 2025-01-05
url: "javascript:alert(6)"
---
The zeppelin of Ruritania landed safely in the capital {INJECTION} on Sunday. It was greeted by a crowd.
"""


def chromium_executable() -> str:
    """Return the installed browser; without one these tests fail, as nobody would notice that they had not looked."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    pytest.fail("No Chromium found: install the package `chromium` (or Google Chrome) so that it is on the PATH.")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            flags.append("--no-sandbox")
        browser = playwright.chromium.launch(executable_path=chromium_executable(), args=[*flags, "--no-first-run"])
        yield browser
        browser.close()


Visit = Callable[..., Page]
Before = Callable[[Page], object]


Site = Callable[..., str]


@pytest.fixture
def site() -> Iterator[Site]:
    """Return a function that serves a page until the test is over, and gives its address."""
    with contextlib.ExitStack() as sites:
        yield lambda *given: sites.enter_context(serving_all(*given))


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Visit]:
    """Return a function that opens a page in a browser of its own; in the end nothing may have gone wrong in any.

    The browsers close before the `site`, as a page complains when its server goes away.
    """
    complaints: list[str] = []
    contexts = []

    def refuse(dialog: Dialog) -> None:
        complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def watch(page: Page) -> None:
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", refuse)
        page.on("request", lambda request: complaints.extend(outside(request.url)))

    def opened(url: str, *, width: int = 1280, height: int = 800, before: Before | None = None) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        watch(page)
        if before:
            before(page)
        page.goto(url)
        expect(page.get_by_label("Question")).to_be_visible(timeout=20_000)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def outside(url: str) -> list[str]:
    parts = urlsplit(url)
    return [] if parts.scheme in ("data", "blob") or parts.hostname == "127.0.0.1" else [f"request to {url}"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a page on three articles that no test changes."""
    with serving_all(newsroom(tmp_path_factory.mktemp("newsroom"), TROOPS, HARBOUR, HOSTILE)) as url:
        yield url


def ask(page: Page, question: str) -> Locator:
    """Ask, wait for the end of the answer, and return its turn."""
    before = page.locator(".turn").count()
    page.get_by_label("Question").fill(question)
    page.get_by_label("Question").press("Enter")
    expect(page.locator(".turn")).to_have_count(before + 1)
    turn = page.locator(".turn").last
    expect(turn.locator(".status")).to_be_visible(timeout=30_000)
    return turn


@contextlib.contextmanager
def holding_back(page: Page, part: str) -> Iterator[None]:
    """Hold back the next event whose data holds a text, and no other one."""
    held: list[Route] = []

    def attend(route: Route) -> None:
        if held or part not in (route.request.post_data or ""):
            route.continue_()
        else:
            held.append(route)

    page.route("**/run/predict*", attend)
    yield
    assert held, part
    for route in held:
        route.continue_()


# --- asking and citing --------------------------------------------------------------------------------------------


def test_an_answer_has_citations_that_open_the_quoted_sentence(address: str, visit: Visit) -> None:
    page = visit(address)
    turn = ask(page, ASKED)
    expect(turn.locator(".status")).to_have_text("Answered")
    turn.get_by_role("link", name="[1]").first.click()
    selected = page.locator("#sources .selected")
    expect(selected.locator("mark")).to_have_text(QUOTE)
    assert selected.locator("mark").text_content() == QUOTE
    expect(selected.locator("mark")).to_be_focused()
    expect(selected).to_contain_text("Ann Lee")
    expect(selected).to_contain_text("The meeting was the first of the year.")
    source = page.locator("#sources .source").first
    expect(source.get_by_role("heading")).to_have_text("Freedonia rules out troops for Sylvania")
    expect(source).to_contain_text("The Courier · 13 February 2025")
    original = source.get_by_role("link", name="Open the original")
    expect(original).to_have_attribute("href", "https://courier.example/troops")
    expect(original).to_have_attribute("target", "_blank")
    expect(original).to_have_attribute("rel", "noopener noreferrer")


def test_a_citation_opens_by_keyboard(address: str, visit: Visit) -> None:
    page = visit(address)
    turn = ask(page, ASKED)
    turn.get_by_role("link", name="[1]").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sources .selected mark")).to_be_focused()


def test_citations_of_earlier_answers_keep_working(address: str, visit: Visit) -> None:
    page = visit(address)
    ask(page, ASKED)
    ask(page, "How much did the harbour of Osterlich cost?")
    expect(page.locator("#sources")).to_contain_text("New harbour opens in Osterlich")
    page.locator("#turn-1").locator("a.citation").first.click()
    expect(page.locator("#sources .selected mark")).to_have_text(QUOTE)
    expect(page.locator("#sources .for")).to_have_text(ASKED)


def test_a_citation_opens_while_another_one_is_still_opening(address: str, visit: Visit) -> None:
    page = visit(address)
    ask(page, ASKED)
    ask(page, "How much did the harbour of Osterlich cost?")
    with holding_back(page, '"number"'):
        page.locator("#turn-2").locator("a.citation").first.click()
        page.locator("#turn-1").locator("a.citation").first.click()
        expect(page.locator("#sources .for")).to_have_text(ASKED)


def test_what_is_not_in_the_corpus_is_said_with_the_nearest_articles(address: str, visit: Visit) -> None:
    turn = ask(visit(address), "Who won the ice hockey championship of Freedonia?")
    expect(turn.locator(".status")).to_have_text("Not in the corpus")
    expect(turn).to_contain_text("Nearest articles:")
    assert turn.locator(".references li").count() >= 1
    assert turn.locator("a.citation").count() == 0


def test_an_example_question_is_asked_by_a_click(address: str, visit: Visit) -> None:
    page = visit(address)
    example = page.locator("#welcome button.example").first
    question = example.inner_text()
    example.click()
    expect(page.locator(".turn .asked")).to_have_text(question)
    expect(page.locator(".turn .status")).to_be_visible(timeout=30_000)
    expect(page.locator("#welcome")).to_be_hidden()


def test_an_empty_question_asks_nothing(address: str, visit: Visit) -> None:
    page = visit(address)
    page.get_by_label("Question").fill("   ")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_label("Question")).to_have_value("")
    assert page.locator(".turn").count() == 0


def test_a_question_of_100_000_characters_is_answered_with_a_sentence(address: str, visit: Visit) -> None:
    page = visit(address)
    turn = ask(page, "Freedonia “troops” " * 5300)
    expect(turn.locator(".status")).to_have_text("Not in the corpus")
    assert len(turn.inner_text()) < 3000


class QuotingIndex(SharedIndex):
    """Its chatbot answers with the nearest passage, quoted as it stands, whatever was asked."""

    def chatbot(self) -> Any:
        return self

    def stream(self, question: str) -> Iterator[str | Answer]:
        hit = self.index().search(question, k=1)[0]
        article = hit.article
        citation = Citation(
            1, hit.text, hit.start, hit.end, article, speaker=article.title, role=article.outlet, copies=(article,)
        )
        yield hit.text
        yield Answer(
            question,
            hit.text,
            "partial",
            "extractive",
            hit.text,
            sentences=(AnswerSentence(hit.text, (1,)),),
            citations=(citation,),
            nearest=(article,),
            notes=(article.title,),
        )


def test_hostile_articles_are_inert_text(tmp_path: Path, visit: Visit, site: Site) -> None:
    settings = newsroom(tmp_path, HOSTILE)
    page = visit(site(settings, QuotingIndex(settings)))
    turn = ask(page, "Where did the zeppelin land?")
    expect(turn.locator(".sentences")).to_contain_text(INJECTION)
    turn.locator("a.citation").first.hover()
    turn.locator("a.citation").first.click()
    expect(page.locator("#sources .selected mark")).to_contain_text(INJECTION)
    expect(page.locator("#sources h3").first).to_contain_text(INJECTION)
    expect(page.locator("#sources .origin").first).to_contain_text("<b onmouseover=alert(5)>Outlet</b>")
    assert page.locator("#sources :is(img, script, b), #transcript :is(img, script, b)").count() == 0
    assert page.locator("a[href^='javascript' i]").count() == 0
    page.locator("#sources .origin").first.hover()


def test_hostile_questions_are_inert_text(address: str, visit: Visit) -> None:
    turn = ask(visit(address), f"Who is {INJECTION}?")
    expect(turn.locator(".asked")).to_contain_text(INJECTION)
    assert turn.locator(":is(img, script)").count() == 0


def test_each_tab_has_its_own_conversation(address: str, visit: Visit) -> None:
    one, other = visit(address), visit(address)
    ask(one, ASKED)
    ask(other, "How much did the harbour of Osterlich cost?")
    expect(one.locator(".turn .asked")).to_have_text([ASKED])
    expect(other.locator(".turn .asked")).to_have_text(["How much did the harbour of Osterlich cost?"])
    expect(one.locator("#sources")).to_contain_text("Freedonia rules out troops")
    expect(other.locator("#sources")).to_contain_text("New harbour")


def test_a_question_asked_before_the_page_has_arrived_keeps_its_answer(address: str, visit: Visit) -> None:
    held: list[Route] = []
    page = visit(address, before=lambda page: page.route("**/run/predict*", lambda route: held.append(route)))
    ask(page, ASKED)
    page.route("**/run/predict*", lambda route: route.continue_())
    for route in held:
        route.continue_()
    for route in held:
        route.request.response()
    page.wait_for_timeout(500)
    expect(page.locator(".turn")).to_have_count(1)
    page.reload()
    expect(page.locator(".turn")).to_have_count(1)


def test_a_new_conversation_begins_empty(address: str, visit: Visit) -> None:
    page = visit(address)
    ask(page, ASKED)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#sources")).to_contain_text("The articles behind an answer appear here.")
    expect(page.locator("#welcome")).to_be_visible()
    expect(ask(page, ASKED)).to_have_id("turn-1")


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_sticks_out_sideways(address: str, visit: Visit, width: int) -> None:
    page = visit(address, width=width)
    ask(page, "Where did the zeppelin of Ruritania land safely?")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.get_by_label("Question").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_there_is_one_question_box_and_every_button_has_a_name(address: str, visit: Visit) -> None:
    page = visit(address)
    ask(page, ASKED)
    assert page.get_by_label("Question").count() == 1
    for button in page.get_by_role("button").all():
        assert button.inner_text().strip() or button.get_attribute("aria-label")


# --- the index ----------------------------------------------------------------------------------------------------


def test_an_article_indexed_by_another_process_is_found_without_a_restart(
    tmp_path: Path, visit: Visit, site: Site
) -> None:
    settings = newsroom(tmp_path, TROOPS)
    url = site(settings)
    page = visit(url)
    expect(page.locator("#index-status")).to_have_text("1 article · newest 13 February 2025")
    asked = "How much did the harbour of Osterlich cost?"
    expect(ask(page, asked).locator(".status")).to_have_text("Not in the corpus")
    (settings.corpus / "harbour.md").write_text(HARBOUR, encoding="utf-8")
    index_in_another_process(settings)
    expect(page.locator("#index-status")).to_have_text("2 articles · newest 1 March 2025", timeout=2000)
    turn = ask(page, asked)
    expect(turn).to_contain_text("40 million crowns")


def test_the_button_makes_the_index_and_takes_up_new_articles(tmp_path: Path, visit: Visit, site: Site) -> None:
    settings = unindexed(tmp_path, TROOPS)
    url = site(settings)
    page = visit(url)
    expect(page.locator("#welcome")).to_contain_text("No index yet")
    button = page.get_by_role("button", name="Re-index")
    button.click()
    expect(page.locator("#index-status")).to_contain_text("1 article · newest 13 February 2025", timeout=30_000)
    expect(page.locator("#index-status")).to_contain_text("Index is up to date: 1 added.")
    (settings.corpus / "harbour.md").write_text(HARBOUR, encoding="utf-8")
    (settings.corpus / "empty.md").write_text("", encoding="utf-8")
    button.click()
    expect(page.locator("#index-status")).to_contain_text("2 articles · newest 1 March 2025", timeout=30_000)
    expect(page.locator("#index-status")).to_contain_text("1 article could not be read")
    expect(button).to_be_enabled()
    expect(ask(page, "How much did the harbour of Osterlich cost?")).to_contain_text("40 million crowns")


def test_questions_without_an_index_get_a_plain_word(tmp_path: Path, visit: Visit, site: Site) -> None:
    url = site(unindexed(tmp_path, TROOPS))
    turn = ask(visit(url), ASKED)
    expect(turn.locator(".status")).to_have_text("No answer")
    expect(turn).to_contain_text("index")


def test_a_missing_corpus_gets_a_plain_word(tmp_path: Path, visit: Visit, site: Site) -> None:
    settings = Settings(corpus=tmp_path / "nowhere", index=tmp_path / "index", embedding_model="hashing")
    url = site(settings)
    page = visit(url)
    page.get_by_role("button", name="Re-index").click()
    expect(page.locator("#index-status .problem")).to_contain_text("nowhere", timeout=30_000)
    expect(page.locator("#index-status .hint")).to_be_visible()


def test_an_index_that_is_being_written_gets_a_plain_word(tmp_path: Path, visit: Visit, site: Site) -> None:
    from filelock import FileLock

    from natoqa.index import LOCK

    settings = newsroom(tmp_path, TROOPS)
    url = site(settings)
    page = visit(url)
    expect(page.locator("#index-status")).to_contain_text("1 article")
    with FileLock(settings.index / LOCK):
        page.get_by_role("button", name="Re-index").click()
        expect(page.locator("#index-status .hint")).to_contain_text("Wait until it has finished", timeout=30_000)
        expect(ask(page, ASKED).locator(".status")).to_have_text("Answered")


def test_closing_ends_a_reindex_and_the_next_one_finishes_it(tmp_path: Path) -> None:
    settings = unindexed(tmp_path, *(TROOPS.replace("March", f"year {number}") for number in range(40)))
    shared = SharedIndex(settings)
    shared.reindex()
    shared.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("natoqa-")]
    after = SharedIndex(settings)
    after.reindex()
    wait_until(lambda: not (run := after.state().reindexing) or not run.running)
    status = after.state().status
    after.close()
    assert status is not None
    assert status.articles == 40


# --- streaming and failures, with a chatbot that waits for the test ------------------------------------------------


class HeldChatbot:
    """Says the first half of a real answer and waits for `release`; or raises what it was given."""

    def __init__(self, real: Any, release: threading.Event, failure: Exception | None) -> None:
        self.real, self.release, self.failure = real, release, failure

    def stream(self, question: str) -> Iterator[str | Answer]:
        if self.failure:
            raise self.failure
        answer = self.real.ask(question)
        yield answer.text[:40]
        self.release.wait(30)
        yield answer.text[40:]
        yield answer


class HeldIndex(SharedIndex):
    def __init__(self, settings: Settings, failure: Exception | None = None) -> None:
        super().__init__(settings)
        self.release, self.failure = threading.Event(), failure

    def chatbot(self) -> Any:
        return HeldChatbot(super().chatbot(), self.release, self.failure)


def test_the_answer_is_shown_while_it_is_written(tmp_path: Path, visit: Visit, site: Site) -> None:
    settings = newsroom(tmp_path, TROOPS)
    shared = HeldIndex(settings)
    expected = SharedIndex(settings).chatbot().ask(ASKED)
    url = site(settings, shared)
    page = visit(url)
    page.get_by_label("Question").fill(ASKED)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".turn .streaming")).to_have_text(expected.text[:40].strip(), timeout=30_000)
    expect(page.locator(".turns")).to_have_attribute("aria-busy", "true")
    expect(page.get_by_role("button", name="Ask")).to_be_disabled()
    shared.release.set()
    expect(page.locator(".turn .answered")).to_be_visible()
    expect(page.locator(".turns")).to_have_attribute("aria-busy", "false")
    expect(page.get_by_role("button", name="Ask")).to_be_enabled()


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (LLMTimeoutError("The language model did not answer within 60 seconds."), "did not answer within 60 seconds"),
        (RuntimeError("secret path /root"), "The question could not be answered."),
    ],
)
def test_failures_are_told_in_plain_words(
    tmp_path: Path, visit: Visit, site: Site, failure: Exception, told: str
) -> None:
    settings = newsroom(tmp_path, TROOPS)
    shared = HeldIndex(settings, failure)
    url = site(settings, shared)
    page = visit(url)
    turn = ask(page, ASKED)
    expect(turn).to_contain_text(told)
    expect(turn).not_to_contain_text("secret")
    expect(turn).not_to_contain_text("Traceback")
    expect(page.get_by_role("button", name="Ask")).to_be_enabled()


# --- the server ---------------------------------------------------------------------------------------------------


def status_of(url: str, **headers: str) -> int:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return int(response.status)
    except HTTPError as error:
        return error.code


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=corpus/0.md",
        "/gradio_api/file/etc/passwd",
        "/file=/etc/passwd",
        "/gradio_api/upload",
        "/gradio_api/proxy=http://evil.example",
        "/proxy=http://evil.example/",
        "/docs",
        "/openapi.json",
    ],
)
def test_gradios_ways_to_files_are_shut(address: str, path: str) -> None:
    assert status_of(address + path) == 404


def test_another_name_for_this_machine_is_refused(address: str) -> None:
    port = urlsplit(address).port
    assert status_of(address, Host=f"localhost:{port}") == 200
    assert status_of(address, Host="rebound.example") == 421


@pytest.mark.parametrize(("origin", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 422)])
def test_another_site_cannot_press_the_buttons(address: str, origin: str, status: int) -> None:
    """An empty request of the page's own gets as far as Gradio, which cannot make sense of it."""
    request = urllib.request.Request(f"{address}/gradio_api/queue/join", data=b"{}", headers={"Sec-Fetch-Site": origin})
    request.add_header("Content-Type", "application/json")
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(request, timeout=10)
    assert caught.value.code == status


def test_a_huge_request_is_refused(address: str) -> None:
    with contextlib.closing(HTTPConnection(urlsplit(address).netloc, timeout=10)) as connection:
        connection.putrequest("POST", "/gradio_api/queue/join")
        connection.putheader("Content-Length", "1100000")
        connection.endheaders()
        assert connection.getresponse().status == 413


def test_an_idle_server_sleeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gradio looks for questions a thousand times a second unless it is told otherwise, by attributes of its own."""
    with gr.Blocks() as usual:
        usual.queue()
    built: list[gr.Blocks] = []
    monkeypatch.setattr(gr, "mount_gradio_app", lambda app, blocks, **_: built.append(blocks))
    create_app(Settings(index=tmp_path / "index"))
    [queue] = [blocks._queue for blocks in built]
    assert queue.sleep_when_free >= 0.02 > usual._queue.sleep_when_free
    assert queue.progress_update_sleep_when_free >= 1 > usual._queue.progress_update_sleep_when_free


def test_no_event_is_offered_to_programs(address: str) -> None:
    with urllib.request.urlopen(f"{address}/gradio_api/info", timeout=10) as response:
        assert response.read().replace(b" ", b"") == b'{"named_endpoints":{},"unnamed_endpoints":{}}'


def test_the_page_may_not_be_framed_or_load_from_elsewhere(address: str) -> None:
    with urllib.request.urlopen(address, timeout=10) as response:
        assert response.headers["X-Frame-Options"] == "DENY"
        policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src-attr 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_busy_port_is_a_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"port {port} is in use") as caught:
            serve(Settings(port=port))
    assert "--port" in caught.value.hint


@pytest.mark.parametrize("host", ["256.1.1.1", "no such host", "203.0.113.7"])
def test_a_host_that_is_not_here_is_a_clear_error(host: str) -> None:
    with pytest.raises(SettingsError, match="cannot listen"):
        listen(host, 0)


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_the_command_serves_until_interrupted(tmp_path: Path, chromium: Browser, host: str, warned: bool) -> None:
    settings = newsroom(tmp_path, TROOPS)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "natoqa", "chat", "--host", host, "--port", str(port)]
    environment = os.environ | {
        "NATOQA_CORPUS": str(settings.corpus),
        "NATOQA_INDEX": str(settings.index),
        "NATOQA_EMBEDDING_MODEL": "hashing",
    }
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        wait_until(lambda: accepts(port))
        with chromium.new_context() as context:
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{port}")
            expect(page.locator("#index-status")).to_contain_text("1 article", timeout=20_000)
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 130
    assert f":{port}" in told
    assert ("warning: anyone" in told) is warned
    assert "Traceback" not in told


def accepts(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "waited for a minute"
        time.sleep(0.1)


# --- the whole way ------------------------------------------------------------------------------------------------


@pytest.mark.model
def test_the_starter_corpus_answers_the_question_of_the_readme(tmp_path: Path, visit: Visit, site: Site) -> None:
    settings = Settings(corpus=Path(__file__).parent.parent / "corpus", index=tmp_path / "index")
    shared = SharedIndex(settings)
    url = site(settings, shared)
    page = visit(url)
    page.get_by_role("button", name="Re-index").click()
    expect(page.locator("#index-status")).to_contain_text("Index is up to date", timeout=120_000)
    turn = ask(page, "Will US troops go to Ukraine?")
    expect(turn.locator(".status")).to_have_text("Answered")
    turn.get_by_role("link", name="[1]").first.click()
    selected = page.locator("#sources .selected")
    expect(selected).to_contain_text("Hegseth")
    quote = selected.locator("mark.current").text_content()
    [citation] = [each for each in shared.chatbot().ask("Will US troops go to Ukraine?").citations if each.number == 1]
    assert quote == citation.quote
