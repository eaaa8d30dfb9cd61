"""An address -> files of the corpus; what is wrong with one address never stops the others."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from natoqa.errors import AddressBusyError, FetchError
from natoqa.fetching.addresses import parsed
from natoqa.fetching.keeping import Kept
from natoqa.fetching.pages import contents
from natoqa.fetching.patience import Patience
from natoqa.fetching.robots import PAUSE_S, Robots
from natoqa.fetching.transfer import TOTAL_S, Transfer
from natoqa.readers import fields
from natoqa.settings import Settings
from natoqa.types import Failure

if TYPE_CHECKING:
    import httpx

MOST_LINKS = 100
"""Links of a feed or sitemap that are followed in a run; feeds list their newest ten to fifty."""

DEEPEST = 2
"""Steps from an address to the pages that it leads to: list of sitemaps, sitemap, page."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Fetched:
    """What became of addresses: the paths of their files in the corpus, the failures (by address), and notes."""

    paths: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


Progress = Callable[[int, int], None]
"""Told the number of the page that is fetched, from 1, and how many there are as far as is known."""


class Fetcher:
    """Fetches addresses into the corpus folder `root`; `pause_s` and `total_s` bound the pace and a request.

    `progress` is called with each page, and again and again while it is waited for; what it raises ends the fetching,
    and what was kept by then stays.
    """

    def __init__(
        self,
        root: str | Path,
        settings: Settings,
        *,
        pause_s: float = PAUSE_S,
        total_s: float = TOTAL_S,
        progress: Progress | None = None,
    ) -> None:
        self._kept = Kept(Path(root))
        self._patience = Patience(self._kept)
        self._table = fields.load(Path(root))
        self._max_bytes = int(settings.max_file_mb * 1_000_000)
        self._private = settings.fetch_private
        self._total_s = total_s
        self._robots = Robots(private=self._private, meanwhile=self._tell, pause_s=pause_s)
        self._progress = progress
        self._patient = False
        self._number = self._total = 0

    def fetch(self, addresses: Iterable[str | Path], *, patient: bool = False) -> Fetched:
        """Fetch pages and feeds, and the pages that the feeds' entries lead to, and keep their articles.

        A `patient` run does not ask for what failed a short while ago; any other one serves a person who waits.
        Raises `CorpusNotWritableError` and `StorageError` only: everything else is a failure of its address.
        """
        outcome = Fetched()
        wanted = list(dict.fromkeys(map(str, addresses)))
        self._patient, self._number, self._total = patient, 0, len(wanted)
        with Transfer(
            private=self._private, max_bytes=self._max_bytes, meanwhile=self._tell, total_s=self._total_s
        ) as transfer:
            for address in wanted:
                self._follow(self._one(transfer, address, outcome), transfer, outcome)
        outcome.paths = list(dict.fromkeys(outcome.paths))
        return outcome

    def _follow(self, links: tuple[str, ...], transfer: Transfer, outcome: Fetched) -> None:
        """Fetch what a feed or sitemap leads to; what is in the corpus already is not asked for again.

        A list of sitemaps leads to sitemaps, which lead to pages: what those list is nothing to follow.
        """
        waiting = deque((link, 1) for link in links)
        before = self._total
        for done in range(MOST_LINKS):
            if not waiting:
                return
            self._total = before + done + min(len(waiting), MOST_LINKS - done)
            link, depth = waiting.popleft()
            if paths := self._known(link):
                outcome.paths += paths
                self._number += 1
            else:
                further = self._one(transfer, link, outcome)
                waiting.extend((each, depth + 1) for each in further if depth < DEEPEST)
        if waiting:
            outcome.notes.append(f"{len(waiting)} further links were left for the next run: {MOST_LINKS} are followed")

    def _known(self, address: str) -> tuple[str, ...]:
        try:
            known = self._kept.remembered(parsed(address))
        except FetchError:
            return ()
        return known.paths if known else ()

    def _one(self, transfer: Transfer, address: str, outcome: Fetched) -> tuple[str, ...]:
        """Fetch one address and return the links of a feed that are still to be followed."""
        self._number += 1
        self._tell()
        try:
            return self._asked(transfer, parsed(address), outcome)
        except FetchError as error:
            _log.info("%s was not fetched: %s", address, error)
            outcome.failures.append(Failure(address, f"{error}. {error.hint}"))
            return ()

    def _asked(self, transfer: Transfer, url: httpx.URL, outcome: Fetched) -> tuple[str, ...]:
        """Fetch a page and remember whether that failed; one that failed lately is not asked for by a patient run."""
        failing = self._patience.failing(url) if self._patient else None
        if failing and not failing.due:
            raise FetchError(failing.reason, hint=f"It was not asked again. {failing.next_try}")
        try:
            links = self._page(transfer, url, outcome)
        except FetchError as error:
            if self._patient and error.retryable:
                error.hint = self._patience.failed(url, error).next_try
            if isinstance(error, AddressBusyError):
                self._robots.spare(url.host, error)
            raise
        self._patience.forget(url)
        return links

    def _tell(self) -> None:
        if self._progress:
            self._progress(self._number, self._total)

    def _page(self, transfer: Transfer, url: httpx.URL, outcome: Fetched) -> tuple[str, ...]:
        before = self._kept.remembered(url)
        known = {before.final: before.headers} if before else {}
        page = transfer.get(url, allowed=self._robots.check, known=known)
        if page.status == 304 and before:
            outcome.paths += before.paths
            return before.links
        found = contents(page, address=str(url), max_bytes=self._max_bytes, table=self._table)
        paths = tuple(self._kept.write(url, article) for article in found.articles)
        outcome.paths += paths
        outcome.failures += [Failure(str(url), reason) for reason in found.failures]
        # Notes on entries without text are no news: their pages are fetched.
        outcome.notes += () if found.links else found.notes
        # Without its marks a page that was not read whole is fetched again the next time.
        marks = {} if found.failures else page.headers
        self._kept.remember(url, str(page.url), marks, paths=paths, links=found.links)
        return found.links
