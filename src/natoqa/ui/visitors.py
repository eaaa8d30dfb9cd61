"""Who asks: the user who has logged in or else the browser, known by a cookie that the page gives it."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Protocol

from starlette.requests import cookie_parser

from natoqa.conversations import browser, user
from natoqa.serving.asker import VISITOR_COOKIE
from natoqa.serving.junction import route_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# 128 random bits cannot be guessed; what else a browser sends under this name was not given by the page.
_TOKEN_BYTES = 16
_TOKEN = re.compile(rf"[0-9a-f]{{{2 * _TOKEN_BYTES}}}")
# The longest that browsers keep a cookie, counted anew with each visit.
_KEPT_S = 400 * 24 * 3600


class Asking(Protocol):
    """A request of Starlette, or of Gradio, which wraps one."""

    @property
    def cookies(self) -> Mapping[str, str]:
        """The cookies by their names."""

    @property
    def state(self) -> Any:
        """What middleware has found out: `user` is the name of who has logged in."""


def owner_of(request: Asking) -> str | None:
    """Return whose conversations the request may see: a user's, else a browser's.

    None where there is neither, as the browser takes no cookies: nothing can be kept that nobody could see again.
    """
    name = getattr(request.state, "user", None)
    if name:
        return user(str(name))
    token = request.cookies.get(VISITOR_COOKIE, "")
    return browser(token) if _TOKEN.fullmatch(token) else None


class Visitors:
    """ASGI middleware: gives each browser that opens the page a cookie of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        opens_the_page = scope["type"] == "http" and scope["method"] == "GET" and route_path(scope) in ("/", "")
        await self._app(scope, receive, _with_cookie(scope, send) if opens_the_page else send)


def _with_cookie(scope: Scope, send: Send) -> Send:
    token = _token(scope) or secrets.token_hex(_TOKEN_BYTES)
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    path = str(scope.get("root_path", "")) or "/"
    cookie = f"{VISITOR_COOKIE}={token}; Path={path}; Max-Age={_KEPT_S}; HttpOnly; SameSite=Lax{secure}".encode(
        "latin-1"
    )

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (b"set-cookie", cookie)]
        await send(message)

    return sending


def _token(scope: Scope) -> str | None:
    sent = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    token = cookie_parser(sent).get(VISITOR_COOKIE, "")
    return token if _TOKEN.fullmatch(token) else None
