"""The whole server on loopback, page and programs' doors, and what a visitor without a browser does there."""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
from collections.abc import Iterator
from typing import Any

import httpx
from starlette.types import ASGIApp

from natoqa.serving.shared_index import SharedIndex
from natoqa.settings import Settings
from natoqa.ui import create_app
from natoqa.ui.server import listen, web_server

HTML = {"accept": "text/html"}


@contextlib.contextmanager
def serving_all(settings: Settings, shared: SharedIndex | None = None) -> Iterator[str]:
    """Serve page, API and tools from a thread of this process; yields the address."""
    shared = shared or SharedIndex(settings)
    with contextlib.closing(shared), running(create_app(settings, shared=shared)) as url:
        yield url


@contextlib.contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    """Serve an application from a thread of this process; yields its address."""
    listening = listen("127.0.0.1", 0)
    server = web_server(app)  # type: ignore[arg-type] # any ASGI application will do
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


class Tab:
    """A page as its browser tab talks to the server: asks over Gradio's queue and reads its stream of events."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.session = secrets.token_hex(6)
        config = client.get("/config").raise_for_status().json()
        question = next(each["id"] for each in config["components"] if each["props"].get("label") == "Question")
        self._event = next(each for each in config["dependencies"] if [question, "submit"] in each["targets"])

    def join(self, question: str) -> httpx.Response:
        """Send a question."""
        data = {"data": [question, None, ""], "fn_index": self._event["id"], "session_hash": self.session}
        return self.client.post("/gradio_api/queue/join", json={**data, "trigger_id": None, "event_data": None})

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield what the stream tells, until it ends."""
        url = f"/gradio_api/queue/data?session_hash={self.session}"
        with self.client.stream("GET", url, timeout=60) as stream:
            stream.raise_for_status()
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))

    def ask(self, question: str) -> str:
        """Return all that the stream tells until the answer is there."""
        self.join(question).raise_for_status()
        return json.dumps(list(self.events()), ensure_ascii=False)
