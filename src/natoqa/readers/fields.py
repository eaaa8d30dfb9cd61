"""What the fields of an article are called elsewhere: a table of names, which a corpus extends by its `fields.toml`.

Capitals, hyphens and underscores in a name do not matter, a dot leads into an object: `source.name` finds
`{"source": {"name": "The Daily"}}` and `published_at` finds `publishedAt`.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from natoqa.errors import SettingsError

FILE_NAME = "fields.toml"
"""The file of a corpus that extends the table."""

USUAL: Mapping[str, tuple[str, ...]] = {
    "articles": (
        # The list of articles, or the one article, in an answer of a news API.
        *("articles", "items", "results", "stories", "news", "entries", "posts", "docs"),
        *("response.docs", "response.results", "hits.hits", "data.items", "data.articles", "data.item", "data"),
        *("item", "article", "_source"),
    ),
    "id": ("uri", "guid", "article_id", "uuid", "_id"),
    "text": (
        # Of a text in several forms the one with paragraphs comes first: ninjs' body_text often has none.
        *("body_nitf", "body_xhtml", "body_html", "body_text", "bodies", "body.html", "body"),
        *("content.rendered", "content_html", "content_text", "content", "article_body", "full_text", "full_content"),
        *("maintext", "article_text", "story_text", "fields.body", "fields.body_text"),
    ),
    "title": (
        *("headline", "headlines", "headline.main", "headline.default", "title.rendered", "web_title"),
        *("fields.headline", "name"),
    ),
    "outlet": (
        *("source.name", "source.title", "source", "provider.name", "provider", "publisher.name", "publisher"),
        *("publication.name", "publication", "newspaper", "source_name", "site_name", "news_site", "media_name"),
    ),
    "published": (
        # versioncreated is when the wire sent out this text; what was first created may have said less.
        *("published_at", "date_published", "publish_date", "published_date", "publication_date", "pub_date"),
        *("published_on", "first_published", "web_publication_date", "version_created", "date", "date_time"),
        *("first_created", "content_created"),
    ),
    "url": ("link", "canonical_url", "web_url", "article_url", "permalink", "source_url"),
    "authors": ("author", "bylines", "byline.original", "byline", "by", "creator", "writers", "fields.byline"),
    "updated": ("updated_at", "date_modified", "modified_at", "modified", "last_modified", "last_updated"),
    "language": ("lang", "language_code", "lang_code"),
    "kind": ("genre", "genres", "article_type", "type"),
    "version": (),
    "status": ("pubstatus", "publication_status"),
    "type": (),
}
"""For each of natoqa's fields what others call it, the best name first; the field's own name comes before."""

_Path = tuple[str, ...]
_IGNORED = str.maketrans("", "", "_- ")


@dataclass(frozen=True, slots=True)
class FieldTable:
    """Where each field of an article is looked for: under the names that the corpus gives, then the usual ones."""

    given: Mapping[str, tuple[_Path, ...]]
    usual: Mapping[str, tuple[_Path, ...]]
    digest: str = ""
    """What differs when the names that the corpus gives do; "" without any."""

    def of_the_corpus(self, item: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any]]:
        """Yield what stands under the names that the corpus gives to a field, each with its name."""
        return _values(item, self.given.get(name, ()))

    def elsewhere(self, item: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any]]:
        """Yield what stands under the usual names of a field, each with its name, the best first."""
        return _values(item, self.usual[name])


def _values(item: Mapping[str, Any], paths: tuple[_Path, ...]) -> Iterator[tuple[str, Any]]:
    levels: dict[_Path, Any] = {(): _by_name(item)}
    for path in paths:
        value = _at(levels, path)
        if value is not None:
            yield path[-1], value


def _at(levels: dict[_Path, Any], path: _Path) -> Any:
    """Return what stands at `path`; `levels` remembers the objects on the way, by their paths."""
    *way, last = path
    for length in range(1, len(way) + 1):
        place = path[:length]
        if place not in levels:
            inner = levels[path[: length - 1]].get(path[length - 1])
            levels[place] = _by_name(inner) if isinstance(inner, dict) else {}
    return levels[tuple(way)].get(last)


def _by_name(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of an object by the plain forms of their names; of names alike the first counts."""
    return {_plain(name): value for name, value in reversed(list(item.items()))}


def _plain(name: str) -> str:
    return name.translate(_IGNORED).lower()


def _paths(names: tuple[str, ...]) -> tuple[_Path, ...]:
    return tuple(tuple(map(_plain, name.split("."))) for name in names)


BUILT_IN = FieldTable({}, {name: _paths(names) for name, names in USUAL.items()})
"""The table without anything added."""


def load(folder: Path) -> FieldTable:
    """Return the table for the corpus `folder`, with what its `fields.toml` adds, if it has one.

    Raises `SettingsError` where that file cannot be read or names something that is no field.
    """
    file = folder / FILE_NAME
    try:
        content = file.read_bytes()
        entries = tomllib.loads(content.decode())
    except FileNotFoundError:
        return BUILT_IN
    except OSError as error:
        raise SettingsError(f"{FILE_NAME} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise _wrong(f"it is not valid TOML: {error}") from error
    given: dict[str, tuple[_Path, ...]] = {}
    for name, value in entries.items():
        names = [value] if isinstance(value, str) else value
        if name not in USUAL:
            raise _wrong(f"{name} is no field of an article")
        if not isinstance(names, list) or not all(isinstance(each, str) and each.strip() for each in names):
            raise _wrong(f"{name} should be a name or a list of names, not {value!r}")
        given[name] = _paths(tuple(names))
    return FieldTable(given, BUILT_IN.usual, hashlib.blake2b(content, digest_size=8).hexdigest())


def _wrong(what: str) -> SettingsError:
    return SettingsError(
        f"{FILE_NAME} of the corpus: {what}",
        hint=f'Write lines such as: text = ["story", "article.body"]; fields: {", ".join(USUAL)}.',
    )
