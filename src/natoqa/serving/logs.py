"""The log of a server: a line for every request and every question, with no word of articles or questions in it.

A request: its id, method, route (the pattern, not the address that was asked for), status and duration. A question: the
id of its request, the door, what became of it, and eight characters that stand for who asked. The question itself is
written only where the setting `log_questions` says so.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from natoqa.serving.junction import route_path
from natoqa.serving.places import Asked

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

# A proxy's own id is taken over, so that its log and this one can be held together.
_GIVEN_ID = re.compile(rb"[\w.:-]{1,64}", re.ASCII)
# What each open page asks for by itself, every second or when it is loaded, and what supervisors ask.
_QUIET = ("/gradio_api/", "/assets/", "/static/", "/theme.css", "/favicon", "/healthz", "/readyz")


class RequestLog:
    """ASGI middleware: gives each request an id, and logs how it ended."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope["state"] = {**scope.get("state", {}), "request_id": request_id}
        began, status = time.monotonic(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            _log_request(scope, request_id, status, time.monotonic() - began)


def _request_id(scope: Scope) -> str:
    given = dict(scope["headers"]).get(b"x-request-id", b"")
    return given.decode() if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)


def _log_request(scope: Scope, request_id: str, status: int, took_s: float) -> None:
    route = getattr(scope.get("route"), "path", None)
    quiet = status < 400 and route_path(scope).startswith(_QUIET)
    fields = {
        "event": "request",
        "request_id": request_id,
        "method": scope["method"],
        "route": route,
        "status": status,
        "duration_ms": round(took_s * 1000, 1),
    }
    said = f"{scope['method']} {route or '(no route)'} {status} in {took_s:.3f} s"
    logger.log(logging.DEBUG if quiet else logging.INFO, "%s", said, extra={"fields": fields})


def question_log(*, with_questions: bool) -> Callable[[Asked], None]:
    """Return what logs a question when it is over."""

    def log(asked: Asked) -> None:
        fields: dict[str, Any] = {
            "event": "question",
            "request_id": asked.asker.request_id,
            "door": asked.asker.door,
            "who": asked.asker.short_hash,
            "outcome": asked.outcome,
            "waited_ms": round(asked.waited_s * 1000, 1),
            "duration_ms": round(asked.took_s * 1000, 1),
        }
        if with_questions:
            fields["question"] = asked.question
        said = f"a question from {asked.asker.short_hash} ({asked.asker.door}): {asked.outcome} in {asked.took_s:.3f} s"
        logger.info("%s", said, extra={"fields": fields})

    return log


def json_line(record: logging.LogRecord) -> str:
    """Return the record as one line of JSON in ASCII, which no terminal obeys, without its line break."""
    time_ = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    content: dict[str, Any] = {"time": time_, "level": record.levelname.lower()}
    content |= getattr(record, "fields", None) or {"event": "message", "message": record.getMessage()}
    if record.exc_info:
        content["traceback"] = logging.Formatter().formatException(record.exc_info)
    return json.dumps(content, default=str)
