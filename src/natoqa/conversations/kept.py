"""What is kept of a conversation: its turns with their answers, and what its reader thought of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from natoqa.types import Answer, Json

Rating = Literal["up", "down"]


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
class KeptTurn:
    """A turn of a conversation: `number` from 1, the answer, and the state of the index that it was drawn from."""

    number: int
    answer: Answer
    index_version: int
    asked: datetime
    opinion: Opinion | None = None

    @property
    def question(self) -> str:
        """What the user wrote."""
        return self.answer.question

    @property
    def query(self) -> str:
        """What was searched for: the question, completed from the turns before; empty for what was no question."""
        return self.answer.query

    def to_dict(self) -> Json:
        """Return the turn as in `natoqa conversations export --format json`."""
        return {
            "number": self.number,
            "asked": self.asked.isoformat(),
            "index_version": self.index_version,
            "opinion": self.opinion.to_dict() if self.opinion else None,
            "answer": self.answer.to_dict(),
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
    """An opinion together with what it is about."""

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
            "answer": self.turn.answer.to_dict(),
        }
