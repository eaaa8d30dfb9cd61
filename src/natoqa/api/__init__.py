"""The HTTP API beside the chat page: natoqa for other programs, in its own form and in that of OpenAI.

    junction -> gate (may this client?) -> routes (/api/…, /healthz, /readyz) -> the shared index
                                        -> completions (/v1/…)                 -> desk -> Chatbot

The documents are those of the command line; an error is `{"error", "hint"}` with a fitting status.
The tools of `natoqa.mcp` stand behind the same gate.
FastAPI is imported when an API is created, not when this package is.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from natoqa.serving.shared_index import SharedIndex
    from natoqa.settings import Settings

__all__ = ["create_api", "create_tools"]

Lifespan = Callable[[Any], AbstractAsyncContextManager[Any]]


def create_api(settings: Settings, shared: SharedIndex) -> FastAPI:
    """Return the API on the shared index, behind its gate; nothing is opened or loaded before the first request."""
    from natoqa.api.application import create

    return create(settings, shared)


def create_tools(settings: Settings, shared: SharedIndex) -> tuple[ASGIApp, Lifespan]:
    """Return the tools (`/mcp`) on the shared index, behind the same gate, and the lifespan in which they work."""
    from natoqa.api.gate import Gate
    from natoqa.mcp import http_app

    tools = http_app(shared.index, places=shared.places, guarded=True)
    return Gate(tools, settings=settings), tools.router.lifespan_context
