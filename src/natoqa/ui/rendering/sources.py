"""The panel of sources: the articles behind an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from natoqa.sanitizing import web_address
from natoqa.types import Answer, Article, Citation
from natoqa.ui.rendering.markup import ELSEWHERE, escaped, origin, references, shortened, source_id

# About four sentences of news on either side: enough to judge a quotation, little enough to see it at once.
_CONTEXT = 500
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*\s+|\n\s*")

NO_SOURCES = (
    '<h2>Sources</h2><p class="empty">The articles behind an answer appear here. '
    "Choose a number such as [1] to see the sentence in its article.</p>"
)


def sources(turn: int, answer: Answer, *, selected: int | None = None) -> str:
    """Return the panel of the articles that the answer of a turn cites, the `selected` citation marked."""
    if not answer.citations:
        return NO_SOURCES
    ordered = sorted(answer.citations, key=lambda each: (_first_use(answer, each), each.number))
    cards = (
        _source(turn, tuple(citations), selected)
        for _, citations in groupby(ordered, key=lambda each: (each.article_id, each.version))
    )
    return f'<h2>Sources</h2><p class="for">{escaped(shortened(answer.question))}</p>{"".join(cards)}'


def _first_use(answer: Answer, citation: Citation) -> int:
    """Return the lowest number by which the citation's article is cited: articles stand in the order of their use."""
    return min(
        each.number
        for each in answer.citations
        if (each.article_id, each.version) == (citation.article_id, citation.version)
    )


def _source(turn: int, citations: Sequence[Citation], selected: int | None) -> str:
    article = citations[0].article
    excerpts = "".join(_excerpt(turn, citation, chosen=citation.number == selected) for citation in citations)
    copies = {copy.article_id: copy for citation in citations for copy in citation.copies}
    same = f'<p class="copies">The same report, also here:</p>{references(copies.values())}' if copies else ""
    return (
        f'<article class="source"><h3>{escaped(article.title)}</h3><p class="origin">{origin(article)}</p>'
        f"{_original(article)}{excerpts}{same}</article>"
    )


def _original(article: Article) -> str:
    address = web_address(article.url)
    if address is None:
        return f'<p class="original"><span class="path">{escaped(article.path)}</span></p>'
    return f'<p class="original"><a href="{escaped(address)}" {ELSEWHERE}>Open the original</a></p>'


def _excerpt(turn: int, citation: Citation, *, chosen: bool) -> str:
    before, after = context(citation)
    speaker = ""
    if citation.speaker:
        role = f", {escaped(citation.role)}" if citation.role else ""
        speaker = f'<p class="speaker"><strong>{escaped(citation.speaker)}</strong>{role}</p>'
    current = ' selected" aria-current="true' if chosen else ""
    return (
        f'<section class="excerpt{current}" id="{source_id(turn, citation.number)}" tabindex="-1" '
        f'aria-label="Citation {citation.number}">'
        f'<p class="number"><a href="#turn-{turn}" title="Back to the answer">[{citation.number}]</a></p>{speaker}'
        f"<blockquote>{escaped(before)}<mark>{escaped(citation.quote)}</mark>{escaped(after)}</blockquote></section>"
    )


def context(citation: Citation) -> tuple[str, str]:
    """Return what stands before and after the quote in its article, cut at sentences to a readable length.

    Both are empty when the quote is not at its place: it is never shown inside a text that it does not come from.
    """
    text, start, end = citation.article.text, citation.start, citation.end
    if text[start:end] != citation.quote:
        return "", ""
    return _tail(text[:start]), _head(text[end:])


def _tail(text: str) -> str:
    """Return the last whole sentences of the text."""
    if len(text) <= _CONTEXT:
        return text.lstrip()
    kept = text[-_CONTEXT:]
    cut = _SENTENCE_END.search(kept)
    return "… " + (kept[cut.end() :] if cut else kept.partition(" ")[2])


def _head(text: str) -> str:
    """Return the first whole sentences of the text."""
    if len(text) <= _CONTEXT:
        return text.rstrip()
    kept = text[:_CONTEXT]
    cuts = list(_SENTENCE_END.finditer(kept))
    return (kept[: cuts[-1].end()].rstrip() if cuts else kept.rpartition(" ")[0]) + " …"
