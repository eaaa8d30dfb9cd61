"""A conversation as a document to keep or pass on: Markdown, JSON, or a page to print."""

from __future__ import annotations

from typing import Literal

from natoqa.conversations.kept import Conversation
from natoqa.conversations.markdown import markdown
from natoqa.conversations.printable import page
from natoqa.conversations.standing import Standings, current
from natoqa.index import Index
from natoqa.sanitizing import json_text
from natoqa.types import Json

Format = Literal["md", "json", "html"]


def exported(conversation: Conversation, form: Format, *, index: Index | None = None) -> str:
    """Return the conversation as a document; with an index, citations whose article has changed since are marked."""
    known = standings(conversation, index)
    if form == "md":
        return markdown(conversation, known)
    if form == "html":
        return page(conversation, known)
    return json_text(document(conversation, known), indent=2) + "\n"


def standings(conversation: Conversation, index: Index | None) -> Standings:
    """Return how the citations of each turn stand now; nothing without an index."""
    if index is None:
        return {}
    return {turn.number: current(turn.answer, index) for turn in conversation.turns if turn.answer}


def document(conversation: Conversation, known: Standings) -> Json:
    """Return the conversation as JSON; an answer whose citations have been looked at has their `standing`."""
    whole = conversation.to_dict()
    for turn in whole["turns"]:
        if turn["number"] in known:
            turn["standing"] = [each.to_dict() for each in known[turn["number"]]]
    return whole
