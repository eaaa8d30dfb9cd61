"""The nouns of natoqa: articles, sentences, passages, hits, citations, answers and reports.

All are frozen, hold no connection and no model, and turn into the documented JSON with `to_dict()`.
Offsets count characters (Python's, not bytes) of `Article.text`; `start` is included, `end` is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Self

Json = dict[str, Any]
Status = Literal["answered", "partial", "not_in_corpus"]
DateOrigin = Literal["front matter", "JSON-LD", "meta", "header", "field", "dateline", "address"]
"""Where in the article its day was found: `header` is an e-mail's Date, `field` one of a JSON or XML record."""


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _shorten(text: str, width: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


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
        return f"Article({self.article_id!r}, {_shorten(self.title)!r}, {self.outlet}, {_iso(self.published)})"

    def reference(self) -> Json:
        """Return what names the article, without its text: the items of `nearest` and `copies`."""
        return {
            "article_id": self.article_id,
            "title": self.title,
            "outlet": self.outlet,
            "published": _iso(self.published),
            "url": self.url,
            "path": self.path,
        }

    def to_dict(self) -> Json:
        """Return the whole article as JSON."""
        return self.reference() | {
            "authors": list(self.authors),
            "published_from": self.published_from,
            "updated": _iso(self.updated),
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
            published=_day(document["published"]),
            url=document["url"],
            authors=tuple(document.get("authors", ())),
            article_id=document["article_id"],
            version=document.get("version", 0),
            published_from=document.get("published_from"),
            updated=_day(document.get("updated")),
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
        return f"Hit({self.rank}, {self.score:.3f}, {self.article_id!r}, {_shorten(self.text)!r})"

    def to_dict(self) -> Json:
        """Return the hit as in `natoqa search --json`."""
        return {
            "rank": self.rank,
            "score": self.score,
            "text": self.text,
            "article_id": self.article_id,
            "title": self.title,
            "outlet": self.outlet,
            "published": _iso(self.published),
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


@dataclass(frozen=True, slots=True, repr=False)
class Citation(_OfArticle):
    """A sentence of an article, quoted character for character: `article.text[start:end] == quote`."""

    number: int
    quote: str
    start: int
    end: int
    article: Article
    speaker: str | None = None
    role: str | None = None
    copies: tuple[Article, ...] = ()

    def __repr__(self) -> str:
        return (
            f"Citation([{self.number}] {self.speaker}, {self.outlet}, {_iso(self.published)}: {_shorten(self.quote)!r})"
        )

    def to_dict(self) -> Json:
        """Return the citation as in `natoqa ask --json`."""
        return {
            "number": self.number,
            "quote": self.quote,
            "speaker": self.speaker,
            "role": self.role,
            "title": self.title,
            "outlet": self.outlet,
            "published": _iso(self.published),
            "url": self.url,
            "path": self.path,
            "article_id": self.article_id,
            "version": self.version,
            "start": self.start,
            "end": self.end,
            "copies": [copy.reference() for copy in self.copies],
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return the citation of `to_dict`; its article has no text. Raises the same as `Article.from_dict`."""
        return cls(
            number=document["number"],
            quote=document["quote"],
            start=document["start"],
            end=document["end"],
            article=Article.from_dict(document),
            speaker=document["speaker"],
            role=document["role"],
            copies=tuple(map(Article.from_dict, document["copies"])),
        )


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of an answer and the numbers of the citations that carry it."""

    text: str
    citations: tuple[int, ...]

    def to_dict(self) -> Json:
        """Return the sentence as in `natoqa ask --json`."""
        return {"text": self.text, "citations": list(self.citations)}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return the sentence of `to_dict`."""
        return cls(document["text"], tuple(document["citations"]))


@dataclass(frozen=True, slots=True)
class Account:
    """What one source gives for something that several sources give differently: "12", by citation 1."""

    told: str
    citation: int

    def to_dict(self) -> Json:
        """Return the account as in `natoqa ask --json`."""
        return {"told": self.told, "citation": self.citation}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return the account of `to_dict`."""
        return cls(document["told"], document["citation"])


@dataclass(frozen=True, slots=True)
class Difference:
    """Figures or days that sources give differently for the same thing, and the note that says so in words."""

    note: str
    accounts: tuple[Account, ...]

    def to_dict(self) -> Json:
        """Return the difference as in `natoqa ask --json`."""
        return {"note": self.note, "accounts": [account.to_dict() for account in self.accounts]}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return the difference of `to_dict`."""
        return cls(document["note"], tuple(map(Account.from_dict, document["accounts"])))


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may answer: published from `since` to `until` (both included), by `outlet` (any case)."""

    since: date | None = None
    until: date | None = None
    outlet: str | None = None

    @property
    def by_day(self) -> bool:
        """Whether articles without a date are left out."""
        return self.since is not None or self.until is not None

    def to_dict(self) -> Json:
        """Return only the filters that are set."""
        given = {"since": _iso(self.since), "until": _iso(self.until), "outlet": self.outlet}
        return {name: value for name, value in given.items() if value is not None}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return the filters of `to_dict`."""
        return cls(_day(document.get("since")), _day(document.get("until")), document.get("outlet"))


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What the articles say to a question, sentence by sentence, each tied to its citations."""

    question: str
    query: str
    """What was sent to retrieval: the question, completed from the turns before it."""
    status: Status
    answerer: str
    text: str
    """The sentences joined, each followed by its marks: `… [1]`."""
    short_answer: str | None = None
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Article, ...] = ()
    confidence: float = 0.0
    as_of: date | None = None
    """The day of the newest article among the cited and the nearest ones."""
    filters: Filters = field(default_factory=Filters)
    notes: tuple[str, ...] = ()
    elapsed_ms: float = 0.0
    differing: tuple[Difference, ...] = ()
    """Where the cited sentences contradict each other in a figure or a day."""

    def __repr__(self) -> str:
        return f"Answer({self.status!r}, {_shorten(self.text, 100)!r}, {len(self.citations)} citations)"

    def to_dict(self) -> Json:
        """Return the answer as in `natoqa ask --json`."""
        return {
            "question": self.question,
            "query": self.query,
            "status": self.status,
            "answerer": self.answerer,
            "text": self.text,
            "short_answer": self.short_answer,
            "sentences": [sentence.to_dict() for sentence in self.sentences],
            "citations": [citation.to_dict() for citation in self.citations],
            "nearest": [article.reference() for article in self.nearest],
            "confidence": round(self.confidence, 4),
            "as_of": _iso(self.as_of),
            "filters": self.filters.to_dict(),
            "notes": list(self.notes),
            "elapsed_ms": round(self.elapsed_ms, 1),
            "differing": [difference.to_dict() for difference in self.differing],
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return the answer of `to_dict`: `Answer.from_dict(document).to_dict() == document`.

        Its articles are named, but have no text. Raises `KeyError`, `TypeError` or `ValueError` for what is no answer;
        fields that are not known are left out.
        """
        return cls(
            question=document["question"],
            query=document["query"],
            status=document["status"],
            answerer=document["answerer"],
            text=document["text"],
            short_answer=document["short_answer"],
            sentences=tuple(map(AnswerSentence.from_dict, document["sentences"])),
            citations=tuple(map(Citation.from_dict, document["citations"])),
            nearest=tuple(map(Article.from_dict, document["nearest"])),
            confidence=document["confidence"],
            as_of=_day(document["as_of"]),
            filters=Filters.from_dict(document["filters"]),
            notes=tuple(document["notes"]),
            elapsed_ms=document["elapsed_ms"],
            differing=tuple(map(Difference.from_dict, document.get("differing", ()))),
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and what was answered."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Failure:
    """An article that could not be read: the file (and line), and why."""

    path: str
    error: str

    def to_dict(self) -> Json:
        """Return the failure as in `natoqa index --json`."""
        return {"path": self.path, "error": self.error}


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a running `Index.sync` is: articles done of the `total` to be written, passages embedded so far."""

    articles: int
    total: int
    passages: int
    elapsed_s: float

    @property
    def passages_per_s(self) -> float:
        """The speed so far."""
        return self.passages / self.elapsed_s if self.elapsed_s > 0 else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds left at the speed so far, None before the first article is done."""
        return self.elapsed_s * (self.total - self.articles) / self.articles if self.articles else None


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What `Index.sync` did; moved articles are unchanged ones at a new path, duplicates copies of others."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    failed: tuple[Failure, ...] = ()
    articles: int = 0
    passages: int = 0
    elapsed_s: float = 0.0
    notes: tuple[str, ...] = ()
    """What the user should know: encodings that were detected, files that are of no known kind, …"""

    def to_dict(self) -> Json:
        """Return the report as in `natoqa index --json`."""
        return {
            "added": self.added,
            "changed": self.changed,
            "moved": self.moved,
            "removed": self.removed,
            "unchanged": self.unchanged,
            "duplicates": self.duplicates,
            "failed": [failure.to_dict() for failure in self.failed],
            "articles": self.articles,
            "passages": self.passages,
            "elapsed_s": round(self.elapsed_s, 3),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What is indexed; `stale` counts the files that differ from the index, None when the corpus is not there."""

    articles: int
    passages: int
    failed: int
    undated: int
    without_outlet: int
    stale: int | None
    embedding_model: str
    index_version: int
    oldest: date | None
    newest: date | None
    outlets: Mapping[str, int]

    def to_dict(self) -> Json:
        """Return the status as in `natoqa status --json`."""
        return {
            "articles": self.articles,
            "passages": self.passages,
            "failed": self.failed,
            "undated": self.undated,
            "without_outlet": self.without_outlet,
            "stale": self.stale,
            "embedding_model": self.embedding_model,
            "index_version": self.index_version,
            "oldest": _iso(self.oldest),
            "newest": _iso(self.newest),
            "outlets": dict(self.outlets),
        }


@dataclass(frozen=True, slots=True)
class CorpusOverview:
    """What is indexed, by outlet and by month; a month is written `2025-02`."""

    articles: int
    undated: int
    without_outlet: int
    failed: int
    outlets: Mapping[str, int]
    """Articles of each outlet, most first."""
    months: Mapping[str, int]
    """Articles of each month that has any, the earliest first."""

    def to_dict(self) -> Json:
        """Return the overview as JSON."""
        return {
            "articles": self.articles,
            "undated": self.undated,
            "without_outlet": self.without_outlet,
            "failed": self.failed,
            "outlets": dict(self.outlets),
            "months": dict(self.months),
        }


@dataclass(frozen=True, slots=True)
class Listing:
    """Some of the articles that fit, without their texts, and how many fit."""

    articles: tuple[Article, ...]
    total: int

    def to_dict(self) -> Json:
        """Return the listing as JSON."""
        return {"articles": [article.reference() for article in self.articles], "total": self.total}


@dataclass(frozen=True, slots=True)
class FailureListing:
    """Some of what could not be read, and how much there is."""

    failures: tuple[Failure, ...]
    total: int

    def to_dict(self) -> Json:
        """Return the listing as JSON."""
        return {"failures": [failure.to_dict() for failure in self.failures], "total": self.total}
