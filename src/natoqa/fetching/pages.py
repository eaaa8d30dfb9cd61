"""The bytes of an answer -> articles, by the readers for files; what the server says of the bytes decides which one."""

from __future__ import annotations

import codecs
import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from natoqa import readers
from natoqa.errors import ArticleError, FetchError
from natoqa.fetching.transfer import Page
from natoqa.readers import xml_files
from natoqa.readers.fields import FieldTable
from natoqa.types import Article

if TYPE_CHECKING:
    import httpx

_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/json": ".json",
    "text/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "text/markdown": ".md",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
_VAGUE = ("", "text/plain", "application/octet-stream", "binary/octet-stream")
"""Types that servers give to what they do not know."""

_STARTS = ((re.compile(rb"%PDF-"), ".pdf"), (re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.I), ".html"))
_ARCHIVES = (".zip", ".warc", ".warc.gz")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
# As browsers read these names.
_LATIN = ("iso8859-1", "ascii")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a page holds: articles, why parts of it are none, notes, and the links of a feed's entries without text."""

    articles: tuple[Article, ...]
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


def contents(page: Page, *, address: str, max_bytes: int, table: FieldTable) -> Contents:
    """Return what `page`, fetched for `address`, holds. Raises `FetchError` for what is no article or half of one."""
    suffix = _suffix(page)
    with tempfile.TemporaryDirectory(prefix="natoqa-") as folder:
        file = Path(folder) / f"page{suffix}"
        file.write_bytes(_unicode(page) if suffix in (".html", ".txt", ".md") else page.body)
        reading = readers.read(file, name=address, max_bytes=max_bytes + len(codecs.BOM_UTF8), table=table)
    links = _links(page) if suffix in xml_files.SUFFIXES else ()
    if not (reading.articles or links):
        reasons = [failure.error for failure in reading.failures]
        raise FetchError(reasons[0] if reasons else "it holds no article")
    articles = tuple(_placed(article, page.url) for article in reading.articles)
    # A sitemap holds no article, and need not.
    failures = reading.failures if articles or not links else ()
    return Contents(articles, tuple(failure.error for failure in failures), reading.notes, links)


def _suffix(page: Page) -> str:
    """Return the suffix that the page would have as a file. Raises `FetchError` for a kind that is not read."""
    kind = page.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in _SUFFIXES:
        return _SUFFIXES[kind]
    if kind.endswith(("+xml", "+json")) and not kind.startswith("image/"):
        return ".xml" if kind.endswith("+xml") else ".json"
    if kind in _VAGUE:
        for start, suffix in _STARTS:
            if start.match(page.body[:1_000]):
                return suffix
        named = readers.suffix_of(page.url.path)
        if named in readers.SUFFIXES and named not in _ARCHIVES:
            return named
        if kind == "text/plain":
            return ".txt"
    raise FetchError(f"it is of a kind that is not fetched ({kind[:60] or 'unnamed'})")


def _unicode(page: Page) -> bytes:
    """Return the body, in UTF-8 where only the server's header tells which other encoding it has."""
    match = _CHARSET.search(page.headers.get("content-type", ""))
    try:
        page.body.decode("utf-8")
    except UnicodeDecodeError:
        with_mark = page.body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        encoding = None if with_mark or match is None else _encoding(match[1])
        if encoding:
            try:
                return page.body.decode(encoding).encode("utf-8-sig")
            except UnicodeError:
                # The header is wrong; what the page declares, or its letters, may be right.
                return page.body
    return page.body


def _encoding(name: str) -> str | None:
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    text = getattr(found, "_is_text_encoding", True)
    return None if not text else "cp1252" if found.name in _LATIN else found.name


def _links(page: Page) -> tuple[str, ...]:
    import httpx

    try:
        found = xml_files.links(page.body)
    except ArticleError:
        return ()
    links = []
    for link in found:
        try:
            links.append(str(page.url.join(link)))
        except (httpx.InvalidURL, ValueError):
            links.append(link)
    return tuple(dict.fromkeys(links))


def _placed(article: Article, fetched: httpx.URL) -> Article:
    """Return the article with the address that it is kept under; a day stays only if its address is believed."""
    url = _url(article, fetched)
    if article.published_from == "address" and url != article.url:
        article = replace(article, published=None, published_from=None)
    return replace(article, url=url)


def _url(article: Article, fetched: httpx.URL) -> str:
    """Return the article's own address where its site may say so, else the one that it was really fetched from."""
    import httpx

    try:
        own = httpx.URL(article.url or "")
    except httpx.InvalidURL:
        return str(fetched)
    # Another site's page cannot make itself an article of the Herald; a feed or an answer of several may link anywhere.
    return str(own) if own.host and (article.record or _site(own) == _site(fetched)) else str(fetched)


def _site(url: httpx.URL) -> str:
    return re.sub(r"^(?:www|m|amp|mobile)\.", "", url.host)
