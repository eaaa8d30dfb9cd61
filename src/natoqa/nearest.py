"""Nearest passages by meaning, in the state of the catalog that is being read.

Most are found by the Chroma segment; what was added since, and everything where the segment is missing or damaged,
is compared one by one with the vectors in the catalog. So dense search is right at every moment and never fails.
"""

from __future__ import annotations

import logging
import shutil
import threading
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from natoqa.catalog import Catalog, Ids
from natoqa.embedding import Matrix, Vector
from natoqa.types import Filters
from natoqa.vectors import Segment, SegmentDamagedError, checksum, write_segment

logger = logging.getLogger(__name__)

PREFIX = "vectors-"

# A new segment is made when this share of the passages is not in the last one, or no longer in the catalog: each
# passage is then written to Chroma about five times in its life, and a search compares few one by one.
LAG = 0.2

# Up to so many passages that pass the filters are compared one by one, in about 25 ms; where more pass, Chroma has
# to be asked for few that do not.
EXACT = 5_000


@dataclass(frozen=True, slots=True)
class _View:
    """One state of the index: the segment, if it can be read, and the passages that are not in it."""

    state: tuple[str, int]
    name: str | None
    segment: Segment | None
    last: int
    ids: Ids
    matrix: Matrix


class Nearest:
    """Dense search over a catalog and the Chroma segment beside it; used from several threads."""

    def __init__(self, catalog: Catalog, folder: Path) -> None:
        self._catalog = catalog
        self._folder = folder
        self._lock = threading.Lock()
        self._view: _View | None = None

    def close(self) -> None:
        """Release the segment's files."""
        with self._lock:
            if self._view and self._view.segment:
                self._view.segment.close()
            self._view = None

    def search(self, query: Vector, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Return ids and cosines of the `k` nearest passages, best first; inside `catalog.reading`."""
        if filters.to_dict() and self._catalog.count_passages(filters=filters) <= EXACT:
            return _best(query, self._catalog.vectors(filters=filters), k)
        view = self._current()
        try:
            found = self._candidates(view, query, k, filters)
        except SegmentDamagedError as error:
            found = self._candidates(self._without_segment(view, error), query, k, filters)
        return _best(query, [self._catalog.vectors_of(found)], k)

    def _candidates(self, view: _View, query: Vector, k: int, filters: Filters) -> Ids:
        """Return enough ids to hold the `k` nearest that exist and pass the filters."""
        recent = np.empty(0, dtype=np.int64)
        if len(view.ids):
            order = np.argsort(-(view.matrix @ query), kind="stable")
            recent = self._first_passing(view.ids[order], k, filters)
        if view.segment is None:
            return recent
        wanted = 2 * k
        while True:
            passing = self._catalog.passing(view.segment.nearest(query, wanted), filters)
            if len(passing) >= k or wanted >= view.segment.count:
                return np.unique(np.concatenate([recent, passing]))
            wanted *= 4

    def _first_passing(self, ids: Ids, k: int, filters: Filters) -> Ids:
        """Return the first `k` of the ids that exist and pass the filters, looking at no more of them than needed."""
        found = ids[:0]
        for start in range(0, len(ids), 4 * k):
            found = np.concatenate([found, self._catalog.passing(ids[start : start + 4 * k], filters)])
            if len(found) >= k:
                break
        return found[:k]

    # -- keeping in step with the catalog ----------------------------------------------------------------------------

    def _current(self) -> _View:
        """Return the view of the catalog's present state, opening the segment that the catalog names."""
        with self._lock:
            state, name, before = self._catalog.state, self._catalog.meta("segment"), self._view
            if before and before.state == state:
                return before
            if before and before.name == name:
                segment = before.segment
            else:
                if before and before.segment:
                    before.segment.close()
                segment = self._open(name) if name else None
            self._view = self._load(state, name, segment)
            return self._view

    def _without_segment(self, view: _View, error: SegmentDamagedError) -> _View:
        """Return a view that needs no segment; kept, unless another thread has moved on to a newer one meanwhile."""
        whole = self._load(view.state, view.name, None)
        with self._lock:
            if self._view is view:
                logger.warning("%s; searching without it until the next `natoqa index`", error)
                self._view = whole
        return whole

    def _load(self, state: tuple[str, int], name: str | None, segment: Segment | None) -> _View:
        last = int(self._catalog.meta("segment_last") or 0) if segment else 0
        batches = list(self._catalog.vectors(after=last))
        if not batches:
            return _View(state, name, segment, last, np.empty(0, np.int64), np.empty((0, 0), np.float32))
        ids, rows = zip(*batches, strict=True)
        return _View(state, name, segment, last, np.concatenate(ids), np.concatenate(rows))

    def _open(self, name: str) -> Segment | None:
        try:
            written = self._catalog.meta("segment_checksum")
            if written and checksum(self._folder / name) != written:
                raise SegmentDamagedError(f"{name} is not as it was written")
            return Segment(self._folder / name, count=int(self._catalog.meta("segment_count") or 0))
        except (SegmentDamagedError, OSError) as error:
            logger.warning("%s; searching without it until the next `natoqa index`", error)
            return None

    def healthy(self) -> bool:
        """Return whether the segment is there and can be read."""
        with self._catalog.reading():
            return self._current().segment is not None

    def publish_if_due(self) -> bool:
        """Write a new segment when the last one lags behind or cannot be read; only the holder of the lock may."""
        total = self._catalog.count_passages()
        named = self._catalog.meta("segment")
        if total == 0 and named is None:
            self._remove_others(())
            return False
        if named is not None and self.healthy():
            recent = self._catalog.count_passages(after=int(self._catalog.meta("segment_last") or 0))
            gone = int(self._catalog.meta("segment_count") or 0) - (total - recent)
            if recent + gone <= LAG * total:
                self._remove_others({named})
                return False
        self._publish(total)
        return True

    def _publish(self, total: int) -> None:
        before = self._catalog.meta("segment")
        name = PREFIX + uuid.uuid4().hex[:12] if total else None
        last = self._catalog.last_passage()
        count = write_segment(self._folder / name, self._catalog.vectors()) if name else 0
        with self._catalog.writing():
            self._catalog.set_meta("segment", name)
            self._catalog.set_meta("segment_last", str(last))
            self._catalog.set_meta("segment_count", str(count))
            self._catalog.set_meta("segment_checksum", checksum(self._folder / name) if name else "")
        # A question that began before this change may be about to open the segment before.
        self._remove_others({name, before})

    def _remove_others(self, names: Collection[str | None]) -> None:
        """Remove older segments, and those that a killed run left unfinished."""
        for folder in self._folder.glob(f"{PREFIX}*"):
            if folder.name not in names:
                shutil.rmtree(folder, ignore_errors=True)


def _best(query: Vector, batches: Iterable[tuple[Ids, Matrix]], k: int) -> list[tuple[int, float]]:
    """Return ids and cosines of the `k` best of all batches; ties in the order of the ids."""
    ids, scores = [], []
    for numbers, matrix in batches:
        if len(numbers):
            ids.append(numbers)
            scores.append(matrix @ query)
    if not ids:
        return []
    numbers, cosines = np.concatenate(ids), np.concatenate(scores)
    order = np.lexsort((numbers, -cosines))[:k]
    return [(int(numbers[each]), float(cosines[each])) for each in order]
