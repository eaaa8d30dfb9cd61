"""One SQLite file, used by many threads and processes: connections, transactions, the generation number."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import threading
import uuid
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from natoqa.errors import (
    IndexBusyError,
    IndexDamagedError,
    IndexingError,
    IndexMismatchError,
    IndexMissingError,
    StorageError,
)

FILE_NAME = "catalog.sqlite3"
SCHEMA_VERSION = 4

# A writer commits within milliseconds; a reader or writer that waits longer than this has met a stuck process.
BUSY_S = 30.0

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (
    path TEXT PRIMARY KEY,          -- relative to the corpus
    signature TEXT NOT NULL,        -- size and times: what tells that the file need not be read again
    sha256 TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,      -- how often reading it failed with a pause before, 0 for a file read whole
    tried REAL NOT NULL DEFAULT 0,         -- when that was the last time, in seconds since 1970
    tried_with TEXT NOT NULL DEFAULT ''    -- the natoqa and the settings that failed
) WITHOUT ROWID;
CREATE TABLE failures (
    file TEXT NOT NULL,             -- the file
    path TEXT NOT NULL,             -- the file, or the line of it
    error TEXT NOT NULL
);
CREATE INDEX failures_by_file ON failures (file);
CREATE TABLE articles (
    article_id TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    record TEXT,                    -- the article's id inside a file that holds several
    version INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,      -- of everything that a reader found
    text_fingerprint TEXT NOT NULL, -- of the text alone: the same for copies
    outlet TEXT,
    published TEXT                  -- ISO day
) WITHOUT ROWID;
CREATE INDEX articles_by_place ON articles (path, record);
CREATE INDEX articles_by_text ON articles (text_fingerprint);
CREATE INDEX articles_by_day ON articles (published);
CREATE TABLE versions (
    article_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    path TEXT NOT NULL,
    record TEXT,
    outlet TEXT,
    published TEXT,
    url TEXT,
    authors TEXT NOT NULL,          -- JSON list
    published_from TEXT,            -- where the day was found
    updated TEXT,                   -- ISO day
    language TEXT,
    kind TEXT,
    PRIMARY KEY (article_id, version)
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: a higher id is a later passage
    article_id TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    vector BLOB NOT NULL
);
CREATE INDEX passages_by_article ON passages (article_id);
CREATE VIRTUAL TABLE search USING fts5 (title, text, tokenize = 'porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (search, row);
"""

_TEXTS = """
CREATE TABLE texts (                -- each text of the current articles once: articles that share it are exact copies
    number INTEGER PRIMARY KEY,
    text_fingerprint TEXT NOT NULL UNIQUE,
    day TEXT,                       -- day, path and record of its first article: the order in which it was told
    path TEXT NOT NULL,
    record TEXT,
    shingles INTEGER NOT NULL,      -- how many
    sketch BLOB NOT NULL,           -- 32-bit values
    story INTEGER NOT NULL          -- number of the text that it is a copy of, its own if of none
);
CREATE INDEX texts_by_story ON texts (story);
CREATE TABLE bands (key INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (key, number)) WITHOUT ROWID;
"""

_NUMBERS = """
CREATE TABLE numbers (              -- the last version of articles of which no text is kept: never given again
    article_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL
) WITHOUT ROWID;
"""

# What leads from a layout to the next one; what is new is empty in older articles, or filled by the next `natoqa index`
_MIGRATIONS = {
    1: ";\n".join(
        f"ALTER TABLE versions ADD COLUMN {column} TEXT" for column in ("published_from", "updated", "language", "kind")
    ),
    2: _TEXTS,
    3: ";\n".join(
        f"ALTER TABLE files ADD COLUMN {column}"
        for column in (
            "tries INTEGER NOT NULL DEFAULT 0",
            "tried REAL NOT NULL DEFAULT 0",
            "tried_with TEXT NOT NULL DEFAULT ''",
        )
    )
    + ";"
    + _NUMBERS,
}


class _Handle:
    """A thread's connection, the file it belongs to, and a lock that keeps others from closing it in use."""

    def __init__(self, file: Path) -> None:
        self.lock = threading.RLock()
        self.closed = False
        self.connection = sqlite3.connect(
            file, timeout=BUSY_S, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        # SQLite's own lower() knows ASCII only; outlets are compared as people write them.
        self.connection.create_function("casefold", 1, lambda name: name and name.casefold(), deterministic=True)
        self.connection.execute("PRAGMA journal_mode = WAL")
        # The log is flushed at checkpoints only: a power cut may lose the last commits, never the consistency.
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.inode = _inode(file)

    def close(self) -> None:
        with self.lock:
            self.closed = True
            self.connection.close()


class Store:
    """A connection per thread to the SQLite file in a folder; see `Store.open`."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._local = threading.local()
        self._handles: weakref.WeakSet[_Handle] = weakref.WeakSet()  # a thread that ends takes its own along
        self._lock = threading.Lock()
        self._closed = False

    @classmethod
    def open(cls, folder: Path, *, create: bool) -> Self:
        """Open the catalog in `folder`, making it if asked to.

        Raises `IndexMissingError` when there is none and none is to be made, `IndexDamagedError` for a file that
        is no catalog, `IndexMismatchError` for one of another natoqa, `StorageError` when it cannot be made.
        """
        catalog = cls(folder / FILE_NAME)
        if create:
            with _mapped_errors():
                folder.mkdir(parents=True, exist_ok=True)
        elif not catalog.file.is_file():
            raise IndexMissingError(f"There is no index in {folder}")
        try:
            with _mapped_errors():
                known = catalog.meta("schema_version")
                if known is None and create:
                    catalog._create()
                    known = str(SCHEMA_VERSION)
                elif known is not None:
                    known = catalog._migrate(known)
            if known is None:
                raise IndexMissingError(f"There is no finished index in {folder}")
            if known != str(SCHEMA_VERSION):
                raise IndexMismatchError(f"The index has the layout {known}, this natoqa reads {SCHEMA_VERSION}")
        except BaseException:
            catalog.close()
            raise
        return catalog

    @property
    def _handle(self) -> _Handle:
        """The connection of the current thread."""
        handle: _Handle | None = getattr(self._local, "handle", None)
        if handle is None or handle.closed:
            if self._closed:
                raise IndexingError("The index is closed", hint="Open it again with Index.open.")
            handle = _Handle(self.file)
            self._local.handle = handle
            with self._lock:
                self._handles.add(handle)
        return handle

    @property
    def _connection(self) -> sqlite3.Connection:
        return self._handle.connection

    def close(self) -> None:
        """Close the connections of all threads, waiting for the reading or writing that goes on."""
        self._closed = True
        with self._lock:
            handles = list(self._handles)
        for handle in handles:
            handle.close()

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep this thread's connection from being closed by another thread meanwhile."""
        with _mapped_errors(), self._handle.lock:
            yield

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Everything read inside belongs to one state, whatever a writer does meanwhile. May be nested."""
        with self.held():
            if self._connection.in_transaction:
                yield
                return
            self._reconnect_if_replaced()
            with self._handle.lock:
                self._connection.execute("BEGIN")
                try:
                    yield
                finally:
                    with contextlib.suppress(sqlite3.Error):
                        self._connection.execute("COMMIT")

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Everything written inside happens at once, with a new generation number, or not at all. May be nested."""
        with self.held():
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.set_meta("generation", str(self.generation + 1))
                self._connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise

    def _reconnect_if_replaced(self) -> None:
        """Notice that the index folder was deleted and made anew: the open file would be served for ever."""
        inode = _inode(self.file)
        if inode is None:
            raise IndexMissingError(f"There is no index in {self.file.parent} any more")
        if self._handle.inode != inode:
            self._handle.close()

    def _create(self) -> None:
        # Two processes may come here at once: who is second finds the tables made.
        with self.writing():
            if self.meta("schema_version") is None:
                self._execute_all(_SCHEMA + _TEXTS + _NUMBERS)
                self.set_meta("schema_version", str(SCHEMA_VERSION))
                self.set_meta("catalog_id", uuid.uuid4().hex)

    def _migrate(self, known: str) -> str:
        """Bring a catalog of an older layout to this one in one step; return the layout that it has then."""
        if not known.isdecimal() or int(known) not in _MIGRATIONS:
            return known
        with self.writing():
            # Asked again: a second process may have been quicker.
            layout = int(self.meta("schema_version") or known)
            while layout in _MIGRATIONS:
                self._execute_all(_MIGRATIONS[layout])
                layout += 1
            self.set_meta("schema_version", str(layout))
        return str(layout)

    def _execute_all(self, statements: str) -> None:
        for statement in statements.strip().split(";\n"):
            self._connection.execute(statement)

    def flush(self) -> None:
        """Bring what the log holds into the main file and onto the disk, as far as readers let it."""
        with _mapped_errors():
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def clear(self) -> None:
        """Forget everything but the texts that answers may still cite; inside `writing`."""
        for table in ("files", "failures", "articles", "passages", "search", "texts", "bands"):
            self._connection.execute(f"DELETE FROM {table}")

    def meta(self, key: str) -> str | None:
        """Return an entry of the index's own description, or None."""
        try:
            row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return None
            raise
        return row[0] if row else None

    def set_meta(self, key: str, value: str | None) -> None:
        """Set or drop an entry of the index's own description; inside `writing`."""
        if value is None:
            self._connection.execute("DELETE FROM meta WHERE key = ?", (key,))
        else:
            self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    @property
    def generation(self) -> int:
        """A number that is higher after every change."""
        return int(self.meta("generation") or 0)

    @property
    def state(self) -> tuple[str, int]:
        """Tell two states of the index apart, even when the folder was deleted and made anew in between."""
        return self.meta("catalog_id") or "", self.generation


def _inode(file: Path) -> int | None:
    try:
        return file.stat().st_ino
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _mapped_errors() -> Iterator[None]:
    """Turn SQLite's and the file system's errors into natoqa's."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if re.search(r"full|disk I/O|readonly|read-only|unable to open", str(error)):
            raise StorageError(f"The index cannot be written: {error}") from error
        if re.search(r"locked|busy", str(error)):
            raise IndexBusyError("Another process has held the catalog for too long") from error
        raise IndexDamagedError(f"The catalog cannot be used: {error}") from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise IndexDamagedError(f"The catalog is damaged: {error}") from error
    except OSError as error:
        raise StorageError(f"The index folder cannot be written: {error.strerror or error}") from error
