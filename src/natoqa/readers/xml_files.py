"""XML files of the news trade: what the root element is tells NITF, NewsML-G2 and feeds apart, not the name."""

from __future__ import annotations

import io
from collections.abc import Callable
from operator import itemgetter
from typing import TYPE_CHECKING

from natoqa.errors import ArticleError
from natoqa.readers import feeds, newsml, nitf
from natoqa.readers.article import assemble
from natoqa.readers.reading import LeftOut, Reading, Remark, Remarks, read_bounded
from natoqa.readers.several import SeveralArticles
from natoqa.readers.xml_tree import XmlFile, at, decoded, local, words

if TYPE_CHECKING:
    from lxml.etree import _Element

SUFFIXES = (".xml", ".nitf", ".newsml", ".rss", ".atom")

SITEMAPS = {"urlset": frozenset({"url"}), "sitemapindex": frozenset({"sitemap"})}
"""What the entries of a site's list of its pages are called, and those of a list of such lists (sitemaps.org)."""

_Fields = dict[str, object]


def read(stream: io.BufferedReader, *, name: str, max_bytes: int) -> Reading:
    """Return the article or articles of an XML file; of several, those that cannot be read are failures (`name#2`).

    Of a file that is cut off the articles before that place are read. Raises `ArticleError` where there is no article
    at all, `OSError` where the file cannot be read.
    """
    source = decoded(read_bounded(stream, max_bytes))
    if not source.text.strip():
        raise ArticleError("it is empty")
    file = XmlFile(source.text)
    remarks = [source.remark] if source.remark else []
    match local(file.root):
        case "nitf":
            return _single(file, _nitf, Remarks.of(name, remarks))
        case newsml.ITEM:
            return _single(file, _newsml, Remarks.of(name, remarks))
        case "newsmessage":
            return _several(file, frozenset({newsml.ITEM, *newsml.OTHER_ITEMS}), _newsml, name, remarks)
        case root if root in feeds.ENTRIES:
            return _several(file, feeds.ENTRIES[root], lambda entry: feeds.read(entry, file.root), name, remarks)
        case root:
            kinds = "NITF, NewsML-G2, RSS and Atom"
            raise ArticleError(f"it is XML of a kind that natoqa does not read ({root[:40]}); it reads {kinds}")


def links(data: bytes) -> list[str]:
    """Return the addresses of those entries of a feed that stand in it without their text, or those of a sitemap.

    Newest first in a sitemap; none for other files. Raises `ArticleError` for what is no XML or breaks off.
    """
    file = XmlFile(decoded(data).text)
    if entries := SITEMAPS.get(local(file.root)):
        listed = [(words(at(each, "lastmod")) or "", words(at(each, "loc"))) for each in file.each(entries)]
        return [address for _, address in sorted(listed, key=itemgetter(0), reverse=True) if address]
    found = []
    for entry in file.each(feeds.ENTRIES[local(file.root)]) if local(file.root) in feeds.ENTRIES else ():
        try:
            feeds.read(entry, file.root)
        except LeftOut:
            found.append(feeds.address(entry))
    return [address for address in found if address]


def _nitf(root: _Element) -> tuple[_Fields, str]:
    return nitf.fields_of(root), nitf.text_of(root)


def _newsml(item: _Element) -> tuple[_Fields, str]:
    if local(item) in newsml.OTHER_ITEMS:
        raise LeftOut("is left out: it is no text", local(item))
    return newsml.fields_of(item), newsml.text_of(item)


def _single(file: XmlFile, read_item: Callable[[_Element], tuple[_Fields, str]], notes: Remarks) -> Reading:
    """Return the one article that a file holds, once the file has been parsed to its end."""
    try:
        article, remarks = assemble(*read_item(file.whole()), path=notes.name)
    except LeftOut as item:
        notes.add([item.remark])
        return Reading(notes=notes.notes())
    notes.add(remarks)
    return Reading(articles=(article,), notes=notes.notes())


def _several(
    file: XmlFile,
    names: frozenset[str],
    read_item: Callable[[_Element], tuple[_Fields, str]],
    name: str,
    remarks: list[Remark],
) -> Reading:
    """Return the articles in the elements with these names, those that are whole."""
    articles = SeveralArticles(name)
    articles.remarks.add(remarks)
    number = 0
    try:
        for number, element in enumerate(file.each(names), start=1):
            where = f"article {number}"
            try:
                articles.add(*read_item(element), where)
            except LeftOut as item:
                articles.remarks.add([item.remark], where)
            except ArticleError as error:
                articles.fail(f"{name}#{number}", error)
            if articles.full:
                break
    except ArticleError as error:
        articles.fail(f"{name}#{number + 1}", error)
    return articles.reading()
