"""What an index holds, and how it stands."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from natoqa import retrying
from natoqa.catalog import Catalog, Entry
from natoqa.changes import change
from natoqa.corpus import Corpus
from natoqa.errors import ArticleNotFoundError, CorpusMissingError, SettingsError
from natoqa.retrieval import matching_days
from natoqa.settings import Settings
from natoqa.types import Article, Change, CorpusOverview, FailureListing, Filters, IndexStatus, Listing


class Contents:
    """The part of an index that is only looked at; every call sees one finished state of it."""

    def __init__(self, catalog: Catalog, settings: Settings) -> None:
        self.settings = settings
        self._catalog = catalog

    def article(self, article_id: str, *, version: int | None = None) -> Article:
        """Return an article as it is now, or the text it had as `version`.

        Raises `ArticleNotFoundError`, also for a version so old that its text is not kept (the setting `versions`).
        """
        with self._catalog.reading():
            return self._catalog.article(article_id, version)

    def articles(self) -> Iterator[Article]:
        """Return all current articles, one after the other, in the order of their ids."""
        with self._catalog.reading():
            entries = sorted(self._catalog.entries(), key=lambda entry: entry.article_id)
        for entry in entries:
            article = self._still(entry)
            if article is not None:
                yield article

    def _still(self, entry: Entry) -> Article | None:
        """Return the text of an entry; what it became if that is not kept any more, None if it is gone altogether."""
        with self._catalog.reading():
            for version in (entry.version, None):
                with contextlib.suppress(ArticleNotFoundError):
                    return self._catalog.article(entry.article_id, version)
        return None

    def newest(self, limit: int) -> list[Article]:
        """Return the articles with the latest dates, the latest first; those without a date come last."""
        with self._catalog.reading():
            return [self._catalog.article(each) for each in self._catalog.newest(limit)]

    def overview(self) -> CorpusOverview:
        """Return what is indexed, by outlet and by month."""
        with self._catalog.reading():
            return CorpusOverview(
                **self._catalog.totals(), outlets=self._catalog.outlets(), months=self._catalog.months()
            )

    def listing(
        self,
        *,
        outlet: str | None = None,
        month: str | None = None,
        undated: bool = False,
        without_outlet: bool = False,
        limit: int = 20,
        offset: int = 0,
    ) -> Listing:
        """Return `limit` articles after the first `offset` ones, newest first, without texts; and how many there are.

        `outlet` is the name as `overview` has it, `month` such as `2025-02`. Raises `SettingsError` for no month.
        """
        if month is not None and not _is_month(month):
            raise SettingsError(f"month should be such as 2025-02, not {month!r}")
        with self._catalog.reading():
            articles, total = self._catalog.listed(
                outlet=outlet, month=month, undated=undated, without_outlet=without_outlet, limit=limit, offset=offset
            )
        return Listing(tuple(articles), total)

    def failures(self, *, limit: int = 20, offset: int = 0) -> FailureListing:
        """Return `limit` failures after the first `offset` ones, by file; and how many stand."""
        with self._catalog.reading():
            failures, total = self._catalog.failed(limit=limit, offset=offset)
        return FailureListing(tuple(failures), total)

    def changes(self, *, limit: int = 10) -> list[Change]:
        """Return what changed in the articles that were changed last, their last two versions compared.

        Articles of which no earlier text is kept are left out.
        """
        with self._catalog.reading():
            found = self._catalog.changed(limit)
            versions = [[self._catalog.article(each, version) for version in (old, new)] for each, new, old in found]
        return [change(before, now) for before, now in versions]

    def copies(self, article_id: str) -> list[Article]:
        """Return the other articles that tell the same story in the same words, the first published one first."""
        with self._catalog.reading():
            return [self._catalog.article(each) for each in self._catalog.copies(article_id)]

    def matching_days(self, query: str, *, filters: Filters | None = None) -> dict[date, int]:
        """Return how many articles have most of the query's words, by day of publication, the first day first."""
        with self._catalog.reading():
            return matching_days(query, filters=filters or Filters(), catalog=self._catalog)

    def familiarity(self, stems: Sequence[str]) -> float:
        """Return the share of the stems that stand in some article, 0 to 1."""
        with self._catalog.reading():
            known = self._catalog.frequencies(stems)
        return sum(stem in known for stem in stems) / len(stems) if stems else 0.0

    def frequencies(self, stems: Sequence[str]) -> tuple[dict[str, int], int]:
        """Return in how many passages each stem stands, and how many passages there are."""
        with self._catalog.reading():
            return self._catalog.frequencies(stems), self._catalog.count_passages()

    @property
    def generation(self) -> int:
        """A number that changes with every finished change of the index, whichever process made it."""
        with self._catalog.reading():
            return self._catalog.generation

    def retry_in(self) -> float | None:
        """Return the seconds until a failed file that does not change is to be read again, None if none failed."""
        with self._catalog.reading():
            return retrying.pause(self._catalog.failed_files().values(), now=time.time())

    def status(self, corpus: str | Path | None = None) -> IndexStatus:
        """Return what is indexed; with a corpus, also how many of its files differ from the index."""
        with self._catalog.reading():
            counts = self._catalog.counts()
            return IndexStatus(
                articles=counts["articles"],
                passages=counts["passages"],
                failed=counts["failed"],
                undated=counts["undated"],
                without_outlet=counts["without_outlet"],
                duplicates=counts["duplicates"],
                stale=None if corpus is None else self._stale(corpus),
                embedding_model=self._catalog.meta("embedding_model") or self.settings.embedding_model,
                index_version=self._catalog.generation,
                oldest=_day(counts["oldest"]),
                newest=_day(counts["newest"]),
                outlets=self._catalog.outlets(),
            )

    def _stale(self, folder: str | Path) -> int | None:
        """Return how many files are new, gone or changed; None when the corpus is not there."""
        try:
            files = self._corpus(folder).scan().files
        except CorpusMissingError:
            return None
        known = self._catalog.files()
        changed = 0
        for file in files:
            before = known.pop(file.path, None)
            if before is None or (before.signature != file.signature and before.sha256 != _sha256(file.location)):
                changed += 1
        return changed + len(known)

    def _corpus(self, folder: str | Path) -> Corpus:
        return Corpus(folder, max_bytes=int(self.settings.max_file_mb * 1_000_000))


def _is_month(text: str) -> bool:
    try:
        return len(text) == len("2025-02") and bool(date.fromisoformat(f"{text}-01"))
    except ValueError:
        return False


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return ""
