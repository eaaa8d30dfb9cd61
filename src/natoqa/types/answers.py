"""Answers: citations, the sentences that they carry, filters, turns of a conversation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Self

from natoqa.types.articles import Article, _OfArticle
from natoqa.types.plain import Json, iso_day, parsed_day, shortened

Status = Literal["answered", "partial", "not_in_corpus"]


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
        origin = f"{self.speaker}, {self.outlet}, {iso_day(self.published)}"
        return f"Citation([{self.number}] {origin}: {shortened(self.quote)!r})"

    def to_dict(self) -> Json:
        """Return the citation as in `natoqa ask --json`."""
        return {
            "number": self.number,
            "quote": self.quote,
            "speaker": self.speaker,
            "role": self.role,
            "title": self.title,
            "outlet": self.outlet,
            "published": iso_day(self.published),
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
    """Which articles may answer: published from `since` to `until` (both included), by `outlet` (any case).

    Several outlets are a tuple: any of them may have published an article.
    """

    since: date | None = None
    until: date | None = None
    outlet: str | tuple[str, ...] | None = None

    @property
    def outlets(self) -> tuple[str, ...]:
        """The outlets asked for; empty for all."""
        if isinstance(self.outlet, tuple):
            return self.outlet
        return (self.outlet,) if self.outlet else ()

    @property
    def by_day(self) -> bool:
        """Whether articles without a date are left out."""
        return self.since is not None or self.until is not None

    def to_dict(self) -> Json:
        """Return only the filters that are set."""
        outlet = list(self.outlet) if isinstance(self.outlet, tuple) else self.outlet
        given = {"since": iso_day(self.since), "until": iso_day(self.until), "outlet": outlet}
        return {name: value for name, value in given.items() if value is not None}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return the filters of `to_dict`."""
        outlet = document.get("outlet")
        several = tuple(outlet) if isinstance(outlet, list) else outlet
        return cls(parsed_day(document.get("since")), parsed_day(document.get("until")), several)


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
    closest: tuple[Citation, ...] = ()
    """Where nothing is cited: sentences of the nearest articles, by the article's number among them, that come closest.

    They need not answer: of each article at most one.
    """

    def __repr__(self) -> str:
        return f"Answer({self.status!r}, {shortened(self.text, 100)!r}, {len(self.citations)} citations)"

    def near(self) -> Iterator[tuple[Article, Citation | None]]:
        """Yield each of the nearest articles with the sentence of it that comes closest, if one does."""
        closest = {citation.number: citation for citation in self.closest}
        for number, article in enumerate(self.nearest, 1):
            yield article, closest.get(number)

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
            "as_of": iso_day(self.as_of),
            "filters": self.filters.to_dict(),
            "notes": list(self.notes),
            "elapsed_ms": round(self.elapsed_ms, 1),
            "differing": [difference.to_dict() for difference in self.differing],
            "closest": [citation.to_dict() for citation in self.closest],
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
            as_of=parsed_day(document["as_of"]),
            filters=Filters.from_dict(document["filters"]),
            notes=tuple(document["notes"]),
            elapsed_ms=document["elapsed_ms"],
            differing=tuple(map(Difference.from_dict, document.get("differing", ()))),
            closest=tuple(map(Citation.from_dict, document.get("closest", ()))),
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and what was answered."""

    question: str
    answer: Answer
