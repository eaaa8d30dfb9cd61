"""The path under which a reverse proxy shows the page, such as /news, whether the proxy takes it off or not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from natoqa.errors import SettingsError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
# A path that begins so could be one with the prefix or one without.
_OWN = frozenset({"api", "v1", "healthz", "readyz", "mcp", "login", "logout", "gradio_api", "assets", "static"})


def checked(root_path: str | None) -> str:
    """Return the prefix without a slash at its end, empty for none; raises `SettingsError` for what can be none."""
    prefix = (root_path or "").rstrip("/")
    if prefix and not _PATH.fullmatch(prefix):
        raise SettingsError(f"root_path {root_path!r} is not a path such as /news")
    if prefix.split("/")[1:2] and prefix.split("/")[1] in _OWN:
        raise SettingsError(f"root_path cannot begin with {root_path!r}, which natoqa uses itself")
    return prefix


class Prefix:
    """ASGI middleware: every request is seen as one below the prefix, so that links and cookies are made for it."""

    def __init__(self, app: ASGIApp, *, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if self._prefix and scope["type"] in ("http", "websocket"):
            path: str = scope["path"]
            if path == self._prefix and scope["type"] == "http":
                # Without the slash, what the page names relative to itself would be looked for beside it.
                await _redirect(send, f"{self._prefix}/")
                return
            scope = {**scope, "root_path": self._prefix}
            if not path.startswith(f"{self._prefix}/"):
                scope["path"] = self._prefix + (path or "/")
                scope["raw_path"] = self._prefix.encode() + (scope.get("raw_path") or path.encode() or b"/")
        await self._app(scope, receive, send)


async def _redirect(send: Send, location: str) -> None:
    headers = [(b"location", location.encode()), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 308, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
