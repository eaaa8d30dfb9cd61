"""Article files -> Articles, one room for each family of formats.

A file is hostile until it is read: whatever it holds, the outcome is articles and failures, never an exception.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from natoqa.errors import ArticleError
from natoqa.readers import documents, jsonl, text, warc, xml_files, zips
from natoqa.readers.fields import BUILT_IN, FieldTable
from natoqa.readers.reading import Reading
from natoqa.types import Failure

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["SUFFIXES", "TABLED", "Reading", "read", "suffix_of"]

_READERS: dict[str, Callable[..., Reading]] = {
    **dict.fromkeys(text.SUFFIXES, text.read),
    **dict.fromkeys(jsonl.LINES_SUFFIXES, jsonl.read_lines),
    **dict.fromkeys(jsonl.SUFFIXES, jsonl.read),
    **dict.fromkeys(xml_files.SUFFIXES, xml_files.read),
    **dict.fromkeys(warc.SUFFIXES, warc.read),
    **dict.fromkeys(zips.SUFFIXES, zips.read),
    **dict.fromkeys(documents.SUFFIXES, documents.read),
}

SUFFIXES = frozenset(_READERS)
"""The kinds of files that are read, in lower case with their dot."""

TABLED = frozenset({*jsonl.LINES_SUFFIXES, *jsonl.SUFFIXES, *zips.SUFFIXES})
"""The kinds of files in which the corpus's table of field names may matter."""

ATTEMPTS = 3
"""Times that a file is read which changes while it is read; a file written for longer is left to the next run."""

BUFFER = 1 << 18
"""Bytes asked of the system at once; larger ones made reading no faster."""

# A pipe in place of an article must not be waited for.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)

_log = logging.getLogger(__name__)


def suffix_of(name: str) -> str:
    """Return the suffix of a file's name in lower case and with its dot, "" without one; `.warc.gz` is one suffix."""
    stem, dot, suffix = name.rpartition(".")
    if stem.lower().endswith(".warc") and suffix.lower() == "gz" and len(stem) > len(".warc"):
        return ".warc.gz"
    return (dot + suffix).lower() if stem else ""


def read(path: Path, *, name: str, max_bytes: int, table: FieldTable = BUILT_IN) -> Reading:
    """Return what the file at `path` holds; articles and failures carry `name` as their path.

    `table` tells what the fields of JSON articles are called.
    An article (the file; of a JSONL file a line) above `max_bytes` is a failure. Never raises for what the file
    holds or for what happens to it meanwhile: a file that is gone, may not be read, is no regular file, or is being
    written to again and again is a failure. What is returned was the file's content at one moment.
    """
    reader = _reader(path.name, table)
    if reader is None:
        return _failed(name, "natoqa does not read files of this kind")
    try:
        for _ in range(ATTEMPTS):
            reading = _read_once(path, reader, name=name, max_bytes=max_bytes)
            if reading is not None:
                return reading
    except FileNotFoundError:
        return _failed(name, "it is no longer there")
    except OSError as error:
        return _failed(name, f"it cannot be read: {error.strerror or error}")
    return _failed(name, "it was being written to while it was read")


def _reader(name: str, table: FieldTable) -> Callable[..., Reading] | None:
    """Return what reads a file of this name, None if nothing does."""
    suffix = suffix_of(name)
    if suffix in zips.SUFFIXES:
        return partial(zips.read, reader_of=partial(_reader_inside, table=table))
    return _reader_inside(name, table)


def _reader_inside(name: str, table: FieldTable) -> Callable[..., Reading] | None:
    """Return what reads a file of this name in a ZIP archive, None if nothing does."""
    suffix = suffix_of(name)
    if suffix in zips.SUFFIXES:
        return None
    if suffix in warc.SUFFIXES:
        return partial(warc.read, reader_of=lambda page: _READERS.get(suffix_of(page)))
    reader = _READERS.get(suffix)
    return partial(reader, table=table) if reader and suffix in TABLED else reader


def _failed(name: str, reason: str) -> Reading:
    return Reading(failures=(Failure(name, reason),))


def _read_once(path: Path, reader: Callable[..., Reading], *, name: str, max_bytes: int) -> Reading | None:
    """Return what the file holds, None if it changed meanwhile."""
    with os.fdopen(os.open(path, _FLAGS), "rb", buffering=0) as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            return _failed(name, "it is no regular file")
        hashed = _Hashed(file)
        try:
            reading = reader(io.BufferedReader(hashed, BUFFER), name=name, max_bytes=max_bytes)
        except ArticleError as error:
            reading = _failed(name, str(error))
        except OSError:
            raise
        except Exception as error:
            # The parsers of others raise what they like: one article must not stop the rest.
            _log.exception("reading %s failed", name)
            reading = _failed(name, f"it cannot be read: {error!r}")
        after = os.fstat(file.fileno())
    if _state(before) != _state(after):
        return None
    return replace(reading, sha256=hashed.sha256())


def _state(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


class _Hashed(io.RawIOBase):
    """The bytes of a file, hashed as they are read: the digest is that of what was parsed, not of a second look."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        count = self._file.readinto(view) or 0
        self._hash.update(view[:count])
        self._ended = count == 0
        return count

    def sha256(self) -> str:
        return self._hash.hexdigest() if self._ended else ""
