"""Reports: what a sync did, how the index stands, what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from natoqa.types.articles import Article
from natoqa.types.plain import Json, iso_day


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
    """How far a running `Index.sync` is: articles done of the `total` to be written, passages embedded so far.

    While it still fetches, both are 0, and `fetching` is the number of the page that is asked for, of the `pages` that
    are known to be asked for so far; else these two are 0.
    """

    articles: int
    total: int
    passages: int
    elapsed_s: float
    fetching: int = 0
    pages: int = 0

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
class Change:
    """An article that was changed: its last two versions compared by sentences; `title_before` if that changed, too."""

    article_id: str
    path: str
    title: str
    version: int
    title_before: str | None = None
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def to_dict(self) -> Json:
        """Return the change as in `natoqa status --changes 10 --json`."""
        return {
            "article_id": self.article_id,
            "path": self.path,
            "title": self.title,
            "version": self.version,
            "title_before": self.title_before,
            "removed": list(self.removed),
            "added": list(self.added),
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
    duplicates: int = 0
    """Articles that are copies of another one, as in `SyncReport`."""

    def to_dict(self) -> Json:
        """Return the status as in `natoqa status --json`."""
        return {
            "articles": self.articles,
            "passages": self.passages,
            "failed": self.failed,
            "undated": self.undated,
            "without_outlet": self.without_outlet,
            "duplicates": self.duplicates,
            "stale": self.stale,
            "embedding_model": self.embedding_model,
            "index_version": self.index_version,
            "oldest": iso_day(self.oldest),
            "newest": iso_day(self.newest),
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
