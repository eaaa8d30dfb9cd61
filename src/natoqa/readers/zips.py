"""ZIP archives of article files: each file in one is read as if it lay in the corpus; nothing is unpacked to disk."""

from __future__ import annotations

import hashlib
import io
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import IO

from natoqa.errors import ArticleError
from natoqa.readers.reading import Reading, Remark
from natoqa.readers.several import LONGEST_ID, SeveralArticles
from natoqa.readers.unpacking import Budget, Unpacked

SUFFIXES = (".zip",)

IN_MEMORY = 8_000_000
"""Bytes of an archive that are kept in memory; a larger one goes through a temporary file, for ZIPs are read from
their end."""

LARGEST_DIRECTORY = 10_000_000
"""Bytes of the list of files in an archive: 100,000 files with usual names. Python keeps ten times as much of it."""

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# The others are unpacked in pieces of any size: 4 KB of bzip2 may hold gigabytes.
_ENCRYPTED = 0x1
_END = b"PK\5\6"
_END_64 = b"PK\6\6"
_LONGEST_END = 66_000

Reader = Callable[..., Reading]


def read(stream: io.BufferedReader, *, name: str, max_bytes: int, reader_of: Callable[[str], Reader | None]) -> Reading:
    """Return the articles of the files in an archive, `reader_of` telling how a file of a name is read.

    An article is known by its file's name in the archive and, where that holds several, its record there:
    `2025/wire.jsonl#a1`. What cannot be read is a failure (`news.zip/2025/wire.jsonl`), the others are read. Raises
    `ArticleError` where there is no article at all, `OSError` where the file cannot be read.
    """
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as copy:
        shutil.copyfileobj(stream, copy)
        budget = Budget()
        budget.packed = copy.tell()
        if not budget.packed:
            raise ArticleError("it is empty")
        if _directory_size(copy) > LARGEST_DIRECTORY:
            raise ArticleError("it holds too many files: divide the archive")
        try:
            with zipfile.ZipFile(copy) as archive:
                return _Archive(archive, name, max_bytes, reader_of, budget).read()
        except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
            raise ArticleError(f"it is no ZIP archive, or cut off: {error}") from error


class _Archive:
    """One archive that is being read."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        name: str,
        max_bytes: int,
        reader_of: Callable[[str], Reader | None],
        budget: Budget,
    ) -> None:
        self.archive = archive
        self.max_bytes = max_bytes
        self.reader_of = reader_of
        self.budget = budget
        self.file = SeveralArticles(name)
        self.names: set[str] = set()
        self.unread: Counter[str] = Counter()

    def read(self) -> Reading:
        for member in self.archive.infolist():
            if self._is_to_be_read(member):
                try:
                    self._add(member)
                except ArticleError as error:
                    self.file.fail(self._place(member), error)
            if self.file.full:
                break
        if self.unread:
            kinds = ", ".join(sorted(self.unread)[:5])
            self.file.remarks.add([Remark(f"files of kinds that natoqa does not read: {self.unread.total()}", kinds)])
        return self.file.reading()

    def _place(self, member: zipfile.ZipInfo) -> str:
        return f"{self.file.name}/{_shown(member.filename)}"

    def _is_to_be_read(self, member: zipfile.ZipInfo) -> bool:
        """Return whether a member is a file for an article: neither folder nor hidden nor of an unknown kind."""
        if not member.filename:
            self.unread["without a name"] += 1
            return False
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        if member.is_dir() or "__MACOSX" in parts or (parts and parts[-1].startswith(".") and parts[-1] != ".."):
            return False
        if self.reader_of(member.filename) is None and not member.filename.lower().endswith(SUFFIXES):
            self.unread[PurePosixPath(_shown(member.filename)).suffix.lower()[:12] or "without suffix"] += 1
            return False
        return True

    def _add(self, member: zipfile.ZipInfo) -> None:
        reader = self._checked(member)
        try:
            with self.archive.open(member) as packed:
                reading = self._reading(reader, packed, member)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise ArticleError(f"it is damaged in the archive: {error}") from error
        self._take(reading, member)

    def _checked(self, member: zipfile.ZipInfo) -> Reader:
        """Return what reads the member. Raises `ArticleError` for one that is not to be opened."""
        inside = member.filename.replace("\\", "/")
        if inside.startswith("/") or ".." in inside.split("/") or ":" in inside.split("/")[0]:
            raise ArticleError("its name leads out of the archive")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise ArticleError("it is a symbolic link")
        if inside.lower().endswith(SUFFIXES):
            raise ArticleError("an archive in an archive is not read: unpack the outer one")
        if member.flag_bits & _ENCRYPTED:
            raise ArticleError("it is encrypted: unpack the archive with its password")
        if member.compress_type not in _METHODS:
            raise ArticleError("it is compressed in a way that natoqa does not read: pack it as a usual ZIP (deflate)")
        if inside in self.names:
            raise ArticleError("another file in the archive has the same name")
        self.names.add(inside)
        reader = self.reader_of(inside)
        if reader is None:
            raise ArticleError("natoqa does not read files of this kind")
        return reader

    def _reading(self, reader: Reader, packed: IO[bytes], member: zipfile.ZipInfo) -> Reading:
        stream = io.BufferedReader(Unpacked(packed, self.budget))
        return reader(stream, name=self._place(member), max_bytes=self.max_bytes)

    def _take(self, reading: Reading, member: zipfile.ZipInfo) -> None:
        for article in reading.articles:
            inside = member.filename if article.record is None else f"{member.filename}#{article.record}"
            self.file.take(replace(article, path=self.file.name, record=_record(inside)), inside)
        for failure in reading.failures:
            self.file.fail(failure.path, failure.error)
        self.file.remarks.take(reading.notes)


def _record(inside: str) -> str:
    shown = _shown(inside)
    if shown == inside and len(inside) <= LONGEST_ID:
        return inside
    mark = hashlib.blake2b(inside.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{shown[: LONGEST_ID - 20]}-{mark}"


def _shown(name: str) -> str:
    """Return a name as it may be printed: what steers a terminal or the direction of writing is escaped."""
    return name if name.isprintable() else ascii(name)[1:-1]


def _directory_size(file: IO[bytes]) -> int:
    """Return the size of the archive's list of files, as the archive tells it; 0 where no end of one is found."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read()
    end, end_64 = tail.rfind(_END), tail.rfind(_END_64)
    file.seek(0)
    told = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    told_64 = int.from_bytes(tail[end_64 + 40 : end_64 + 48], "little") if end_64 >= 0 else 0
    return max(told if told != 0xFFFFFFFF else 0, told_64)
