"""Answers, sources and the state of the index as HTML; pure functions that know nothing of Gradio.

markup          what every part is made of: escaped text, days, references
turns           the conversation
cards           the numbers of citations and what they stand for
over_time       statements in the order of their days, and how many articles match
sources         the articles behind an answer
text_fragments  links that lead to a sentence of a web page
standing        how the index stands

Article text, titles, outlets, addresses and questions are hostile: every value passes through `markup.escaped` or
`web_address` on its way into HTML, and none becomes a tag, an attribute name or an image.
"""

from natoqa.ui.rendering.sources import NO_SOURCES, sources
from natoqa.ui.rendering.standing import REINDEX, status_line, welcome
from natoqa.ui.rendering.turns import answered_turn, conversation, failed_turn, streaming_turn

__all__ = [
    "NO_SOURCES",
    "REINDEX",
    "answered_turn",
    "conversation",
    "failed_turn",
    "sources",
    "status_line",
    "streaming_turn",
    "welcome",
]
