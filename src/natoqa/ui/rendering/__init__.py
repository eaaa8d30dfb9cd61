"""Answers, sources and the state of the index as HTML; pure functions that know nothing of Gradio.

markup          what every part is made of: escaped text, days, references
turns           the conversation
cards           the numbers of citations and what they stand for
over_time       statements in the order of their days, and how many articles match
beneath         what stands beneath an answer: what was changed since, copy, rate, search again, what next
sources         the articles behind an answer
text_fragments  links that lead to a sentence of a web page
history         the visitor's conversations
filtering       the filters beside the question box
standing        how the index stands
corpus          what is indexed, lists of articles, one article as text
months          articles per month
searching       the passages found
editing         what those see who may change the corpus

Article text, titles, outlets, addresses and questions are hostile: every value passes through `markup.escaped` or
`web_address` on its way into HTML, and none becomes a tag, an attribute name or an image.
"""

from natoqa.ui.rendering.beneath import beneath, retry
from natoqa.ui.rendering.filtering import filters
from natoqa.ui.rendering.history import exports, history, notice
from natoqa.ui.rendering.sources import NO_SOURCES, sources
from natoqa.ui.rendering.standing import REINDEX, emptiness, masthead, status_line, welcome
from natoqa.ui.rendering.turns import answered_turn, conversation, streaming_turn, unanswered_turn

__all__ = [
    "NO_SOURCES",
    "REINDEX",
    "answered_turn",
    "beneath",
    "conversation",
    "emptiness",
    "exports",
    "filters",
    "history",
    "masthead",
    "notice",
    "retry",
    "sources",
    "status_line",
    "streaming_turn",
    "unanswered_turn",
    "welcome",
]
