"""What is kept of a conversation: its turns with their answers, and what its reader thought of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self

from natoqa.types import Answer, Filters, Json

Rating = Literal["up", "down"]
State = Literal["answered", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a reader thought of an answer, and why, if they said so."""

    rating: Rating
    reason: str
    given: datetime

    def to_dict(self) -> Json:
        """Return the opinion as JSON."""
        return {"rating": self.rating, "reason": self.reason, "given": self.given.isoformat()}


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that was stopped by who asked it, or failed.

    `text` is what had been written until it was stopped, or what went wrong in plain words; `hint` says what to do.
    """

    state: Literal["stopped", "failed"]
    question: str
    text: str
    hint: str = ""
    filters: Filters = field(default_factory=Filters)

    def to_dict(self) -> Json:
        """Return it as in `natoqa conversations export --format json`."""
        return {
            "state": self.state,
            "question": self.question,
            "text": self.text,
            "hint": self.hint,
            "filters": self.filters.to_dict(),
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return what `to_dict` has written."""
        filters = Filters.from_dict(document["filters"])
        return cls(document["state"], document["question"], document["text"], document["hint"], filters)


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A turn of a conversation: `number` from 1, what came of it, and the state of the index that it was drawn from.

    Where no index could be opened, `index_version` is 0.
    """

    number: int
    outcome: Answer | Unanswered
    index_version: int
    asked: datetime
    opinion: Opinion | None = None

    @property
    def answer(self) -> Answer | None:
        """The answer, None if the question was stopped or failed."""
        return self.outcome if isinstance(self.outcome, Answer) else None

    @property
    def unanswered(self) -> Unanswered | None:
        """What came of a question that got no answer."""
        return self.outcome if isinstance(self.outcome, Unanswered) else None

    @property
    def state(self) -> State:
        """Whether there is an answer."""
        return self.outcome.state if isinstance(self.outcome, Unanswered) else "answered"

    @property
    def question(self) -> str:
        """What the user wrote."""
        return self.outcome.question

    @property
    def query(self) -> str:
        """What was searched for: the question, completed from the turns before; empty for what found no answer."""
        return self.outcome.query if isinstance(self.outcome, Answer) else ""

    def to_dict(self) -> Json:
        """Return the turn as in `natoqa conversations export --format json`."""
        return {
            "number": self.number,
            "asked": self.asked.isoformat(),
            "index_version": self.index_version,
            "state": self.state,
            "opinion": self.opinion.to_dict() if self.opinion else None,
            "answer": self.answer.to_dict() if self.answer else None,
            "unanswered": self.unanswered.to_dict() if self.unanswered else None,
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation without its turns, for a list; `turns` is their number."""

    id: str
    title: str
    created: datetime
    updated: datetime
    turns: int

    def to_dict(self) -> Json:
        """Return the summary as in `natoqa conversations list --json`."""
        return {
            "id": self.id,
            "title": self.title,
            "created": self.created.isoformat(),
            "updated": self.updated.isoformat(),
            "turns": self.turns,
        }


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it is kept. Whose it is cannot be read from it: only the owner gets to see one."""

    id: str
    title: str
    created: datetime
    updated: datetime
    turns: tuple[KeptTurn, ...]

    def to_dict(self) -> Json:
        """Return the conversation as in `natoqa conversations export --format json`."""
        return {
            "id": self.id,
            "title": self.title,
            "created": self.created.isoformat(),
            "updated": self.updated.isoformat(),
            "turns": [turn.to_dict() for turn in self.turns],
        }


@dataclass(frozen=True, slots=True)
class Feedback:
    """An opinion together with the answer that it is about."""

    conversation_id: str
    turn: KeptTurn
    opinion: Opinion

    def to_dict(self) -> Json:
        """Return the feedback as in `natoqa feedback`."""
        return self.opinion.to_dict() | {
            "conversation_id": self.conversation_id,
            "turn": self.turn.number,
            "question": self.turn.question,
            "index_version": self.turn.index_version,
            "answer": self.turn.outcome.to_dict(),
        }
