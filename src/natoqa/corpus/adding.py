"""How sources from elsewhere get into the corpus: copied below `added/`, each always to the same place."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from natoqa.corpus.scanning import INVISIBLE, shown_as
from natoqa.errors import CorpusError, CorpusNotWritableError, StorageError
from natoqa.readers import suffix_of

ADDED = "added"
"""Folder of the corpus that sources from outside are copied into."""

CHUNK = 1 << 20
"""Bytes that are copied at once."""

LONGEST_STEM = 180
"""Bytes of a name that is kept of one that gets a mark; with mark and suffix it stays below the 255 of file systems."""

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ORIGINS = ".origins.json"
_UNSAFE = re.compile(f"[{INVISIBLE}\ud800-\udfff\\\\/]")


class Added:
    """The copies of sources from outside, in a folder of the corpus.

    Which source has which place is remembered by a digest of the source's path: the path itself tells too much about
    a machine to stand in a folder that is passed on. Without this memory a source gets a new place, none is lost.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.folder = self.root / ADDED
        self.origins = self._load_origins()

    def place(self, source: Path) -> Path:
        """Return where `source` has its copy, relative to `added/`: its last place, also as a part of a folder."""
        for origin in (source, *source.parents):
            if own := self.origins.get(_origin(origin)):
                return Path(own) / safe(source.relative_to(origin))
        name = _safe_name(source.name or "source")
        taken = name.casefold() in map(str.casefold, self.origins.values())
        if source.is_file() and _same_content(source, self.folder / name):
            if taken:
                return Path(name)
        elif taken or os.path.lexists(self.folder / name):
            name = _marked(name, _origin(source))
        self.origins[_origin(source)] = name
        content = json.dumps(self.origins, indent=1, sort_keys=True).encode()
        write_whole(self.folder / _ORIGINS, iter([content]), root=self.root)
        return Path(name)

    def copy(self, source: Path, place: Path) -> str:
        """Copy the file `source` to `place`, unless it is there already; return the path of the copy in the corpus."""
        target = self.folder / place
        if not _same_content(source, target):
            write_whole(target, _chunks(source), root=self.root)
        return shown_as(target.relative_to(self.root).as_posix())

    def _load_origins(self) -> dict[str, str]:
        """Return the names of the copies; what others may have put into the file never leads out of the folder."""
        file = self.folder / _ORIGINS
        try:
            content = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        except (OSError, ValueError, RecursionError):
            return {}
        entries = content.items() if isinstance(content, dict) else ()
        return {origin: name for origin, name in entries if isinstance(name, str) and name and _safe_name(name) == name}


def write_whole(target: Path, chunks: Iterator[bytes], *, root: Path) -> None:
    """Write a whole file or none into the corpus `root`: under a hidden name first, which a scan does not see.

    Raises `CorpusNotWritableError` and `StorageError`.
    """
    temporary = target.with_name(f".natoqa-{_origin(target)}.part")
    try:
        if not target.parent.resolve().is_relative_to(root.resolve()):
            raise CorpusNotWritableError(f"{target.parent} leads out of the corpus")
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        with temporary.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise _not_written(target, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _not_written(target: Path, error: OSError) -> StorageError | CorpusNotWritableError:
    reason = error.strerror or str(error)
    if error.errno in _NO_ROOM:
        return StorageError(f"{target} cannot be written: {reason}")
    return CorpusNotWritableError(f"{target} cannot be written: {reason}")


def _sync_folder(folder: Path) -> None:
    """Make the new name of a file survive a loss of power; where folders cannot be opened (Windows) it does anyway."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _chunks(source: Path) -> Iterator[bytes]:
    """Yield the content of `source`; what goes wrong here is not the fault of the corpus."""
    try:
        with source.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except OSError as error:
        raise CorpusError(f"{source} cannot be read: {error.strerror or error}") from error


def _same_content(source: Path, target: Path) -> bool:
    try:
        if target.is_symlink() or not target.is_file() or source.stat().st_size != target.stat().st_size:
            return False
        with source.open("rb") as one, target.open("rb") as other:
            return hashlib.file_digest(one, "sha256").digest() == hashlib.file_digest(other, "sha256").digest()
    except OSError:
        return False


def _origin(path: Path) -> str:
    return hashlib.blake2b(os.fsencode(path), digest_size=8).hexdigest()


def safe(path: Path) -> Path:
    """Return a relative path with harmless names only; different paths stay different."""
    return Path(*map(_safe_name, path.parts))


def _safe_name(name: str) -> str:
    """Return `name` if it is harmless and visible, else a name that is and still belongs to it alone."""
    harmless = _UNSAFE.sub("_", name).lstrip(".")
    return name if harmless == name else _marked(harmless or "source", _origin(Path(name)))


def _marked(name: str, mark: str) -> str:
    """Return `name` with `mark` before its suffix, cut to what file systems allow (255 bytes)."""
    suffix = suffix_of(name)
    stem = name[: len(name) - len(suffix)].encode()[:LONGEST_STEM].decode(errors="ignore")
    return f"{stem}-{mark}{suffix}"
