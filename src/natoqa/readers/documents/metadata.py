"""What a web page says of itself: JSON-LD first, then meta elements (OpenGraph and others), then its visible title.

Nothing is concluded: no date from an image's address or a text below, no outlet from the host. trafilatura's own
metadata would do both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from natoqa.readers import dates
from natoqa.readers.article import KINDS, names_a_place
from natoqa.readers.documents.extract import tidy
from natoqa.types import DateOrigin

LONGEST_JSON = 2_000_000
"""Characters of a JSON-LD script that is looked at; a live blog's has 200,000."""

MOST_NODES = 5_000
"""Nodes of JSON-LD that are looked at."""

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "date",
    "publish-date", "publication_date", "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued",
    "dc.date", "dcterms.date", "citation_publication_date", "cxenseparse:recs:publishtime", "pubdate",
    "article.published", "published_time_telegram",
)  # fmt: skip
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified")
_TITLES = ("og:title", "twitter:title", "dc.title", "dcterms.title", "citation_title", "headline")
_OUTLETS = ("og:site_name", "application-name", "citation_journal_title", "dc.publisher", "dcterms.publisher")
_AUTHORS = ("author", "article:author", "parsely-author", "dc.creator", "dcterms.creator", "citation_author", "byl")
_KINDS = {
    "NewsArticle": "news",
    "ReportageNewsArticle": "news",
    "OpinionNewsArticle": "opinion",
    "AnalysisNewsArticle": "analysis",
    "LiveBlogPosting": "live",
}
_ARTICLES = frozenset([*_KINDS, "Article", "BackgroundNewsArticle", "ReviewNewsArticle", "AskPublicNewsArticle",
                       "BlogPosting", "Report", "SatiricalArticle", "AdvertiserContentArticle"])  # fmt: skip
_BYLINE = re.compile(r"^by\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Metadata:
    """Fields of the article that a page gives, and where its day comes from."""

    fields: dict[str, object]
    published_from: DateOrigin


def of_page(tree: Any) -> Metadata:
    """Return what the page `tree` says of itself."""
    node = _article(tree) or {}
    metas = _metas(tree)
    published, origin = _published(node, metas)
    fields: dict[str, object] = {
        "title": _first(_text(node.get("headline")), *_given(metas, _TITLES), _visible_title(tree)),
        "outlet": _first(_name(node.get("publisher")), *_given(metas, _OUTLETS)),
        "published": published,
        "updated": _first_day([_text(node.get("dateModified")), *_given(metas, _UPDATED)]),
        "url": _address(tree, node, metas),
        "authors": _authors(node, metas),
        "language": _first(_text(node.get("inLanguage")), tree.get("lang", ""), *_given(metas, ("og:locale",))),
        "kind": _kind(node, metas),
    }
    return Metadata({name: value for name, value in fields.items() if value}, origin)


def _first(*values: str) -> str:
    """Return the first value that has words and is no path or address."""
    return next((value for value in values if any(map(str.isalnum, value)) and not names_a_place(value)), "")


def _text(value: object) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    return tidy(value) if isinstance(value, str) else ""


def _name(value: object) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    return _text(value.get("name")) if isinstance(value, dict) else _text(value)


# -- JSON-LD ---------------------------------------------------------------------------------------------------------


def _article(tree: Any) -> dict[str, Any] | None:
    """Return the node of JSON-LD that is the article: the first of a news type, else the first article."""
    found = [node for node in _nodes(tree) if _ARTICLES & set(_types(node))]
    return next((node for node in found if set(_KINDS) & set(_types(node))), found[0] if found else None)


def _types(node: dict[str, Any]) -> list[str]:
    given = node.get("@type")
    names = given if isinstance(given, list) else [given]
    return [name.rpartition("/")[2] for name in names if isinstance(name, str)]


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield the nodes of all scripts, those of a graph and the main entity of a page included."""
    scripts = tree.xpath("//script[contains(translate(@type, 'JSONLD', 'jsonld'), 'ld+json')]")
    waiting = [content for script in scripts if (content := _parsed(script.text or "")) is not None]
    for _ in range(MOST_NODES):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting = [*node[:MOST_NODES], *waiting]
        elif isinstance(node, dict):
            yield node
            waiting += [node[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in node]


def _parsed(script: str) -> Any:
    if len(script) > LONGEST_JSON:
        return None
    bare = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$", "", script)
    try:
        return json.loads(bare, strict=False)
    except (ValueError, RecursionError):
        return None


# -- meta elements ---------------------------------------------------------------------------------------------------


def _metas(tree: Any) -> dict[str, list[str]]:
    """Return the contents of meta elements by their names in lower case; microdata's dates among them."""
    metas: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        if name and (content := tidy(element.get("content", ""))):
            metas.setdefault(name.strip().lower(), []).append(content)
    for element in tree.xpath("//time[@itemprop or @pubdate]"):
        name = (element.get("itemprop") or "datepublished").lower()
        if day := tidy(element.get("datetime", "")):
            metas.setdefault(name, []).append(day)
    return metas


def _given(metas: dict[str, list[str]], names: tuple[str, ...]) -> list[str]:
    return [value for name in names for value in metas.get(name, ())]


def _published(node: dict[str, Any], metas: dict[str, list[str]]) -> tuple[str, DateOrigin]:
    """Return the first day that can be used, and where it stands; without one, the first value given."""
    structured = [_text(node.get(name)) for name in ("datePublished", "dateCreated")][:1]
    if day := _first_day(structured):
        return day, "JSON-LD"
    given = _given(metas, _PUBLISHED)
    return _first_day(given) or next(iter(filter(None, [*structured, *given])), ""), "meta"


def _first_day(values: list[str]) -> str:
    return next((value for value in values if dates.calendar_day(value)), "")


def _address(tree: Any, node: dict[str, Any], metas: dict[str, list[str]]) -> str:
    links = [element.get("href", "") for element in tree.iter("link") if "canonical" in element.get("rel", "").split()]
    main = node.get("mainEntityOfPage")
    page = main.get("@id") if isinstance(main, dict) else main
    candidates = [*links, *_given(metas, ("og:url",)), _text(node.get("url")), _text(page)]
    return next((url.strip() for url in candidates if re.match(r"https?://", url.strip(), re.IGNORECASE)), "")


def _authors(node: dict[str, Any], metas: dict[str, list[str]]) -> list[str]:
    given = node.get("author")
    names = [_name(each) for each in (given if isinstance(given, list) else [given])]
    found = [name for name in names if _first(name)] or [name for name in _given(metas, _AUTHORS) if _first(name)]
    return list(dict.fromkeys(_BYLINE.sub("", name) for name in found))


def _kind(node: dict[str, Any], metas: dict[str, list[str]]) -> str:
    sections = [_text(node.get("articleSection")), _text(node.get("genre")), *_given(metas, ("article:section",))]
    told = (KINDS.get(section.lower(), "") for section in sections)
    of_type = (_KINDS[name] for name in _types(node) if name in _KINDS and name != "NewsArticle")
    general = "news" if "NewsArticle" in _types(node) else ""
    return next(filter(None, [*of_type, *told, general]), "")


def _visible_title(tree: Any) -> str:
    """Return the one main heading, else the title of the window."""
    headings = [tidy("".join(element.itertext())) for element in tree.iter("h1")]
    titles = [tidy("".join(element.itertext())) for element in tree.xpath("/html/head/title")]
    return _first(*(headings if len(headings) == 1 else ()), *titles, *headings)
