"""Waiting for the web without being bound to it: for a slow server, or until a host may be asked again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

LOOK_EVERY_S = 0.2
"""Seconds between two looks whether the wait goes on; who presses Ctrl-C does not notice as many."""

Meanwhile = Callable[[], None]
"""Called again and again during a wait; what it raises ends the wait."""

_T = TypeVar("_T")


def pause(seconds: float, meanwhile: Meanwhile) -> None:
    """Sleep for so long."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        meanwhile()
        time.sleep(min(left, LOOK_EVERY_S))


def outcome(work: Callable[[], _T], meanwhile: Meanwhile) -> _T:
    """Return, or raise, what comes of `work`, done in a thread of its own.

    A look-up of a name or a handshake cannot be broken off: work that is not waited for any longer is left behind. So
    it may only bring something, write nothing, and has to end by itself.
    """
    done: Future[_T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:
            done.set_exception(error)

    # A daemon: the process may end while it hangs in a call of the system.
    threading.Thread(target=run, name="natoqa-transfer", daemon=True).start()
    while not wait([done], LOOK_EVERY_S).done:
        meanwhile()
    return done.result()
