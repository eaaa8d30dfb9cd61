"""Conversations on disk, each seen by its owner only, with what readers thought of the answers.

    conversations = Conversations.open(settings.data_folder)
    started = conversations.start(user("ann"))
    answer = Chatbot(index).ask("Will US troops go to Ukraine?")
    conversations.add_turn(started.id, user("ann"), answer, index_version=index.generation)
    bot = continued(conversations.load(started.id, user("ann")), index)

store      what is kept: start, list, load, add, rename, delete, rate
file       one SQLite file, used by many threads and processes
kept       the nouns: Conversation, KeptTurn, Unanswered, Opinion, Feedback
standing   has a cited article changed since?
exporting  a conversation as Markdown, JSON or a page to print

The room stands on the engine's floor: what it keeps are the engine's answers, and it holds them against the index.
"""

from __future__ import annotations

from natoqa.conversations.continuing import continued
from natoqa.conversations.exporting import Format, document, exported, standings
from natoqa.conversations.kept import Conversation, Feedback, KeptTurn, Opinion, Rating, Summary, Unanswered
from natoqa.conversations.standing import Standing, current, restored
from natoqa.conversations.store import FILE_NAME, Conversations, browser, user

__all__ = [
    "FILE_NAME",
    "Conversation",
    "Conversations",
    "Feedback",
    "Format",
    "KeptTurn",
    "Opinion",
    "Rating",
    "Standing",
    "Summary",
    "Unanswered",
    "browser",
    "continued",
    "current",
    "document",
    "exported",
    "restored",
    "standings",
    "user",
]
