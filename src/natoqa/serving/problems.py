"""What a refused request is answered with: a status and what to do, in natoqa's form or, below /v1, in OpenAI's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from natoqa.errors import (
    ArticleNotFoundError,
    ConversationError,
    ConversationNotFoundError,
    CorpusError,
    CorpusShrunkError,
    IndexBusyError,
    IndexingError,
    LLMError,
    NatoqaError,
    SettingsError,
    StorageError,
)
from natoqa.types import Json

if TYPE_CHECKING:
    from starlette.types import Send

# The first class that fits counts. What the request asks for is the client's fault, everything else the server's:
# an index that is missing or of other settings may be there in a moment, so 503.
_STATUSES: tuple[tuple[type[NatoqaError], int], ...] = (
    (SettingsError, 422),
    (ArticleNotFoundError, 404),
    (ConversationNotFoundError, 404),
    (ConversationError, 503),
    (IndexBusyError, 409),
    (CorpusShrunkError, 409),
    (StorageError, 507),
    (IndexingError, 503),
    (CorpusError, 503),
    (LLMError, 503),
)
# A program has no -v; what it cannot see stands in the log.
UNEXPECTED = "The log in the terminal where natoqa was started says more."


class RefusedError(NatoqaError):
    """A request that is not carried out, with the status that says why."""

    def __init__(self, status: int, message: str, *, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.status = status


def status_of(problem: NatoqaError) -> int:
    """Return the HTTP status that fits the error."""
    if isinstance(problem, RefusedError):
        return problem.status
    return next((status for kind, status in _STATUSES if isinstance(problem, kind)), 500)


def document(problem: NatoqaError, *, path: str) -> Json:
    """Return the error as the client of `path` expects it."""
    hint = UNEXPECTED if problem.hint == NatoqaError.default_hint else problem.hint
    if not path.startswith("/v1/"):
        return {"error": str(problem), "hint": hint}
    kind = "invalid_request_error" if status_of(problem) < 500 else "server_error"
    return {"error": {"message": f"{problem} – {hint}", "type": kind, "param": None, "code": None}}


async def refuse(send: Send, problem: NatoqaError, *, path: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    """Send the error as the whole response."""
    status = status_of(problem)
    challenge = ((b"www-authenticate", b"Bearer"),) if status == 401 else ()
    body = json.dumps(document(problem, path=path)).encode()
    start = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), *challenge, *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})
