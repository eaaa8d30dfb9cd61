"""A visitor's conversation as a document to take along: `GET export/{id}.md`, `.json` or `.html`.

Not by Gradio's files, which every visitor may read: each request is checked against the owner.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, cast, get_args

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from natoqa.conversations import Conversations, Format, exported
from natoqa.errors import ConversationNotFoundError, NatoqaError
from natoqa.serving.problems import document, status_of
from natoqa.serving.shared_index import SharedIndex
from natoqa.ui.conversation import told
from natoqa.ui.visitors import owner_of

if TYPE_CHECKING:
    from natoqa.index import Index

logger = logging.getLogger(__name__)

_TYPES: dict[Format, str] = {"md": "text/markdown", "json": "application/json", "html": "text/html"}
_HEADERS = {
    # Opened by itself, a document loads nothing, runs nothing and is no page of this server.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cache-Control": "no-store",
}
_LONGEST_NAME = 60


def exports(shared: SharedIndex, kept: Conversations) -> Route:
    """Return the route to the documents."""

    def export(request: Request) -> Response:
        conversation_id, form = request.path_params["conversation_id"], request.path_params["form"]
        owner = owner_of(request)
        try:
            if owner is None or form not in get_args(Format):
                raise ConversationNotFoundError("There is no such conversation")
            conversation = kept.load(conversation_id, owner)
            written = exported(conversation, cast(Format, form), index=_index(shared))
        except NatoqaError as problem:
            logger.info("not exported: %s", problem)
            told_so = NatoqaError(f"It cannot be exported: {told(problem)}", hint="Choose one from your list.")
            return JSONResponse(document(told_so, path="/export"), status_of(problem), _HEADERS)
        name = f"{_file_name(conversation.title)}.{form}"
        headers = _HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
        # Half a character, which a question may hold, cannot be sent.
        body = written.encode("utf-8", "replace")
        return Response(body, headers=headers, media_type=f"{_TYPES[cast(Format, form)]}; charset=utf-8")

    return Route("/export/{conversation_id}.{form}", export, methods=["GET"])


def _index(shared: SharedIndex) -> Index | None:
    try:
        return shared.index()
    except NatoqaError:
        # A conversation can be read without the articles; what has changed since cannot be told then.
        return None


def _file_name(title: str) -> str:
    """Return the title as a name that every system takes for a file's."""
    return re.sub(r"[^A-Za-z0-9]+", "-", title)[:_LONGEST_NAME].strip("-") or "conversation"
