"""An answer being written in a thread of its own, so that who waits for it can leave or stop it at any moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue

from natoqa.serving.asker import Asker
from natoqa.serving.places import Place, Places
from natoqa.types import Answer

Part = str | Answer
Pieces = Callable[[], Iterator[Part]]
Keep = Callable[[Answer | Exception], None]

# A reader sees no difference above ten updates a second; each one sends the turn being written again.
_SECONDS_BETWEEN_PIECES = 0.1
# So soon one that waits for its turn notices that it was stopped.
_LOOK_S = 0.1


class Writer:
    """Writes answers, each in its place among the questions of all doors."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def begin(self, pieces: Pieces, keep: Keep, *, asker: Asker, question: str = "") -> Writing:
        """Start writing; `keep` is called in the background with the answer, or with what the writing raised.

        It is not called when somebody stopped the writing before.
        Raises a `RefusedError` when too many questions wait already.
        """
        writing = Writing(pieces, keep, self._places.join(asker, question))
        # A daemon, as the process must not wait for a language model when it is to end.
        threading.Thread(target=writing.write, name="natoqa-writing", daemon=True).start()
        return writing


class Writing:
    """One answer that is being written."""

    def __init__(self, pieces: Pieces, keep: Keep, place: Place) -> None:
        self._pieces = pieces
        self._keep = keep
        self._place = place
        self._parts: SimpleQueue[Part | Exception | None] = SimpleQueue()
        self._changing = threading.Lock()
        self._kept = False
        self.stopped = False
        self.left = False

    def stop(self) -> None:
        """End it: nothing more is written or kept. Has no effect on an answer or a failure that is there."""
        with self._changing:
            self.stopped = self.stopped or not self._kept
        self._parts.put(None)

    def leave(self) -> None:
        """Wait for it no longer: it is finished and kept without anybody looking."""
        self.left = True
        self._parts.put(None)

    def parts(self) -> Iterator[Part]:
        """Yield the text in pieces, then the `Answer`; ends early when it was stopped or left.

        What is written within a tenth of a second comes in one piece, which does not wait for what follows.
        Raises what the writing raises.
        """
        text, due = "", 0.0
        while True:
            part = self._next(within_s=due - time.monotonic() if text else None)
            if self.stopped or self.left:
                return
            if isinstance(part, Exception):
                raise part
            if isinstance(part, Answer):
                yield part
                return
            text += part or ""
            if text and time.monotonic() >= due:
                yield text
                text, due = "", time.monotonic() + _SECONDS_BETWEEN_PIECES

    def _next(self, *, within_s: float | None) -> Part | Exception | None:
        """Wait for the next part, if need be without an end; None when the time is up, and to look at what changed."""
        try:
            return self._parts.get(timeout=within_s if within_s is None else max(0.0, within_s))
        except Empty:
            return None

    def write(self) -> None:
        """Write the answer: the work of the thread."""
        try:
            while not self._place.wait(_LOOK_S):
                if self.stopped:
                    return
            for part in self._pieces():
                if isinstance(part, Answer):
                    self._place.outcome = part.status
                    if self._is_wanted():
                        self._keep(part)
                if self.stopped:
                    return
                self._parts.put(part)
        except Exception as problem:
            self._place.outcome = "failed"
            if self._is_wanted():
                self._keep(problem)
            self._parts.put(problem)
        finally:
            self._place.leave()

    def _is_wanted(self) -> bool:
        with self._changing:
            self._kept = not self.stopped
            return self._kept
