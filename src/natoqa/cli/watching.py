"""`natoqa index --watch`: keep the index equal to a corpus that keeps changing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from natoqa.cli.console import Console
from natoqa.errors import CorpusMissingError, NatoqaError

# How often the folder itself is looked at: a vanished or replaced one sends no change.
LOOK_EVERY_MS = 500
# An index that another process writes to is usually free again after some seconds.
RETRY_AFTER_S = 5.0


def keep_in_step(corpus: Path, index: Path, sync: Callable[[], float | None], console: Console) -> None:
    """Call `sync` after every batch of changes, until interrupted; its errors are reported and watching goes on.

    What another process was in the way of is tried again, even if nothing changes any more; so is what failed, after
    the seconds that `sync` returns.
    """
    due: float | None = None
    for changed in _changes(corpus, index, console):
        if changed:
            due = 0.0
        if due is None or time.monotonic() < due:
            continue
        try:
            wait = sync()
        except NatoqaError as error:
            console.error(str(error), error.hint)
            wait = RETRY_AFTER_S if error.retryable else None
        due = None if wait is None else time.monotonic() + wait


def _changes(corpus: Path, index: Path, console: Console) -> Iterator[bool]:
    """Yield True when the corpus may have changed since the last time, and False now and then when it has not."""
    from watchfiles import watch

    # An index inside of the corpus would otherwise be its own next change.
    ours = index.resolve()
    while True:
        identity = _identity(corpus)
        if identity is None:
            time.sleep(LOOK_EVERY_MS / 1000)
            yield False
            continue
        # Whatever happened before the watch began is found by a run of its own.
        fresh = True
        for batch in watch(corpus.resolve(), watch_filter=None, rust_timeout=LOOK_EVERY_MS, yield_on_timeout=True):
            if _identity(corpus) != identity:
                break
            yield fresh or not all(Path(path).is_relative_to(ours) for _, path in batch)
            fresh = False
        if _identity(corpus) is None:
            gone = CorpusMissingError(f"the corpus folder {corpus} is gone")
            console.error(str(gone), "The index stays as it is; watching goes on until the folder is back.")


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another one of the same name, None if there is none."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if folder.is_dir() else None
