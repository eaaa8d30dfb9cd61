"""What the model gets to read: sentences with ids, as many as fit, in a form that no article can break out of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from natoqa.citations import Quote, quotes_in
from natoqa.types import Hit

Given = Mapping[str, Quote]
"""The sentences given to the model, by their ids (`A1.s3`), in the order in which they are given."""

# English news has 4.2 characters a token, names and figures fewer; 3 leaves room whatever the model's vocabulary.
CHARACTERS_A_TOKEN = 3

# Room for the prompt's own words (about 500 tokens by the measure above) and for the reply. Models that think before
# they answer need more, but take it from what the articles leave over.
_PROMPT_TOKENS = 500
_REPLY_TOKENS = 250

# Longer titles and questions are pasted text; what matters is at their beginning.
_LONGEST_TITLE = 200
LONGEST_QUESTION = 1000

_ID_LOOKALIKE = re.compile(r"(?<!\w)(A\d+)\s*[.:_-]?\s*(s\d+)(?!\w)", re.IGNORECASE)
_BRACKETS = str.maketrans("<>[]【】〔〕{}", "‹›()()()()")


def select(question: str, hits: Sequence[Hit], context_tokens: int) -> dict[str, Quote]:
    """Return the sentences of the hits, best hit first, that fit into `context_tokens` beside prompt and reply."""
    room = (context_tokens - _PROMPT_TOKENS - _REPLY_TOKENS) * CHARACTERS_A_TOKEN - min(len(question), LONGEST_QUESTION)
    chosen: dict[str, list[Quote]] = {}
    for quote in quotes_in(hits):
        article = quote.article.article_id
        cost = len(_line("A10.s100", quote)) + (0 if article in chosen else len(_heading("A10", quote)))
        if cost <= room:
            room -= cost
            chosen.setdefault(article, []).append(quote)
    return {
        f"A{a}.s{s}": quote
        for a, quotes in enumerate(chosen.values(), 1)
        for s, quote in enumerate(sorted(quotes, key=lambda quote: quote.sentence.start), 1)
    }


def render(given: Given) -> str:
    """Return the sentences as the prompt shows them: a heading an article, a line a sentence."""
    lines: list[str] = []
    heading = ""
    for id_, quote in given.items():
        number = id_.partition(".")[0]
        if number != heading:
            heading = number
            lines.append(_heading(number, quote))
        lines.append(_line(id_, quote))
    return "".join(lines).rstrip("\n")


def as_data(text: str, width: int | None = None) -> str:
    """Return text as one line that holds no bracket, tag, invisible character or id: fit to stand inside a prompt.

    Tags and templates of models (`</articles>`, `<|im_start|>`, `[INST]`) lose their brackets, and what looks like
    an id its dot, so that only our own ids are ids.
    """
    text = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    text = "".join(each if each.isprintable() else " " for each in text if unicodedata.category(each) != "Cf")
    text = " ".join(_ID_LOOKALIKE.sub(r"\1 \2", text).split())
    return text if width is None or len(text) <= width else text[: width - 1] + "…"


def _heading(number: str, quote: Quote) -> str:
    article = quote.article
    known = (article.title, article.outlet, article.published.isoformat() if article.published else None)
    return f"{number}: {' | '.join(as_data(each, _LONGEST_TITLE) for each in known if each)}\n"


def _line(id_: str, quote: Quote) -> str:
    speaker = quote.sentence.speaker
    said_by = f"(says {as_data(', '.join(filter(None, (speaker.name, speaker.role))))}) " if speaker else ""
    return f"[{id_}] {said_by}{as_data(quote.sentence.text)}\n"
