"""Fetched articles as Markdown files below `fetched/` in the corpus, and what is remembered of their addresses.

A file is named after the address that it was asked for under, never after what the page says of itself: no page can
write over another's.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from natoqa.corpus.adding import write_whole
from natoqa.fetching.addresses import parsed
from natoqa.types import Article

if TYPE_CHECKING:
    import httpx

FETCHED = "fetched"
"""Folder of the corpus that holds what was fetched."""

STATE = ".state"
"""Folder in it, hidden from the corpus, that remembers the addresses."""

LONGEST_SLUG = 80
"""Characters of an address that its file's name repeats."""

LONGEST_FIELD, MOST_AUTHORS = 300, 50
"""Characters of a field and names of authors that are kept: front matter is bounded, and pages say what they like."""

LONGEST_MARK = 500
"""Characters of an ETag or a date that are sent back to the server."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known of an address: where its page was, the server's marks of its version, its files, its links."""

    final: str
    etag: str = ""
    last_modified: str = ""
    paths: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def headers(self) -> dict[str, str]:
        """The headers that ask for the page only if it changed."""
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in given.items() if value}


class Kept:
    """The fetched part of the corpus `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.folder = self.root / FETCHED

    def remembered(self, url: httpx.URL) -> Remembered | None:
        """Return what is known of an address, as long as its files are there; None for a new one."""
        try:
            content: dict[str, Any] = json.loads(self.state(url).read_text(encoding="utf-8"))
            fields: dict[str, Any] = {
                name: tuple(each) if isinstance(each, list) else each for name, each in content.items()
            }
            known = Remembered(**fields)
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return None
        texts = (known.final, known.etag, known.last_modified, *known.paths, *known.links)
        if not all(isinstance(text, str) and text.isprintable() for text in texts):
            return None
        return known if all((self.root / path).is_file() for path in known.paths) else None

    def remember(self, url: httpx.URL, final: str, headers: Mapping[str, str], **found: tuple[str, ...]) -> None:
        """Remember an address whose articles are written: its `paths` and its `links`."""
        known = Remembered(final, _mark(headers.get("etag")), _mark(headers.get("last-modified")), **found)
        self.write_text(self.state(url), json.dumps(asdict(known), indent=1, ensure_ascii=False))

    def write(self, url: httpx.URL, article: Article) -> str:
        """Write an article of the page at `url`, unless it stands there already; return its path in the corpus."""
        host = re.sub(r"[^a-z0-9.-]", "-", url.raw_host.decode("ascii", "replace").lower()).strip(".") or "host"
        name = f"{_slug(url)}-{_digest(str(url), article.record or '')}.md"
        target = self.folder / host[:100] / name
        self.write_text(target, as_markdown(article))
        return target.relative_to(self.root).as_posix()

    def write_text(self, target: Path, text: str) -> None:
        """Write a whole file, unless it says the same already. Raises `CorpusNotWritableError` and `StorageError`."""
        content = text.encode("utf-8", "replace")
        if target.is_symlink() or not target.is_file() or target.read_bytes() != content:
            write_whole(target, iter([content]), root=self.root)

    def state(self, url: httpx.URL) -> Path:
        """Return the file, hidden from the corpus, that an address is remembered in."""
        return self.folder / STATE / f"{_digest(str(url))}.json"


def kept_paths(root: str | Path, address: str) -> tuple[str, ...]:
    """Return the paths in the corpus `root` of what is kept of an address; none of a page that it only leads to.

    Raises `AddressRefusedError` for what is no web address.
    """
    known = Kept(Path(root)).remembered(parsed(address))
    return known.paths if known else ()


def as_markdown(article: Article) -> str:
    """Return the file that reads as the article: front matter, then its text."""
    fields: dict[str, Any] = {
        "title": article.title,
        "outlet": article.outlet and article.outlet[:LONGEST_FIELD],
        "published": article.published,
        "published_from": article.published and article.published_from,
        "updated": article.updated,
        "url": article.url,
        "authors": [author[:LONGEST_FIELD] for author in article.authors[:MOST_AUTHORS]],
        "language": article.language,
        "kind": article.kind,
    }
    given = {name: value for name, value in fields.items() if value}
    head = yaml.safe_dump(given, allow_unicode=True, sort_keys=False, width=float("inf"))
    return f"---\n{head}---\n\n{article.text}\n"


def _slug(url: httpx.URL) -> str:
    """Return the part of an address that tells people what it leads to."""
    last = next((part for part in reversed(url.path.split("/")) if part), "")
    stem = re.sub(r"\.[a-z0-9]{1,5}$", "", last.lower())
    return re.sub(r"[^a-z0-9]+", "-", stem)[:LONGEST_SLUG].strip("-") or "page"


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _mark(value: str | None) -> str:
    fits = value is not None and value.isascii() and value.isprintable() and len(value) <= LONGEST_MARK
    return value if value and fits else ""
