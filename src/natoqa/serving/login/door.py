"""The door of the page: whoever is logged in goes through, everybody else is led to the form.

What is behind it reads `request.state.user`, the name or None where no login is asked for, and `request.state.admin`.
The programs' doors are not behind it: they have keys.
"""

from __future__ import annotations

import logging
import re
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlencode

from anyio import CapacityLimiter, to_thread
from starlette.requests import ClientDisconnect, Request, cookie_parser

from natoqa.errors import UsersError
from natoqa.serving.junction import is_for_programs, route_path
from natoqa.serving.login.form import CONTENT_POLICY, login_page
from natoqa.serving.login.sessions import Sessions
from natoqa.serving.login.throttle import Throttle
from natoqa.serving.problems import RefusedError, refuse
from natoqa.serving.safeguards import is_from_this_page, is_on_this_machine
from natoqa.settings import Settings
from natoqa.users import User, Users

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

COOKIE = "natoqa_session"
# A path of this server, and no address of another one: not //example.org, not /\example.org. Browsers leave brackets,
# bars and the like as they are in a query. The page's links have up to 2,000 characters, without the proxy's path.
# A backslash is a slash to browsers, except in a query: there it is a letter like any other.
_THEN = re.compile(
    r"(?=.{1,4001}\Z)/(?!/)[A-Za-z0-9._~!$&'()*+,;=:@%/\[\]{}|^`-]*(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?\[\]{}|^`\\-]*)?",
    re.ASCII,
)
# The header in which a refusal tells the page's script (ui/session.js) where the login is.
_LOGIN_HEADER = b"natoqa-login"
# Passwords are checked one after the other, a quarter of a second each; behind a longer queue nobody would wait.
_CHECKED_AT_ONCE, _CHECKS_WAITING = 1, 16
_LONGEST_FORM = 10_000

_WRONG = "Name or password is wrong."
_BUSY = "Too many people are logging in. Try again in a moment."
_BROKEN = "Nobody can log in at the moment. The log of the server says why."

Headers = list[tuple[bytes, bytes]]


class Login:
    """ASGI middleware: asks for a name and a password where the settings say so."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._when = settings.login
        self._users = Users(settings.data_folder)
        self._lasts_s = int(settings.login_hours * 3600)
        self._sessions = Sessions(self._users, hours=settings.login_hours)
        self._throttle = Throttle()
        self._checking = CapacityLimiter(_CHECKED_AT_ONCE)
        self._checks = 0

    @property
    def _is_wanted(self) -> bool:
        return self._when == "always" or (self._when == "auto" and self._users.exist)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] not in ("http", "websocket") or is_for_programs(scope):
            await self._app(scope, receive, send)
        elif not self._is_wanted:
            await self._without_login(scope, receive, send)
        else:
            await self._with_login(scope, receive, send)

    async def _without_login(self, scope: Scope, receive: Receive, send: Send) -> None:
        if route_path(scope) in ("/login", "/logout"):
            await _redirect(send, _home(scope))
            return
        # Whoever sits at this machine could change its files, too.
        _tell(scope, user=None, admin=is_on_this_machine(scope))
        await self._app(scope, receive, send)

    async def _with_login(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _token(scope)
        user = self._sessions.user(token) if token else None
        place = (scope.get("method", ""), route_path(scope))
        if place in (("GET", "/login"), ("HEAD", "/login")):
            then = _asked_for(scope)
            # Whoever has logged in from another tab meanwhile need not do so again.
            await (_redirect(send, then) if user else self._form(scope, send, then=then))
        elif place == ("POST", "/login"):
            await self._log_in(scope, receive, send)
        elif place == ("POST", "/logout"):
            await self._log_out(scope, send, token)
        elif user is not None:
            _tell(scope, user=user.name, admin=user.admin)
            await self._app(scope, *self._while_logged_in(token, receive, send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif _opens_a_page(scope):
            query = scope["query_string"].decode("latin-1")
            then = quote(scope["path"]) + (f"?{query}" if query else "")
            await _redirect(send, f"{_home(scope)}login?{urlencode({'next': then})}")
        else:
            refusal = RefusedError(401, "You are not logged in.", hint="Open the page again and log in.")
            there = (_LOGIN_HEADER, f"{_home(scope)}login".encode())
            await refuse(send, refusal, path=route_path(scope), headers=(there,))

    def _while_logged_in(self, token: str, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """Return the ways to and from the visitor, which end with the session: streams outlive the request for them."""
        ended = False

        async def receiving() -> Message:
            return await receive() if self._sessions.user(token) else {"type": "http.disconnect"}

        async def sending(message: Message) -> None:
            nonlocal ended
            if not ended and message["type"] == "http.response.body" and not self._sessions.user(token):
                ended, message = True, {"type": "http.response.body", "body": b"", "more_body": False}
                await send(message)
            elif not ended:
                await send(message)

        return receiving, sending

    # -- in and out ---------------------------------------------------------------------------------------------------

    async def _log_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_from_this_page(dict(scope["headers"])):
            await _refuse_foreign(scope, send)
            return
        sent = await _form_of(scope, receive)
        name, password = sent.get("name", "").strip(), sent.get("password", "")
        then = _own_path(scope, sent.get("next", ""))
        address, _ = scope.get("client") or ("", 0)
        wait_s = self._throttle.attempt(name[:80], address)
        if wait_s:
            told = f"Too many wrong passwords. Try again in {round(wait_s / 60) or 1} min."
            retry = [(b"retry-after", b"%d" % (wait_s + 1))]
            await self._form(scope, send, then=then, name=name, failed=told, status=429, headers=retry)
            return
        if self._checks >= _CHECKS_WAITING:
            await self._form(scope, send, then=then, name=name, failed=_BUSY, status=503)
            return
        try:
            user = await self._checked(name, password)
        except UsersError as error:
            logger.error("nobody can log in: %s", error)
            await self._form(scope, send, then=then, name=name, failed=_BROKEN, status=503)
            return
        if user is None:
            logger.info("a login was refused")
            await self._form(scope, send, then=then, name=name, failed=_WRONG, status=401)
            return
        self._throttle.succeeded(name, address)
        # Who logs in anew is done with what was begun before.
        self._sessions.end(_token(scope))
        await _redirect(send, then, [_cookie(scope, self._sessions.begin(user), self._lasts_s)])

    async def _checked(self, name: str, password: str) -> User | None:
        self._checks += 1
        try:
            right = await to_thread.run_sync(self._users.verify, name, password, limiter=self._checking)
            return self._users.find(name) if right else None
        finally:
            self._checks -= 1

    async def _log_out(self, scope: Scope, send: Send, token: str) -> None:
        if not is_from_this_page(dict(scope["headers"])):
            await _refuse_foreign(scope, send)
            return
        self._sessions.end(token)
        await _redirect(send, f"{_home(scope)}login", [_cookie(scope, "", 0)])

    async def _form(
        self,
        scope: Scope,
        send: Send,
        *,
        then: str,
        name: str = "",
        failed: str = "",
        status: int = 200,
        headers: Headers | None = None,
    ) -> None:
        page = login_page(action=f"{_home(scope)}login", then=then, name=name[:64], failed=failed)
        content = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", b"%d" % len(page))]
        rules = [(b"cache-control", b"no-store"), (b"content-security-policy", CONTENT_POLICY.encode())]
        await send({"type": "http.response.start", "status": status, "headers": [*content, *rules, *(headers or [])]})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else page})


def _tell(scope: Scope, *, user: str | None, admin: bool) -> None:
    scope["state"] = {**scope.get("state", {}), "user": user, "admin": admin}


def _home(scope: Scope) -> str:
    return f"{scope.get('root_path', '')}/"


def _token(scope: Scope) -> str:
    sent = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    return cookie_parser(sent).get(COOKIE, "")


def _cookie(scope: Scope, token: str, lasts_s: int) -> tuple[bytes, bytes]:
    """Return the header that sets the cookie; an empty one is taken away."""
    cookie: SimpleCookie = SimpleCookie({COOKIE: token})
    about = {"path": scope.get("root_path") or "/", "max-age": lasts_s, "httponly": True, "samesite": "Lax"}
    for name, value in about.items():
        cookie[COOKIE][name] = value
    # A proxy may only be known by its word; a lie makes the liar's own cookie stricter.
    said = dict(scope["headers"]).get(b"x-forwarded-proto", b"")
    cookie[COOKIE]["secure"] = scope.get("scheme") == "https" or said.startswith(b"https")
    return b"set-cookie", cookie[COOKIE].OutputString().encode()


def _opens_a_page(scope: Scope) -> bool:
    return scope["method"] in ("GET", "HEAD") and b"text/html" in dict(scope["headers"]).get(b"accept", b"")


def _asked_for(scope: Scope) -> str:
    given = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=10).get("next", [""])
    return _own_path(scope, given[0])


def _own_path(scope: Scope, path: str) -> str:
    """Return the path if the login may lead there, else that of the page."""
    return path if _THEN.fullmatch(path) and path.startswith(_home(scope)) else _home(scope)


async def _form_of(scope: Scope, receive: Receive) -> dict[str, str]:
    try:
        body = await Request(scope, receive).body()
        fields = parse_qs(body[:_LONGEST_FORM].decode("utf-8", "replace"), max_num_fields=10, keep_blank_values=True)
    except (ClientDisconnect, ValueError):
        return {}
    return {name: values[0] for name, values in fields.items()}


async def _redirect(send: Send, location: str, headers: Headers | None = None) -> None:
    own = [(b"location", location.encode()), (b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 303, "headers": [*own, *(headers or [])]})
    await send({"type": "http.response.body", "body": b""})


async def _refuse_foreign(scope: Scope, send: Send) -> None:
    refusal = RefusedError(403, "Another site may not act here.", hint="Open the page itself.")
    await refuse(send, refusal, path=route_path(scope))
