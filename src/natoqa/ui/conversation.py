"""One visitor's conversation as the page keeps it: its turns, as they are shown and as they are kept on disk."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from natoqa.conversations import Conversations, KeptTurn, Rating, Standing, Unanswered, current, restored
from natoqa.errors import (
    ConversationError,
    ConversationNotFoundError,
    ConversationsDamagedError,
    NatoqaError,
    StorageError,
)
from natoqa.serving.asker import THIS_PROCESS, Asker
from natoqa.serving.examples import next_questions
from natoqa.serving.problems import UNEXPECTED
from natoqa.serving.shared_index import SharedIndex
from natoqa.types import Answer, Filters, Turn
from natoqa.ui import rendering
from natoqa.ui.coverage import Coverage, coverage
from natoqa.ui.writing import Part, Writer, Writing

if TYPE_CHECKING:
    from natoqa.index import Index

logger = logging.getLogger(__name__)

_NO_COOKIE = "This conversation is not kept, as your browser takes no cookies."
_ALL = Filters()


@dataclass(slots=True)
class _Shown:
    """A turn on the page; `kept` is its number on disk, `index_version` is 0 until an index has been opened for it."""

    question: str
    filters: Filters
    html: str = ""
    written: str = ""
    answer: Answer | None = None
    unanswered: Unanswered | None = None
    index_version: int = 0
    kept: int | None = None
    unkept: str = ""
    rating: Rating | None = None
    standings: Sequence[Standing] = ()
    suggestions: Sequence[str] = ()
    coverage: Coverage | None = None


class Conversation:
    """The turns of one visitor. Questions asked at the same time are answered one after the other."""

    def __init__(self, shared: SharedIndex, kept: Conversations, writer: Writer, owner: str | None) -> None:
        """Begin one; it is kept on disk from its first question on, if there is an `owner` who could see it again."""
        self.owner = owner
        self.id: str | None = None
        self.was_left = False
        self._shared = shared
        self._kept = kept
        self._writer = writer
        self._writing: Writing | None = None
        self._turns: list[_Shown] = []
        self._asking = threading.Lock()
        self._keeping = threading.Lock()
        self._discarded = False

    def open(self, conversation_id: str) -> None:
        """Take up a conversation that the owner has on disk; raises `ConversationNotFoundError` and `NatoqaError`."""
        if self.owner is None:
            raise ConversationNotFoundError("There is no such conversation")
        loaded = self._kept.load(conversation_id, self.owner)
        index = self._index()
        for turn in loaded.turns:
            self._turns.append(_shown(turn, index))
        if self._turns:
            self._turns[-1].suggestions = self._suggested(self._turns[-1].answer)
        for number, shown in enumerate(self._turns, 1):
            shown.coverage = coverage(shown.answer, self._shared) if shown.answer else None
            _render(number, shown)
        self.id = loaded.id

    def _index(self) -> Index | None:
        try:
            return self._shared.index()
        except NatoqaError:
            # Answers can be read without the articles; what has changed since cannot be told then.
            return None

    # -- asking ------------------------------------------------------------------------------------------------------

    def ask(
        self, question: str, filters: Filters = _ALL, *, asker: Asker = THIS_PROCESS, as_it_stands: bool = False
    ) -> Iterator[str]:
        """Yield the conversation as HTML again and again while the answer is being written; errors become a turn.

        `as_it_stands` searches for the question itself, not completed from the turns before it.
        """
        with self._asking:
            if self.was_left:
                return
            shown = _Shown(question, filters)
            number = len(self._turns) + 1
            try:
                writing = self._begin(shown, asker, as_it_stands=as_it_stands)
            except NatoqaError as problem:  # too many wait already
                self._failed(shown, problem)
                yield self._shown_at_last(number, shown)
                return
            try:
                yield self._with(rendering.streaming_turn(number, question, ""))
                yield from self._followed(writing, number, shown)
            except GeneratorExit:
                writing.leave()
                raise
            except Exception as problem:
                # What the writing raised has been kept; what else goes wrong is no reason not to show an answer.
                if shown.answer is not None:
                    logger.exception("what stands beneath an answer could not be found out")
                elif shown.unanswered is None:
                    self._failed(shown, problem)
            finally:
                if writing.stopped:
                    self._stopped(shown)
            if not writing.left:
                yield self._shown_at_last(number, shown)

    def _begin(self, shown: _Shown, asker: Asker, *, as_it_stands: bool) -> Writing:
        memory = [] if as_it_stands else self._memory()

        def pieces() -> Iterator[Part]:
            chatbot = self._shared.chatbot()
            chatbot.turns = memory
            shown.index_version = self._shared.index().generation
            yield from chatbot.stream(shown.question, **_given(shown.filters))

        def keep(outcome: Answer | Exception) -> None:
            if isinstance(outcome, Answer):
                self._keep(shown, outcome)
            else:
                self._failed(shown, outcome)

        self._writing = self._writer.begin(pieces, keep, asker=asker, question=shown.question)
        return self._writing

    def _memory(self) -> list[Turn]:
        """Return what follow-up questions lean on; greetings and the like were no questions."""
        return [Turn(each.question, each.answer) for each in self._turns if each.answer and each.answer.query]

    def _followed(self, writing: Writing, number: int, shown: _Shown) -> Iterator[str]:
        for part in writing.parts():
            if isinstance(part, Answer):
                shown.answer = part
                shown.suggestions = self._suggested(part)
                shown.coverage = coverage(part, self._shared)
                return
            shown.written += part
            yield self._with(rendering.streaming_turn(number, shown.question, shown.written))

    def _shown_at_last(self, number: int, shown: _Shown) -> str:
        _render(number, shown)
        self._turns.append(shown)
        return self.html()

    def _stopped(self, shown: _Shown) -> None:
        self._keep(shown, Unanswered("stopped", shown.question, shown.written, filters=shown.filters))

    def _failed(self, shown: _Shown, problem: Exception) -> None:
        if not isinstance(problem, NatoqaError):
            logger.error("a question could not be answered", exc_info=problem)
            problem = NatoqaError("The question could not be answered.", hint=UNEXPECTED)
        self._keep(shown, Unanswered("failed", shown.question, str(problem), problem.hint, shown.filters))

    def _suggested(self, answer: Answer | None) -> Sequence[str]:
        if answer is None:
            return ()
        cited = {(each.article_id, each.version): each.article for each in answer.citations}
        answers = [*(each.answer for each in self._turns if each.answer), answer]
        asked = [text for each in answers for text in (each.question, each.query)]
        return next_questions(cited.values(), asked=asked)

    def refuse(self, question: str, problem: NatoqaError) -> Iterator[str]:
        """Yield the conversation with a question that is not asked at all, and why."""
        shown = _Shown(question, _ALL)
        self._failed(shown, problem)
        yield self._shown_at_last(len(self._turns) + 1, shown)

    def ask_again(self, turn: int, query: str, *, asker: Asker = THIS_PROCESS) -> Iterator[str]:
        """Ask what was searched for in a turn once more, as somebody has changed it, of the same articles."""
        filters = self._turns[turn - 1].filters if 0 < turn <= len(self._turns) else _ALL
        yield from self.ask(query, filters, asker=asker, as_it_stands=True)

    def repeat(self, turn: int, *, asker: Asker = THIS_PROCESS) -> Iterator[str]:
        """Ask the question of a turn once more, of the same articles; asks nothing where there is no such turn."""
        if 0 < turn <= len(self._turns):
            shown = self._turns[turn - 1]
            yield from self.ask(shown.question, shown.filters, asker=asker)

    def stop(self) -> None:
        """End the answer that is being written; its turn says so."""
        if self._writing is not None:
            self._writing.stop()

    def discard(self) -> None:
        """End the answer that is being written and keep nothing any more, as the conversation is to be deleted."""
        with self._keeping:
            self._discarded = True
        self.stop()

    def leave(self) -> None:
        """Turn to something else for good: an answer that is being written is finished and kept, but not shown."""
        self.was_left = True
        if self._writing is not None:
            self._writing.leave()

    # -- keeping -----------------------------------------------------------------------------------------------------

    def _keep(self, shown: _Shown, outcome: Answer | Unanswered) -> None:
        """Keep what came of a question; that it cannot be kept is told beneath it, and no reason not to show it."""
        if isinstance(outcome, Unanswered):
            shown.unanswered = outcome
        if self.owner is None:
            shown.unkept = _NO_COOKIE
            return
        try:
            with self._keeping:
                if not self._discarded:
                    shown.kept = self._kept_number(self.owner, outcome, shown.index_version)
        except Exception as problem:
            logger.warning("a turn could not be kept: %s", problem, exc_info=not isinstance(problem, NatoqaError))
            what = "answer" if isinstance(outcome, Answer) else "question"
            shown.unkept = f"This {what} could not be kept: {told(problem)}"

    def _kept_number(self, owner: str, outcome: Answer | Unanswered, index_version: int) -> int:
        try:
            if self.id is not None:
                return self._kept.add_turn(self.id, owner, outcome, index_version=index_version).number
        except (ConversationNotFoundError, ConversationsDamagedError):
            # Deleted in another tab, or put aside with its file: what was kept of it cannot be rated any more.
            for turn in self._turns:
                turn.kept = None
        self.id = self._started(owner)
        return self._kept.add_turn(self.id, owner, outcome, index_version=index_version).number

    def _started(self, owner: str) -> str:
        try:
            return self._kept.start(owner).id
        except ConversationsDamagedError:
            # It has been put aside; the next call begins a new file.
            return self._kept.start(owner).id

    def rate(self, turn: int, rating: Rating | None, reason: str = "") -> str:
        """Keep what the visitor thinks of the answer of a turn, and return a sentence that says whether it was kept."""
        shown = self._turns[turn - 1] if 0 < turn <= len(self._turns) else None
        if shown is None or shown.answer is None or shown.kept is None or self.id is None or self.owner is None:
            return "Your opinion could not be kept, as this answer is not kept."
        try:
            self._kept.rate(self.id, self.owner, shown.kept, rating, reason)
        except NatoqaError as problem:
            logger.warning("an opinion could not be kept: %s", problem)
            return f"Your opinion could not be kept: {told(problem)}"
        shown.rating = rating
        _render(turn, shown)
        return "Thank you, your opinion is kept." if rating else "Your opinion was taken back."

    # -- showing -----------------------------------------------------------------------------------------------------

    def html(self) -> str:
        """Return the conversation."""
        return rendering.conversation(turn.html for turn in self._turns)

    def _with(self, turn: str) -> str:
        return rendering.conversation([*(each.html for each in self._turns), turn], busy=True)

    def sources(self, turn: int | None = None, number: int | None = None) -> str:
        """Return the panel of sources for a turn (the last one by default), with the citation `number` selected."""
        turn = len(self._turns) if turn is None else turn
        answer = self._turns[turn - 1].answer if 0 < turn <= len(self._turns) else None
        return rendering.sources(turn, answer, selected=number) if answer else rendering.NO_SOURCES


def told(problem: Exception) -> str:
    """Return in plain words why the file of conversations could not be used; where it lies is no visitor's business."""
    if isinstance(problem, ConversationNotFoundError):
        return "there is no such conversation."
    if isinstance(problem, ConversationsDamagedError):
        return "the file of conversations was damaged. It has been put aside, and a new one is begun."
    if isinstance(problem, StorageError):
        return "the disk is full or refuses to be written."
    if isinstance(problem, ConversationError) and problem.retryable:
        return "the file of conversations is in use. Try again in a moment."
    return "the file of conversations cannot be used."


def _shown(turn: KeptTurn, index: Index | None) -> _Shown:
    answer = restored(turn.answer, index) if turn.answer and index else turn.answer
    return _Shown(
        question=turn.question,
        filters=turn.outcome.filters,
        answer=answer,
        unanswered=turn.unanswered,
        index_version=turn.index_version,
        kept=turn.number,
        rating=turn.opinion.rating if turn.opinion else None,
        standings=current(turn.answer, index) if turn.answer and index else (),
    )


def _render(number: int, shown: _Shown) -> None:
    """Render a turn that is finished."""
    if shown.unanswered is not None:
        below = rendering.retry(number, shown.question, shown.filters, unkept=shown.unkept)
        shown.html = rendering.unanswered_turn(number, shown.unanswered, below=below)
    if shown.answer is None:
        return
    below = rendering.beneath(
        number,
        shown.answer,
        rating=shown.rating,
        standings=shown.standings,
        unkept=shown.unkept,
        suggestions=shown.suggestions,
    )
    shown.html = rendering.answered_turn(number, shown.answer, shown.coverage, below=below)


def _given(filters: Filters) -> dict[str, Any]:
    """Return the filters that are set, as keywords."""
    given = {"since": filters.since, "until": filters.until, "outlet": filters.outlets or None}
    return {name: value for name, value in given.items() if value is not None}
