"""The conversations that one visitor has on disk, as the page lists, renames and deletes them."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from natoqa.conversations import Conversations
from natoqa.errors import NatoqaError
from natoqa.ui import rendering
from natoqa.ui.conversation import told

logger = logging.getLogger(__name__)

_NO_COOKIE = "Nothing is kept, as your browser takes no cookies."


@dataclass(frozen=True, slots=True)
class Shelf:
    """Nothing here raises a `NatoqaError`: what goes wrong becomes a sentence on the page."""

    kept: Conversations
    owner: str | None

    def listed(self, present: str | None) -> tuple[str, str]:
        """Return the list with the present conversation marked, and the ways to take that one along, as HTML."""
        if self.owner is None:
            return rendering.history([], present=None, problem=_NO_COOKIE), ""
        try:
            summaries = self.kept.summaries(self.owner)
        except NatoqaError as problem:
            logger.warning("conversations cannot be listed: %s", problem)
            told_so = f"Your conversations cannot be shown: {told(problem)}"
            return rendering.history([], present=present, problem=told_so), ""
        ways = rendering.exports(present) if present in {each.id for each in summaries} else ""
        return rendering.history(summaries, present=present), ways

    def rename(self, conversation_id: str, title: str) -> str:
        """Give a conversation another title; returns what is to be said about it."""
        if self.owner is None:
            return _NO_COOKIE
        try:
            return f"Renamed to “{self.kept.rename(conversation_id, self.owner, title)}”."
        except NatoqaError as problem:
            logger.warning("a conversation could not be renamed: %s", problem)
            return f"Not renamed: {told(problem)}"

    def delete(self, conversation_id: str) -> str:
        """Delete a conversation; returns what is to be said about it."""
        if self.owner is None:
            return _NO_COOKIE
        try:
            self.kept.delete(conversation_id, self.owner)
        except NatoqaError as problem:
            logger.warning("a conversation could not be deleted: %s", problem)
            return f"Not deleted: {told(problem)}"
        return "Deleted."
