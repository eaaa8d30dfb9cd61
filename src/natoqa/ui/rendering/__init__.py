"""Answers, sources and the state of the index as HTML; pure functions that know nothing of Gradio.

markup    what every part is made of: escaped text, days, references
turns     the conversation
sources   the articles behind an answer
standing  how the index stands
corpus    what is indexed, lists of articles, one article as text
months    articles per month
searching the passages found
editing   what those see who may change the corpus

Article text, titles, outlets, addresses and questions are hostile: every value passes through `markup.escaped` or
`web_address` on its way into HTML, and none becomes a tag, an attribute name or an image.
"""

from natoqa.ui.rendering.sources import NO_SOURCES, context, sources
from natoqa.ui.rendering.standing import REINDEX, emptiness, masthead, status_line, welcome
from natoqa.ui.rendering.turns import answered_turn, conversation, failed_turn, streaming_turn

__all__ = [
    "NO_SOURCES",
    "REINDEX",
    "answered_turn",
    "context",
    "conversation",
    "emptiness",
    "failed_turn",
    "masthead",
    "sources",
    "status_line",
    "streaming_turn",
    "welcome",
]
