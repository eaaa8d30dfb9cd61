"""Which files a folder holds: looked at once, nothing opened."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

from natoqa.readers import SUFFIXES, TABLED, suffix_of
from natoqa.readers.fields import FILE_NAME as FIELDS
from natoqa.types import Failure

KINDS_SHOWN = 5
"""Kinds of unread files that a note names; the rest is counted."""

# Escape sequences steer a terminal, and marks of writing direction make a name look like another.
INVISIBLE = "\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069"
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_SUFFIX = re.compile(r"\.[a-z0-9_-]{1,12}~?")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the corpus of a kind that natoqa reads, and its state when it was found."""

    path: str
    """Relative to the corpus, with forward slashes; what cannot be shown is escaped (`\\xff`)."""
    location: Path
    """Where it is on this machine, to the byte."""
    size: int
    mtime_ns: int
    ctime_ns: int
    table: str = ""
    """Digest of the corpus's table of field names, for a file that is read by it."""

    @property
    def signature(self) -> str:
        """What differs after the file was written to, moved or replaced, or is to be read by another table."""
        state = f"{self.size}:{self.mtime_ns}:{self.ctime_ns}"
        return f"{state}:{self.table}" if self.table else state


@dataclass(frozen=True, slots=True)
class Scan:
    """The files of a corpus by path, what is no article, and the folders and files that could not be looked at."""

    files: tuple[SourceFile, ...]
    skipped: dict[str, int]
    """Files of kinds that natoqa does not read: how many of each suffix, "" for those without a usual one."""
    failures: tuple[Failure, ...] = ()
    """Folders (`old/`) that could not be listed and files that could not be looked at."""
    remarks: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know, a sentence each."""
        return self.remarks if not self.skipped else (*self.remarks, _unread(self.skipped))

    def read_by(self, table: str) -> Scan:
        """Return the scan of a corpus that has a table of field names of its own, known by this digest."""
        files = (replace(file, table=table) if suffix_of(file.path) in TABLED else file for file in self.files)
        return replace(self, files=tuple(files))

    def unseen(self, path: str) -> bool:
        """Return whether `path` could not be looked at, so that nobody knows if it is gone."""
        places = (failure.path for failure in self.failures)
        return any(path.startswith(place) if place.endswith("/") else path == place for place in places)


def _unread(skipped: dict[str, int]) -> str:
    total = sum(skipped.values())
    kinds = sorted(skipped.items(), key=lambda kind: (-kind[1], kind[0]))
    shown = [f"{suffix or 'without suffix'} ({number})" for suffix, number in kinds[:KINDS_SHOWN]]
    if len(kinds) > KINDS_SHOWN:
        shown.append(f"other ({sum(number for _, number in kinds[KINDS_SHOWN:])})")
    subject = "1 file is of a kind" if total == 1 else f"{total} files are of kinds"
    return f"{subject} that natoqa does not read: {', '.join(shown)}"


def scan(root: Path) -> Scan:
    """Return what lies below `root`. Raises `OSError` when `root` itself cannot be listed."""
    walk = _Walk(root)
    walk.run()
    remarks = []
    if walk.outside:
        remarks.append(f"symbolic links that lead out of the corpus are left out: {walk.outside}")
    if walk.twins:
        remarks.append(f"files whose names look the same as another file's are left out: {walk.twins}")
    files = sorted(walk.files.values(), key=attrgetter("path"))
    return Scan(tuple(files), dict(walk.skipped), tuple(walk.failures), tuple(remarks))


class _Walk:
    """One pass through a folder and those below it."""

    def __init__(self, root: Path) -> None:
        self.root = os.fspath(root)
        self.real = root.resolve()
        self.folders = [""]
        """Folders still to be listed, relative to the root and with a slash at their end."""
        self.files: dict[str, SourceFile] = {}
        self.skipped: Counter[str] = Counter()
        self.failures: list[Failure] = []
        self.outside = 0
        self.twins = 0

    def run(self) -> None:
        while self.folders:
            folder = self.folders.pop()
            try:
                with os.scandir(f"{self.root}/{folder}") as entries:
                    for entry in entries:
                        if not entry.name.startswith("."):
                            self._meet(entry, folder)
            except OSError as error:
                if not folder:
                    raise
                self._fail(folder, error)

    def _meet(self, entry: os.DirEntry[str], folder: str) -> None:
        path = folder + entry.name
        try:
            if entry.is_dir(follow_symlinks=False):
                self.folders.append(f"{path}/")
            elif entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(self.real):
                self.outside += 1
            elif entry.is_file():
                self._keep(entry, path)
        except (OSError, RuntimeError) as error:  # RuntimeError: how Path.resolve reports links in a circle
            self._fail(path, error)

    def _keep(self, entry: os.DirEntry[str], path: str) -> None:
        suffix = suffix_of(entry.name)
        if path == FIELDS:
            return
        if suffix not in SUFFIXES:
            self.skipped[suffix if _SUFFIX.fullmatch(suffix) else ""] += 1
            return
        status = entry.stat()
        shown = shown_as(path)
        if shown in self.files:
            self.twins += 1
        if shown not in self.files or shown == path:
            location = Path(entry.path)
            self.files[shown] = SourceFile(shown, location, status.st_size, status.st_mtime_ns, status.st_ctime_ns)

    def _fail(self, path: str, error: Exception) -> None:
        """Note what cannot be looked at; what is gone since it was listed is simply gone."""
        if not isinstance(error, FileNotFoundError):
            self.failures.append(
                Failure(shown_as(path), f"it cannot be looked at: {getattr(error, 'strerror', None) or error}")
            )


def shown_as(path: str) -> str:
    """Return `path` as it may be printed and stored; only undecodable bytes and invisible characters are escaped."""
    if path.isascii() and path.isprintable():
        return path
    decoded = os.fsencode(path).decode("utf-8", "backslashreplace")
    return _INVISIBLE.sub(lambda match: match[0].encode("unicode_escape").decode(), decoded)
