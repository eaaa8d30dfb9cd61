"""The desk where programs ask; each question takes one of the places that all doors share.

A program keeps its conversation itself and sends it along as text. The desk remembers its last answers, so that a
follow-up question leans on what was cited and not only on the words of the answer.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool

from natoqa import follow_up
from natoqa.chatbot import REMEMBERED
from natoqa.question import LONGEST
from natoqa.serving.asker import THIS_PROCESS, Asker
from natoqa.types import Answer, Filters, Turn

if TYPE_CHECKING:
    from natoqa.serving.shared_index import SharedIndex

# Each holds the texts of its cited articles: about 1 MB altogether for news of the usual length.
_REMEMBERED_ANSWERS = 64

# A question and the text of its answer, as the client has them.
Exchange = tuple[str, str]
Part = str | Answer


class Desk:
    """Asks for all programs; every question is a conversation of its own that may begin with earlier exchanges."""

    def __init__(self, shared: SharedIndex) -> None:
        self._shared = shared
        self._answers: OrderedDict[Exchange, Answer] = OrderedDict()

    async def ask(
        self, question: str, filters: Filters, *, after: Sequence[Exchange] = (), asker: Asker = THIS_PROCESS
    ) -> Answer:
        """Return the answer. Raises a `RefusedError` when too many questions wait, and what `Chatbot.ask` raises."""
        async with aclosing(self.stream(question, filters, after=after, asker=asker)) as parts:
            async for part in parts:
                if isinstance(part, Answer):
                    return part
        raise RuntimeError("the stream ended without an answer")

    async def begin(
        self, question: str, filters: Filters, *, after: Sequence[Exchange] = (), asker: Asker = THIS_PROCESS
    ) -> AsyncIterator[Part]:
        """Return the parts of `stream` once the first one is there; raises what goes wrong until then."""
        parts = self.stream(question, filters, after=after, asker=asker)
        first = await anext(parts)

        async def all_parts() -> AsyncIterator[Part]:
            async with aclosing(parts):
                yield first
                async for part in parts:
                    yield part

        return all_parts()

    async def stream(
        self, question: str, filters: Filters, *, after: Sequence[Exchange] = (), asker: Asker = THIS_PROCESS
    ) -> AsyncGenerator[Part, None]:
        """Yield the answer's text in pieces, then the `Answer`."""
        async with self._shared.places.taken(asker, question) as place:
            chatbot = await run_in_threadpool(self._shared.chatbot)
            chatbot.turns = self._turns(after)
            pieces = chatbot.stream(question, since=filters.since, until=filters.until, outlet=filters.outlet)
            written = ""
            async for part in iterate_in_threadpool(pieces):
                if isinstance(part, Answer):
                    place.outcome = part.status
                    self._remember((question, written), part)
                else:
                    written += part
                yield part

    def _turns(self, exchanges: Sequence[Exchange]) -> list[Turn]:
        """Return the turns: with the answers that were given here, else with what the client says that they were."""
        turns: list[Turn] = []
        for question, text in exchanges[-REMEMBERED:]:
            asked = question[:LONGEST]
            answer = self._answers.get(_key((question, text))) or Answer(
                question=asked,
                query=follow_up.standalone(asked, turns),
                status="answered",
                answerer="client",
                text=text,
            )
            turns.append(Turn(asked, answer))
        return turns

    def _remember(self, exchange: Exchange, answer: Answer) -> None:
        self._answers[_key(exchange)] = answer
        self._answers.move_to_end(_key(exchange))
        if len(self._answers) > _REMEMBERED_ANSWERS:
            self._answers.popitem(last=False)


def _key(exchange: Exchange) -> Exchange:
    question, text = exchange
    return question.strip(), text.strip()
