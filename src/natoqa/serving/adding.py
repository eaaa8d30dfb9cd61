"""An article that a visitor sends or names becomes part of the corpus and of the index.

A file is checked, read once on trial, then copied; an address is fetched by the index itself. Nothing that a visitor
says decides where something is written: the name is taken apart until no path is left of it, the corpus gives a name
that is taken to nobody else, and what is no web address is never taken for a path.
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
from natoqa.corpus import Corpus
from natoqa.errors import FetchError
from natoqa.fetching import is_address, kept_paths, web_url
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
    """What became of a file that was sent, or of an address that was named."""

    name: str
    titles: tuple[str, ...]
    """Of the articles of the file or the page; empty for an address that only leads to others, such as a feed's."""
    failed: tuple[Failure, ...]
    """What could not be read or fetched, where the rest could."""
    report: SyncReport

    @property
    def told(self) -> str:
        """The outcome in a sentence."""
        written = _written(self.report)
        bad = f" {len(self.failed):,} more could not be read." if self.failed else ""
        if written == 0:
            # Of a feed whose pages all failed nothing is in the corpus.
            return f"There is nothing new in {self.name}.{bad}" if bad else f"{self.name} is in the corpus already."
        # A feed leads to more than it holds itself.
        count = max(len(self.titles), written)
        one = f"“{self.titles[0]}” is" if self.titles else f"1 article of {self.name} is"
        what = one if count == 1 else f"{count:,} articles of {self.name} are"
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


def add_address(shared: SharedIndex, settings: Settings, *, address: str) -> Addition:
    """Fetch what is at a web address (a page, a feed, a sitemap) into the corpus and the index.

    Takes as long as the sites allow: a second for each page of a feed, and up to a minute for a slow one. Raises
    `RefusedError` with 400 for what is no http or https address, before anything is opened, and with 422 for an
    address of which nothing could be fetched; `IndexBusyError` while the index is written, and what `Index.sync`
    raises. Where another process began to write meanwhile, what was fetched waits in the corpus for the next run.
    """
    try:
        # Written anew: whatever else reads it takes it for an address, too, and never for a path on this machine.
        url = web_url(address)
    except FetchError as error:
        raise RefusedError(400, f"This address cannot be added: {error}.", hint=error.hint) from error
    report = shared.add([url])
    failed = tuple(failure for failure in report.failed if is_address(failure.path))
    reason = next((failure.error for failure in failed if failure.path == url), None)
    if reason and not _written(report):
        # A failure of an address tells what to do after the reason.
        why, _, hint = reason.partition(". ")
        raise RefusedError(422, f"Nothing could be fetched from {url}: {why}.", hint=hint or FetchError.default_hint)
    return Addition(url, _titles(url, settings), failed, report)


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


def _titles(url: str, settings: Settings) -> tuple[str, ...]:
    """Return the titles of the articles that are kept of an address itself."""
    corpus = Corpus(settings.corpus, max_bytes=int(settings.max_file_mb * 1_000_000))
    paths = kept_paths(settings.corpus, url)
    files = [file for file in corpus.scan().files if file.path in paths] if paths else []
    return tuple(article.title for file in files for article in corpus.read(file).articles)


def _written(report: SyncReport) -> int:
    """Return how many articles a run wrote."""
    return report.added + report.changed + report.moved
