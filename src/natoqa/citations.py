"""Binding answer sentences to article sentences, and checking that they really stand there.

Answerers hand over a `Draft`: claims, each resting on quotes. `bind` numbers the quotes, verifies each one
character for character, and renders the answer's text with its marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from natoqa import sentences
from natoqa.prompts import NOT_IN_CORPUS
from natoqa.types import (
    Account,
    Answer,
    AnswerSentence,
    Article,
    Citation,
    Difference,
    Filters,
    Hit,
    Sentence,
    Status,
)

# The contract's limit; a reader wants the answer, not a digest.
MOST_SENTENCES = 3

# How many articles are named where nothing answers: what fits under the sentence without scrolling.
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of an article, as evidence."""

    article: Article
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer and the quotes it rests on."""

    text: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What several quotes give differently for the same thing, each in its words, and the note that says so."""

    note: str
    told: tuple[tuple[Quote, str], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What an answerer makes of the hits, before it is verified and numbered."""

    status: Status
    claims: tuple[Claim, ...] = ()
    confidence: float = 0.0
    short_answer: str | None = None
    notes: tuple[str, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    closest: tuple[Quote, ...] = ()
    """Where nothing is claimed: the sentences that come closest, at most one an article."""


class Numbering:
    """Gives each quote its number, from 1 in the order of use; the same quote keeps its number."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int], int] = {}
        self.quotes: list[Quote] = []

    def of(self, claim: Claim) -> tuple[int, ...]:
        """Return the numbers of a claim's quotes, each once."""
        return tuple(dict.fromkeys(map(self._number, claim.quotes)))

    def known(self, quote: Quote) -> int | None:
        """Return the number of a quote, None where no claim rests on it."""
        return self._numbers.get(_place(quote))

    def _number(self, quote: Quote) -> int:
        key = _place(quote)
        if key not in self._numbers:
            self.quotes.append(quote)
            self._numbers[key] = len(self.quotes)
        return self._numbers[key]


def _place(quote: Quote) -> tuple[str, int, int]:
    return quote.article.article_id, quote.article.version, quote.sentence.start


def sentences_of(article: Article) -> tuple[Sentence, ...]:
    """Return the sentences of an article with their speakers."""
    return _sentences(article.text, article.title)


@lru_cache(maxsize=512)
def _sentences(text: str, title: str) -> tuple[Sentence, ...]:
    return sentences.read(text, title=title)


def quote_at(article: Article, start: int) -> Quote:
    """Return the sentence of an article in which a character stands; raises `ValueError` where none does."""
    found = next((each for each in sentences_of(article) if each.start <= start < each.end), None)
    if found is None:
        raise ValueError(f"{article!r} has no sentence at character {start}")
    return Quote(article, found)


def quotes_in(hits: Iterable[Hit]) -> list[Quote]:
    """Return the sentences that the hits' passages consist of, in the order of the hits, each once."""
    found: dict[tuple[str, int], Quote] = {}
    for hit in hits:
        for sentence in sentences_of(hit.article):
            if hit.start <= sentence.start and sentence.end <= hit.end:
                found.setdefault((hit.article_id, sentence.start), Quote(hit.article, sentence))
    return list(found.values())


def introduced(quote: Quote, *, earlier: bool = False) -> str:
    """Return a quotation with who said it, in which outlet and when, as far as known; `earlier` tells it is not new.

    Example: `Pete Hegseth, US Defense Secretary (Daily Times, 13 February 2025): “There will not be …”`
    """
    speaker, article = quote.sentence.speaker, quote.article
    source = ", ".join(part for part in (article.outlet, written_day(article.published)) if part)
    if speaker:
        said_by = f"{speaker.name}, {speaker.role}" if speaker.role else speaker.name
        by = f"{said_by} ({source})" if source else said_by
    else:
        by = source or article.title
    return f"{'Earlier, ' if earlier else ''}{by}: {quoted(quote.sentence.text)}"


def quoted(text: str) -> str:
    """Return a text in quotation marks: single ones, as English does, where it has a quotation in itself."""
    before, after = "‘’" if re.search('["“”]', text) else "“”"
    return f"{before}{text}{after}"


def written_day(day: date | None) -> str:
    """Return a day as English text writes it, "13 February 2025", or nothing."""
    return f"{day.day} {day:%B %Y}" if day else ""


def bind(
    draft: Draft,
    *,
    question: str,
    query: str,
    answerer: str,
    hits: Sequence[Hit],
    filters: Filters,
    notes: Sequence[str] = (),
    copies: Callable[[str], Sequence[Article]],
) -> Answer:
    """Return the answer: claims with a quote that is not in its article are dropped, the others' quotes numbered."""
    claims = [claim for claim in draft.claims if claim.quotes and all(map(stands, claim.quotes))]
    dropped = len(draft.claims) - len(claims)
    notes = [*notes, *draft.notes]
    if dropped:
        notes.append(f"{dropped} of the answer's sentences were removed: a quotation does not stand in its article.")
    numbering = Numbering()
    rendered = [AnswerSentence(claim.text, numbering.of(claim)) for claim in claims]
    citations = [_citation(number, quote, copies) for number, quote in enumerate(numbering.quotes, 1)]
    near = () if rendered else nearest(hits)
    return Answer(
        question=question,
        query=query,
        status=_status(draft, claims),
        answerer=answerer,
        text=_text(rendered),
        short_answer=draft.short_answer if rendered else None,
        sentences=tuple(rendered),
        citations=tuple(citations),
        nearest=near,
        confidence=draft.confidence,
        as_of=max((day for day in _days([*citations, *near])), default=None),
        filters=filters,
        notes=tuple(dict.fromkeys(notes)),
        differing=tuple(_differing(draft.disagreements, numbering)),
        closest=tuple(_closest(draft.closest, near, copies)),
    )


def _differing(disagreements: Iterable[Disagreement], numbering: Numbering) -> Iterable[Difference]:
    """Yield what the cited quotes give differently; one that is not cited has nothing to stand beside."""
    for each in disagreements:
        numbered = ((numbering.known(quote), words) for quote, words in each.told)
        accounts = tuple(Account(words, number) for number, words in numbered if number)
        if len(accounts) > 1:
            yield Difference(each.note, accounts)


def stands(quote: Quote) -> bool:
    """Return whether the quote is in its article, character for character, at its place."""
    return quote.article.text[quote.sentence.start : quote.sentence.end] == quote.sentence.text


def marked(sentence: AnswerSentence) -> str:
    """Return an answer sentence followed by its marks: `… [1][2]`."""
    return f"{sentence.text} {''.join(f'[{number}]' for number in sentence.citations)}"


def _text(rendered: Sequence[AnswerSentence]) -> str:
    return " ".join(map(marked, rendered)) if rendered else NOT_IN_CORPUS


def _status(draft: Draft, claims: Sequence[Claim]) -> Status:
    if not claims:
        return "not_in_corpus"
    return "partial" if len(claims) < len(draft.claims) else draft.status


def _citation(number: int, quote: Quote, copies: Callable[[str], Sequence[Article]]) -> Citation:
    sentence, speaker = quote.sentence, quote.sentence.speaker
    return Citation(
        number=number,
        quote=sentence.text,
        start=sentence.start,
        end=sentence.end,
        article=quote.article,
        speaker=speaker.name if speaker else None,
        role=speaker.role if speaker else None,
        copies=tuple(copies(quote.article.article_id)),
    )


def nearest(hits: Iterable[Hit]) -> tuple[Article, ...]:
    """Return the articles that are named where nothing answers."""
    return tuple({hit.article_id: hit.article for hit in hits}.values())[:NEAREST]


def _closest(
    quotes: Iterable[Quote], near: Sequence[Article], copies: Callable[[str], Sequence[Article]]
) -> Iterable[Citation]:
    """Yield the quotes from the nearest articles, in their order and with their numbers."""
    by_article = {quote.article.article_id: quote for quote in quotes if stands(quote)}
    for number, article in enumerate(near, 1):
        if quote := by_article.get(article.article_id):
            yield _citation(number, quote, copies)


def _days(sources: Iterable[Citation | Article]) -> Iterable[date]:
    return (source.published for source in sources if source.published)
