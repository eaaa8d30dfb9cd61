"""Who asks a question: what the limits are counted by, and what the log may say of them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from starlette.datastructures import Address

Door = Literal["page", "api", "mcp", "here"]

# The page gives it to every browser that opens it.
VISITOR_COOKIE = "natoqa_visitor"
_LONGEST_COOKIE = 64

# Another one in each process: nobody can find an address by hashing all of them.
_PEPPER = secrets.token_bytes(32)


class Asking(Protocol):
    """A request of Starlette, or of Gradio, which wraps one."""

    @property
    def client(self) -> Address | None:
        """Where the request comes from."""

    @property
    def cookies(self) -> Mapping[str, str]:
        """What the browser has kept."""

    @property
    def state(self) -> Any:
        """What login, gate and log have found out."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a name that is never shown, the door they came through, and the request that they came with."""

    name: str
    door: Door = "here"
    request_id: str | None = None

    @property
    def short_hash(self) -> str:
        """Eight characters that stand for the name as long as this process runs, and tell nothing about it."""
        return hmac.new(_PEPPER, self.name.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:8]


# Who asks from within this process.
THIS_PROCESS = Asker("this process")


def asker_of(request: Asking, *, door: Door) -> Asker:
    """Return who asks: a user who has logged in, else a program with its key, else a browser, else an address."""
    state = request.state
    request_id = getattr(state, "request_id", None)
    if user := getattr(state, "user", None):
        return Asker(f"user {user}", door, request_id)
    if key := getattr(state, "key", None):
        return Asker(f"key {key}", door, request_id)
    if door == "page" and (cookie := request.cookies.get(VISITOR_COOKIE, "")[:_LONGEST_COOKIE]):
        return Asker(f"browser {cookie}", door, request_id)
    return Asker(f"address {request.client.host if request.client else ''}", door, request_id)
