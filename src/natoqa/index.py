"""The index of a corpus: make it equal the corpus, search it, ask how it stands.

One process writes at a time (a file lock); any number of processes and threads read meanwhile, and each sees the last
finished step. The catalog is the truth, the vectors a cache of it, so a crash costs at most the step it interrupted.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from natoqa import embedding as embeddings
from natoqa import span_reader
from natoqa.catalog import FILE_NAME, Catalog
from natoqa.changes import change
from natoqa.corpus import Corpus
from natoqa.embedding import Embedding
from natoqa.errors import (
    CorpusError,
    CorpusMissingError,
    IndexBusyError,
    IndexDamagedError,
    IndexMismatchError,
    SettingsError,
    StorageError,
)
from natoqa.fetching import Fetched, Fetcher, is_address, subscriptions
from natoqa.nearest import Nearest
from natoqa.retrieval import matching_days, retrieve
from natoqa.settings import Settings
from natoqa.span_reader import Reader
from natoqa.syncing import Plan, carry_out, plan, summary
from natoqa.types import (
    Article,
    Change,
    CorpusOverview,
    FailureListing,
    Filters,
    Hit,
    IndexStatus,
    Listing,
    Retrieval,
    SyncProgress,
    SyncReport,
)

logger = logging.getLogger(__name__)

LOCK = "writer.lock"
HOLDER = "writer.txt"

_KEPT = "What was fetched is kept in the corpus: wait until the other one has finished, then run `natoqa index`."


class Index:
    """The index in a folder; open it with `Index.open`. May be used from several threads at once."""

    def __init__(self, folder: Path, catalog: Catalog, settings: Settings, embedding: Embedding | None = None) -> None:
        self.folder = folder
        self.settings = settings
        self._catalog = catalog
        self._nearest = Nearest(catalog, folder)
        self._embedding = embedding
        self._embedding_lock = threading.Lock()

    @classmethod
    def open(
        cls,
        path: str | Path = "index",
        *,
        settings: Settings | None = None,
        create: bool = True,
        salvage: bool = False,
        embedding: Embedding | None = None,
    ) -> Self:
        """Open the index in a folder, making an empty one when there is none (and `create` is true).

        `embedding` is a model that is loaded already; else that of the settings is loaded when it is first needed.
        With `salvage`, a catalog that cannot be read, or is of another natoqa, is put aside and an empty one made.
        Raises `IndexMissingError`, `IndexDamagedError`, `IndexMismatchError` or `StorageError`.
        """
        folder = Path(path)
        try:
            catalog = Catalog.open(folder, create=create)
        except (IndexDamagedError, IndexMismatchError) as error:
            if not salvage:
                raise
            logger.warning("%s; it is put aside and made anew", error)
            with _writer(folder):
                _put_aside(folder / FILE_NAME)
            catalog = Catalog.open(folder, create=True)
        return cls(folder, catalog, settings or Settings(index=folder), embedding)

    def __repr__(self) -> str:
        return f"Index({str(self.folder)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the files."""
        self._nearest.close()
        self._catalog.close()

    # -- writing -----------------------------------------------------------------------------------------------------

    def sync(
        self,
        corpus: str | Path = "corpus",
        *,
        sources: Sequence[str | Path] = (),
        rebuild: bool = False,
        dry_run: bool = False,
        allow_removals: bool = False,
        fetch: bool = True,
        progress: Callable[[SyncProgress], None] | None = None,
    ) -> SyncReport:
        """Make the index equal the corpus, or add and update only the `sources` (files, folders, web addresses).

        Each article is either done or untouched at any moment; a failed one keeps its last good version and is
        reported; so is an address that could not be fetched. `rebuild` makes everything anew in one step, `dry_run`
        only tells what would be done. Without `fetch` the addresses of the corpus's `sources.toml` are not asked.
        What `progress` raises ends the run; what was done by then stays.
        Raises `IndexBusyError` when another process writes, `IndexMismatchError` when the index was made with another
        model or passage size, `CorpusMissingError`, `CorpusShrunkError`, `StorageError`, `EmbeddingError`.
        """
        started = time.monotonic()
        folder = self._corpus(corpus)
        if dry_run:
            _refuse_outside(sources, folder.root)
        # Before the right to write is taken: others need not wait for a slow server.
        asked = fetch and not (sources or dry_run)
        addresses = subscriptions(folder.root) if asked else tuple(filter(is_address, sources))
        fetched = self._fetch(addresses, folder, patient=asked, progress=progress) if addresses else Fetched()
        with _writer(self.folder, hint=_KEPT if fetched.paths else None), self._catalog.held():
            if not rebuild:
                self._check_settings()
            files = [path for source in sources if not is_address(source) for path in folder.add(source)]
            only = files + fetched.paths if sources else None
            todo = plan(self._catalog, folder, only=only, rebuild=rebuild, allow_removals=allow_removals)
            todo.failed += fetched.failures
            todo.notes += fetched.notes
            if not dry_run:
                self._carry_out(todo, rebuild=rebuild, progress=progress)
            return summary(todo, self._catalog, dry_run=dry_run, elapsed_s=time.monotonic() - started)

    def _fetch(
        self,
        addresses: Sequence[str | Path],
        corpus: Corpus,
        *,
        patient: bool,
        progress: Callable[[SyncProgress], None] | None,
    ) -> Fetched:
        """Save what is at the addresses into the corpus. Raises `IndexBusyError` before any of them is asked."""
        if not corpus.root.is_dir():
            raise CorpusMissingError(f"there is no corpus folder {corpus.root}")
        _refuse_while_written(self.folder)
        started = time.monotonic()

        def tell(number: int, pages: int) -> None:
            if progress:
                progress(SyncProgress(0, 0, 0, time.monotonic() - started, fetching=number, pages=pages))

        return Fetcher(corpus.root, self.settings, progress=tell).fetch(addresses, patient=patient)

    def _carry_out(self, todo: Plan, *, rebuild: bool, progress: Callable[[SyncProgress], None] | None) -> None:
        limit = self.settings.passage_tokens
        with self._catalog.writing() if rebuild else contextlib.nullcontext():
            if rebuild:
                self._catalog.clear()
            if rebuild or self._catalog.meta("embedding_model") is None:
                self._record_settings()
            carry_out(todo, self._catalog, lambda: self.embedding, limit=limit, rebuild=rebuild, report=progress)
        self._catalog.flush()
        self._nearest.publish_if_due()

    def _corpus(self, folder: str | Path) -> Corpus:
        return Corpus(folder, max_bytes=int(self.settings.max_file_mb * 1_000_000))

    # -- reading -----------------------------------------------------------------------------------------------------

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        since: date | str | None = None,
        until: date | str | None = None,
        outlet: str | None = None,
    ) -> list[Hit]:
        """Return the `k` passages that fit a query best, from articles of the given days (inclusive) and outlet.

        Raises `SettingsError` for a day that is none, `IndexMismatchError` when made with other settings.
        """
        return list(self.retrieve(query, k=k, since=since, until=until, outlet=outlet).hits)

    def retrieve(
        self,
        query: str,
        *,
        k: int = 10,
        since: date | str | None = None,
        until: date | str | None = None,
        outlet: str | None = None,
    ) -> Retrieval:
        """Return the same as `search`, with notes on what the filters left out."""
        if k < 1:
            raise SettingsError(f"k should be at least 1, not {k}")
        filters = filters_of(since=since, until=until, outlet=outlet)
        with self._catalog.reading():
            self._check_settings()
            return retrieve(
                query,
                k=k,
                filters=filters,
                catalog=self._catalog,
                nearest=self._nearest,
                embedding=self.embedding,
                reader=self.reader,
            )

    def article(self, article_id: str, *, version: int | None = None) -> Article:
        """Return an article as it is now, or the text it had as `version`; raises `ArticleNotFoundError`."""
        with self._catalog.reading():
            return self._catalog.article(article_id, version)

    def articles(self) -> Iterator[Article]:
        """Return all current articles, one after the other, in the order of their ids."""
        with self._catalog.reading():
            entries = sorted(self._catalog.entries(), key=lambda entry: entry.article_id)
        for entry in entries:
            yield self.article(entry.article_id, version=entry.version)

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
        """Return what changed in the articles that were changed last, their last two versions compared."""
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

    @property
    def embedding(self) -> Embedding:
        """The embedding model, loaded when it is first needed."""
        with self._embedding_lock:
            if self._embedding is None:
                self._embedding = embeddings.load(self.settings.embedding_model)
            return self._embedding

    @property
    def reader(self) -> Reader | None:
        """The reader of the settings, loaded when it is first needed; None where it is left out."""
        if self.settings.reader == "none" or self.embedding.name == embeddings.HASHING:
            return None
        return span_reader.packaged()

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

    # -- the settings that an index is made with ---------------------------------------------------------------------

    def _record_settings(self) -> None:
        with self._catalog.writing():
            self._catalog.set_meta("embedding_model", self.settings.embedding_model)
            self._catalog.set_meta("passage_tokens", str(self.settings.passage_tokens))

    def _check_settings(self) -> None:
        """Raise `IndexMismatchError` when vectors of two models, or passages of two sizes, would be mixed."""
        for name, now in (
            ("embedding_model", self.settings.embedding_model),
            ("passage_tokens", str(self.settings.passage_tokens)),
        ):
            made_with = self._catalog.meta(name)
            if made_with is not None and made_with != now:
                raise IndexMismatchError(f"The index was made with {name} = {made_with}, not {now}")


def filters_of(
    *, since: date | str | None = None, until: date | str | None = None, outlet: str | None = None
) -> Filters:
    """Return the filters; raises `SettingsError` for a day that is none or an empty span."""
    filters = Filters(since=_given_day("since", since), until=_given_day("until", until), outlet=outlet or None)
    if filters.since and filters.until and filters.since > filters.until:
        raise SettingsError(f"since ({filters.since}) is later than until ({filters.until})")
    return filters


def _given_day(name: str, value: date | str | None) -> date | None:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise SettingsError(f"{name} should be a day such as 2025-02-13, not {value!r}") from None


def _is_month(text: str) -> bool:
    try:
        return len(text) == len("2025-02") and bool(date.fromisoformat(f"{text}-01"))
    except ValueError:
        return False


def _refuse_outside(sources: Sequence[str | Path], corpus: Path) -> None:
    """Raise `CorpusError` for a source that a dry run would have to copy into the corpus."""
    for source in sources:
        if not Path(source).resolve().is_relative_to(corpus.resolve()):
            raise CorpusError(
                f"A dry run copies nothing, so it cannot look at {source}, which is outside of the corpus",
                hint="Leave the source out, or copy it into the corpus folder first.",
            )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return ""


def _refuse_while_written(folder: Path) -> None:
    """Raise `IndexBusyError` if somebody is writing: told before a long fetch rather than after it."""
    # Who writes says so in this file. Taking the lock without it could itself be in the way of another process.
    if (folder / HOLDER).exists():
        with _writer(folder):
            pass


@contextlib.contextmanager
def _writer(folder: Path, *, hint: str | None = None) -> Iterator[None]:
    """Hold the right to write; raises `IndexBusyError` naming who holds it, with what to do."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK, timeout=0, thread_local=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        holder = _read(folder / HOLDER) or "another process"
        raise IndexBusyError(f"The index in {folder} is being written by {holder}", hint=hint) from None
    except OSError as error:
        raise StorageError(f"The index folder {folder} cannot be written: {error.strerror or error}") from error
    try:
        with contextlib.suppress(OSError):
            since = time.strftime("%Y-%m-%d %H:%M:%S")
            (folder / HOLDER).write_text(f"process {os.getpid()} on {socket.gethostname()} since {since}")
        yield
    finally:
        with contextlib.suppress(OSError):
            (folder / HOLDER).unlink()
        lock.release()


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")[:200]
    except OSError:
        return ""


def _put_aside(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        part = file.with_name(file.name + suffix)
        if part.exists():
            shutil.move(part, part.with_name(f"damaged-{int(time.time())}-{part.name}"))
