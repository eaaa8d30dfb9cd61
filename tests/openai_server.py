"""A real HTTP server on loopback that speaks OpenAI's chat completions, and Ollama's /api/chat, by script.

    with serve(Reply("Hello."), Reply(status=429)) as server:
        ...                       # requests go to server.url; server.requests lists them

Each request takes the next reply; the last one is repeated.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What arrived: the path, the headers (lower-case names) and the JSON body."""

    path: str
    headers: dict[str, str]
    body: Json


@dataclass(frozen=True)
class Reply:
    """How one request is answered; without faults, as the protocol says."""

    text: str = ""
    status: int = field(default=200, kw_only=True)
    message: str = field(default="scripted fault", kw_only=True)
    """The error's text, for a status that is not 200."""
    headers: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)
    raw: bytes | None = field(default=None, kw_only=True)
    """Sent as the body, in place of the protocol's."""
    content_type: str = field(default="", kw_only=True)
    """In place of the protocol's."""
    ignores_stream: bool = field(default=False, kw_only=True)
    """Answer a request for a stream with one JSON document."""
    silent: bool = field(default=False, kw_only=True)
    """Accept the connection and never answer."""
    pause: float = field(default=0.0, kw_only=True)
    """Seconds between two pieces."""
    comments: float = field(default=0.0, kw_only=True)
    """After the pieces, send keep-alive comments in this interval, for ever."""
    ending: Literal["complete", "hang", "cut"] = field(default="complete", kw_only=True)
    """After the pieces: end as agreed, send nothing more, or close the connection in the middle."""


@dataclass
class Server:
    """A running server: its address, what it was asked, and whether a client has left before the end."""

    port: int = 0
    replies: list[Reply] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    client_left: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """What an OpenAI client takes as its base address."""
        return f"{self.root}/v1"

    def take(self, request: Request) -> Reply:
        self.requests.append(request)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextlib.contextmanager
def serve(*replies: Reply) -> Iterator[Server]:
    """Run a server in threads of its own until the block ends."""
    script = Server(replies=list(replies))

    class Handler(_Handler):
        server_script = script

    class Http(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing: clients that leave in the middle are part of the tests."""

    with Http(("127.0.0.1", 0), Handler) as http:
        script.port = http.server_address[1]
        threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield script
        finally:
            script.closing.set()
            http.shutdown()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_script: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server_script.take(Request(path=self.path, headers=headers, body=body))
        try:
            self._answer(reply, body)
        except OSError:
            self.server_script.client_left.set()

    def _answer(self, reply: Reply, body: Json) -> None:
        if reply.silent:
            self._wait_for_end()
        elif reply.raw is not None:
            self._send(reply, reply.raw, reply.content_type or "application/json")
        elif reply.status != 200:
            self._send(reply, json.dumps(self._error(reply)).encode(), "application/json")
        elif self.path == "/api/chat":
            self._stream(reply, [_ollama_line(body, piece) for piece in _words(reply.text)], _ollama_line(body, None))
        elif not body.get("stream") or reply.ignores_stream:
            self._send(reply, json.dumps(_completion(body, reply.text)).encode(), "application/json")
        else:
            events = [_event(body, {"role": "assistant"}), *(_event(body, {"content": w}) for w in _words(reply.text))]
            self._stream(reply, events, b"data: [DONE]\n\n")

    def _error(self, reply: Reply) -> Json:
        if self.path == "/api/chat":
            return {"error": reply.message}
        return {"error": {"message": reply.message, "type": "scripted", "code": reply.status}}

    def _send(self, reply: Reply, page: bytes, content_type: str) -> None:
        self.send_response(reply.status)
        for name, value in (("Content-Type", content_type), ("Content-Length", str(len(page))), *reply.headers):
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(page)

    def _stream(self, reply: Reply, pieces: Sequence[bytes], last: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", reply.content_type or "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        for piece in pieces:
            self._chunk(piece)
            self.server_script.closing.wait(reply.pause)
        while reply.comments and not self.server_script.closing.wait(reply.comments):
            self._chunk(b": still thinking\n\n")
        if reply.ending == "hang":
            self._wait_for_end()
        elif reply.ending == "complete":
            self._chunk(last)
            self._chunk(b"")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _wait_for_end(self) -> None:
        """Hang until the client leaves or the test is over."""
        self.connection.settimeout(0.05)
        while not self.server_script.closing.is_set():
            with contextlib.suppress(TimeoutError):
                if not self.connection.recv(1):
                    raise ConnectionResetError

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*|\s+", text)


def _event(body: Json, delta: Json) -> bytes:
    chunk = {
        "id": "chat-1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": body.get("model"),
        "choices": [{"index": 0, "delta": delta, "finish_reason": None}],
    }
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def _completion(body: Json, text: str) -> Json:
    return {
        "id": "chat-1",
        "object": "chat.completion",
        "created": 0,
        "model": body.get("model"),
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


def _ollama_line(body: Json, piece: str | None) -> bytes:
    line = {
        "model": body.get("model"),
        "created_at": "2025-02-13T00:00:00Z",
        "message": {"role": "assistant", "content": piece or ""},
        "done": piece is None,
    }
    return json.dumps(line).encode() + b"\n"
