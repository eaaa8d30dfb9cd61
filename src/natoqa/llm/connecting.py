"""From settings to a LlamaIndex LLM whose requests carry what the settings say and nothing else."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from natoqa.errors import LLMSetupError
from natoqa.settings import Provider, Settings

if TYPE_CHECKING:
    import httpx
    from llama_index.core.llms import LLM

# Given explicitly, because the clients would else take OPENAI_BASE_URL or OLLAMA_HOST from the environment.
ADDRESSES: dict[Provider, str] = {"openai": "https://api.openai.com/v1", "ollama": "http://127.0.0.1:11434"}

# The clients insist on a key and show it in their repr: they get this one, the real one joins on the wire only.
PLACEHOLDER = "none"

# Facts are copied, not invented: the least random wording is the right one.
_TEMPERATURE = 0.0

# The responses opened while the current reply is read. OpenAI's client keeps an abandoned stream in a reference cycle,
# and with it the connection: whoever stops reading closes these.
open_bodies: ContextVar[list[httpx.SyncByteStream]] = ContextVar("open_bodies")

# A thousand times what an answer needs; protects the memory from a server that sends without end.
_MOST_BYTES = 20_000_000


def connect(settings: Settings) -> LLM:
    """Return the LlamaIndex LLM that `settings` describe; no request is made.

    Only the settings count: keys, addresses, headers and proxies in the environment are ignored, redirects are
    refused. The key is not in the object's repr or fields. For synchronous use (`stream`).
    Raises `LLMSetupError` when no model is set, a setting makes no sense, or the client is not installed.
    """
    if not settings.llm_model:
        raise LLMSetupError("No language model is configured")
    key = _checked_key(settings.llm_api_key)
    address = _checked_address(settings.llm_base_url or ADDRESSES[settings.llm_provider])
    if address == ADDRESSES["openai"] and key is None:
        raise LLMSetupError(
            "OpenAI's own server wants a key", hint="Set llm_api_key, or llm_base_url to another server."
        )
    connectors: dict[Provider, Callable[[str, str, str | None, Settings], LLM]] = {
        "openai": _connect_openai,
        "ollama": _connect_ollama,
    }
    try:
        return connectors[settings.llm_provider](settings.llm_model, address, key, settings)
    except ImportError:
        raise LLMSetupError(
            f"The client for the provider {settings.llm_provider!r} is not installed",
            hint="pip install 'natoqa[llm]'",
        ) from None
    except Exception as error:  # the clients check names and values in their own ways
        raise LLMSetupError(f"The language model cannot be set up: {error}") from None


def _checked_key(key: str | None) -> str | None:
    """Return the key without the white space of a careless copy; one that no header can carry is an error."""
    key = (key or "").strip()
    if not re.fullmatch(r"[\x21-\x7e]*", key):
        raise LLMSetupError("llm_api_key has characters that no key has", hint="Copy the key again.")
    return key or None


def _checked_address(address: str) -> str:
    """Return the address without a slash at its end; it must be one of a web server and hold no password."""
    try:
        parts = urlsplit(address.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise LLMSetupError("llm_base_url is not an address", hint="Write it like http://127.0.0.1:8000/v1")
    if parts.username is not None or parts.password is not None:
        raise LLMSetupError("llm_base_url contains a user name or password", hint="Use llm_api_key for the key.")
    return address.strip().rstrip("/")


def _connect_openai(model: str, address: str, key: str | None, settings: Settings) -> LLM:
    import httpx
    import openai
    from llama_index.llms.openai_like import OpenAILike

    timeout = settings.llm_timeout
    client = openai.OpenAI(
        api_key=PLACEHOLDER,
        base_url=address,
        max_retries=0,
        timeout=timeout,
        http_client=httpx.Client(
            transport=_transport(key, timeout), timeout=timeout, follow_redirects=False, trust_env=False
        ),
    )
    options: dict[str, Any] = {
        "model": model,
        "api_base": address,
        "api_key": PLACEHOLDER,
        "openai_client": client,
        "is_chat_model": True,
        "context_window": settings.llm_context,
        "temperature": _TEMPERATURE,
        "timeout": timeout,
        "max_retries": 0,
    }
    return OpenAILike(**options)


def _connect_ollama(model: str, address: str, key: str | None, settings: Settings) -> LLM:
    import ollama
    from llama_index.llms.ollama import Ollama

    timeout = settings.llm_timeout
    client = ollama.Client(
        host=address, timeout=timeout, follow_redirects=False, transport=_transport(key, timeout), trust_env=False
    )
    return Ollama(
        model=model,
        base_url=address,
        client=client,
        context_window=settings.llm_context,
        temperature=_TEMPERATURE,
        request_timeout=timeout,
    )


# What a request needs. The clients add more from the environment: organisations, projects, keys, custom headers.
_HEADERS = frozenset({"host", "accept", "connection", "content-type", "content-length", "transfer-encoding"})


def _transport(key: str | None, seconds: float) -> httpx.BaseTransport:
    """Return an httpx transport that sends `key` and no other header of the clients, and ends after `seconds`.

    httpx's own time-outs start anew with every byte, so a trickling server would be read for ever; here a whole
    response has one deadline. The key is removed from error pages, because some servers send it back.
    """
    import httpx

    class Limited(httpx.SyncByteStream):
        def __init__(self, body: httpx.SyncByteStream, deadline: float) -> None:
            self.body, self.deadline = body, deadline

        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for chunk in self.body:
                size += len(chunk)
                if time.monotonic() > self.deadline:
                    raise httpx.ReadTimeout("the whole response took too long")
                if size > _MOST_BYTES:
                    raise httpx.RemoteProtocolError("the response is too large")
                yield chunk

        def close(self) -> None:
            self.body.close()

    class Transport(httpx.BaseTransport):
        def __init__(self) -> None:
            self.network = httpx.HTTPTransport()

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            deadline = time.monotonic() + seconds
            for name in set(request.headers) - _HEADERS:
                del request.headers[name]
            request.headers["User-Agent"] = "natoqa"
            if key:
                request.headers["Authorization"] = f"Bearer {key}"
            response = self.network.handle_request(request)
            body = cast("httpx.SyncByteStream", response.stream)
            response.stream = Limited(body, deadline)
            open_bodies.get([]).append(body)
            return response if response.is_success else self.without_key(response)

        def without_key(self, response: httpx.Response) -> httpx.Response:
            try:
                page = response.read()
            finally:
                response.close()
            page = page.replace(key.encode(), b"...") if key else page
            kind = response.headers.get("content-type", "text/plain")
            return httpx.Response(response.status_code, headers={"content-type": kind}, content=page)

        def close(self) -> None:
            self.network.close()

    return Transport()
