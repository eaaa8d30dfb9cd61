"""natoqa as an MCP server, called by the official client: over stdio as a real process, over HTTP on loopback."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult

from conftest import ROOT
from natoqa import Chatbot, Index, IndexMissingError, Settings
from natoqa.cli.commands import natoqa
from natoqa.cli.process import run
from natoqa.mcp import http_app
from natoqa.mcp.serving import server
from natoqa.mcp.tools import LONGEST_PIECE, MOST_HITS, TOOLS

pytestmark = pytest.mark.process

ARTICLES = {
    "harbour.md": """\
---
title: The harbour closes
outlet: Larn Valley News
published: 2024-05-03
---
The old quay is cracked. Mayor Ada Holm said the harbour would close on 1 June. Fishermen protested at once.
""",
    "hostile.md": "# Weather \x1b]0;owned\x07\n\nThe weather\x1b[2J in Lisbon was sunny\u202e on all festival days.\n",
    "long.md": f"# A long report\n\n{'The committee met again. ' * 6_000}\n",
}
QUESTION = "When would the harbour close?"
GUIDE = (ROOT / "docs" / "mcp.md").read_text(encoding="utf-8")

Calls = Callable[[Client], Awaitable[Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus and its index; tests only read it."""
    folder = tmp_path_factory.mktemp("indexed")
    (folder / "corpus").mkdir()
    for name, text in ARTICLES.items():
        (folder / "corpus" / name).write_text(text, "utf-8")
    with Index.open(folder / "index", settings=Settings(embedding_model="hashing")) as index:
        index.sync(folder / "corpus")
    return folder


@pytest.fixture(scope="module")
def filled(folder: Path) -> Iterator[Index]:
    with Index.open(folder / "index", settings=Settings(embedding_model="hashing")) as index:
        yield index


def _process(folder: Path, *arguments: str) -> StdioServerParameters:
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "natoqa", *(arguments or ["mcp"])],
        env=os.environ | {"NATOQA_EMBEDDING_MODEL": "hashing"},
        cwd=folder,
    )


def _with(target: Any, calls: Calls, **options: Any) -> Any:
    async def connected() -> Any:
        async with Client(target, **options) as client:
            return await calls(client)

    return anyio.run(connected)


def _call(index: Callable[[], Index], tool: str, **arguments: Any) -> CallToolResult:
    """Call a tool of a server in this process."""

    async def calls(client: Client) -> Any:
        return await client.call_tool(tool, arguments)

    result = _with(server(index), calls)
    assert isinstance(result, CallToolResult)
    return result


def _text(result: CallToolResult) -> str:
    (content,) = result.content
    assert content.type == "text"
    return content.text


# The tools


def test_the_tools_say_what_they_take_and_only_read(filled: Index) -> None:
    async def calls(client: Client) -> Any:
        return (await client.list_tools()).tools, client.server_info, client.instructions

    tools, info, instructions = _with(server(lambda: filled), calls)
    assert [tool.name for tool in tools] == ["ask", "search", "get_article"]
    assert info.name == "natoqa"
    assert "get_article" in instructions
    for tool in tools:
        assert tool.annotations.read_only_hint
        assert tool.input_schema["additionalProperties"] is False
        for about in tool.input_schema["properties"].values():
            assert about["description"]
    assert tools[0].input_schema["required"] == ["question"]


def test_ask_gives_the_documented_json_and_readable_text(filled: Index) -> None:
    result = _call(lambda: filled, "ask", question=QUESTION, until="2024-12-31", outlet="larn valley news")
    answer = Chatbot(filled).ask(QUESTION, until="2024-12-31", outlet="larn valley news").to_dict()
    assert not result.is_error
    document = result.structured_content
    assert document == json.loads(json.dumps(answer)) | {"elapsed_ms": document["elapsed_ms"]}
    citation = document["citations"][0]
    assert filled.article(citation["article_id"]).text[citation["start"] : citation["end"]] == citation["quote"]
    text = _text(result)
    assert (
        "[1] “Mayor Ada Holm said the harbour would close on 1 June.”\n    Ada Holm (Mayor) · Larn Valley News" in text
    )
    assert f"[1] {citation['article_id']}" in text


def test_an_abstention_names_the_nearest_articles_and_is_no_error(filled: Index) -> None:
    result = _call(lambda: filled, "ask", question="How many tanks did Brazil send to Peru?")
    assert not result.is_error
    assert result.structured_content["status"] == "not_in_corpus"
    for article in result.structured_content["nearest"]:
        assert f"- {article['article_id']}" in _text(result)


def test_each_question_stands_alone(filled: Index) -> None:
    async def calls(client: Client) -> Any:
        await client.call_tool("ask", {"question": QUESTION})
        return await client.call_tool("ask", {"question": "And what did Holm say about that?"})

    document = _with(server(lambda: filled), calls).structured_content
    assert document["query"] == document["question"]


def test_search_gives_the_ranked_passages(filled: Index) -> None:
    result = _call(lambda: filled, "ask", question=QUESTION, outlet=["nobody", "larn valley news"])
    assert result.structured_content["filters"] == {"outlet": ["nobody", "larn valley news"]}
    result = _call(lambda: filled, "search", query="harbour quay", k=2, since="", outlet=None)
    assert result.structured_content == json.loads(json.dumps(filled.retrieve("harbour quay", k=2).to_dict()))
    hit = result.structured_content["hits"][0]
    assert (hit["rank"], hit["title"]) == (1, "The harbour closes")
    assert f"1. {hit['article_id']}" in _text(result)


def test_an_article_comes_in_pieces_that_fit_together(filled: Index) -> None:
    (long,) = (article for article in filled.articles() if article.path == "long.md")
    got, start = "", 0
    while True:
        piece = _call(lambda: filled, "get_article", article_id=long.article_id, start=start, length=LONGEST_PIECE)
        document = piece.structured_content
        assert (document["start"], document["length"]) == (start, len(long.text))
        got, start = got + document["text"], document["end"]
        if start == document["length"]:
            break
    assert got == long.text
    assert f"Characters 100000 to {len(long.text)} of {len(long.text)}." in _text(piece)
    beyond = _call(lambda: filled, "get_article", article_id=long.article_id, start=10**9)
    assert beyond.structured_content["text"] == ""


def test_a_superseded_text_is_there_under_its_version(index: Index, corpus: Path) -> None:
    (corpus / "a.md").write_text("The first text.\n", "utf-8")
    index.sync(corpus)
    (corpus / "a.md").write_text("The second text.\n", "utf-8")
    index.sync(corpus)
    (article,) = index.articles()
    old = _call(lambda: index, "get_article", article_id=article.article_id, version=1)
    new = _call(lambda: index, "get_article", article_id=article.article_id)
    assert (old.structured_content["text"], new.structured_content["text"]) == ("The first text.", "The second text.")
    assert "Characters" not in _text(new)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("search", {"query": "weather in Lisbon"}),
        ("ask", {"question": "How was the weather in Lisbon?"}),
        ("ask", {"question": "What\x1b[2J?", "outlet": "\x1b]0;owned\x07"}),
        ("search", {"query": "\x9b\u202eweather", "since": "\x1b"}),
    ],
)
def test_no_text_steers_a_terminal_that_shows_it(filled: Index, tool: str, arguments: dict[str, Any]) -> None:
    result = _call(lambda: filled, tool, **arguments)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", _text(result))


@pytest.mark.parametrize(
    ("tool", "arguments", "named"),
    [
        ("ask", {}, "question"),
        ("ask", {"question": ""}, "question"),
        ("ask", {"question": "why " * 1_000}, "question"),
        ("ask", {"question": 7}, "question"),
        ("ask", {"question": QUESTION, "when": "now"}, "when"),
        ("ask", {"question": QUESTION, "since": "yesterday"}, "since"),
        ("ask", {"question": QUESTION, "since": "2025-01-02", "until": "2025-01-01"}, "since"),
        ("ask", {"question": QUESTION, "outlet": "x" * 301}, "outlet"),
        ("ask", {"question": QUESTION, "outlet": ["The Echo", "x" * 301]}, "outlet"),
        ("search", {"query": " ?! "}, "query"),
        ("search", {"query": "ships", "k": 0}, "k"),
        ("search", {"query": "ships", "k": MOST_HITS + 1}, "k"),
        ("search", {"query": "ships", "k": "many"}, "k"),
        ("get_article", {"article_id": "nobody"}, "nobody"),
        ("get_article", {"article_id": "x", "start": -1}, "start"),
        ("get_article", {"article_id": "x", "length": LONGEST_PIECE + 1}, "length"),
        ("get_article", {"article_id": "x", "version": 10**30}, "version"),
        ("get_article", {"article_id": "../../etc/passwd"}, "no article"),
        ("delete", {}, "no such tool"),
    ],
)
def test_a_wrong_call_is_a_tool_error_that_says_what_and_what_to_do(
    filled: Index, tool: str, arguments: dict[str, Any], named: str
) -> None:
    result = _call(lambda: filled, tool, **arguments)
    assert result.is_error
    assert re.fullmatch(r"error: .+\nhint: .+", _text(result))
    assert named in _text(result).splitlines()[0].casefold()
    assert set(result.structured_content) == {"error", "hint"}
    assert "x" * 301 not in _text(result)


_JSON = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.lists(st.text(), max_size=2)
)
_FIELDS = st.sampled_from(
    ["question", "query", "article_id", "since", "until", "outlet", "k", "start", "length", "extra"]
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # other work on the machine is no fault of the tools
@given(st.sampled_from(sorted(TOOLS)), st.dictionaries(_FIELDS, _JSON, max_size=4))
def test_whatever_the_arguments_the_result_is_a_document_or_a_hint(tool: str, arguments: dict[str, Any]) -> None:
    def missing() -> Index:
        raise IndexMissingError("there is no index")

    result = TOOLS[tool].call(missing, arguments)
    assert result.failed
    assert result.document["hint"]
    assert re.fullmatch(r"error: .+\nhint: .+", result.text, re.DOTALL)


def test_an_unforeseen_error_stays_in_the_log(filled: Index, caplog: pytest.LogCaptureFixture) -> None:
    def failing() -> Index:
        raise RuntimeError("secret")

    result = _call(failing, "search", query="ships")
    assert result.is_error
    assert "secret" not in _text(result)
    assert "secret" in caplog.text


# stdio


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_real_process_serves_the_official_client(folder: Path, mode: str) -> None:
    async def calls(client: Client) -> Any:
        answers: list[Any] = []

        async def ask(question: str) -> None:
            answers.append(await client.call_tool("ask", {"question": question}))

        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(ask, QUESTION)
        wrong = await client.call_tool("get_article", {"article_id": "nobody"})
        return answers, wrong

    answers, wrong = _with(_process(folder), calls, mode=mode)
    assert [answer.structured_content["status"] for answer in answers] == ["answered"] * 4
    assert wrong.is_error


def test_stdout_carries_the_protocol_only(folder: Path) -> None:
    noisy = (
        "import os, sys\nfrom natoqa.index import Index\nbefore = Index.retrieve\n"
        "def noise(*args, **more):\n"
        "    print('printed'); os.write(1, b'written'); os.system('echo echoed')\n"
        "    return before(*args, **more)\n"
        "Index.retrieve = noise\nsys.argv = ['natoqa', 'mcp', '-vv']\nfrom natoqa.cli import main\nsys.exit(main())"
    )
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        "this is no message",
        {
            "jsonrpc": "2.0",
            "id": 2,
            "method": "tools/call",
            "params": {"name": "ask", "arguments": {"question": QUESTION}},
        },
    ]
    process = subprocess.Popen(
        [sys.executable, "-c", noisy],
        cwd=folder,
        env=os.environ | {"NATOQA_EMBEDDING_MODEL": "hashing"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write("".join(f"{json.dumps(message)}\n" for message in messages))
    process.stdin.flush()
    said = [json.loads(process.stdout.readline())]
    while said[-1].get("id") != 2:
        said.append(json.loads(process.stdout.readline()))
    rest, log = process.communicate(timeout=60)
    assert (rest, process.returncode) == ("", 0)
    assert {message["jsonrpc"] for message in said} == {"2.0"}
    assert said[-1]["result"]["structuredContent"]["status"] == "answered"
    assert all(noise in log for noise in ("printed", "written", "echoed"))


def test_the_server_waits_for_an_index_and_sees_a_finished_reindex_of_another_process(tmp_path: Path) -> None:
    def index_it() -> None:
        environment = os.environ | {"NATOQA_EMBEDDING_MODEL": "hashing"}
        subprocess.run([sys.executable, "-m", "natoqa", "index", "-q"], cwd=tmp_path, env=environment, check=True)

    async def calls(client: Client) -> None:
        missing = await client.call_tool("search", {"query": "harbour"})
        assert missing.is_error
        assert "natoqa index" in missing.structured_content["hint"]
        assert not (tmp_path / "index").exists()
        (tmp_path / "corpus").mkdir()
        for name, text in ARTICLES.items():
            (tmp_path / "corpus" / name).write_text(text, "utf-8")
        await anyio.to_thread.run_sync(index_it)
        assert (await client.call_tool("search", {"query": "harbour"})).structured_content["hits"]
        (tmp_path / "corpus" / "ferry.md").write_text("# Ferry\n\nThe ferry to Skara sails at noon.\n", "utf-8")
        await anyio.to_thread.run_sync(index_it)
        finished = time.monotonic()
        while True:
            found = await client.call_tool("ask", {"question": "When does the ferry to Skara sail?"})
            if "at noon" in found.structured_content["text"]:
                return
            assert time.monotonic() - finished < 2, found.structured_content["text"]

    _with(_process(tmp_path), calls)


@pytest.mark.timeout(60)
def test_ctrl_c_ends_it_at_once(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "natoqa", "mcp"],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write('{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["id"] == 1
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 130
    assert process.stdout.read() == ""
    assert process.communicate()[1] == "interrupted\n"


def test_json_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mcp", "--json"]) == 2
    assert re.fullmatch(r"error: .+\nhint: .+\n", capsys.readouterr().err)


# HTTP


@contextlib.contextmanager
def _served(app: Any) -> Iterator[int]:
    """Serve an application on loopback; yields the port."""
    listening = socket.create_server(("127.0.0.1", 0))
    serving = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not serving.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield listening.getsockname()[1]
    finally:
        serving.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture(scope="module")
def port(filled: Index) -> Iterator[int]:
    with _served(http_app(lambda: filled)) as port:
        yield port


@pytest.mark.parametrize("mode", ["legacy", "auto"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_same_tools_over_http(port: int, filled: Index, mode: str, host: str) -> None:
    async def calls(client: Client) -> Any:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        return tools, await client.call_tool("search", {"query": "harbour", "k": 1})

    tools, found = _with(f"http://{host}:{port}/mcp", calls, mode=mode)
    assert tools == list(TOOLS)
    assert found.structured_content == json.loads(json.dumps(filled.retrieve("harbour", k=1).to_dict()))


@pytest.mark.parametrize(
    ("headers", "size", "status"),
    [
        ({}, 0, 200),
        ({"Origin": "http://localhost:3000"}, 0, 200),
        ({"Host": "rebound.example"}, 0, 421),
        ({"Host": "127.0.0.1.rebound.example:80"}, 0, 421),
        ({"Origin": "https://foreign.example"}, 0, 403),
        ({"Origin": "http://localhost.foreign.example"}, 0, 403),
        ({"Origin": "null"}, 0, 403),
        ({"Content-Type": "text/plain"}, 0, 400),
        ({}, 1_000_001, 413),
    ],
)
def test_only_this_machine_may_call(port: int, headers: dict[str, str], size: int, status: int) -> None:
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}) + " " * size
    usual = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/mcp", body, usual | headers)
    assert connection.getresponse().status == status
    connection.close()


# The guide


def test_the_guide_is_true(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (configured,) = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    started = json.loads(configured)["mcpServers"]["natoqa"]
    assert started["command"] == "natoqa"
    with natoqa.make_context("natoqa", list(started["args"])) as context:
        assert natoqa.resolve_command(context, [*context._protected_args, *context.args])[0] == "mcp"
    over_stdio, over_http = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    monkeypatch.setenv("NATOQA_EMBEDDING_MODEL", "hashing")
    monkeypatch.setattr("mcp.client.stdio.get_default_environment", lambda: dict(os.environ))
    monkeypatch.chdir(folder)
    exec(compile(over_stdio.replace("Will US troops go to Ukraine?", QUESTION), "docs/mcp.md", "exec"), {})
    assert capsys.readouterr().out.endswith("\nAda Holm\n")
    names: dict[str, Any] = {}
    exec(compile(over_http, "docs/mcp.md", "exec"), names)

    async def calls(client: Client) -> Any:
        return await client.call_tool("ask", {"question": QUESTION})

    with names["index"], _served(names["app"]) as port:
        assert _with(f"http://127.0.0.1:{port}/mcp", calls).structured_content["status"] == "answered"


def test_the_guide_names_every_tool_argument_and_limit() -> None:
    for name, tool in TOOLS.items():
        (row,) = re.findall(rf"^\| `{name}` \| .*$", GUIDE, re.MULTILINE)
        for field in tool.arguments.model_fields:
            assert f"`{field}`" in row
    for limit in ("2,000", f"{MOST_HITS}", f"{LONGEST_PIECE:,}"):
        assert limit in GUIDE
