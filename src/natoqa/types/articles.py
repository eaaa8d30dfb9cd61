"""Articles and their parts: sentences, passages, hits, and what a reader of passages makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Self

from natoqa.types.plain import Json, iso_day, parsed_day, shortened

DateOrigin = Literal["front matter", "JSON-LD", "meta", "header", "field", "dateline", "address"]
"""Where in the article its day was found: `header` is an e-mail's Date, `field` one of a JSON or XML record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One news item.

    A reader fills in what the file says; `article_id` and `version` are given by the catalog when it is stored.
    What the file does not say is None: natoqa never guesses a date or an outlet.
    """

    title: str
    text: str
    path: str
    """Where the article lives, relative to the corpus, with forward slashes."""
    outlet: str | None = None
    published: date | None = None
    url: str | None = None
    authors: tuple[str, ...] = ()
    record: str | None = None
    """The article's id inside a file that holds several, else None."""
    article_id: str = ""
    version: int = 0
    """Counts the texts that this article has had, from 1."""
    published_from: DateOrigin | None = None
    """Where the day was found; None for an article without a date and for one indexed before this was kept."""
    updated: date | None = None
    language: str | None = None
    """The code that the article gives: `en`, `de-AT`."""
    kind: str | None = None
    """`news`, `opinion`, `analysis`, `live`, `press release` or `wire`, only when the article says so."""

    def __repr__(self) -> str:
        return f"Article({self.article_id!r}, {shortened(self.title)!r}, {self.outlet}, {iso_day(self.published)})"

    def reference(self) -> Json:
        """Return what names the article, without its text: the items of `nearest` and `copies`."""
        return {
            "article_id": self.article_id,
            "title": self.title,
            "outlet": self.outlet,
            "published": iso_day(self.published),
            "url": self.url,
            "path": self.path,
        }

    def to_dict(self) -> Json:
        """Return the whole article as JSON."""
        return self.reference() | {
            "authors": list(self.authors),
            "published_from": self.published_from,
            "updated": iso_day(self.updated),
            "language": self.language,
            "kind": self.kind,
            "version": self.version,
            "text": self.text,
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return the article of `to_dict` or, without its text, of `reference`.

        Raises `KeyError`, `TypeError` or `ValueError` for what is neither; fields that are not known are left out.
        """
        return cls(
            title=document["title"],
            text=document.get("text", ""),
            path=document["path"],
            outlet=document["outlet"],
            published=parsed_day(document["published"]),
            url=document["url"],
            authors=tuple(document.get("authors", ())),
            article_id=document["article_id"],
            version=document.get("version", 0),
            published_from=document.get("published_from"),
            updated=parsed_day(document.get("updated")),
            language=document.get("language"),
            kind=document.get("kind"),
        )


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says a sentence inside an article: `Speaker("Pete Hegseth", "US Defense Secretary")`."""

    name: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A span of an article's text that is one sentence (or a headline, or a list item)."""

    text: str
    start: int
    end: int
    speaker: Speaker | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one article that are embedded together; `embedded` is what the model reads, title included."""

    start: int
    end: int
    embedded: str


class _OfArticle:
    """The flat attributes that a hit and a citation take from their article."""

    __slots__ = ()
    article: Article

    @property
    def article_id(self) -> str:
        return self.article.article_id

    @property
    def version(self) -> int:
        return self.article.version

    @property
    def title(self) -> str:
        return self.article.title

    @property
    def outlet(self) -> str | None:
        return self.article.outlet

    @property
    def published(self) -> date | None:
        return self.article.published

    @property
    def url(self) -> str | None:
        return self.article.url

    @property
    def path(self) -> str:
        return self.article.path


@dataclass(frozen=True, slots=True, repr=False)
class Hit(_OfArticle):
    """A passage found for a query: rank from 1, score (higher is better, comparable within one search only)."""

    rank: int
    score: float
    text: str
    start: int
    end: int
    article: Article

    def __repr__(self) -> str:
        return f"Hit({self.rank}, {self.score:.3f}, {self.article_id!r}, {shortened(self.text)!r})"

    def to_dict(self) -> Json:
        """Return the hit as in `natoqa search --json`."""
        return {
            "rank": self.rank,
            "score": self.score,
            "text": self.text,
            "article_id": self.article_id,
            "title": self.title,
            "outlet": self.outlet,
            "published": iso_day(self.published),
            "url": self.url,
            "path": self.path,
            "start": self.start,
            "end": self.end,
            "version": self.version,
        }


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a passage that may be the answer: its characters, and log-odds against "no answer here"."""

    start: int
    end: int
    logit: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of a passage; all numbers are log-odds, above 0 is more likely than not."""

    answers: float
    """That the passage answers the question."""
    sentences: tuple[tuple[int, int, float], ...]
    """Where each of its sentences begins and ends, and that it holds the answer."""
    spans: tuple[Span, ...]
    """The likeliest answers, best first, each inside of one sentence."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What retrieval found for a query: the hits in order, and what the user should know about them."""

    query: str
    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()
    """What the reader made of the hits, one each; empty where the reader is left out."""

    def to_dict(self) -> Json:
        """Return the hits as in `natoqa search --json`."""
        return {"query": self.query, "hits": [hit.to_dict() for hit in self.hits], "notes": list(self.notes)}
