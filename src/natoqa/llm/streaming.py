"""Reading a model's reply under one deadline; whatever goes wrong becomes an error of our tree."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING

from natoqa.errors import (
    LLMBusyError,
    LLMConnectionError,
    LLMError,
    LLMOutputError,
    LLMRefusedError,
    LLMTimeoutError,
)
from natoqa.llm.connecting import PLACEHOLDER, open_bodies

if TYPE_CHECKING:
    import httpx
    from llama_index.core.llms import LLM

# Three sentences need 1,000 characters and a long chain of thought 50,000; beyond this a model has lost its end mark.
_MOST_CHARACTERS = 200_000


def stream(llm: LLM, system: str, user: str, *, timeout: float = 60.0) -> Generator[str]:
    """Yield the model's reply in pieces, as they come.

    `timeout` is for the whole reply, in seconds: a server that hangs or trickles is given up when it is over. Works
    with every LlamaIndex LLM; one that does not stream yields one piece. Closing the iterator ends the request.
    Raises an `LLMError`, of the class that says what happened, and no other exception; an empty reply is an
    `LLMOutputError`. Nothing is tried again.
    """
    reading = _Reading(llm, system, user, timeout)
    threading.Thread(target=reading.run, daemon=True, name="natoqa-llm").start()
    said = False
    try:
        while (piece := reading.next()) is not None:
            said = said or not piece.isspace()
            yield piece
    finally:
        reading.given_up.set()
    if not said:
        raise LLMOutputError("The language model's answer is empty")


class _Reading:
    """One reply on its way from a thread of its own, which alone may hang, to the thread that waits for it."""

    def __init__(self, llm: LLM, system: str, user: str, timeout: float) -> None:
        self.llm, self.system, self.user, self.timeout = llm, system, user, timeout
        self.deadline = time.monotonic() + timeout
        self.given_up = threading.Event()
        self.arrived: queue.SimpleQueue[str | LLMError | None] = queue.SimpleQueue()

    def next(self) -> str | None:
        """Return the next piece, None after the last one."""
        try:
            piece = self.arrived.get(timeout=max(0.0, self.deadline - time.monotonic()))
        except queue.Empty:
            raise self.too_late() from None
        if isinstance(piece, LLMError):
            raise piece
        return piece

    def run(self) -> None:
        """Fill the queue: pieces, then None or an error."""
        bodies: list[httpx.SyncByteStream] = []
        open_bodies.set(bodies)
        try:
            self.read()
            self.arrived.put(None)
        except BaseException as error:  # nobody else would see it, and the other thread waits
            self.arrived.put(_mapped(error, self))
        finally:
            for body in bodies:
                with contextlib.suppress(Exception):
                    body.close()

    def read(self) -> None:
        """Read until the model ends, nobody wants more, or a limit is reached."""
        size = 0
        for piece in _pieces(self.llm, self.system, self.user):
            if self.given_up.is_set():
                return
            if time.monotonic() > self.deadline:
                raise self.too_late()
            size += len(piece)
            if size > _MOST_CHARACTERS:
                raise LLMOutputError("The language model does not come to an end")
            if piece:
                self.arrived.put(piece)

    def too_late(self) -> LLMTimeoutError:
        return LLMTimeoutError(f"The language model did not finish within {self.timeout:g} s")


def _pieces(llm: LLM, system: str, user: str) -> Iterator[str]:
    """Yield the reply's pieces; where the stream holds nothing, ask for the reply as a whole.

    Some LLMs cannot stream, and some servers ignore the wish and send one JSON document, which stream readers skip.
    """
    from llama_index.core.llms import ChatMessage, MessageRole

    messages = [
        ChatMessage(role=MessageRole.SYSTEM, content=system),
        ChatMessage(role=MessageRole.USER, content=user),
    ]
    streamed, before = False, ""
    try:
        for response in llm.stream_chat(messages):
            streamed, whole = True, response.message.content or ""
            yield response.delta if response.delta is not None else whole[len(before) :]
            before = whole
    except NotImplementedError:
        if streamed:
            raise
    if not streamed:
        yield llm.chat(messages).message.content or ""


def _mapped(error: BaseException, reading: _Reading) -> LLMError:
    """Return the error of our tree for any exception of any client library.

    The libraries are recognised by what their exceptions have in common (a `status_code`, the names of the classes),
    because a user's LLM may come with any of them. Their texts are not passed on: some contain the key.
    """
    chain = list(_chain(error))
    for each in chain:
        if isinstance(each, LLMError):
            return each
    for each in chain:
        status = _status(each)
        if status is not None:
            return _of_status(status, _server_message(each, reading.llm))
    names = {kind.__name__ for each in chain for kind in type(each).__mro__}
    if any("Timeout" in name for name in names):
        return reading.too_late()
    if names & {"ConnectionError", "ConnectError", "APIConnectionError", "NetworkError", "ProtocolError"}:
        return LLMConnectionError("The language model's server does not answer, or the connection broke")
    if names & {"ValueError", "TypeError", "AttributeError", "LookupError"}:
        return LLMOutputError("The language model's server sent a reply that cannot be read")
    if names & {"APIError", "ResponseError"}:
        return LLMBusyError("The language model's server reported a fault in the middle of its reply")
    return LLMError(f"The language model's client failed: {type(error).__name__}")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _status(error: BaseException) -> int | None:
    """Return the HTTP status that an exception carries."""
    for status in (getattr(error, "status_code", None), getattr(getattr(error, "response", None), "status_code", None)):
        if isinstance(status, int) and 300 <= status <= 599:
            return status
    return None


def _of_status(status: int, message: str) -> LLMError:
    said = f": {message}" if message else ""
    if status in (401, 403):  # no server text: this is where keys are sent back
        return LLMRefusedError(f"The language model's server refused the key ({status})")
    if status == 404:
        return LLMRefusedError(f"The language model's server does not know the model or the address (404){said}")
    if status == 408:
        return LLMTimeoutError("The language model's server says that the request took too long (408)")
    if status in (409, 425, 429):
        return LLMBusyError(f"The language model's server has too many requests ({status})")
    if status >= 500:
        return LLMBusyError(f"The language model's server is out of order ({status})")
    if status < 400:
        return LLMRefusedError(f"The language model's server sends us to another address ({status})")
    return LLMRefusedError(
        f"The language model's server refused the request ({status}){said}",
        hint="Check llm_model and llm_context (the number of tokens that the server was started with).",
    )


def _server_message(error: BaseException, llm: LLM) -> str:
    """Return what the server gave as its reason, "" if nothing: one line, without the key that `llm` may hold."""
    body = getattr(error, "body", None)
    message = body.get("message") if isinstance(body, Mapping) else getattr(error, "error", None)
    if not isinstance(message, str) or "<" in message:  # a page of HTML says nothing to a reader
        return ""
    key = getattr(llm, "api_key", None)
    if isinstance(key, str) and key and key != PLACEHOLDER:
        message = message.replace(key, "...")
    return _one_line(message)


def _one_line(text: str, width: int = 200) -> str:
    text = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return text if len(text) <= width else text[: width - 1] + "…"
