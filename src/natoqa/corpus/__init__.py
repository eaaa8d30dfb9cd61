"""The folder of articles: which files it holds, what they say, and how sources from elsewhere get into it.

The corpus is read, never written, except below `added/`, where sources from outside are copied to, and `fetched/`,
where `natoqa.fetching` keeps what web addresses hold.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from functools import cached_property
from pathlib import Path

from natoqa import readers
from natoqa.corpus.adding import Added, safe
from natoqa.corpus.scanning import Scan, SourceFile, scan, shown_as
from natoqa.errors import CorpusError, CorpusMissingError, CorpusShrunkError
from natoqa.readers import fields
from natoqa.types import Article

__all__ = ["Corpus", "FileReading", "Scan", "SourceFile", "fingerprint", "guard", "text_fingerprint"]

MANY = 10
"""Articles that may always go at once; losing more, and more than half of all, looks like an unmounted disk."""

FileReading = readers.Reading
"""What `Corpus.read` returns."""


class Corpus:
    """A folder of articles, an article being at most `max_bytes` large; nothing is remembered between calls."""

    def __init__(self, root: str | Path, *, max_bytes: int) -> None:
        self.root = Path(root)
        self.max_bytes = max_bytes

    def scan(self) -> Scan:
        """Return the files of the corpus, sorted by path.

        Left out are hidden files and folders, kinds that natoqa does not read, pipes and devices, symbolic links
        that lead out of the corpus (with a note), and links to its own folders, which are met where they are.
        Raises `CorpusMissingError` when the folder is not there, is no folder or cannot be listed.
        """
        try:
            found = scan(self.root.absolute())
        except FileNotFoundError as error:
            raise CorpusMissingError(f"there is no corpus folder {self.root}") from error
        except NotADirectoryError as error:
            raise CorpusMissingError(f"the corpus {self.root} is not a folder") from error
        except OSError as error:
            raise CorpusMissingError(f"the corpus {self.root} cannot be listed: {error.strerror or error}") from error
        return found.read_by(self._table.digest) if self._table.digest else found

    @cached_property
    def _table(self) -> fields.FieldTable:
        """What the fields of JSON articles are called in this corpus. Raises `SettingsError` for a broken table."""
        return fields.load(self.root)

    def read(self, file: SourceFile) -> FileReading:
        """Return the articles of `file` and what is wrong with the rest of it; never raises for what it holds."""
        return readers.read(file.location, name=file.path, max_bytes=self.max_bytes, table=self._table)

    def add(self, source: str | Path) -> list[str]:
        """Make a file or folder part of the corpus and return the paths of its files there.

        What lies in the corpus stays where it is. What lies elsewhere is copied into `added/`; the same source
        always to the same place, another one of the same name to a place of its own, the same content not again.
        Raises `CorpusError` for a source that is missing or no article file, `CorpusMissingError`
        without a corpus folder, `CorpusNotWritableError` and `StorageError` where the copy cannot be written.
        """
        if not self.root.is_dir():
            raise CorpusMissingError(f"there is no corpus folder {self.root}")
        given, root = Path(source).absolute(), self.root.resolve()
        try:
            real = given.resolve(strict=True)
        except (OSError, RuntimeError, ValueError) as error:
            raise CorpusError(f"{source} is not there", hint="Name a file or folder that exists.") from error
        if real.is_relative_to(root):
            return self._inside(real.relative_to(root), source)
        if root.is_relative_to(real):
            raise CorpusError(
                f"{source} contains the corpus itself", hint="Name the files or folders in it that are to be added."
            )
        # Its own name, which a link may give it, in the folder's one true path.
        named = real if given.name in ("", "..") else given.parent.resolve() / given.name
        return self._copied_in(named, source)

    def _inside(self, place: Path, source: str | Path) -> list[str]:
        """Return the paths of the files at or below `place`, which is relative to the corpus."""
        path = "" if place == Path() else shown_as(place.as_posix())
        found = [file.path for file in self.scan().files if path in ("", file.path) or file.path.startswith(f"{path}/")]
        if not found:
            raise _no_articles(source)
        return found

    def _copied_in(self, named: Path, source: str | Path) -> list[str]:
        """Copy the file or folder `named` into `added/` and return the paths of the copies."""
        locations = _articles_at(named, source)
        added = Added(self.root)
        place = added.place(named)
        return [added.copy(location, place / safe(location.relative_to(named))) for location in locations]


def _articles_at(named: Path, source: str | Path) -> list[Path]:
    if named.is_file():
        locations = [named] if readers.suffix_of(named.name) in readers.SUFFIXES else []
    else:
        try:
            found = scan(named)
        except OSError as error:
            raise CorpusError(f"{source} cannot be listed: {error.strerror or error}") from error
        if found.failures:
            raise CorpusError(f"{source}: {found.failures[0].path}: {found.failures[0].error}")
        locations = [file.location for file in found.files]
    if not locations:
        raise _no_articles(source)
    return locations


def _no_articles(source: str | Path) -> CorpusError:
    return CorpusError(
        f"{source} holds no file that natoqa reads", hint=f"Files that are read: {' '.join(sorted(readers.SUFFIXES))}."
    )


def fingerprint(article: Article) -> str:
    """Return a digest of all that an article says: the same wherever it lies, another one after any change."""
    published = article.published.isoformat() if article.published else None
    content: list[object] = [article.title, article.text, article.outlet, published, article.url, article.authors]
    more = (article.updated.isoformat() if article.updated else None, article.language, article.kind)
    # Only where there are some: what was indexed before these were kept is the same article still.
    content += more if any(more) else ()
    return _digest(json.dumps(content).encode())


def text_fingerprint(article: Article) -> str:
    """Return a digest of the text alone, whatever its spaces, line breaks and forms of characters: for exact copies."""
    return _digest(" ".join(unicodedata.normalize("NFKC", article.text).split()).encode())


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def guard(known: int, removed: int, remaining: int) -> None:
    """Raise `CorpusShrunkError` if the removal of so many articles is more likely an accident than meant.

    `known` articles are in the index, `removed` of them are not in the corpus any more; the corpus holds `remaining`
    articles, new ones included.
    """
    if removed and not remaining:
        raise CorpusShrunkError(f"the corpus is suddenly empty: all {known} articles of the index would be removed")
    if removed > MANY and removed > known / 2:
        raise CorpusShrunkError(f"the corpus has lost {removed} of its {known} articles; nothing was removed")
