"""Responses: a document at once, or server-sent events, each sent when it is there."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.responses import JSONResponse, StreamingResponse

from natoqa.errors import NatoqaError
from natoqa.serving.problems import UNEXPECTED, document

logger = logging.getLogger(__name__)

MEDIA_TYPE = "text/event-stream"
# A proxy that collected the pieces, or kept them for the next client, would defeat their purpose.
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}

Stream = AsyncIterator[bytes]


def described(*names: str) -> dict[str, Any]:
    """Return the description (OpenAPI) of a stream of events with these names; the data of each is JSON."""
    name = {"type": "string", "enum": list(names)}
    data = {"type": "string", "contentMediaType": "application/json"}
    event = {"type": "object", "required": ["event", "data"], "properties": {"event": name, "data": data}}
    return {MEDIA_TYPE: {"schema": event}}


class Document(JSONResponse):
    """A JSON document that can always be written: what is no character becomes a question mark."""

    def render(self, content: Any) -> bytes:
        """Return the bytes to send."""
        return json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def event(data: Any, *, name: str | None = None) -> bytes:
    """Return one event; its JSON is ASCII, as some clients take every Unicode line break for the end of a line."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data, allow_nan=False)}\n\n".encode()


def stream(events: Stream, *, failed: Callable[[NatoqaError], bytes]) -> StreamingResponse:
    """Return the response; what goes wrong after its beginning becomes its last event, made by `failed`."""
    return StreamingResponse(_told(events, failed), media_type=MEDIA_TYPE, headers=_HEADERS)


async def _told(events: Stream, failed: Callable[[NatoqaError], bytes]) -> Stream:
    try:
        async for each in events:
            yield each
    except NatoqaError as problem:
        yield failed(problem)
    except Exception:
        logger.exception("an answer broke off")
        yield failed(NatoqaError("The question could not be answered.", hint=UNEXPECTED))


def problem_event(problem: NatoqaError, *, path: str) -> bytes:
    """Return the event that ends a stream which could not be finished; OpenAI's clients want it without a name."""
    return event(document(problem, path=path), name=None if path.startswith("/v1/") else "error")
