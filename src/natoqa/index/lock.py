"""The right to write an index: one process has it at a time."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from natoqa.errors import IndexBusyError, StorageError

LOCK = "writer.lock"
HOLDER = "writer.txt"


def refuse_while_written(folder: Path) -> None:
    """Raise `IndexBusyError` if somebody is writing: told before a long fetch rather than after it."""
    # Who writes says so in this file. Taking the lock without it could itself be in the way of another process.
    if (folder / HOLDER).exists():
        with writer(folder):
            pass


@contextlib.contextmanager
def writer(folder: Path, *, hint: str | None = None) -> Iterator[None]:
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
