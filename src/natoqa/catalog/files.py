"""The files of the corpus as they were last read, and what could not be read of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from natoqa.catalog.store import Store
from natoqa.types import Failure

_COLUMNS = "path, signature, sha256, tries, tried, tried_with"


@dataclass(frozen=True, slots=True)
class FileState:
    """What was known of a file when it was last read; the last three tell when a failed one is read again."""

    signature: str
    sha256: str
    tries: int = 0
    """How often reading it failed with a pause before; 0 for a file that was read whole."""
    tried: float = 0.0
    """When that was the last time, in seconds since 1970."""
    tried_with: str = ""
    """The natoqa and the settings that failed."""


class Files(Store):
    """The part of the catalog that knows the files."""

    def files(self) -> dict[str, FileState]:
        """Return what was known of each file when it was last read, by path."""
        return _by_path(self._connection.execute(f"SELECT {_COLUMNS} FROM files"))

    def failed_files(self) -> dict[str, FileState]:
        """Return the same of the files alone that could not be read, or not whole."""
        return _by_path(self._connection.execute(f"SELECT {_COLUMNS} FROM files WHERE tries > 0"))

    def set_file(self, path: str, state: FileState, failures: Sequence[Failure]) -> None:
        """Record that a file was read; inside `writing`."""
        self._connection.execute(
            f"INSERT OR REPLACE INTO files ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", (path, *astuple(state))
        )
        self._connection.execute("DELETE FROM failures WHERE file = ?", (path,))
        self._connection.executemany(
            "INSERT INTO failures VALUES (?, ?, ?)", [(path, failure.path, failure.error) for failure in failures]
        )

    def forget_file(self, path: str) -> None:
        """Forget a file that is gone; inside `writing`."""
        self._connection.execute("DELETE FROM files WHERE path = ?", (path,))
        self._connection.execute("DELETE FROM failures WHERE file = ?", (path,))

    def failures(self) -> dict[str, list[Failure]]:
        """Return what could not be read, by file."""
        found: dict[str, list[Failure]] = {}
        for file, path, error in self._connection.execute("SELECT file, path, error FROM failures ORDER BY rowid"):
            found.setdefault(file, []).append(Failure(path, error))
        return found


def _by_path(rows: Iterable[tuple[Any, ...]]) -> dict[str, FileState]:
    return {path: FileState(*state) for path, *state in rows}
