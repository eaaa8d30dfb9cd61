"""Language models over real HTTP on loopback: what they say, and every way in which they fail."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
import traceback
from typing import Any

import pytest
from llama_index.core.llms import ChatMessage, CompletionResponse, MockLLM

from natoqa.errors import (
    LLMBusyError,
    LLMConnectionError,
    LLMError,
    LLMOutputError,
    LLMRefusedError,
    LLMSetupError,
    LLMTimeoutError,
)
from natoqa.llm import connect, stream
from natoqa.llm.scripted import ScriptedLLM
from natoqa.settings import Provider, Settings
from openai_server import Reply, Server, serve

pytestmark = pytest.mark.process

KEY = "sk-secret-0123456789"


def settings(url: str, *, provider: Provider = "openai", timeout: float = 5.0, key: str | None = KEY) -> Settings:
    return Settings(llm_provider=provider, llm_model="small", llm_base_url=url, llm_api_key=key, llm_timeout=timeout)


def ask(server: Server, *, provider: Provider = "openai", timeout: float = 5.0, key: str | None = KEY) -> str:
    url = server.url if provider == "openai" else server.root
    llm = connect(settings(url, provider=provider, timeout=timeout, key=key))
    return "".join(stream(llm, "Be brief.", "Who said it?", timeout=timeout))


def failure(server: Server, *, provider: Provider = "openai", timeout: float = 5.0) -> LLMError:
    with pytest.raises(LLMError) as caught:
        ask(server, provider=provider, timeout=timeout)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    return caught.value


PROVIDERS: tuple[Provider, ...] = ("openai", "ollama")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_reply_arrives_in_pieces_while_the_server_still_writes(provider: Provider) -> None:
    with serve(Reply("Mark Rutte said no.", ending="hang")) as server:
        url = server.url if provider == "openai" else server.root
        llm = connect(settings(url, provider=provider))
        pieces = stream(llm, "Be brief.", "Who?", timeout=5)
        assert [next(pieces) for _ in range(4)] == ["Mark ", "Rutte ", "said ", "no."]
        pieces.close()


def test_request_is_what_the_protocol_wants() -> None:
    with serve(Reply("Yes.")) as server:
        assert ask(server) == "Yes."
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert (request.body["model"], request.body["stream"]) == ("small", True)
    assert request.body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Who said it?"},
    ]


def test_ollama_request_is_what_the_protocol_wants() -> None:
    with serve(Reply("Yes.")) as server:
        assert ask(server, provider="ollama") == "Yes."
    (request,) = server.requests
    assert (request.path, request.body["model"], request.body["stream"]) == ("/api/chat", "small", True)
    assert request.body["options"]["num_ctx"] == 8192


@pytest.mark.parametrize("provider", PROVIDERS)
def test_nothing_of_the_environment_is_sent(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(Reply("Wrong server.")) as trap, serve(Reply("Yes.")) as server:
        for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OLLAMA_API_KEY"):
            monkeypatch.setenv(name, "from-environment")
        monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Custom: from-environment\nAuthorization: from-environment")
        for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "OLLAMA_HOST", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, trap.root)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert ask(server, provider=provider, key=None) == "Yes."
    assert not trap.requests
    (request,) = server.requests
    assert "from-environment" not in str(request)
    assert "authorization" not in request.headers


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, LLMRefusedError),
        (403, LLMRefusedError),
        (404, LLMRefusedError),
        (400, LLMRefusedError),
        (422, LLMRefusedError),
        (408, LLMTimeoutError),
        (429, LLMBusyError),
        (500, LLMBusyError),
        (502, LLMBusyError),
        (503, LLMBusyError),
    ],
)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_status_becomes_an_error_after_one_request(status: int, expected: type[LLMError], provider: Provider) -> None:
    reply = Reply(status=status, message=f"fault of {KEY}", headers=(("Retry-After", "30"),))
    with serve(reply) as server:
        error = failure(server, provider=provider)
        assert type(error) is expected
        assert str(status) in str(error)
        assert len(server.requests) == 1


def test_reason_for_a_refused_request_is_passed_on() -> None:
    with serve(Reply(status=400, message=f"4096 tokens at most,\nkey {KEY}")) as server:
        assert "4096 tokens at most, key ..." in str(failure(server))


def test_key_in_a_users_own_model_is_not_passed_on() -> None:
    from llama_index.llms.openai_like import OpenAILike

    with serve(Reply(status=400, message=f"wrong key {KEY}")) as server:
        llm = OpenAILike(model="small", api_base=server.url, api_key=KEY, is_chat_model=True, max_retries=0)
        with pytest.raises(LLMRefusedError, match=r"wrong key \.\.\.") as caught:
            list(stream(llm, "", "Who?", timeout=5))
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_html_error_page_is_not_passed_on() -> None:
    page = b"<html><body>Bad Gateway</body></html>"
    with serve(Reply(status=404, raw=page, content_type="text/html")) as server:
        assert "<" not in str(failure(server))


def test_redirects_are_refused() -> None:
    with serve(Reply("Elsewhere.")) as other:
        moved = Reply(status=307, raw=b"", headers=(("Location", f"{other.url}/chat/completions"),))
        with serve(moved) as server:
            assert isinstance(failure(server), LLMRefusedError)
            assert not other.requests


@pytest.mark.parametrize("provider", PROVIDERS)
def test_nobody_at_the_address(provider: Provider) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        llm = connect(settings(url, provider=provider))
        with pytest.raises(LLMConnectionError) as caught:
            list(stream(llm, "", "Who?", timeout=5))
    assert "llm_base_url" in caught.value.hint


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(silent=True), id="no headers"),
        pytest.param(Reply("Mark Rutte", ending="hang"), id="hangs in the middle"),
        pytest.param(Reply("and so on " * 1000, pause=0.05), id="trickles"),
        pytest.param(Reply("Mark", comments=0.05), id="keeps alive without text"),
    ],
)
def test_deadline_is_for_the_whole_reply(reply: Reply) -> None:
    with serve(reply) as server:
        began = time.monotonic()
        error = failure(server, timeout=0.6)
        assert isinstance(error, LLMTimeoutError)
        assert time.monotonic() - began < 3
        assert "0.6 s" in str(error)
        assert server.client_left.wait(5), "the connection is still open"


def test_deadline_holds_for_ollama() -> None:
    with serve(Reply("on and on " * 1000, pause=0.05)) as server:
        assert isinstance(failure(server, provider="ollama", timeout=0.6), LLMTimeoutError)
        assert server.client_left.wait(5)


def test_connection_is_closed_when_the_reader_has_enough() -> None:
    with serve(Reply("and so on " * 1000, pause=0.02)) as server:
        pieces = stream(connect(settings(server.url)), "", "Who?", timeout=5)
        next(pieces)
        pieces.close()
        assert server.client_left.wait(5)


def test_connection_that_breaks_in_the_middle() -> None:
    with serve(Reply("Mark Rutte", ending="cut")) as server:
        assert isinstance(failure(server), LLMConnectionError)


def sse(*events: bytes) -> Reply:
    return Reply(raw=b"".join(b"data: " + event + b"\n\n" for event in events), content_type="text/event-stream")


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(sse(b'{"choices": [{"del', b"[DONE]"), id="half an event"),
        pytest.param(sse(b"[]"), id="an event that is a list"),
        pytest.param(sse(b'{"choices": 7}'), id="an event of another shape"),
        pytest.param(sse(b"[DONE]"), id="no event"),
        pytest.param(sse(b"\xff\xfe"), id="no text"),
        pytest.param(Reply(raw=b'{"choices": ['), id="half a document"),
        pytest.param(Reply(raw=b'{"choices": []}'), id="no choice"),
        pytest.param(Reply(raw=b"null"), id="null"),
        pytest.param(Reply(raw=b"<html>Welcome</html>", content_type="text/html"), id="html"),
        pytest.param(Reply(raw=b""), id="no body"),
        pytest.param(Reply(""), id="empty text"),
        pytest.param(Reply(" \n\t "), id="white space"),
        pytest.param(Reply("", ignores_stream=True), id="empty text without streaming"),
    ],
)
def test_unusable_output(reply: Reply) -> None:
    with serve(reply) as server:
        assert isinstance(failure(server), LLMOutputError)


@pytest.mark.parametrize("raw", [b"<html>", b"[]", b'{"message": 7}', b"", b"\xff"])
def test_unusable_output_of_ollama(raw: bytes) -> None:
    with serve(Reply(raw=raw)) as server:
        assert isinstance(failure(server, provider="ollama"), LLMOutputError)


def test_fault_reported_in_the_middle_of_a_stream() -> None:
    with serve(sse(b'{"error": {"message": "out of memory"}}')) as server:
        assert isinstance(failure(server), LLMBusyError)


def test_server_that_ignores_the_wish_for_a_stream() -> None:
    with serve(Reply("He said no.", ignores_stream=True)) as server:
        assert ask(server) == "He said no."


def test_reply_without_end_is_given_up() -> None:
    with serve(Reply("x" * 300_000)) as server:
        assert isinstance(failure(server), LLMOutputError)


def test_key_is_in_no_representation() -> None:
    for provider in PROVIDERS:
        configured = settings("http://127.0.0.1:9/v1", provider=provider)
        llm = connect(configured)
        shown = f"{configured!r} {llm!r} {llm} {llm.to_dict()} {llm.model_dump(exclude={'callback_manager'})}"
        assert KEY not in shown


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (Settings(), "llm_model"),
        (Settings(llm_model="small"), "llm_api_key"),
        (Settings(llm_model="small", llm_base_url="localhost:8000/v1"), "http://"),
        (Settings(llm_model="small", llm_base_url="ftp://localhost/v1"), "http://"),
        (Settings(llm_model="small", llm_base_url="http://[::1"), "http://"),
        (Settings(llm_model="small", llm_base_url="http://me:pass@localhost/v1"), "llm_api_key"),
        (Settings(llm_model="small", llm_base_url="http://localhost/v1", llm_api_key="sk-ключ"), "Copy"),
    ],
)
def test_settings_that_make_no_sense(wrong: Settings, hint: str) -> None:
    with pytest.raises(LLMSetupError) as caught:
        connect(wrong)
    assert hint in caught.value.hint
    assert "ключ" not in str(caught.value)
    assert "pass@" not in str(caught.value)


@pytest.mark.parametrize(
    ("provider", "package"), [("openai", "llama_index.llms.openai_like"), ("ollama", "llama_index.llms.ollama")]
)
def test_missing_client(provider: Provider, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(LLMSetupError) as caught:
        connect(settings("http://127.0.0.1:9", provider=provider))
    assert "natoqa[llm]" in caught.value.hint


def test_key_loses_the_line_break_of_a_careless_copy() -> None:
    with serve(Reply("Yes.")) as server:
        assert ask(server, key=f" {KEY}\n") == "Yes."
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_any_llama_index_llm_can_be_read() -> None:
    assert "Who?" in "".join(stream(MockLLM(), "Be brief.", "Who?", timeout=5))


class Whole(MockLLM):
    """Cannot stream."""

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return CompletionResponse(text="All at once.")

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Any:
        raise NotImplementedError


def test_llm_that_cannot_stream_gives_one_piece() -> None:
    assert list(stream(Whole(max_tokens=None), "", "Who?", timeout=5)) == ["All at once."]


class Stuck(MockLLM):
    """Never comes back."""

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Any:
        threading.Event().wait(20)


def test_llm_that_never_comes_back() -> None:
    began = time.monotonic()
    with pytest.raises(LLMTimeoutError):
        list(stream(Stuck(max_tokens=None), "", "Who?", timeout=0.3))
    assert time.monotonic() - began < 5


class Odd(BaseException):
    """Nothing that a library should raise."""


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (LLMBusyError("busy"), LLMBusyError),
        (TimeoutError(), LLMTimeoutError),
        (ConnectionRefusedError(), LLMConnectionError),
        (ValueError(KEY), LLMOutputError),
        (KeyError(KEY), LLMOutputError),
        (RuntimeError(KEY), LLMError),
        (Odd(KEY), LLMError),
    ],
)
def test_no_other_exception_escapes(raised: Exception, expected: type[LLMError]) -> None:
    class Raising(MockLLM):
        def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Any:
            raise raised

    with pytest.raises(LLMError) as caught:
        list(stream(Raising(max_tokens=None), "", "Who?", timeout=5))
    assert type(caught.value) is expected
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_scripted_llm_follows_its_script() -> None:
    llm = ScriptedLLM(["First reply.", LLMBusyError("busy"), "Last."])
    assert list(stream(llm, "system text", "user text", timeout=5)) == ["First ", "reply."]
    with pytest.raises(LLMBusyError):
        list(stream(llm, "", "", timeout=5))
    assert llm.chat([ChatMessage("Who?")]).message.content == "Last."
    with pytest.raises(LLMOutputError):
        list(stream(llm, "", "", timeout=5))
    assert len(llm.prompts) == 4
    assert "system text" in llm.prompts[0]
    assert "user text" in llm.prompts[0]


def test_importing_the_room_loads_nothing_heavy() -> None:
    heavy = {"llama_index", "openai", "ollama", "httpx", "torch"}
    code = f"import sys, natoqa.llm, natoqa.prompts, natoqa.generative; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
