"""Who may change the index over the page: visitors on this machine, and admins.

An admin is a user who logged in as one, or who gave the `admin_key`. The key opens one visit: in its place the page
of the visitor holds a permit, a number drawn at random that is worth nothing after the visit or after a restart.
"""

from __future__ import annotations

import secrets
import threading
import time
from typing import TYPE_CHECKING, Any

from natoqa.serving.keys import digest, digests, is_one_of
from natoqa.serving.safeguards import is_on_this_machine
from natoqa.settings import Settings

if TYPE_CHECKING:
    from starlette.types import Scope

# A page that is left open over night is not meant to be one that anyone at the desk can re-index with.
_PERMIT_S = 12 * 3600.0
# Each is drawn for who knows the key; a program that draws them without end takes the first ones away again.
_MOST_PERMITS = 1000


class Editors:
    """Knows who may change the index; may be asked from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._admins = digests(settings.admin_key)
        self._permits: dict[bytes, float] = {}
        self._changing = threading.Lock()

    @property
    def has_key(self) -> bool:
        """Whether there is a key that can be given at all."""
        return bool(self._admins)

    def unlock(self, key: str) -> str | None:
        """Return a new permit for who gives the admin key, else None."""
        if not is_one_of(key.strip().encode("utf-8", "surrogatepass"), self._admins):
            return None
        permit = secrets.token_urlsafe(32)
        with self._changing:
            while len(self._permits) >= _MOST_PERMITS:
                del self._permits[next(iter(self._permits))]
            self._permits[digest(permit.encode())] = time.monotonic() + _PERMIT_S
        return permit

    def forget(self, permit: str | None) -> None:
        """Make a permit worthless."""
        with self._changing:
            self._permits.pop(digest((permit or "").encode()), None)

    def includes(self, scope: Scope, *, permit: str | None = None, key: bytes = b"") -> bool:
        """Tell whether who sent this request may change the index; programs send the admin `key` itself."""
        state: dict[str, Any] = scope.get("state") or {}
        # The login tells who is an admin; without one before this it is whoever sits at this machine.
        if state.get("admin", is_on_this_machine(scope)) is True:
            return True
        if is_one_of(key, self._admins):
            return True
        with self._changing:
            until = self._permits.get(digest((permit or "").encode()), 0.0)
        return time.monotonic() < until
