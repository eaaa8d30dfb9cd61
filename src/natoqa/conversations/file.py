"""One SQLite file for many threads and processes: made when it is first needed, put aside when it is damaged.

Each piece of work has a connection of its own: conversations are touched once a question, opening costs less than a
millisecond, and nobody is left with a file that another process has put aside.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from natoqa.errors import (
    ConversationError,
    ConversationsBusyError,
    ConversationsDamagedError,
    StorageError,
)

logger = logging.getLogger(__name__)

SCHEMA_VERSION = 2

# Each transaction lasts milliseconds; who waits longer than this has met a stuck process.
BUSY_S = 30.0

_SCHEMA = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,            -- a digest: the file lets nobody pass for somebody else
    title TEXT NOT NULL,            -- empty until the first question
    created TEXT NOT NULL,          -- ISO, UTC, to the microsecond: sorts as text
    updated TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX conversations_by_owner ON conversations (owner, updated);
CREATE TABLE turns (
    conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    number INTEGER NOT NULL,        -- from 1
    asked TEXT NOT NULL,
    index_version INTEGER NOT NULL,
    answer TEXT NOT NULL,           -- JSON: the answer, or why there is none
    state TEXT NOT NULL DEFAULT 'answered',
    PRIMARY KEY (conversation_id, number)
);
CREATE TABLE opinions (
    conversation_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    rating TEXT NOT NULL,
    reason TEXT NOT NULL,
    given TEXT NOT NULL,
    PRIMARY KEY (conversation_id, number),
    FOREIGN KEY (conversation_id, number) REFERENCES turns ON DELETE CASCADE
);
"""
# From each earlier layout to the next one.
_MIGRATIONS = {1: "ALTER TABLE turns ADD COLUMN state TEXT NOT NULL DEFAULT 'answered'"}


class File:
    """The SQLite file at a path."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Everything read inside belongs to one state; where there is no file it is empty, and none is made.

        Raises `ConversationsDamagedError`, `ConversationsBusyError`, `StorageError`, and `ConversationError` for a
        file of a later natoqa.
        """
        with self._transaction("BEGIN", create=False) as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Everything written inside happens at once and is on the disk afterwards, or not at all.

        Raises the same as `reading`.
        """
        with self._transaction("BEGIN IMMEDIATE", create=True) as connection:
            yield connection

    def check(self) -> None:
        """Read the whole file; one that is damaged is put aside with a warning, and a new one is begun."""
        try:
            with self.reading() as connection:
                found = _complaint(connection)
            if found:
                self._put_aside(found)
        except ConversationsDamagedError as error:
            logger.warning("%s", error)

    @contextlib.contextmanager
    def _transaction(self, begin: str, *, create: bool) -> Iterator[sqlite3.Connection]:
        try:
            with self._mapped_errors(), contextlib.closing(self._connect(create=create)) as connection:
                _prepare(connection)
                connection.execute(begin)
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    with contextlib.suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")
                    raise
        except _Suspicious as suspicion:
            self._put_aside(str(suspicion))

    def _connect(self, *, create: bool) -> sqlite3.Connection:
        exists = self.path.is_file()
        if create and not exists:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # What people ask is nobody else's business; the journal takes over the mode of the file.
            os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
        place = self.path if create or exists else ":memory:"
        connection = sqlite3.connect(place, timeout=BUSY_S, isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        # What somebody deletes is overwritten, not only forgotten.
        connection.execute("PRAGMA secure_delete = ON")
        return connection

    @contextlib.contextmanager
    def _mapped_errors(self) -> Iterator[None]:
        """Turn SQLite's and the file system's errors into natoqa's."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if re.search(r"full|disk I/O|readonly|read-only|unable to open", str(error)):
                raise StorageError(f"The conversations in {self.path} cannot be kept: {error}") from error
            if re.search(r"locked|busy", str(error)):
                raise ConversationsBusyError(f"Another process has held {self.path} for too long") from error
            raise _Suspicious(str(error)) from error
        except sqlite3.DatabaseError as error:
            raise _Suspicious(str(error)) from error
        except OSError as error:
            reason = error.strerror or error
            raise StorageError(f"The conversations in {self.path} cannot be kept: {reason}") from error

    def _put_aside(self, complaint: str) -> NoReturn:
        """Rename a damaged file and raise `ConversationsDamagedError`; one that is sound after all stays."""
        from filelock import FileLock

        with self._mapped_errors(), FileLock(self.path.with_name(f"{self.path.name}.lock"), timeout=BUSY_S):
            # Another process may have met the same damage: what lies here now can be the new file already.
            if not self.path.is_file() or not self._is_damaged():
                raise ConversationsBusyError(f"The conversations in {self.path} could not be used: {complaint}")
            aside = self.path.with_name(f"damaged-{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns()}-{self.path.name}")
            for suffix in ("-journal", ""):
                if (part := self.path.with_name(f"{self.path.name}{suffix}")).exists():
                    shutil.move(part, aside.with_name(f"{aside.name}{suffix}"))
        raise ConversationsDamagedError(
            f"The file of conversations {self.path} was damaged ({complaint}); it is kept as {aside.name}"
        )

    def _is_damaged(self) -> bool:
        try:
            with contextlib.closing(self._connect(create=False)) as connection:
                return bool(_complaint(connection)) or not _is_ours(connection)
        except sqlite3.OperationalError:
            return False
        except sqlite3.DatabaseError:
            return True


class _Suspicious(Exception):  # noqa: N818 -- it may be none
    """SQLite says something that a damaged file would explain."""


def _complaint(connection: sqlite3.Connection) -> str:
    """Return what is wrong with the file, empty if nothing is."""
    (first, *_), *_ = connection.execute("PRAGMA quick_check(1)").fetchall()
    return "" if first == "ok" else str(first)


def _is_ours(connection: sqlite3.Connection) -> bool:
    """Return whether the tables are there that the file should have."""
    if not _version(connection):
        return True
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return {"conversations", "turns", "opinions"} <= names


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the tables in a new file, or those of an earlier natoqa anew.

    Raises `ConversationError` for the file of a later natoqa.
    """
    if _version(connection) < SCHEMA_VERSION:
        # Two processes may come here at once: who is second finds the tables made.
        connection.execute("BEGIN IMMEDIATE")
        for statement in _statements(_version(connection)):
            connection.execute(statement)
        connection.execute("COMMIT")
    if (found := _version(connection)) != SCHEMA_VERSION:
        raise ConversationError(
            f"The conversations have the layout {found}, this natoqa reads {SCHEMA_VERSION}",
            hint="Use the natoqa that wrote them, or name another folder with --data.",
        )


def _statements(layout: int) -> list[str]:
    """Return what leads from a layout to the present one; 0 is an empty file."""
    if layout >= SCHEMA_VERSION:
        return []
    steps = (
        _SCHEMA.strip().split(";\n") if not layout else [_MIGRATIONS[each] for each in range(layout, SCHEMA_VERSION)]
    )
    return [*steps, f"PRAGMA user_version = {SCHEMA_VERSION}"]


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
