"""The HTTP API on a real server and a real index: its documents, its errors, and who may use it."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from pydantic import BaseModel

from api_server import ASKED, HARBOUR, QUOTE, TROOPS, index_in_another_process, newsroom, serving
from natoqa.api import create_api, documents
from natoqa.api.completions import read
from natoqa.api.desk import Desk
from natoqa.api.documents import Message
from natoqa.errors import IndexBusyError, LLMTimeoutError, NatoqaError, SettingsError
from natoqa.serving.shared_index import Reindexing, SharedIndex
from natoqa.settings import Settings
from natoqa.types import Answer, Article, Citation, Failure, Filters, Hit, IndexStatus, Retrieval, SyncReport
from natoqa.ui import create_app

pytestmark = pytest.mark.process

Json = dict[str, Any]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two articles that no test changes."""
    return newsroom(tmp_path_factory.mktemp("newsroom"), TROOPS, HARBOUR)


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    with serving(settings) as url:
        yield url


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as opened:
        yield opened


@pytest.fixture
def chat(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0) as opened:
        yield opened


@pytest.fixture
def direct(settings: Settings) -> Iterator[SharedIndex]:
    """The same index without a server between."""
    with contextlib.closing(SharedIndex(settings)) as shared:
        yield shared


def events_of(response: httpx.Response) -> list[tuple[str, Json]]:
    assert response.headers["content-type"].startswith("text/event-stream")
    blocks = [block.split("\n") for block in response.text.split("\n\n") if block]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def without_time(answer: Json) -> Json:
    return {name: value for name, value in answer.items() if name != "elapsed_ms"}


# --- natoqa's own operations --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        {"question": ASKED},
        {"question": "Who won the ice hockey championship of Freedonia?"},
        {"question": "How much did the harbour of Osterlich cost?", "until": "2025-03-02", "outlet": "the echo"},
        {"question": "How much did the harbour of Osterlich cost?", "outlet": ["the echo", "The Courier"]},
        {"question": ""},
        {"question": "Hello!"},
        {"question": "x" * 100_000},
        {"question": "Where is \0 the harbour?"},
    ],
    ids=["answered", "not in the corpus", "filtered", "several outlets", "empty", "greeting", "long", "null"],
)
def test_an_answer_is_that_of_the_chatbot(client: httpx.Client, direct: SharedIndex, asked: dict[str, str]) -> None:
    expected = direct.chatbot().ask(**asked).to_dict()
    response = client.post("/api/ask", json=asked)
    assert response.status_code == 200
    assert without_time(response.json()) == without_time(expected)


def test_what_is_no_character_is_replaced(client: httpx.Client) -> None:
    asked = b'{"question": "Who \\ud800 is Ann Lee?", "outlet": ["\\udfff", "\\udfff!"]}'
    answer = client.post("/api/ask", content=asked, headers={"Content-Type": "application/json"}).json()
    assert answer["question"] == "Who \N{REPLACEMENT CHARACTER} is Ann Lee?"


def test_a_citation_leads_to_its_place_in_the_article(client: httpx.Client) -> None:
    [citation] = client.post("/api/ask", json={"question": ASKED}).json()["citations"]
    assert citation["quote"] == QUOTE
    article = client.get(f"/api/articles/{citation['article_id']}", params={"version": citation["version"]}).json()
    assert article["text"][citation["start"] : citation["end"]] == QUOTE


@pytest.mark.parametrize("by_header", [True, False])
def test_a_streamed_answer_comes_in_pieces_and_whole(client: httpx.Client, by_header: bool) -> None:
    asked: Json = {"question": ASKED} if by_header else {"question": ASKED, "stream": True}
    headers = {"Accept": "text/event-stream"} if by_header else {}
    *pieces, last = events_of(client.post("/api/ask", json=asked, headers=headers))
    assert {name for name, _ in pieces} == {"text"}
    assert last[0] == "answer"
    assert "".join(piece["text"] for _, piece in pieces) == last[1]["text"]
    assert without_time(last[1]) == without_time(client.post("/api/ask", json={"question": ASKED}).json())


def test_a_search_is_that_of_the_index(client: httpx.Client, direct: SharedIndex) -> None:
    found = client.get("/api/search", params={"query": "harbour", "k": 1, "since": "2025-03-01", "outlet": "The Echo"})
    expected = direct.index().retrieve("harbour", k=1, since="2025-03-01", outlet="The Echo").to_dict()
    assert (found.status_code, found.json()) == (200, expected)
    assert len(expected["hits"]) == 1
    several = ["the echo", "the courier"]
    found = client.get("/api/search", params={"query": "harbour", "outlet": several})
    assert found.json() == direct.index().retrieve("harbour", outlet=several).to_dict()
    assert client.get("/api/search", params={"query": "harbour", "outlet": ["", "the echo"]}).status_code == 422


def test_an_article_and_the_status_are_those_of_the_index(client: httpx.Client, direct: SharedIndex) -> None:
    [article, _] = direct.index().articles()
    assert client.get(f"/api/articles/{article.article_id}").json() == article.to_dict()
    assert client.get("/api/status").json() == direct.index().status(direct._settings.corpus).to_dict()


def test_reindexing_reports_what_it_did(tmp_path: Path) -> None:
    settings = newsroom(tmp_path, TROOPS)
    with serving(settings) as url, httpx.Client(base_url=url, timeout=30) as client:
        assert client.post("/api/index").json()["unchanged"] == 1
        (settings.corpus / "harbour.md").write_text(HARBOUR, encoding="utf-8")
        assert client.get("/api/status").json()["stale"] == 1
        report = client.post("/api/index").json()
        assert (report["added"], report["articles"]) == (1, 2)
        assert client.get("/api/status").json()["stale"] == 0


class SlowSync(SharedIndex):
    """Its re-indexing waits for a sign."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.begun = threading.Event()
        self.go_on = threading.Event()

    def _sync(self, sources: Sequence[str | Path] = ()) -> Reindexing:
        self.begun.set()
        self.go_on.wait(30)
        return super()._sync(sources)


def test_a_second_reindexing_is_refused_and_questions_go_on(tmp_path: Path) -> None:
    settings = newsroom(tmp_path, TROOPS)
    shared = SlowSync(settings)
    with serving(settings, shared=shared) as url, httpx.Client(base_url=url, timeout=30) as client:
        first: list[int] = []
        thread = threading.Thread(target=lambda: first.append(httpx.post(f"{url}/api/index", timeout=30).status_code))
        thread.start()
        assert shared.begun.wait(10)
        refused = client.post("/api/index")
        assert (refused.status_code, set(refused.json())) == (409, {"error", "hint"})
        assert client.post("/api/ask", json={"question": ASKED}).json()["status"] == "answered"
        shared.go_on.set()
        thread.join(20)
        assert first == [200]


def test_a_writer_in_another_process_makes_the_index_busy(tmp_path: Path) -> None:
    from filelock import FileLock

    settings = newsroom(tmp_path, TROOPS)
    with serving(settings) as url, FileLock(settings.index / "writer.lock"):
        assert httpx.post(f"{url}/api/index", timeout=30).status_code == 409


def test_what_another_process_has_indexed_is_seen_and_no_question_fails(tmp_path: Path) -> None:
    settings = newsroom(tmp_path, TROOPS)
    statuses: list[int] = []
    over = threading.Event()

    def ask_all_the_time(url: str) -> None:
        while not over.is_set():
            statuses.append(httpx.post(f"{url}/api/ask", json={"question": ASKED}, timeout=30).status_code)

    with serving(settings) as url:
        thread = threading.Thread(target=ask_all_the_time, args=[url])
        thread.start()
        (settings.corpus / "harbour.md").write_text(HARBOUR, encoding="utf-8")
        index_in_another_process(settings)
        finished = time.monotonic()
        asked = {"question": "How much did the harbour of Osterlich cost?"}
        answer = httpx.post(f"{url}/api/ask", json=asked, timeout=30).json()
        took = time.monotonic() - finished
        over.set()
        thread.join(20)
    assert "40 million" in answer["text"]
    assert took < 2
    assert len(statuses) > 1
    assert set(statuses) == {200}


# --- errors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "told"),
    [
        ("POST", "/api/ask", {"question": 1}, 422, "question"),
        ("POST", "/api/ask", {"question": "x", "k": 1}, 422, "k"),
        ("POST", "/api/ask", {"question": "x", "\ud800": 1}, 422, ""),
        ("POST", "/api/ask", {"question": "Who?", "since": "2025-02-31"}, 422, "2025-02-31"),
        ("POST", "/api/ask", {"question": "Who?", "since": "2025-02-02", "until": "2025-02-01"}, 422, "later"),
        ("POST", "/api/ask", [[]], 422, "body"),
        ("GET", "/api/ask", None, 405, "Method"),
        ("GET", "/api/search", None, 422, "query"),
        ("GET", "/api/search?query=%3F", None, 422, "no word"),
        ("GET", "/api/search?query=x&k=0", None, 422, "k"),
        ("GET", "/api/search?query=x&k=101", None, 422, "k"),
        ("GET", "/api/articles/nothing", None, 404, "nothing"),
        ("GET", "/api/articles/nothing?version=99999999999999999999", None, 422, "version"),
        ("GET", "/api/articles/..%2F..%2Fetc%2Fpasswd", None, 404, ""),
        ("GET", "/api/", None, 404, "Not Found"),
        ("POST", "/api/index/", None, 404, "Not Found"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(
    client: httpx.Client, method: str, path: str, sent: Any, status: int, told: str
) -> None:
    body = None if sent is None else json.dumps(sent).encode()
    response = client.request(method, path, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == status
    assert set(response.json()) == {"error", "hint"}
    assert told in response.json()["error"]
    assert "Traceback" not in response.text


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 100_000, b'{"question": ' + b"9" * 5000 + b"}", b"\xff\xfe", b"null"]
)
def test_a_body_that_is_no_question_is_refused(client: httpx.Client, body: bytes) -> None:
    for path in ("/api/ask", "/v1/chat/completions"):
        response = client.post(path, content=body, headers={"Content-Type": "application/json"})
        assert response.status_code in (400, 422)


@pytest.mark.parametrize(("path", "field"), [("/api/ask", "question"), ("/v1/chat/completions", "model")])
def test_a_body_of_ten_megabytes_is_refused(client: httpx.Client, path: str, field: str) -> None:
    response = client.post(path, json={field: "x" * 10_000_000})
    assert response.status_code == 413
    assert "error" in response.json()
    unstated = client.post(path, content=iter([b'{"question": "', b"x" * 100, b'"}']))
    assert unstated.status_code == 413


def test_without_an_index_the_server_is_well_but_not_ready(tmp_path: Path) -> None:
    settings = newsroom(tmp_path)
    with serving(settings) as url, httpx.Client(base_url=url, timeout=30) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").status_code == 503
        refused = client.post("/api/ask", json={"question": ASKED})
        assert (refused.status_code, set(refused.json())) == (503, {"error", "hint"})
        assert client.get("/api/search", params={"query": "x"}).status_code == 503
        (settings.corpus / "troops.md").write_text(TROOPS, encoding="utf-8")
        index_in_another_process(settings)
        assert client.get("/readyz").json() == {"status": "ready"}
        assert client.post("/api/ask", json={"question": ASKED}).json()["status"] == "answered"


def test_reindexing_without_a_corpus_makes_no_index(tmp_path: Path) -> None:
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index", embedding_model="hashing")
    with serving(settings) as url:
        assert httpx.post(f"{url}/api/index").status_code == 503
    assert not settings.index.exists()


class Failing(SharedIndex):
    """Its chatbot fails, before or after the first words."""

    def __init__(self, settings: Settings, failure: Exception, *, words: str = "") -> None:
        super().__init__(settings)
        self.failure = failure
        self.words = words

    def chatbot(self) -> Any:
        return self

    def stream(self, question: str, **filters: Any) -> Iterator[str | Answer]:
        if self.words:
            yield self.words
        raise self.failure


FAILURES = [
    (LLMTimeoutError("The language model did not answer."), 503, "The language model did not answer."),
    (RuntimeError("secret path"), 500, ""),
]


@pytest.mark.parametrize(("failure", "status", "told"), FAILURES)
def test_a_failure_is_told_without_a_traceback(settings: Settings, failure: Exception, status: int, told: str) -> None:
    for stream in (False, True):
        with serving(settings, shared=Failing(settings, failure)) as url:
            ours = httpx.post(f"{url}/api/ask", json={"question": ASKED, "stream": stream})
            chat = {"model": "natoqa", "messages": [{"role": "user", "content": ASKED}], "stream": stream}
            theirs = httpx.post(f"{url}/v1/chat/completions", json=chat)
        assert (ours.status_code, theirs.status_code) == (status, status)
        assert set(ours.json()) == {"error", "hint"}
        assert told in ours.json()["error"]
        assert told in theirs.json()["error"]["message"]
        assert "secret" not in ours.text + theirs.text


@pytest.mark.parametrize(("failure", "status", "told"), FAILURES)
def test_a_stream_that_breaks_off_says_so(settings: Settings, failure: Exception, status: int, told: str) -> None:
    with serving(settings, shared=Failing(settings, failure, words="Some words")) as url:
        ours = httpx.post(f"{url}/api/ask", json={"question": ASKED, "stream": True})
        client = openai.OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0)
        stream = client.chat.completions.create(
            model="natoqa", messages=[{"role": "user", "content": ASKED}], stream=True
        )
        with client, pytest.raises(openai.APIError) as caught:
            list(stream)
    [(_, words), (name, error)] = events_of(ours)
    assert (words, name, set(error)) == ({"text": "Some words"}, "error", {"error", "hint"})
    assert told in error["error"]
    assert told in str(caught.value)
    assert "secret" not in ours.text + str(caught.value)


class Held(SharedIndex):
    """Its chatbot waits for a sign and counts how many questions it works on at a time."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.release = threading.Event()
        self.counting = threading.Lock()
        self.working = self.most = 0

    def chatbot(self) -> Any:
        return self

    def stream(self, question: str, **filters: Any) -> Iterator[str | Answer]:
        with self.counting:
            self.working += 1
            self.most = max(self.most, self.working)
        self.release.wait(30)
        with self.counting:
            self.working -= 1
        yield Answer(question, question, "not_in_corpus", "extractive", "Nothing.")


def test_many_questions_wait_and_too_many_are_sent_away(settings: Settings) -> None:
    settings = dataclasses.replace(settings, visitor_at_once=4, visitor_waiting=64)
    shared = Held(settings)

    async def ask_often(url: str) -> list[int]:
        async with httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=None)) as client:
            asking = [
                asyncio.create_task(client.post(f"{url}/api/ask", json={"question": str(each)})) for each in range(80)
            ]
            deadline = time.monotonic() + 20
            while shared.working < 4 or sum(task.done() for task in asking) < 80 - 4 - 64:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.05)
            shared.release.set()
            return [(await task).status_code for task in asking]

    with serving(settings, shared=shared) as url:
        statuses = asyncio.run(ask_often(url))
    assert shared.most == 4
    assert statuses.count(503) == 80 - 4 - 64
    assert statuses.count(200) == 4 + 64


def test_a_client_that_leaves_gives_its_place_free(settings: Settings) -> None:
    shared = Held(settings)
    with serving(settings, shared=shared) as url:
        for _ in range(4):
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(f"{url}/api/ask", json={"question": "x", "stream": True}, timeout=0.3)
        shared.release.set()
        assert httpx.post(f"{url}/api/ask", json={"question": "x"}, timeout=10).status_code == 200


# --- OpenAI's form ------------------------------------------------------------------------------------------------


def test_the_official_client_gets_an_answer_with_citations(chat: openai.OpenAI) -> None:
    completion = chat.chat.completions.create(model="natoqa", messages=[{"role": "user", "content": ASKED}])
    [choice] = completion.choices
    assert choice.finish_reason == "stop"
    assert choice.message.content is not None
    assert choice.message.content.endswith("[1]")
    [citation] = choice.message.citations  # type: ignore[attr-defined]
    assert (citation["number"], citation["quote"]) == (1, QUOTE)


def test_the_official_client_gets_a_stream_with_citations(chat: openai.OpenAI) -> None:
    whole = chat.chat.completions.create(model="natoqa", messages=[{"role": "user", "content": ASKED}])
    stream = chat.chat.completions.create(model="x", messages=[{"role": "user", "content": ASKED}], stream=True)
    deltas = [chunk.choices[0] for chunk in stream]
    assert deltas[0].delta.role == "assistant"
    assert "".join(each.delta.content or "" for each in deltas) == whole.choices[0].message.content
    assert [each.finish_reason for each in deltas] == [None] * (len(deltas) - 1) + ["stop"]
    last, message = deltas[-1].delta, whole.choices[0].message
    assert last.citations == message.citations  # type: ignore[attr-defined]


def test_the_official_client_lists_the_model(chat: openai.OpenAI) -> None:
    assert [model.id for model in chat.models.list()] == ["natoqa"]
    assert chat.models.retrieve("natoqa").owned_by == "natoqa"
    with pytest.raises(openai.NotFoundError, match="called natoqa"):
        chat.models.retrieve("gpt-4")


def test_the_official_client_is_told_what_is_wrong(chat: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="no message of a user") as caught:
        chat.chat.completions.create(model="natoqa", messages=[{"role": "system", "content": "Lie."}])
    assert caught.value.type == "invalid_request_error"
    with pytest.raises(openai.BadRequestError, match="messages"):
        chat.chat.completions.create(model="natoqa", messages=[])


def test_earlier_messages_are_the_history(chat: openai.OpenAI) -> None:
    completed = chat.chat.completions.create(
        model="natoqa",
        messages=[
            {"role": "system", "content": "You are a pirate."},
            {"role": "user", "content": ASKED},
            {"role": "assistant", "content": "I do not know."},
            {"role": "user", "content": [{"type": "text", "text": "Really?"}]},
        ],
    )
    assert completed.choices[0].message.citations[0]["quote"] == QUOTE  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        (None, "What did Ann Lee say about “Freedonia send troops to Sylvania”?"),
        ("Something else.", "What did she say about “Freedonia send troops to Sylvania”?"),
    ],
    ids=["answered here", "answered elsewhere"],
)
def test_a_follow_up_leans_on_what_was_cited_here(direct: SharedIndex, text: str | None, query: str) -> None:
    """The person whom "she" means stands in the citation."""

    async def converse() -> Answer:
        desk = Desk(direct)
        first = await desk.ask(ASKED, Filters())
        return await desk.ask("What did she say about that?", Filters(), after=[(ASKED, text or first.text)])

    assert asyncio.run(converse()).query == query


def test_the_desk_forgets_its_oldest_answers(direct: SharedIndex) -> None:
    async def ask_often() -> Desk:
        desk = Desk(direct)
        for number in range(70):
            await desk.ask(f"{number}?", Filters())
        return desk

    kept = [question for question, _ in asyncio.run(ask_often())._answers]
    assert kept == [f"{number}?" for number in range(6, 70)]


@pytest.mark.parametrize(
    ("sent", "question", "before"),
    [
        ("u:One", "One", []),
        ("u:One a:1 u:Two", "Two", [("One", "1")]),
        ("s:Be u:One u:Two a:2 t:x a:3 u:Three", "Three", [("One", ""), ("Two", "23")]),
        ("a:Hello u:One a:1", "One", []),
    ],
)
def test_messages_are_read_as_exchanges(sent: str, question: str, before: list[tuple[str, str]]) -> None:
    roles = {"u": "user", "a": "assistant", "s": "system", "t": "tool"}
    messages = [Message.model_validate({"role": roles[each[0]], "content": each[2:]}) for each in sent.split()]
    assert read(messages) == (question, before)


def test_a_chat_can_be_filtered(chat: openai.OpenAI) -> None:
    completion = chat.chat.completions.create(
        model="natoqa", messages=[{"role": "user", "content": ASKED}], extra_body={"outlet": "The Echo"}
    )
    assert QUOTE not in str(completion)


# --- who may use it -----------------------------------------------------------------------------------------------

LOCAL, REMOTE = "127.0.0.1", "203.0.113.7"
KEYS = {"api_keys": "first-key second-key", "admin_key": "admin-key"}
ONLY_READERS = {"api_keys": "first-key,second-key"}
ONLY_ADMIN = {"admin_key": "admin-key"}

READ, WRITE = ("GET", "/v1/models"), ("POST", "/api/index")


def knock(
    given: dict[str, str], request: tuple[str, str], client: str, headers: dict[str, str], folder: Path, **scope: str
) -> httpx.Response:
    """Send one request to the API as from the address `client`; there is no corpus, so re-indexing is 503."""
    settings = Settings(corpus=folder / "corpus", index=folder / "index", embedding_model="hashing", **given)  # type: ignore[arg-type]
    app = create_api(settings, SharedIndex(settings))

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(client, 1), **scope)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7860") as browser:
            return await browser.request(*request, headers=headers)

    return asyncio.run(send())


@pytest.mark.parametrize(
    ("given", "request_", "client", "key", "status"),
    [
        ({}, READ, LOCAL, None, 200),
        ({}, READ, "127.9.9.9", None, 200),
        ({}, READ, "::1", None, 200),
        ({}, READ, "::ffff:127.0.0.1", None, 200),
        ({}, READ, LOCAL, "whatever", 200),
        ({}, READ, REMOTE, None, 403),
        ({}, READ, "::ffff:203.0.113.7", None, 403),
        ({}, READ, REMOTE, "", 403),
        ({}, WRITE, LOCAL, None, 503),
        ({}, WRITE, REMOTE, None, 403),
        (KEYS, READ, LOCAL, None, 401),
        (KEYS, READ, REMOTE, None, 401),
        (KEYS, READ, REMOTE, "first-key", 200),
        (KEYS, READ, REMOTE, "second-key", 200),
        (KEYS, READ, REMOTE, "admin-key", 200),
        (KEYS, READ, REMOTE, "first-key second-key", 401),
        (KEYS, READ, REMOTE, "first-ke", 401),
        (KEYS, READ, REMOTE, "", 401),
        (KEYS, WRITE, REMOTE, "admin-key", 503),
        (KEYS, WRITE, REMOTE, "first-key", 403),
        (KEYS, WRITE, LOCAL, None, 401),
        (KEYS, WRITE, REMOTE, "wrong", 401),
        (ONLY_READERS, READ, REMOTE, "second-key", 200),
        (ONLY_READERS, WRITE, LOCAL, None, 503),
        (ONLY_READERS, WRITE, REMOTE, "first-key", 403),
        (ONLY_READERS, WRITE, REMOTE, None, 403),
        (ONLY_ADMIN, READ, LOCAL, None, 200),
        (ONLY_ADMIN, READ, REMOTE, None, 401),
        (ONLY_ADMIN, READ, REMOTE, "admin-key", 200),
        (ONLY_ADMIN, WRITE, LOCAL, None, 401),
    ],
)
def test_who_may_do_what(
    tmp_path: Path, given: dict[str, str], request_: tuple[str, str], client: str, key: str | None, status: int
) -> None:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    response = knock(given, request_, client, headers, tmp_path)
    assert response.status_code == status
    assert (status == 401) is ("www-authenticate" in response.headers)
    assert status == 200 or "error" in response.json()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example:7860"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("request_", [READ, WRITE])
def test_being_on_this_machine_is_not_enough_for_a_browser_or_a_proxy(
    tmp_path: Path, headers: dict[str, str], request_: tuple[str, str]
) -> None:
    assert knock({}, request_, LOCAL, headers, tmp_path).status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": "http://127.0.0.1:7860"}, {"Sec-Fetch-Site": "same-origin"}])
def test_the_own_page_may_use_it(tmp_path: Path, headers: dict[str, str]) -> None:
    assert knock({}, READ, LOCAL, headers, tmp_path).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/api/openapi.json"])
def test_what_tells_nothing_needs_no_key(tmp_path: Path, path: str) -> None:
    assert knock(KEYS, ("GET", path), REMOTE, {}, tmp_path).status_code == 200


def test_a_prefix_of_a_proxy_opens_nothing(tmp_path: Path) -> None:
    key = {"Authorization": "Bearer first-key"}
    behind = ("POST", "/prefix/api/index")
    assert knock(KEYS, behind, REMOTE, key, tmp_path, root_path="/prefix").status_code == 403


def test_the_official_client_sends_its_key(tmp_path: Path) -> None:
    settings = newsroom(tmp_path, TROOPS, **KEYS)
    with serving(settings) as url:
        with openai.OpenAI(base_url=f"{url}/v1", api_key="second-key", max_retries=0) as known:
            assert known.models.list().data
        stranger = openai.OpenAI(base_url=f"{url}/v1", api_key="third-key", max_retries=0)
        with stranger, pytest.raises(openai.AuthenticationError, match="not known"):
            stranger.models.list()


def test_keys_are_never_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    settings = newsroom(tmp_path, TROOPS, **KEYS)
    with serving(settings) as url:
        key = {"Authorization": "Bearer admin-key"}
        seen = httpx.get(f"{url}/api/status", headers=key).text + httpx.post(f"{url}/api/index", headers=key).text
        seen += httpx.get(f"{url}/api/openapi.json").text + repr(settings)
    for secret in ("first-key", "second-key", "admin-key"):
        assert secret not in seen + caplog.text


def test_a_key_of_a_wrong_kind_is_not_shown_either(tmp_path: Path) -> None:
    (tmp_path / "natoqa.toml").write_text('api_keys = ["first-key"]', encoding="utf-8")
    with pytest.raises(SettingsError, match="api_keys should be text") as caught:
        Settings.load(environ={}, folder=tmp_path)
    assert "first-key" not in str(caught.value)


# --- beside the page ----------------------------------------------------------------------------------------------


def test_the_page_and_the_api_share_one_server_and_one_index(settings: Settings) -> None:
    shared = SharedIndex(settings)
    app = create_app(settings, shared=shared)
    with serving(settings, app, shared) as url, httpx.Client(base_url=url, timeout=60) as client:
        assert "<!doctype html>" in client.get("/").text.lower()
        assert client.post("/api/ask", json={"question": ASKED}).json()["status"] == "answered"
        assert client.get("/readyz").json() == {"status": "ready"}
        assert client.get("/api/nothing").json().keys() == {"error", "hint"}
        assert client.get("/api/ask").status_code == 405
        assert client.get("/v1/models").json()["data"][0]["id"] == "natoqa"
        rebound = client.get("/api/status", headers={"Host": "rebound.example"})
        assert (rebound.status_code, rebound.json().keys()) == (421, {"error", "hint"})
        assert client.post("/api/ask", json={"question": "x" * 10_000_000}).status_code == 413
        assert client.post("/api/index", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert shared._index is not None


# --- the description ----------------------------------------------------------------------------------------------


def test_every_document_is_described_field_by_field() -> None:
    article = Article(title="T", text="x", path="p")
    written: list[tuple[type[BaseModel], Json]] = [
        (documents.Reference, article.reference()),
        (documents.ArticleDocument, article.to_dict()),
        (documents.AnswerDocument, Answer("q", "q", "answered", "extractive", "x", filters=Filters()).to_dict()),
        (documents.CitationDocument, Citation(1, "x", 0, 1, article, copies=(article,)).to_dict()),
        (documents.HitDocument, Hit(1, 1.0, "x", 0, 1, article).to_dict()),
        (documents.SearchDocument, Retrieval("q", ()).to_dict()),
        (documents.SyncDocument, SyncReport(failed=(Failure("p", "e"),)).to_dict()),
        (documents.FailureDocument, Failure("p", "e").to_dict()),
        (documents.StatusDocument, IndexStatus(0, 0, 0, 0, 0, None, "m", 1, None, None, {}).to_dict()),
    ]
    for model, document in written:
        assert set(model.model_fields) == set(document), model.__name__
        model.model_validate(document)


def test_errors_of_all_kinds_have_a_status() -> None:
    from natoqa.serving.problems import document, status_of

    def kinds(kind: type[NatoqaError]) -> Iterator[type[NatoqaError]]:
        yield kind
        for below in kind.__subclasses__():
            yield from kinds(below)

    for kind in kinds(NatoqaError):
        if kind.__module__ == "natoqa.errors":
            told = document(kind("What."), path="/api/ask")
            assert told["error"] == "What."
            assert " -v" not in told["hint"]
            assert 400 <= status_of(kind("What.")) < 600
    assert status_of(IndexBusyError("x")) == 409
