"""The index as all visitors of the page share it: opened when first needed, re-indexed in the background."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from natoqa.errors import CorpusMissingError, IndexBusyError, IndexMissingError, NatoqaError
from natoqa.serving.examples import example_questions
from natoqa.serving.logs import question_log
from natoqa.serving.places import Limits, Places
from natoqa.serving.problems import UNEXPECTED
from natoqa.settings import Settings
from natoqa.types import CorpusOverview, IndexStatus, SyncProgress, SyncReport

if TYPE_CHECKING:
    from natoqa.chatbot import Chatbot
    from natoqa.index import Index

logger = logging.getLogger(__name__)

# The newest articles are read for example questions; more would make the first page wait on a large corpus.
_READ_FOR_EXAMPLES = 12


@dataclass(frozen=True, slots=True)
class Reindexing:
    """A run of `Index.sync`: it goes on as long as there is neither a report nor a problem."""

    progress: SyncProgress | None = None
    report: SyncReport | None = None
    problem: NatoqaError | None = None

    @property
    def running(self) -> bool:
        """Whether the run has not ended yet."""
        return self.report is None and self.problem is None


@dataclass(frozen=True, slots=True)
class IndexState:
    """What the page tells about the index: its status or why there is none, and the running or last re-indexing."""

    corpus: str
    status: IndexStatus | None = None
    overview: CorpusOverview | None = None
    problem: NatoqaError | None = None
    examples: tuple[str, ...] = ()
    reindexing: Reindexing | None = None

    @property
    def missing(self) -> bool:
        """Whether there is simply no index yet, as opposed to one that cannot be used."""
        return isinstance(self.problem, IndexMissingError)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was read from the index at one generation."""

    generation: int
    status: IndexStatus
    overview: CorpusOverview
    examples: tuple[str, ...]


class _Stopped(Exception):  # noqa: N818 (nothing went wrong)
    """The page is being closed while it re-indexes."""


class SharedIndex:
    """One open index for all visitors, and the places for their questions; safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self.places = Places(Limits.of(settings), tell=question_log(with_questions=settings.log_questions))
        self._settings = settings
        self._opening = threading.Lock()
        self._looking = threading.Lock()
        self._starting = threading.Lock()
        self._index: Index | None = None
        self._seen: _Seen | None = None
        self._reindexing: Reindexing | None = None
        self._logged = ""
        self._closing = threading.Event()
        self._background: list[threading.Thread] = []

    def index(self, *, create: bool = False) -> Index:
        """Return the open index. Raises `IndexMissingError` when there is none and it is not to be created."""
        from natoqa.index import Index

        with self._opening:
            if self._index is None:
                self._index = Index.open(self._settings.index, settings=self._settings, create=create)
            return self._index

    def chatbot(self) -> Chatbot:
        """Return a new conversation with the configured answerer. Raises what opening the index or the model raises."""
        from natoqa.chatbot import Chatbot

        return Chatbot(self.index(), answerer=self._settings.answerer)

    def warm_up(self) -> None:
        """Load the index and its model in the background, so that the first question need not wait."""
        self._start(self._warm_up)

    def _warm_up(self) -> None:
        try:
            self.index().search("warm up", k=1)
        except NatoqaError as error:
            logger.info("not warmed up: %s", error)

    def close(self) -> None:
        """Stop a running re-index at the next article, wait for what runs in the background, and close the index."""
        self._closing.set()
        for thread in self._background:
            thread.join()
        with self._opening:
            if self._index is not None:
                self._index.close()

    def _start(self, work: Callable[[], object]) -> threading.Thread:
        # No daemons: a process that ends while its libraries compute in a thread may crash instead.
        thread = threading.Thread(target=work, name=f"natoqa-{work.__name__}")
        self._background = [each for each in self._background if each.is_alive()] + [thread]
        thread.start()
        return thread

    def state(self) -> IndexState:
        """Return what the page tells about the index now; cheap as long as no re-index has finished in between."""
        corpus = str(self._settings.corpus)
        try:
            seen = self._look()
        except NatoqaError as problem:
            return IndexState(corpus, problem=problem, reindexing=self._reindexing)
        except Exception as error:
            # Asked every second: what stays wrong is logged once.
            if repr(error) != self._logged:
                logger.exception("the index cannot be looked at")
                self._logged = repr(error)
            unexpected = NatoqaError("The index cannot be read.", hint=UNEXPECTED)
            return IndexState(corpus, problem=unexpected, reindexing=self._reindexing)
        return IndexState(
            corpus, status=seen.status, overview=seen.overview, examples=seen.examples, reindexing=self._reindexing
        )

    def _look(self) -> _Seen:
        index = self.index()
        with self._looking:
            generation = index.generation
            if self._seen is None or self._seen.generation != generation:
                newest = index.newest(_READ_FOR_EXAMPLES)
                self._seen = _Seen(generation, index.status(None), index.overview(), example_questions(newest))
            return self._seen

    def reindex(self) -> None:
        """Start making the index equal the corpus, unless that is already under way; `state` tells how far it is."""
        with self._starting:
            if self._reindexing is not None and self._reindexing.running:
                return
            self._reindexing = Reindexing()
        self._start(self._sync)

    def sync(self) -> SyncReport:
        """Make the index equal the corpus and return what was done; `state` tells how far it is.

        Raises `IndexBusyError` when a re-index is under way already, and what `Index.sync` raises.
        """
        return self._wait_for(self._sync)

    def add(self, sources: Sequence[str | Path]) -> SyncReport:
        """Add files (and folders) to the corpus and the index and return what was done; nothing else is looked at.

        Raises the same as `sync`, and `CorpusError` for a source that cannot be added.
        """
        return self._wait_for(partial(self._sync, sources))

    def _wait_for(self, sync: Callable[[], Reindexing]) -> SyncReport:
        if not self._settings.corpus.is_dir():
            # Told before the index is made: an empty one would answer questions from nothing.
            raise CorpusMissingError(f"there is no corpus folder {self._settings.corpus}")
        with self._starting:
            if self._reindexing is not None and self._reindexing.running:
                raise IndexBusyError("The index is being written already")
            self._reindexing = Reindexing()
        ended: list[Reindexing] = []

        def sync_here() -> None:
            ended.append(sync())

        self._start(sync_here).join()
        for end in ended:
            if end.report is not None:
                return end.report
            if end.problem is not None:
                raise end.problem
        raise IndexBusyError("Re-indexing was stopped", hint="Start natoqa again; the next run goes on from here.")

    def _sync(self, sources: Sequence[str | Path] = ()) -> Reindexing:
        """Make the index equal the corpus, or add sources, and return how that ended; running if it was stopped."""

        def show(progress: SyncProgress) -> None:
            if self._closing.is_set():
                raise _Stopped
            self._reindexing = Reindexing(progress)

        end = Reindexing()
        try:
            index = self.index(create=True)
            end = Reindexing(report=index.sync(self._settings.corpus, sources=sources, progress=show))
        except NatoqaError as problem:
            end = Reindexing(problem=problem)
        except _Stopped:
            logger.info("re-indexing was stopped; the next run goes on from here")
        except Exception:
            logger.exception("re-indexing failed")
            end = Reindexing(problem=NatoqaError("Re-indexing failed unexpectedly.", hint=UNEXPECTED))
        self._reindexing = end
        return end
