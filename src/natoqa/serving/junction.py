"""Where the ways part: the API's addresses to the API, everything else to the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_BRANCHES = frozenset({"api", "v1", "healthz", "readyz"})


def route_path(scope: Scope) -> str:
    """Return the path as the routes know it, without the prefix that a reverse proxy has put before it."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


class Junction:
    """ASGI middleware. Routes of one application would not do: the page takes what no route has, wrong methods too."""

    def __init__(self, app: ASGIApp, *, api: ASGIApp) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand one request on."""
        is_api = scope["type"] == "http" and route_path(scope).lstrip("/").partition("/")[0] in _BRANCHES
        await (self._api if is_api else self._app)(scope, receive, send)
