"""Who may use the API: programs with a key or, where none is configured, programs on this machine.

A browser lets every site send requests to this machine, and a site may point its own name at it. So a request that
comes from another site's page is refused, and "on this machine" also means: addressed by this machine's own name, and
not handed on by a proxy.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from natoqa.serving.junction import route_path
from natoqa.serving.problems import RefusedError, refuse
from natoqa.serving.safeguards import is_from_another_site, is_on_this_machine
from natoqa.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

# They tell nothing about the articles, and whoever asks for them has no key: load balancers, generators of clients.
OPEN = frozenset({"/healthz", "/readyz", "/api/openapi.json"})
# What changes the index.
ADMIN = frozenset({"/api/index"})

Headers = dict[bytes, bytes]


class Gate:
    """ASGI middleware: lets a request in or answers why not."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._readers = frozenset(map(_digest, (settings.api_keys or "").replace(",", " ").encode().split()))
        self._admins = frozenset(map(_digest, (settings.admin_key or "").encode().split()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and (refusal := self._refusal(scope)):
            await refuse(send, refusal, path=route_path(scope))
        else:
            if scope["type"] == "http" and (key := _bearer(dict(scope["headers"]))):
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
        key = _bearer(headers)
        if _is_one_of(key, wanted | self._admins) or (not wanted and is_on_this_machine(scope)):
            return None
        if not wanted | self._admins:
            return RefusedError(403, "This is open to programs on this machine only.", hint=_hint(path))
        if path in ADMIN and _is_one_of(key, self._readers):
            return RefusedError(403, "This key does not open the index for writing.", hint="Use the admin key.")
        told = "This key is not known." if key else "This needs a key."
        return RefusedError(401, told, hint="Send the header: Authorization: Bearer <key>.")

    def _known_as(self, key: bytes) -> dict[str, str]:
        """Return by what the limits know a program with a key; one that is not known is no key."""
        known = _is_one_of(key, self._readers | self._admins)
        return {"key": _digest(key).hex()} if known else {}


def _hint(path: str) -> str:
    setting = "admin_key" if path in ADMIN else "api_keys"
    return f"Set {setting} (docs/settings.md) on the server and send: Authorization: Bearer <key>."


def _bearer(headers: Headers) -> bytes:
    scheme, _, key = headers.get(b"authorization", b"").partition(b" ")
    return key.strip() if scheme.lower() == b"bearer" else b""


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()


def _is_one_of(key: bytes, digests: frozenset[bytes]) -> bool:
    """Compare with every key and in constant time, so that the time taken tells nothing about any of them."""
    given = _digest(key)
    return sum(hmac.compare_digest(given, digest) for digest in digests) > 0
