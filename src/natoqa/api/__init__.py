"""The HTTP API beside the chat page: natoqa for other programs, in its own form and in that of OpenAI.

    junction -> gate (may this client?) -> routes (/api/…, /healthz, /readyz) -> the shared index
                                        -> completions (/v1/…)                 -> desk -> Chatbot

The documents are those of the command line; an error is `{"error", "hint"}` with a fitting status.
FastAPI is imported when an API is created, not when this package is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from natoqa.serving.shared_index import SharedIndex
    from natoqa.settings import Settings

__all__ = ["create_api"]


def create_api(settings: Settings, shared: SharedIndex) -> FastAPI:
    """Return the API on the shared index, behind its gate; nothing is opened or loaded before the first request."""
    from natoqa.api.application import create

    return create(settings, shared)
