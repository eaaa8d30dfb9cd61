"""Who may use the API: programs with a key or, where none is configured, programs on this machine.

A browser lets every site send requests to this machine, and a site may point its own name at it. So a request that
comes from another site's page is refused, and "on this machine" also means: addressed by this machine's own name, and
not handed on by a proxy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from natoqa.serving.junction import route_path
from natoqa.serving.keys import bearer, digest, digests, is_one_of
from natoqa.serving.problems import RefusedError, refuse
from natoqa.serving.safeguards import is_from_another_site, is_on_this_machine
from natoqa.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

# They tell nothing about the articles, and whoever asks for them has no key: load balancers, generators of clients.
OPEN = frozenset({"/healthz", "/readyz", "/api/openapi.json"})
# What changes the index.
ADMIN = frozenset({"/api/index"})


class Gate:
    """ASGI middleware: lets a request in or answers why not."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._readers = digests((settings.api_keys or "").replace(",", " "))
        self._admins = digests(settings.admin_key)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and (refusal := self._refusal(scope)):
            await refuse(send, refusal, path=route_path(scope))
        else:
            if scope["type"] == "http" and (key := bearer(dict(scope["headers"]))):
                scope["state"] = {**scope.get("state", {}), **self._known_as(key)}
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> RefusedError | None:
        path, headers = route_path(scope), dict(scope["headers"])
        if path in OPEN:
            return None
        if is_from_another_site(headers):
            return RefusedError(
                403, "Another site may not act here.", hint="Call the API from a program, not from a page."
            )
        wanted = self._admins if path in ADMIN else self._readers
        key = bearer(headers)
        if is_one_of(key, wanted | self._admins) or (not wanted and is_on_this_machine(scope)):
            return None
        if not wanted | self._admins:
            return RefusedError(403, "This is open to programs on this machine only.", hint=_hint(path))
        if path in ADMIN and is_one_of(key, self._readers):
            return RefusedError(403, "This key does not open the index for writing.", hint="Use the admin key.")
        told = "This key is not known." if key else "This needs a key."
        return RefusedError(401, told, hint="Send the header: Authorization: Bearer <key>.")

    def _known_as(self, key: bytes) -> dict[str, str]:
        """Return by what the limits know a program with a key; one that is not known is no key."""
        known = is_one_of(key, self._readers | self._admins)
        return {"key": digest(key).hex()} if known else {}


def _hint(path: str) -> str:
    setting = "admin_key" if path in ADMIN else "api_keys"
    return f"Set {setting} (docs/settings.md) on the server and send: Authorization: Bearer <key>."
