"""The panel of sources: the articles behind an answer, each as its text with the cited sentences highlighted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from natoqa.sanitizing import web_address
from natoqa.types import Answer, Article, Citation
from natoqa.ui.rendering.markup import (
    ELSEWHERE,
    dated_origin,
    escaped,
    name,
    references,
    said_by,
    shortened,
    source_id,
)
from natoqa.ui.rendering.text_fragments import sentence_address

# Articles up to this length (a book of 50,000 words) are shown whole; Chromium opens one of 200,000 characters in a
# tenth of a second. Of a longer one, this much is shown around each cited sentence.
_WHOLE = 300_000
_AROUND = 20_000
_LEFT_OUT = "\n\n[…]\n\n"

NO_SOURCES = (
    '<h2>Sources</h2><p class="empty">The articles behind an answer appear here. '
    "Choose a number such as [1] to see the sentence in its article.</p>"
)


def sources(turn: int, answer: Answer, *, selected: int | None = None) -> str:
    """Return the panel of the articles that the answer of a turn cites, open where the `selected` sentence stands.

    Where nothing is cited these are the nearest articles, by their numbers in the answer.
    """
    cards = _cited(turn, answer, selected) if answer.citations else _nearest(turn, answer, selected)
    if not cards:
        return NO_SOURCES
    heading = "Sources" if answer.citations else "Nearest articles"
    return f'<h2>{heading}</h2><p class="for">{escaped(shortened(answer.question))}</p>{"".join(cards)}'


def _cited(turn: int, answer: Answer, selected: int | None) -> list[str]:
    """Return a card for each cited article, in the order of their use; the one with the `selected` sentence is open."""
    ordered = sorted(answer.citations, key=lambda each: (_first_use(answer, each), each.number))
    grouped = [tuple(group) for _, group in groupby(ordered, key=lambda each: (each.article_id, each.version))]
    numbers = [{citation.number for citation in group} for group in grouped]
    chosen = next((place for place, those in enumerate(numbers) if selected in those), None)
    return [
        _card(
            grouped[place][0].article,
            body=_quotations(turn, group) + _text(turn, group, selected) + _copies(group),
            back=f'<a class="back" href="#turn-{turn}">Back to the answer</a>',
            is_open=place == (chosen or 0),
            is_selected=place == chosen,
        )
        for place, group in enumerate(grouped)
    ]


def _nearest(turn: int, answer: Answer, selected: int | None) -> list[str]:
    """Return a card for each of the nearest articles; they are opened one by one, as none of them answers."""
    return [
        _near_card(turn, number, article, closest, is_open=number == selected)
        for number, (article, closest) in enumerate(answer.near(), 1)
    ]


def _near_card(turn: int, number: int, article: Article, closest: Citation | None, *, is_open: bool) -> str:
    """Return an article's card; whoever comes from the answer finds the sentence that comes closest, if one does."""
    place = f' id="{source_id(turn, number)}"'
    if closest:
        body, place = _text(turn, [closest], number if is_open else None), ""
    else:
        body = _article_text(escaped(_first_part(article.text))) if article.text else _NO_TEXT
    back = f'<a class="back"{place} href="#turn-{turn}">Back to the answer</a>'
    return _card(article, body=body, back=back, is_open=is_open, is_selected=is_open)


def _first_use(answer: Answer, citation: Citation) -> int:
    """Return the lowest number by which the citation's article is cited: articles stand in the order of their use."""
    return min(
        each.number
        for each in answer.citations
        if (each.article_id, each.version) == (citation.article_id, citation.version)
    )


def _card(article: Article, *, body: str, back: str, is_open: bool, is_selected: bool) -> str:
    authors = f'<p class="authors">By {", ".join(map(name, article.authors))}</p>' if article.authors else ""
    return (
        f'<details class="source{" selected" if is_selected else ""}"{" open" if is_open else ""}><summary>'
        f'<h3>{name(article.title)}</h3><span class="origin">{dated_origin(article)}</span></summary>{authors}'
        f'<p class="original">{_original(article)} · {back}</p>{body}</details>'
    )


def _original(article: Article) -> str:
    address = web_address(article.url)
    if address is None:
        return f'<span class="path">{name(article.path)}</span>'
    return f'<a href="{escaped(address)}" {ELSEWHERE}>Open the original</a>'


def _quotations(turn: int, citations: Sequence[Citation]) -> str:
    """Return who says each cited sentence, with the ways to it: in the text below and in the original."""
    items = "".join(f"<li>{_quotation(turn, citation)}</li>" for citation in citations)
    return f'<ul class="quotations" aria-label="Cited sentences">{items}</ul>'


def _quotation(turn: int, citation: Citation) -> str:
    number = citation.number
    there = sentence_address(citation)
    elsewhere = (
        f' <a class="there" href="{escaped(there)}" {ELSEWHERE} aria-label="Sentence {number} in the original">'
        "in the original</a>"
        if there
        else ""
    )
    who = f'<span class="speaker">{said_by(citation) or "The article itself"}</span>'
    return (
        f'<a class="number" href="#{source_id(turn, number)}" aria-label="Show sentence {number}">[{number}]</a> '
        f"{who}{elsewhere}"
    )


def _copies(citations: Sequence[Citation]) -> str:
    copies = {copy.article_id: copy for citation in citations for copy in citation.copies}
    return f'<p class="copies">The same report, also here:</p>{references(copies.values())}' if copies else ""


_NO_TEXT = '<p class="empty">The text of this article is not at hand any more.</p>'


def _text(turn: int, citations: Sequence[Citation], selected: int | None) -> str:
    """Return the text of the article with the quotations highlighted where they stand.

    One that is not at its place, or overlaps with another, is shown by itself: never inside a text that it does not
    come from.
    """
    text = citations[0].article.text
    placed: list[Citation] = []
    for citation in sorted(citations, key=lambda each: (each.start, each.number)):
        free = not placed or placed[-1].end <= citation.start
        if free and text[citation.start : citation.end] == citation.quote:
            placed.append(citation)
    apart = "".join(
        f"<blockquote>{_highlighted(turn, each, selected)}</blockquote>" for each in citations if each not in placed
    )
    if not placed:
        return apart + _NO_TEXT
    return _article_text("".join(_pieces(turn, text, placed, selected))) + apart


def _article_text(markup: str) -> str:
    return (
        f'<div class="text" role="region" aria-label="Text of the article" tabindex="0">'
        f"<blockquote>{markup}</blockquote></div>"
    )


def _pieces(turn: int, text: str, placed: Sequence[Citation], selected: int | None) -> Iterator[str]:
    """Yield the text, escaped, and the quotations in it."""
    around = _AROUND if len(text) > _WHOLE else len(text)
    at = 0
    for citation in placed:
        yield escaped(_between(text[at : citation.start], around, after_quote=at > 0))
        yield _highlighted(turn, citation, selected)
        at = citation.end
    rest = text[at:]
    yield escaped(rest if len(rest) <= around else _beginning(rest, around) + _LEFT_OUT)


def _between(text: str, around: int, *, after_quote: bool) -> str:
    """Return what stands before a quotation, and after another one, without the middle of a very long text."""
    if len(text) <= (2 * around if after_quote else around):
        return text
    return (_beginning(text, around) if after_quote else "") + _LEFT_OUT + _end(text, around)


def _first_part(text: str) -> str:
    return text if len(text) <= _WHOLE else _beginning(text, _WHOLE) + _LEFT_OUT


def _beginning(text: str, length: int) -> str:
    """Return about so many of the first characters, cut between words where there are any."""
    return text[:length].rpartition(" ")[0] or text[:length]


def _end(text: str, length: int) -> str:
    return text[-length:].partition(" ")[2] or text[-length:]


def _highlighted(turn: int, citation: Citation, selected: int | None) -> str:
    chosen = citation.number == selected
    current = ' class="current" aria-current="true"' if chosen else ""
    return (
        f'<mark id="{source_id(turn, citation.number)}" tabindex="-1" data-number="{citation.number}"{current}>'
        f"{escaped(citation.quote)}</mark>"
    )
