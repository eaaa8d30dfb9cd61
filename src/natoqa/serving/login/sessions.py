"""Who is logged in: random tokens in cookies, known here by their hash only. They end with the process."""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from natoqa.errors import UsersError
from natoqa.users import User, Users

logger = logging.getLogger(__name__)

_TOKEN_BYTES = 32
# Ten times what a newsroom needs; whoever logs in again and again ends their own oldest ones first.
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class _Session:
    name: str
    seal: str
    ends: float


class Sessions:
    """The sessions of one process. May be used from several threads."""

    def __init__(self, users: Users, *, hours: float, now: Callable[[], float] = time.monotonic) -> None:
        self._users = users
        self._seconds = hours * 3600
        self._now = now
        self._changing = threading.Lock()
        self._sessions: OrderedDict[bytes, _Session] = OrderedDict()

    def begin(self, user: User) -> str:
        """Return the token of a new session."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = self._now()
        with self._changing:
            # In the order of their ends, as all last as long.
            while self._sessions and next(iter(self._sessions.values())).ends <= now:
                self._sessions.popitem(last=False)
            if len(self._sessions) >= _MOST:
                self._sessions.popitem(last=False)
            self._sessions[_digest(token)] = _Session(user.name, user.seal, now + self._seconds)
        return token

    def user(self, token: str) -> User | None:
        """Return who has the token: nobody once it is over, or the user was removed or has another password."""
        session = self._sessions.get(_digest(token))
        if session is None or session.ends <= self._now():
            return None
        try:
            user = self._users.find(session.name)
        except UsersError as error:
            logger.error("nobody is let in: %s", error)
            return None
        return user if user is not None and user.seal == session.seal else None

    def end(self, token: str) -> None:
        """End the session of the token, if there is one."""
        with self._changing:
            self._sessions.pop(_digest(token), None)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
