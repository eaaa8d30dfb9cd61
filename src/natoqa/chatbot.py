"""One conversation: question and history in, answer out. The whole way is in `Chatbot.stream`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, get_args

from natoqa import extractive, follow_up
from natoqa.citations import Claim, Draft, Numbering, bind, marked
from natoqa.errors import LLMError, LLMOutputError, SettingsError
from natoqa.index import Index, filters_of
from natoqa.question import unanswerable
from natoqa.retrieval import READ
from natoqa.settings import AnswererName
from natoqa.types import Answer, AnswerSentence, Filters, Hit, Retrieval, Turn

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

# Passages that the answerers work with: all that the reader reads.
HITS = READ

# Passages that a language model is given: on our own questions an answer stands among the first ten for 66 %, among the
# first five for 65 %, so more would only cost tokens.
GIVEN = 10

# Turns that a follow-up question may lean on; what was said earlier is a new topic by then.
REMEMBERED = 6


class Chatbot:
    """Answers questions over an index and remembers the conversation; not to be shared between users."""

    def __init__(
        self,
        index: Index,
        *,
        answerer: AnswererName = "extractive",
        llm: LLM | None = None,
        turns: Sequence[Turn] = (),
    ) -> None:
        """Use the extractive answerer, or a language model: the one given or the one of the index's settings.

        `turns` are those of a conversation that goes on: follow-up questions lean on them.

        Raises `SettingsError` for an unknown answerer, `LLMSetupError` when no language model is configured.
        """
        if answerer not in get_args(AnswererName):
            raise SettingsError(f"answerer should be one of {', '.join(get_args(AnswererName))}, not {answerer!r}")
        self.index = index
        self.answerer = answerer
        self.turns: list[Turn] = list(turns)
        self._llm = llm
        if answerer == "llm" and llm is None:
            from natoqa.llm import connect

            self._llm = connect(index.settings)

    def __repr__(self) -> str:
        return f"Chatbot({self.index!r}, answerer={self.answerer!r}, turns={len(self.turns)})"

    def ask(
        self,
        question: str,
        *,
        since: date | str | None = None,
        until: date | str | None = None,
        outlet: str | Sequence[str] | None = None,
    ) -> Answer:
        """Return the answer to a question, from articles of the given days (inclusive) and outlets.

        Raises `SettingsError` for a day that is none and `IndexingError` for an index that cannot be used; that the
        articles do not say is an answer, and a language model that fails is replaced by quotations and a note.
        """
        for piece in self.stream(question, since=since, until=until, outlet=outlet):
            if isinstance(piece, Answer):
                return piece
        raise RuntimeError("the stream ended without an answer")

    def stream(
        self,
        question: str,
        *,
        since: date | str | None = None,
        until: date | str | None = None,
        outlet: str | Sequence[str] | None = None,
    ) -> Iterator[str | Answer]:
        """Yield the answer's text in pieces, then the `Answer`; a sentence is yielded when it has been verified."""
        started = time.monotonic()
        filters = filters_of(since=since, until=until, outlet=outlet)
        refusal = unanswerable(question, familiar=self.index.familiarity)
        if refusal:
            text, note = refusal
            answer = _refusal(question, self.answerer, text, note, filters)
            yield text
        else:
            notes: list[str] = []
            query = self._standalone(question, notes)
            found = self._retrieved(query, filters)
            draft, answerer = yield from self._drafted(query, found, filters, notes)
            answer = bind(
                draft,
                question=question,
                query=query,
                answerer=answerer,
                hits=found.hits,
                filters=filters,
                notes=[*found.notes, *notes],
                copies=self.index.copies,
            )
            if not answer.sentences:
                yield answer.text
        answer = replace(answer, elapsed_ms=(time.monotonic() - started) * 1000)
        if not refusal:
            self.turns.append(Turn(question, answer))
        yield answer

    def _standalone(self, question: str, notes: list[str]) -> str:
        """Return the query: the question, completed from the turns before it."""
        turns = self.turns[-REMEMBERED:]
        if self._llm is not None and turns:
            from natoqa import generative

            try:
                return generative.rewrite(question, turns, self._llm, timeout=self.index.settings.llm_timeout)
            except LLMError as error:
                notes.append(f"The question was completed without the language model: {error}.")
        return follow_up.standalone(question, turns)

    def _retrieved(self, query: str, filters: Filters) -> Retrieval:
        return self.index.retrieve(query, k=HITS, since=filters.since, until=filters.until, outlet=filters.outlet)

    def _drafted(
        self, query: str, found: Retrieval, filters: Filters, notes: list[str]
    ) -> Generator[str, None, tuple[Draft, AnswererName]]:
        """Yield each claim with its marks as soon as it is there; return the draft and who made it."""
        if self._llm is not None and found.hits:
            try:
                draft = yield from _pieces(self._generated(query, found.hits[:GIVEN], self._llm))
                if not draft.claims:
                    draft = replace(draft, closest=extractive.closest(query, found, self._means(filters)))
                return draft, "llm"
            except LLMError as error:
                note = f"The language model gave no answer ({error}): these are quotations instead."
                notes.append(note)
                yield f"\n\n{note}\n\n"
        return (yield from _pieces(self._extracted(query, found, filters))), "extractive"

    def _generated(self, query: str, hits: Sequence[Hit], llm: LLM) -> Iterator[Claim | Draft]:
        from natoqa import generative

        settings = self.index.settings
        return generative.answer(
            query,
            hits,
            llm,
            timeout=settings.llm_timeout,
            context_tokens=settings.llm_context,
            unsupported=settings.llm_unsupported,
        )

    def _extracted(self, query: str, found: Retrieval, filters: Filters) -> Iterator[Claim | Draft]:
        draft = extractive.draft(query, found, self._means(filters))
        yield from draft.claims
        yield draft

    def _means(self, filters: Filters) -> extractive.Means:
        return extractive.Means(
            retrieve=lambda part: self._retrieved(part, filters),
            embedding=self.index.embedding,
            frequencies=self.index.frequencies,
            caution=self.index.settings.caution,
        )

    async def aask(
        self,
        question: str,
        *,
        since: date | str | None = None,
        until: date | str | None = None,
        outlet: str | Sequence[str] | None = None,
    ) -> Answer:
        """Return the same as `ask` without blocking the event loop."""
        return await asyncio.to_thread(self.ask, question, since=since, until=until, outlet=outlet)

    async def astream(
        self,
        question: str,
        *,
        since: date | str | None = None,
        until: date | str | None = None,
        outlet: str | Sequence[str] | None = None,
    ) -> AsyncIterator[str | Answer]:
        """Yield the same as `stream` without blocking the event loop."""
        pieces = self.stream(question, since=since, until=until, outlet=outlet)
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            yield piece


def _pieces(parts: Iterator[Claim | Draft]) -> Generator[str, None, Draft]:
    """Yield the claims as they will stand in the answer's text; return the draft, which comes last."""
    numbering = Numbering()
    first = True
    for part in parts:
        if isinstance(part, Draft):
            return part
        yield ("" if first else " ") + marked(AnswerSentence(part.text, numbering.of(part)))
        first = False
    raise LLMOutputError("The answer broke off")


def _refusal(question: str, answerer: str, text: str, note: str, filters: Filters) -> Answer:
    """Return the answer to what is no question: a helpful sentence, no search result."""
    return Answer(
        question=question,
        query="",
        status="not_in_corpus",
        answerer=answerer,
        text=text,
        filters=filters,
        notes=(note,),
    )
