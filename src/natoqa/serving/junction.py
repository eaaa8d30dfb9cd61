"""Where the ways part: the programs' addresses to the API and to the tools, everything else to the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_API = frozenset({"api", "v1", "healthz", "readyz"})
_TOOLS = frozenset({"mcp"})


def route_path(scope: Scope) -> str:
    """Return the path as the routes know it, without the prefix that a reverse proxy has put before it."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


def first_segment(scope: Scope) -> str:
    """Return what stands first in the path, such as `api`."""
    return route_path(scope).lstrip("/").partition("/")[0]


def is_for_programs(scope: Scope) -> bool:
    """Tell whether the request goes to one of the programs' doors, which have a gate of their own."""
    return first_segment(scope) in _API | _TOOLS


class Junction:
    """ASGI middleware. Routes of one application would not do: the page takes what no route has, wrong methods too."""

    def __init__(self, app: ASGIApp, *, api: ASGIApp, tools: ASGIApp) -> None:
        self._app = app
        self._branches = dict.fromkeys(_API, api) | dict.fromkeys(_TOOLS, tools)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand one request on."""
        branch = self._branches.get(first_segment(scope), self._app) if scope["type"] == "http" else self._app
        await branch(scope, receive, send)
