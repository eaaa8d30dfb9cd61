"""Places for questions: a few are worked on at a time, the others wait, and too many are sent away.

All doors share them, and no visitor takes them all: the next free place goes to whoever has the fewest, and among these
to who came first. Threads wait with `Place.wait`, asyncio with `Place.arrival`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Literal

from natoqa.serving.asker import Asker
from natoqa.serving.problems import RefusedError
from natoqa.settings import Settings

# "found" is a search without an answer; "left" is a visitor who did not wait for the end.
Outcome = Literal["answered", "partial", "not_in_corpus", "found", "failed", "left", "refused"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many questions are worked on and how many may wait: of all, and of one visitor."""

    at_once: int = 4
    waiting: int = 64
    visitor_at_once: int = 2
    visitor_waiting: int = 32

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Return the configured limits."""
        return cls(
            settings.questions_at_once, settings.questions_waiting, settings.visitor_at_once, settings.visitor_waiting
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a question: for the log."""

    asker: Asker
    question: str
    outcome: Outcome
    waited_s: float
    took_s: float


class Place:
    """A question's turn: waited for, held, and given back by `leave`."""

    def __init__(self, places: Places, asker: Asker, question: str) -> None:
        self.asker = asker
        self.question = question
        self.outcome: Outcome = "left"
        self._places = places
        self._came = self._began = time.monotonic()
        self._arrived: Future[None] = Future()

    @property
    def ahead(self) -> int:
        """How many questions wait before this one."""
        return self._places._ahead(self)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait in a thread; returns whether the place is there."""
        try:
            self._arrived.result(timeout)
        except TimeoutError:
            return False
        return True

    async def arrival(self) -> None:
        """Wait in asyncio until the place is there."""
        # Who is cancelled while waiting must not cancel what `leave` looks at.
        await asyncio.shield(asyncio.wrap_future(self._arrived))

    def leave(self) -> None:
        """Give the place back, or wait no longer. Has no effect the second time."""
        self._places._leave(self)

    def _begin(self) -> None:
        self._began = time.monotonic()
        self._arrived.set_result(None)

    def _asked(self, outcome: Outcome) -> Asked:
        now = time.monotonic()
        began = self._began if self._arrived.done() else now
        return Asked(self.asker, self.question, outcome, began - self._came, now - self._came)


class Places:
    """Hands out the places; safe to use from several threads and event loops."""

    def __init__(self, limits: Limits | None = None, *, tell: Callable[[Asked], None] = lambda _: None) -> None:
        self._limits = limits or Limits()
        self._tell = tell
        self._changing = threading.Lock()
        self._waiting: list[Place] = []
        self._held: set[Place] = set()
        self._held_by: Counter[str] = Counter()

    @contextmanager
    def held(self, asker: Asker, question: str = "") -> Iterator[Place]:
        """Wait in a thread for a place and hold it. Raises a `RefusedError` when too many wait already."""
        place = self.join(asker, question)
        try:
            place.wait()
            yield place
        except Exception:
            place.outcome = "failed"
            raise
        finally:
            place.leave()

    @asynccontextmanager
    async def taken(self, asker: Asker, question: str = "") -> AsyncIterator[Place]:
        """Wait in asyncio for a place and hold it. Raises a `RefusedError` when too many wait already."""
        place = self.join(asker, question)
        try:
            await place.arrival()
            yield place
        except Exception:
            place.outcome = "failed"
            raise
        finally:
            place.leave()

    def join(self, asker: Asker, question: str = "") -> Place:
        """Return a place to wait for and to `leave`. Raises a `RefusedError` when too many wait already."""
        place = Place(self, asker, question)
        with self._changing:
            refusal = self._refusal(asker)
            if refusal is None:
                self._waiting.append(place)
                self._hand_out()
        if refusal is not None:
            self._tell(place._asked("refused"))
            raise refusal
        return place

    def _refusal(self, asker: Asker) -> RefusedError | None:
        if self._may_begin(asker):
            return None
        if len(self._waiting) >= self._limits.waiting:
            return RefusedError(503, "Too many questions are waiting.", hint="Try again in a moment.")
        if sum(each.asker.name == asker.name for each in self._waiting) >= self._limits.visitor_waiting:
            hint = "Wait until some of them are answered, then ask again."
            return RefusedError(429, "Too many of your questions are waiting.", hint=hint)
        return None

    def _may_begin(self, asker: Asker) -> bool:
        free = len(self._held) < self._limits.at_once
        return free and self._held_by[asker.name] < self._limits.visitor_at_once

    def _hand_out(self) -> None:
        """Let begin whoever may; the lock is held."""
        while able := [each for each in self._waiting if self._may_begin(each.asker)]:
            place = min(able, key=lambda each: self._held_by[each.asker.name])
            self._waiting.remove(place)
            self._held.add(place)
            self._held_by[place.asker.name] += 1
            place._begin()

    def _leave(self, place: Place) -> None:
        with self._changing:
            if place in self._held:
                self._held.remove(place)
                self._held_by[place.asker.name] -= 1
                self._held_by += Counter()  # drops the names that hold none
            elif place in self._waiting:
                self._waiting.remove(place)
            else:
                return
            self._hand_out()
        self._tell(place._asked(place.outcome))

    def _ahead(self, place: Place) -> int:
        with self._changing:
            return self._waiting.index(place) if place in self._waiting else 0
