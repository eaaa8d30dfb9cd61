"""An article that a visitor sends becomes part of the corpus: checked, read once on trial, then copied and indexed.

Nothing that a visitor says decides where something is written: the name is taken apart until no path is left of it,
and the corpus gives a name that is taken to nobody else.
"""

from __future__ import annotations

import re
import secrets
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from natoqa import readers
from natoqa.serving.problems import RefusedError
from natoqa.settings import Settings
from natoqa.types import Article, Failure, Json, SyncReport

if TYPE_CHECKING:
    from natoqa.serving.shared_index import SharedIndex

# What files of these kinds begin with, after spaces at most; nothing else may.
_SIGNATURES = {".pdf": b"%PDF-", ".docx": b"PK\x03\x04", ".zip": b"PK", ".warc.gz": b"\x1f\x8b"}
_BINARIES = (
    *_SIGNATURES.values(),
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x7fELF",
    b"MZ\x90",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
)
_LOOKED_AT = 1024
# With the mark that a taken name gets, and its suffix, it stays below the 255 bytes of file systems.
_LONGEST_STEM = 120
# What every file system takes and no shell, page or terminal obeys.
_UNUSUAL = re.compile(r"[^\w .,()+'’–-]+")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,12}")
_SHOWN_ARTICLES = 20


@dataclass(frozen=True, slots=True)
class Addition:
    """What became of an article that was sent."""

    name: str
    titles: tuple[str, ...]
    failed: tuple[Failure, ...]
    """What of the file could not be read, where the rest of it could."""
    report: SyncReport

    @property
    def told(self) -> str:
        """The outcome in a sentence."""
        report = self.report
        if report.added + report.changed + report.moved == 0:
            return f"{self.name} is in the corpus already."
        count = len(self.titles)
        what = f"“{self.titles[0]}” is" if count == 1 else f"{count:,} articles of {self.name} are"
        bad = f" {len(self.failed):,} more could not be read." if self.failed else ""
        return f"{what} in the corpus now and can be asked about.{bad}"

    def to_dict(self) -> Json:
        """Return the outcome as JSON."""
        return {
            "told": self.told,
            "name": self.name,
            "titles": list(self.titles[:_SHOWN_ARTICLES]),
            "failed": [failure.to_dict() for failure in self.failed[:_SHOWN_ARTICLES]],
            "report": self.report.to_dict(),
        }


def add_file(shared: SharedIndex, settings: Settings, *, name: str, content: bytes) -> Addition:
    """Make a file that a visitor sent part of the corpus and of the index.

    Raises `RefusedError` for a kind that is not read and for a file without a readable article, `IndexBusyError` while
    the index is written, and what `Index.sync` raises; in all these cases the corpus is as before.
    """
    plain = plain_name(name)
    _check_kind(plain, content)
    # A place of its own for each: the same place again would count as the same article, newly written.
    with tempfile.TemporaryDirectory(prefix=f"natoqa-{secrets.token_hex(16)}-") as folder:
        file = Path(folder) / plain
        file.write_bytes(content)
        articles, failed = _on_trial(file, settings)
        report = shared.add([file])
    return Addition(plain, tuple(article.title for article in articles), failed, report)


def plain_name(name: str) -> str:
    r"""Return what is left of a visitor's file name when nothing can be meant by it but a name.

    >>> plain_name("../../etc/My article?.MD")
    'My article_.md'
    >>> plain_name("..\\.md")
    'article.md'
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    # Of ".md" the suffix is meant, although as a hidden file it has none.
    suffix = readers.suffix_of(f"x{last}" if last.startswith(".") else last)
    stem = _UNUSUAL.sub("_", last[: len(last) - len(suffix)]).strip(" ._")
    short = stem.encode()[:_LONGEST_STEM].decode(errors="ignore").rstrip(" .")
    return f"{short or 'article'}{suffix if _SUFFIX.fullmatch(suffix) else ''}"


def accepted() -> list[str]:
    """Return the kinds of files that are read, as suffixes."""
    return sorted(readers.SUFFIXES)


def _check_kind(name: str, content: bytes) -> None:
    suffix = readers.suffix_of(name)
    if suffix not in readers.SUFFIXES:
        raise RefusedError(
            415, f"natoqa does not read files such as {name}.", hint=f"Files that are read: {' '.join(accepted())}."
        )
    start = content[:_LOOKED_AT].lstrip()
    expected = _SIGNATURES.get(suffix)
    if not start.startswith(expected or b"") or (expected is None and start.startswith(_BINARIES)):
        raise RefusedError(
            415,
            f"What is in {name} is not what its ending {suffix} says.",
            hint="Give the file the ending of its kind, or export it again.",
        )


def _on_trial(file: Path, settings: Settings) -> tuple[tuple[Article, ...], tuple[Failure, ...]]:
    """Return what can be read of the file, before the corpus is burdened with one of which nothing can."""
    reading = readers.read(file, name=file.name, max_bytes=int(settings.max_file_mb * 1_000_000))
    if not reading.articles:
        reason = reading.failures[0].error if reading.failures else "it holds no article"
        raise RefusedError(
            422, f"{file.name} is not a readable article: {reason}.", hint="Repair the file and send it again."
        )
    return reading.articles, reading.failures
