"""The whole server: below a proxy's path, with tools beside the page, with a log that programs read."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from playwright.sync_api import Browser, expect
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from api_server import ASKED, QUOTE, TROOPS, newsroom
from natoqa import Index
from natoqa.errors import SettingsError
from natoqa.serving import prefix
from natoqa.serving.logs import json_line
from natoqa.settings import Settings
from natoqa.ui.server import warnings, web_server
from natoqa.users import Users
from test_fetching import Reply, Web, web  # noqa: F401 -- a fixture
from test_fetching import page as fetched_page
from test_ui_page import chromium  # noqa: F401 -- a fixture
from web_server import HTML, Tab, running, serving_all

pytestmark = pytest.mark.process

PASSWORD = "correct horse battery"


# --- below a proxy's path -----------------------------------------------------------------------------------------


@contextlib.contextmanager
def proxying(target: str, *, path: str, strips: bool) -> Iterator[str]:
    """Serve a reverse proxy that shows `target` below `path`, and yield its address."""
    client = httpx.AsyncClient(base_url=target, timeout=60)

    async def forward(request: Request) -> StreamingResponse:
        sent = request.url.path.removeprefix(path) if strips else request.url.path
        headers = [(name, value) for name, value in request.headers.items() if name != "connection"]
        headers += [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-proto", "http")]
        url = f"{sent}?{request.url.query}" if request.url.query else sent
        asked = client.build_request(request.method, url, headers=headers, content=await request.body())
        answered = await client.send(asked, stream=True)
        answer = StreamingResponse(
            answered.aiter_raw(), answered.status_code, background=BackgroundTask(answered.aclose)
        )
        answer.raw_headers = [each for each in answered.headers.raw if each[0].lower() != b"connection"]
        return answer

    methods = ["GET", "HEAD", "POST"]
    # What browsers look for at the root is the proxy's affair.
    icon = Route("/favicon.ico", lambda _: Response(status_code=204))
    proxy = Starlette(routes=[icon, Route(f"{path}{{rest:path}}", forward, methods=methods)])
    with running(proxy) as address:
        yield f"{address}{path}"


@pytest.mark.browser
@pytest.mark.parametrize("strips", [True, False], ids=["taken off", "left on"])
def test_page_login_and_api_work_below_a_proxys_path(
    tmp_path: Path,
    chromium: Browser,  # noqa: F811
    strips: bool,
) -> None:
    settings = newsroom(tmp_path, TROOPS, root_path="/news", api_keys="a-key")
    Users(settings.data_folder).add("ann", PASSWORD)
    with serving_all(settings) as target, proxying(target, path="/news", strips=strips) as url:
        assert httpx.get(f"{url}/healthz").json() == {"status": "ok"}
        assert httpx.get(f"{target}/readyz").json() == {"status": "ready"}
        assert httpx.post(f"{url}/api/ask", json={"question": ASKED}).status_code == 401
        keyed = {"authorization": "Bearer a-key"}
        assert httpx.post(f"{url}/api/ask", json={"question": ASKED}, headers=keyed).json()["status"] == "answered"
        assert httpx.get(f"{url}/gradio_api/file=/etc/passwd").status_code == 404
        led = httpx.get(f"{url}/", headers=HTML)
        assert led.headers["location"] == "/news/login?next=%2Fnews%2F"

        context = chromium.new_context()
        page = context.new_page()
        wrong: list[str] = []
        page.on(
            "console",
            lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on("request", lambda sent: wrong.append(sent.url) if not sent.url.startswith(("data:", url)) else None)
        page.goto(f"{url}/")
        page.get_by_label("Name").fill("ann")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.get_by_label("Question").fill(ASKED)
        page.get_by_label("Question").press("Enter")
        expect(page.locator(".turn .status")).to_have_text("Answered", timeout=30_000)
        assert [each["path"] for each in context.cookies() if each["name"] == "natoqa_session"] == ["/news"]
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_label("Password")).to_be_visible()
        assert page.url == f"{url}/login"
        context.close()
    assert wrong == []


@pytest.mark.browser
@pytest.mark.parametrize("strips", [True, False], ids=["taken off", "left on"])
def test_a_conversation_is_found_again_and_taken_along_below_a_proxys_path(
    tmp_path: Path,
    chromium: Browser,  # noqa: F811
    strips: bool,
) -> None:
    settings = newsroom(tmp_path, TROOPS, root_path="/news")
    Users(settings.data_folder).add("ann", PASSWORD)
    with serving_all(settings) as target, proxying(target, path="/news", strips=strips) as url:
        context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        wrong: list[str] = []
        page.on("request", lambda sent: wrong.append(sent.url) if not sent.url.startswith(("data:", url)) else None)

        def log_in() -> None:
            page.get_by_label("Name").fill("ann")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Log in").click()

        def shows_the_answer() -> None:
            expect(page.locator(".turn .status")).to_have_text("Answered", timeout=30_000)
            expect(page.locator(".turn")).to_have_count(1)

        page.goto(f"{url}/")
        log_in()
        page.get_by_label("Question").fill(ASKED)
        page.get_by_label("Question").press("Enter")
        shows_the_answer()
        expect(page).to_have_url(re.compile(re.escape(url) + r"/\?c=[0-9a-f]{32}$"))
        address = page.url

        # The link of the list, the address typed anew, the copied link: all below the path.
        assert page.locator(".conversations a.open").evaluate("link => link.href") == address
        page.get_by_role("button", name="Copy link").click()
        expect(page.locator(".turn .said")).to_have_text("Copied.")
        assert page.evaluate("navigator.clipboard.readText()").startswith(f"{url}/?q=")
        for name in ("Markdown", "JSON", "Page to print"):
            with page.expect_download() as downloading:
                page.locator("#exports").get_by_role("link", name=name).click()
            assert downloading.value.url.startswith(f"{url}/export/")
            assert "Freedonia will not send troops" in Path(downloading.value.path()).read_text(encoding="utf-8")
        page.goto(f"{url}/corpus")
        page.get_by_role("link", name="Ask").click()
        expect(page).to_have_url(f"{url}/")
        page.locator(".conversations a.open").click()
        shows_the_answer()
        expect(page).to_have_url(address)

        # A session that ends leads to the login and back, without leaving the path either.
        kept = {each["name"]: each["value"] for each in context.cookies()}
        assert httpx.post(f"{url}/logout", cookies=kept).headers["location"] == "/news/login"
        expect(page.get_by_label("Password")).to_be_visible(timeout=20_000)
        assert page.url.startswith(f"{url}/login?")
        log_in()
        expect(page).to_have_url(address)
        shows_the_answer()
        context.close()
    assert wrong == []


def test_the_path_without_its_slash_leads_to_the_page(tmp_path: Path) -> None:
    with serving_all(newsroom(tmp_path, TROOPS, root_path="/news/")) as url:
        assert httpx.get(f"{url}/news").headers["location"] == "/news/"
        assert httpx.get(f"{url}/news/", headers=HTML).status_code == 200


@pytest.mark.parametrize("path", ["news", "/ne ws", "/a//b", "/../b", "/.", "/api", "/mcp/x", "https://a.example/b"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(SettingsError):
        prefix.checked(path)


@pytest.mark.parametrize(
    ("given", "host", "status"),
    [
        ({}, "news.example", 421),
        ({"allowed_hosts": "news.example other.example"}, "News.Example:8443", 200),
        ({"allowed_hosts": "news.example"}, "evil.example", 421),
        ({"allowed_hosts": "news.example", "host": "0.0.0.0"}, "evil.example", 421),
        ({"host": "0.0.0.0"}, "any.example", 200),
        ({"allowed_hosts": "news.example"}, "localhost", 200),
    ],
)
def test_the_page_answers_to_its_own_names(tmp_path: Path, given: dict[str, str], host: str, status: int) -> None:
    with serving_all(newsroom(tmp_path, **given)) as url:
        assert httpx.get(f"{url}/healthz", headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    ("given", "users", "told"),
    [
        ({}, False, []),
        ({}, True, []),
        ({"host": "0.0.0.0"}, False, ["anyone who can reach 0.0.0.0"]),
        ({"host": "0.0.0.0"}, True, ["passwords travel unencrypted"]),
        ({"host": "0.0.0.0", "login": "never"}, True, ["anyone who can reach 0.0.0.0"]),
        ({"login": "always"}, False, ["nobody can log in"]),
        ({"root_path": "/news"}, False, ["anyone whom a proxy brings"]),
        ({"root_path": "/news"}, True, ["without api_keys"]),
        ({"root_path": "/news", "api_keys": "a"}, True, []),
    ],
)
def test_the_operator_is_warned(tmp_path: Path, given: dict[str, Any], users: bool, told: list[str]) -> None:
    settings = Settings(data=tmp_path, **given)
    if users:
        Users(tmp_path).add("ann", PASSWORD)
    found = list(warnings(settings))
    assert len(found) == len(told)
    assert all(line.startswith(start) for line, start in zip(found, told, strict=True))


# --- tools beside the page ----------------------------------------------------------------------------------------


def call(url: str, tool: str, key: str | None = None, **arguments: Any) -> Any:
    async def calling() -> Any:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        async with create_mcp_http_client(headers=headers) as http:
            address = f"{url}/mcp"
            async with Client(streamable_http_client(address, http_client=http) if key else address) as client:
                return await client.call_tool(tool, arguments)

    # In a thread, as the browser's own event loop may run in this one.
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, calling()).result(60)


def test_the_official_client_calls_the_tools_beside_the_page(tmp_path: Path) -> None:
    with serving_all(newsroom(tmp_path, TROOPS)) as url:
        answer = call(url, "ask", question=ASKED)
        assert answer.structured_content["citations"][0]["quote"] == QUOTE
        article = call(url, "get_article", article_id=answer.structured_content["citations"][0]["article_id"])
        assert "Hotels in the city are fully booked." in article.structured_content["text"]
        assert httpx.get(f"{url}/", headers=HTML).status_code == 200


def test_the_tools_stand_behind_the_gate_and_below_the_path(tmp_path: Path) -> None:
    settings = newsroom(tmp_path, TROOPS, api_keys="a-key", root_path="/news", login="always")
    with serving_all(settings) as url:
        assert call(f"{url}/news", "ask", key="a-key", question=ASKED).structured_content["status"] == "answered"
        asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        accept = {"accept": "application/json, text/event-stream"}
        assert httpx.post(f"{url}/mcp", json=asked, headers=accept).status_code == 401
        foreign = accept | {"authorization": "Bearer a-key", "origin": "http://evil.example"}
        assert httpx.post(f"{url}/mcp", json=asked, headers=foreign).status_code == 403


def test_tools_take_the_places_of_the_questions(tmp_path: Path) -> None:
    settings = newsroom(tmp_path, TROOPS, questions_at_once=1, questions_waiting=0)
    from natoqa.serving.asker import THIS_PROCESS
    from natoqa.serving.shared_index import SharedIndex

    shared = SharedIndex(settings)
    with serving_all(settings, shared) as url, shared.places.held(THIS_PROCESS):
        refused = call(url, "ask", question=ASKED)
        assert refused.is_error
        assert "Too many questions are waiting." in refused.content[0].text


# --- the log ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def chatting(settings: Settings, **variables: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Run `natoqa chat --log-format json`; yields its address and, once it has ended, the lines of its log."""
    folders = ["--corpus", str(settings.corpus), "--index", str(settings.index), "--port", "0"]
    environment = os.environ | {"NATOQA_EMBEDDING_MODEL": "hashing"} | variables
    command = [sys.executable, "-m", "natoqa", "chat", *folders, "--log-format", "json", "--json"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines: list[dict[str, Any]] = []
    written = ""
    while not written.rstrip().endswith("}"):
        line = process.stdout.readline()
        assert line, "the server ended"
        written += line
    try:
        yield json.loads(written)["url"], lines
    finally:
        process.send_signal(signal.SIGINT)
        _, log = process.communicate(timeout=60)
        # The last one is for the person who pressed Ctrl-C.
        lines += [json.loads(line) for line in log.splitlines() if line != "interrupted"]


def test_ctrl_c_does_not_wait_for_a_fetch(tmp_path: Path, web: Web) -> None:  # noqa: F811
    settings = newsroom(tmp_path, TROOPS)
    over = threading.Event()

    def say_nothing(_: object) -> None:
        over.wait(60)

    web.pages["/light"] = Reply(fetched_page("Lighthouse lit"))
    web.pages["/silent"] = Reply(wrong=say_nothing)
    (settings.corpus / "sources.toml").write_text(f'addresses = ["{web.address}/light", "{web.address}/silent"]\n')

    def reindex(url: str) -> None:
        with contextlib.suppress(httpx.HTTPError):
            httpx.post(f"{url}/api/index", timeout=60)

    with chatting(settings, NATOQA_FETCH_PRIVATE="true", NATOQA_LOGIN="never") as (url, _):
        thread = threading.Thread(target=reindex, args=[url])
        thread.start()
        while "/silent" not in web.asked:
            time.sleep(0.02)
        stopped = time.monotonic()
    assert time.monotonic() - stopped < 8
    over.set()
    thread.join(20)
    with Index.open(settings.index, settings=settings) as index:
        # What was fetched before is kept.
        assert index.sync(settings.corpus, fetch=False).added == 1


@pytest.mark.parametrize("with_questions", [False, True])
def test_the_log_tells_what_happened_and_nothing_of_what_was_said(tmp_path: Path, with_questions: bool) -> None:
    settings = newsroom(tmp_path, TROOPS)
    asked = "Did Gummo sail to Freedonia yesterday?"
    with (
        chatting(settings, NATOQA_LOG_QUESTIONS="yes" if with_questions else "no", NATOQA_LOGIN="never") as (url, log),
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        status = client.post("/api/ask", json={"question": ASKED}, headers={"x-request-id": "from-a-proxy"})
        assert status.headers["x-request-id"] == "from-a-proxy"
        client.post("/v1/chat/completions", json={"model": "x", "messages": [{"role": "user", "content": asked}]})
        client.get("/api/articles/no-such-article")
        client.get("/healthz")
        Tab(client).ask(ASKED)
    requests = {(each["method"], each["route"]): each for each in log if each["event"] == "request"}
    assert requests["POST", "/api/ask"]["request_id"] == "from-a-proxy"
    assert requests["POST", "/api/ask"]["duration_ms"] > 0
    assert requests["GET", "/api/articles/{article_id}"]["status"] == 404
    assert ("GET", "/healthz") not in requests
    first, second, third = (each for each in log if each["event"] == "question")
    assert (first["door"], first["outcome"], first["request_id"]) == ("api", "answered", "from-a-proxy")
    assert second["outcome"] == "not_in_corpus"
    assert (third["door"], third["outcome"]) == ("page", "answered")
    assert third["request_id"]
    assert first["who"] == second["who"]
    assert len(first["who"]) == 8
    assert any(url in each.get("message", "") for each in log)
    everything = json.dumps(log)
    for secret in ("Freedonia", "Gummo", "no-such-article", "Ann Lee"):
        assert (secret in everything) is (with_questions and secret in f"{ASKED} {asked}"), secret


def test_an_idle_connection_outlasts_what_a_proxy_keeps_of_it(tmp_path: Path) -> None:
    nginx_s = 60
    with serving_all(newsroom(tmp_path, TROOPS)) as url:
        address = httpx.URL(url)
        connection = http.client.HTTPConnection(address.host, address.port, timeout=60)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
        connection.auto_open = 0  # a closed one is not opened anew
        time.sleep(6)  # by default it is closed after 5
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
    assert web_server(Starlette()).config.timeout_keep_alive > nginx_s


def test_a_record_is_one_line_that_no_terminal_obeys() -> None:
    try:
        raise ValueError("a\nb")
    except ValueError:
        record = logging.LogRecord("natoqa", logging.ERROR, "", 0, "x\x1b[2J\n%s", ("é",), sys.exc_info())
    line = json_line(record)
    assert line.isprintable()
    assert line.isascii()
    told = json.loads(line)
    assert (told["level"], told["message"]) == ("error", "x\x1b[2J\né")
    assert "ValueError" in told["traceback"]


# --- what was used ------------------------------------------------------------------------------------------------


def test_the_official_client_is_told_the_usage(tmp_path: Path) -> None:
    with serving_all(newsroom(tmp_path, TROOPS)) as url:
        client = openai.OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0)
        messages: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": ASKED}]
        whole = client.chat.completions.create(model="natoqa", messages=messages)
        assert whole.usage is not None
        words = len((whole.choices[0].message.content or "").split())
        assert whole.usage.prompt_tokens == 2 + len(ASKED.split())
        assert whole.usage.completion_tokens == words > 5
        assert whole.usage.total_tokens == whole.usage.prompt_tokens + words
        *pieces, last = client.chat.completions.create(
            model="natoqa", messages=messages, stream=True, stream_options={"include_usage": True}
        )
        assert last.usage == whole.usage
        assert last.choices == []
        assert all(piece.usage is None and piece.choices for piece in pieces)
        assert all(piece.choices for piece in client.chat.completions.create(model="x", messages=messages, stream=True))
