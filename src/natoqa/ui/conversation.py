"""One visitor's conversation as the page keeps it: the `Chatbot`, the rendered turns and the answers behind them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from natoqa.errors import NatoqaError
from natoqa.serving.asker import THIS_PROCESS, Asker
from natoqa.serving.places import Place
from natoqa.serving.problems import UNEXPECTED
from natoqa.serving.shared_index import SharedIndex
from natoqa.types import Answer
from natoqa.ui import rendering

if TYPE_CHECKING:
    from natoqa.chatbot import Chatbot

logger = logging.getLogger(__name__)

# A reader sees no difference above ten updates a second; each one sends the turn being written again.
_SECONDS_BETWEEN_UPDATES = 0.1


class Conversation:
    """The turns of one visitor. Questions asked at the same time are answered one after the other."""

    def __init__(self, shared: SharedIndex) -> None:
        self._shared = shared
        self._chatbot: Chatbot | None = None
        self._turns: list[str] = []
        self._answers: dict[int, Answer] = {}
        self._asking = threading.Lock()

    def ask(self, question: str, asker: Asker = THIS_PROCESS) -> Iterator[str]:
        """Yield the conversation as HTML again and again while the answer is being written; errors become a turn."""
        with self._asking:
            number = len(self._turns) + 1
            yield self._with(rendering.streaming_turn(number, question, ""))
            try:
                with self._shared.places.held(asker, question) as place:
                    yield from self._answer(number, question, place)
            except NatoqaError as problem:
                self._turns.append(rendering.failed_turn(number, question, problem))
            except Exception:
                logger.exception("a question could not be answered")
                unexpected = NatoqaError("The question could not be answered.", hint=UNEXPECTED)
                self._turns.append(rendering.failed_turn(number, question, unexpected))
            yield rendering.conversation(self._turns)

    def _answer(self, number: int, question: str, place: Place) -> Iterator[str]:
        if self._chatbot is None:
            self._chatbot = self._shared.chatbot()
        written, shown_at = "", 0.0
        for part in self._chatbot.stream(question):
            if isinstance(part, Answer):
                place.outcome = part.status
                self._answers[number] = part
                self._turns.append(rendering.answered_turn(number, part))
                return
            written += part
            if time.monotonic() - shown_at >= _SECONDS_BETWEEN_UPDATES:
                shown_at = time.monotonic()
                yield self._with(rendering.streaming_turn(number, question, written))

    def _with(self, turn: str) -> str:
        return rendering.conversation([*self._turns, turn], busy=True)

    def sources(self, turn: int | None = None, number: int | None = None) -> str:
        """Return the panel of sources for a turn (the last one by default), with the citation `number` selected."""
        turn = len(self._turns) if turn is None else turn
        answer = self._answers.get(turn)
        return rendering.sources(turn, answer, selected=number) if answer else rendering.NO_SOURCES
