"""The index of a corpus: make it equal the corpus, search it, ask how it stands.

One process writes at a time (a file lock); any number of processes and threads read meanwhile, and each sees the last
finished step. The catalog is the truth, the vectors a cache of it, so a crash costs at most the step it interrupted.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from natoqa import embedding as embeddings
from natoqa import span_reader
from natoqa.catalog import FILE_NAME, Catalog
from natoqa.corpus import Corpus
from natoqa.embedding import Embedding
from natoqa.errors import (
    CorpusError,
    CorpusMissingError,
    IndexDamagedError,
    IndexMismatchError,
    SettingsError,
)
from natoqa.fetching import Fetched, Fetcher, is_address, subscriptions
from natoqa.index.contents import Contents
from natoqa.index.filters import filters_of
from natoqa.index.lock import HOLDER, LOCK, refuse_while_written, writer
from natoqa.nearest import Nearest
from natoqa.retrieval import retrieve
from natoqa.settings import Settings
from natoqa.span_reader import Reader
from natoqa.syncing import Plan, carry_out, plan, summary
from natoqa.types import Hit, Retrieval, SyncProgress, SyncReport

__all__ = ["HOLDER", "LOCK", "Index", "filters_of"]

logger = logging.getLogger(__name__)

_KEPT = "What was fetched is kept in the corpus: wait until the other one has finished, then run `natoqa index`."


class Index(Contents):
    """The index in a folder; open it with `Index.open`. May be used from several threads at once."""

    def __init__(self, folder: Path, catalog: Catalog, settings: Settings, embedding: Embedding | None = None) -> None:
        super().__init__(catalog, settings)
        self.folder = folder
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
            with writer(folder):
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
        with writer(self.folder, hint=_KEPT if fetched.paths else None), self._catalog.held():
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
        refuse_while_written(self.folder)
        started = time.monotonic()

        def tell(number: int, pages: int) -> None:
            if progress:
                progress(SyncProgress(0, 0, 0, time.monotonic() - started, fetching=number, pages=pages))

        return Fetcher(corpus.root, self.settings, progress=tell).fetch(addresses, patient=patient)

    def _carry_out(self, todo: Plan, *, rebuild: bool, progress: Callable[[SyncProgress], None] | None) -> None:
        limit, versions = self.settings.passage_tokens, self.settings.versions
        with self._catalog.writing() if rebuild else contextlib.nullcontext():
            if rebuild:
                self._catalog.clear()
            if rebuild or self._catalog.meta("embedding_model") is None:
                self._record_settings()
            carry_out(
                todo,
                self._catalog,
                lambda: self.embedding,
                limit=limit,
                versions=versions,
                rebuild=rebuild,
                report=progress,
            )
        self._catalog.flush()
        self._nearest.publish_if_due()

    # -- searching ---------------------------------------------------------------------------------------------------

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        since: date | str | None = None,
        until: date | str | None = None,
        outlet: str | Sequence[str] | None = None,
    ) -> list[Hit]:
        """Return the `k` passages that fit a query best, from articles of the given days (inclusive) and outlets.

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
        outlet: str | Sequence[str] | None = None,
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


def _refuse_outside(sources: Sequence[str | Path], corpus: Path) -> None:
    """Raise `CorpusError` for a source that a dry run would have to copy into the corpus."""
    for source in sources:
        if not Path(source).resolve().is_relative_to(corpus.resolve()):
            raise CorpusError(
                f"A dry run copies nothing, so it cannot look at {source}, which is outside of the corpus",
                hint="Leave the source out, or copy it into the corpus folder first.",
            )


def _put_aside(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        part = file.with_name(file.name + suffix)
        if part.exists():
            shutil.move(part, part.with_name(f"damaged-{int(time.time())}-{part.name}"))
