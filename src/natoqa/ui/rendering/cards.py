"""The number of a citation in an answer, and the card that tells what it stands for before its source is opened.

A card is a tooltip that `cards.js` shows while the pointer or the focus of the keyboard is on the number; the number
names it as its description, so that it is read out too.
"""

from __future__ import annotations

from natoqa.citations import quoted
from natoqa.types import Answer, Citation
from natoqa.ui.rendering.markup import escaped, name, origin, said_by, shortened, source_id


def mark(turn: int, citation: Citation) -> str:
    """Return the number of a citation as a link to its place among the sources."""
    number = citation.number
    return (
        f'&nbsp;<a class="citation" href="#{source_id(turn, number)}" aria-describedby="{_card_id(turn, number)}">'
        f"[{number}]</a>"
    )


def cards(turn: int, answer: Answer) -> str:
    """Return the cards of an answer's citations, hidden until they are asked for."""
    return "".join(_card(turn, citation) for citation in answer.citations)


def _card(turn: int, citation: Citation) -> str:
    speaker = said_by(citation)
    return (
        f'<div class="card" id="{_card_id(turn, citation.number)}" role="tooltip" popover="manual">'
        f'<p class="quote">{escaped(quoted(shortened(citation.quote)))}</p>'
        + (f'<p class="speaker">{speaker}</p>' if speaker else "")
        + f'<p class="origin">{origin(citation)}</p><p class="title">{name(citation.title)}</p></div>'
    )


def _card_id(turn: int, number: int) -> str:
    return f"card-{turn}-{number}"
