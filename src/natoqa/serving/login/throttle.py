"""Wrong passwords are counted: by the name, by the address they come from, and by both."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

WINDOW_S = 15 * 60.0
# A person mistypes a password a few times. A name may be tried from elsewhere, too, or whoever knows it could lock its
# owner out with five requests; behind one address there may be an office.
OF_BOTH, OF_NAME, OF_ADDRESS = 5, 25, 50
# Counted names and addresses are the guesser's to choose, so they must not fill the memory.
_REMEMBERED = 20_000


class Throttle:
    """Counts attempts in the last quarter of an hour. May be used from several threads."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._changing = threading.Lock()
        self._attempts: OrderedDict[tuple[str, str], list[float]] = OrderedDict()

    def attempt(self, name: str, address: str) -> float:
        """Count an attempt before it is made, so that many at once are counted, too.

        Returns the seconds after which another one is allowed: 0 if this one is, and else nothing is counted.
        """
        now = self._now()
        limits = _limits(name, address)
        with self._changing:
            recent = {key: self._recent(key, now) for key in limits}
            full = [times[-limits[key]] for key, times in recent.items() if len(times) >= limits[key]]
            if full:
                return max(full) + WINDOW_S - now
            for key, times in recent.items():
                self._attempts[key] = [*times, now]
                self._attempts.move_to_end(key)
            while len(self._attempts) > _REMEMBERED:
                self._attempts.popitem(last=False)
            return 0.0

    def succeeded(self, name: str, address: str) -> None:
        """Forget what was counted for the name at this address, and this attempt in the other counts."""
        with self._changing:
            for key in _limits(name, address):
                times = self._attempts.pop(key, [])
                if key != (name, address) and times[:-1]:
                    self._attempts[key] = times[:-1]

    def _recent(self, key: tuple[str, str], now: float) -> list[float]:
        return [each for each in self._attempts.get(key, ()) if each > now - WINDOW_S]


def _limits(name: str, address: str) -> dict[tuple[str, str], int]:
    return {(name, address): OF_BOTH, (name, ""): OF_NAME, ("", address): OF_ADDRESS}
