"""Conversations on disk: start, list, load, add a turn, rename, delete, and what readers thought of the answers.

Every call names the owner, and another owner's conversation is the same as none. What a page must not call, as it asks
for no owner, ends in `_of_everyone`.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, get_args

from natoqa.conversations.file import File
from natoqa.conversations.kept import Conversation, Feedback, KeptTurn, Opinion, Rating, Summary, Unanswered
from natoqa.errors import ConversationError, ConversationNotFoundError
from natoqa.sanitizing import one_line, visible
from natoqa.types import Answer

FILE_NAME = "conversations.sqlite3"

# What fits into a line of a list; a longer first question is cut.
TITLE = 80
# A name that somebody chose is cut only where it stops being one.
LONGEST_TITLE = 200
# A page of text; what is longer is no reason but a paste.
LONGEST_REASON = 4000

_SUMMARY = """
SELECT id, title, created, updated, (SELECT count(*) FROM turns WHERE conversation_id = id) FROM conversations
"""
_TURN = """
SELECT t.conversation_id, t.number, t.answer, t.index_version, t.asked, t.state, o.rating, o.reason, o.given
FROM turns t LEFT JOIN opinions o USING (conversation_id, number)
"""


def user(name: str) -> str:
    """Return the owner that a user who has logged in is."""
    return f"user:{name}"


def browser(token: str) -> str:
    """Return the owner that a browser without a login is, by the value of its cookie; never equal to a user.

    Raises `ValueError` for an empty one: all browsers without a cookie would be the same owner.
    """
    if not token:
        raise ValueError("a browser is known by a cookie that is not empty")
    return f"browser:{token}"


class Conversations:
    """The conversations in a folder. May be used from several threads and processes at once."""

    def __init__(self, folder: str | Path) -> None:
        """Use the file in the folder; it is made with the first conversation."""
        self._file = File(Path(folder) / FILE_NAME)

    @classmethod
    def open(cls, folder: str | Path) -> Self:
        """Return the conversations in the folder after reading all of them; a damaged file is put aside with a warning.

        Raises `ConversationError` for a file of a later natoqa, `StorageError` for one that cannot be opened.
        """
        conversations = cls(folder)
        conversations._file.check()
        return conversations

    def __repr__(self) -> str:
        return f"Conversations({str(self._file.path.parent)!r})"

    # -- the owner's -------------------------------------------------------------------------------------------------

    def start(self, owner: str, *, title: str = "") -> Conversation:
        """Begin a conversation of an owner, which is any text that is secret or verified: see `user` and `browser`.

        Without a title it gets that of its first question.
        """
        now = _now()
        started = Conversation(secrets.token_hex(16), _title(title, LONGEST_TITLE), now, now, ())
        with self._file.writing() as connection:
            connection.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?, ?)",
                (started.id, _digest(owner), started.title, _written(now), _written(now)),
            )
        return started

    def summaries(self, owner: str) -> list[Summary]:
        """Return the owner's conversations, the one that was added to last first."""
        with self._file.reading() as connection:
            rows = connection.execute(f"{_SUMMARY} WHERE owner = ? ORDER BY updated DESC, id", (_digest(owner),))
            return [_summary(row) for row in rows]

    def load(self, conversation_id: str, owner: str) -> Conversation:
        """Return a conversation of the owner with its turns; raises `ConversationNotFoundError`."""
        with self._file.reading() as connection:
            _require(connection, conversation_id, owner)
            return self._loaded(connection, conversation_id)

    def add_turn(
        self, conversation_id: str, owner: str, outcome: Answer | Unanswered, *, index_version: int
    ) -> KeptTurn:
        """Add an answer, drawn from that state of the index, or a question that got none; each holds its question.

        Raises `ConversationNotFoundError`.
        """
        now = _now()
        turn = KeptTurn(0, outcome, index_version, now)
        with self._file.writing() as connection:
            title = _require(connection, conversation_id, owner) or _title(turn.question, TITLE)
            (last,) = connection.execute(
                "SELECT coalesce(max(number), 0) FROM turns WHERE conversation_id = ?", (conversation_id,)
            ).fetchone()
            # ASCII, as a question or an article may hold half a character, which SQLite does not take.
            written = json.dumps(outcome.to_dict(), ensure_ascii=True, allow_nan=False)
            connection.execute(
                "INSERT INTO turns (conversation_id, number, asked, index_version, answer, state)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (conversation_id, last + 1, _written(now), index_version, written, turn.state),
            )
            connection.execute(
                "UPDATE conversations SET title = ?, updated = ? WHERE id = ?",
                (title, _written(now), conversation_id),
            )
        return replace(turn, number=last + 1)

    def rename(self, conversation_id: str, owner: str, title: str) -> str:
        """Give a conversation another title, as one line; an empty one is that of the first question again.

        Returns the title as it is kept; raises `ConversationNotFoundError`.
        """
        with self._file.writing() as connection:
            _require(connection, conversation_id, owner)
            kept = _title(title, LONGEST_TITLE) or _first_question(connection, conversation_id)
            connection.execute("UPDATE conversations SET title = ? WHERE id = ?", (kept, conversation_id))
        return kept

    def delete(self, conversation_id: str, owner: str) -> None:
        """Delete a conversation with its turns and the feedback on them; raises `ConversationNotFoundError`."""
        with self._file.writing() as connection:
            _require(connection, conversation_id, owner)
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))

    def forget(self, owner: str) -> int:
        """Delete all that an owner has, and return how many conversations that were."""
        if not self._file.path.exists():
            return 0
        with self._file.writing() as connection:
            return connection.execute("DELETE FROM conversations WHERE owner = ?", (_digest(owner),)).rowcount

    def rate(self, conversation_id: str, owner: str, number: int, rating: Rating | None, reason: str = "") -> None:
        """Keep what the owner thinks of the answer of a turn, in place of what they thought before; None takes it back.

        Raises `ConversationNotFoundError`, also where there is no such turn or it has no answer, and
        `ConversationError` for a rating that is none.
        """
        if rating is not None and rating not in get_args(Rating):
            raise ConversationError(f"A rating is `up` or `down`, not {rating!r}", hint="Give one of the two, or None.")
        with self._file.writing() as connection:
            _require(connection, conversation_id, owner)
            place = (conversation_id, number)
            answered = "SELECT 1 FROM turns WHERE conversation_id = ? AND number = ? AND state = 'answered'"
            if not connection.execute(answered, place).fetchone():
                raise ConversationNotFoundError(f"The conversation has no answered turn {number}")
            connection.execute("DELETE FROM opinions WHERE conversation_id = ? AND number = ?", place)
            if rating is not None:
                kept = visible(reason).strip()[:LONGEST_REASON]
                given = _written(_now())
                connection.execute("INSERT INTO opinions VALUES (?, ?, ?, ?, ?)", (*place, rating, kept, given))

    # -- the operator's ----------------------------------------------------------------------------------------------

    def summaries_of_everyone(self) -> list[Summary]:
        """Return all conversations, the one that was added to last first: for who runs natoqa, never for a visitor."""
        with self._file.reading() as connection:
            return [_summary(row) for row in connection.execute(f"{_SUMMARY} ORDER BY updated DESC, id")]

    def load_of_everyone(self, conversation_id: str) -> Conversation:
        """Return a conversation, whoever owns it: for who runs natoqa, never for a visitor.

        Raises `ConversationNotFoundError`.
        """
        with self._file.reading() as connection:
            return self._loaded(connection, conversation_id)

    def feedback_of_everyone(self) -> list[Feedback]:
        """Return what readers thought of the answers, in the order in which they said so: for who runs natoqa."""
        with self._file.reading() as connection:
            rows = connection.execute(f"{_TURN} WHERE o.rating IS NOT NULL ORDER BY o.given").fetchall()
        turns = [(row[0], _turn(row)) for row in rows]
        return [Feedback(conversation_id, turn, turn.opinion) for conversation_id, turn in turns if turn.opinion]

    # ----------------------------------------------------------------------------------------------------------------

    def _loaded(self, connection: sqlite3.Connection, conversation_id: str) -> Conversation:
        row = connection.execute(f"{_SUMMARY} WHERE id = ?", (conversation_id,)).fetchone()
        if row is None:
            raise _missing()
        found = _summary(row)
        rows = connection.execute(f"{_TURN} WHERE t.conversation_id = ? ORDER BY t.number", (conversation_id,))
        turns = tuple(_turn(each) for each in rows)
        return Conversation(found.id, found.title, found.created, found.updated, turns)


def _require(connection: sqlite3.Connection, conversation_id: str, owner: str) -> str:
    """Return the title of the owner's conversation; raises `ConversationNotFoundError`."""
    row = connection.execute(
        "SELECT title FROM conversations WHERE id = ? AND owner = ?", (conversation_id, _digest(owner))
    ).fetchone()
    if row is None:
        raise _missing()
    return str(row[0])


def _missing() -> ConversationNotFoundError:
    # The same words, whether there is none or it is somebody else's.
    return ConversationNotFoundError("There is no such conversation")


def _digest(owner: str) -> str:
    """Return what is kept of an owner: who reads the file, or a copy of it, cannot send a visitor's cookie."""
    if not owner:
        raise ValueError("a conversation has an owner")
    return hashlib.sha256(owner.encode("utf-8", "surrogatepass")).hexdigest()


def _first_question(connection: sqlite3.Connection, conversation_id: str) -> str:
    row = connection.execute(
        f"{_TURN} WHERE t.conversation_id = ? ORDER BY t.number LIMIT 1", (conversation_id,)
    ).fetchone()
    return _title(_turn(row).question, TITLE) if row else ""


def _title(text: str, longest: int) -> str:
    text = one_line(text)
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _now() -> datetime:
    return datetime.now(UTC)


def _written(moment: datetime) -> str:
    # Always to the microsecond, so that it sorts as text.
    return moment.isoformat(timespec="microseconds")


def _summary(row: Sequence[Any]) -> Summary:
    conversation_id, title, created, updated, turns = row
    return Summary(conversation_id, title, datetime.fromisoformat(created), datetime.fromisoformat(updated), turns)


def _turn(row: Sequence[Any]) -> KeptTurn:
    _, number, answer, index_version, asked, state, rating, reason, given = row
    try:
        kind = Answer if state == "answered" else Unanswered
        kept = kind.from_dict(json.loads(answer))
        opinion = Opinion(rating, reason, datetime.fromisoformat(given)) if rating else None
        return KeptTurn(number, kept, index_version, datetime.fromisoformat(asked), opinion)
    except (KeyError, TypeError, ValueError) as error:
        raise ConversationError(f"Turn {number} of the conversation cannot be read: {error!r}") from error
