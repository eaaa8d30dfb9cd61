"""NewsML-G2 (IPTC): a news item, or a message with several of them; each carries its text as XHTML, NITF or plain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natoqa.errors import ArticleError
from natoqa.readers import markup, nitf
from natoqa.readers.news_json import MEDIA, WITHDRAWN
from natoqa.readers.reading import LeftOut
from natoqa.readers.xml_tree import at, attribute, children, local, words

if TYPE_CHECKING:
    from lxml.etree import _Element

ITEM = "newsitem"
OTHER_ITEMS = frozenset({"packageitem", "conceptitem", "knowledgeitem", "planningitem", "catalogitem", "hopitem"})
"""Items that point to news items or describe things: no articles."""

PROVIDERS = "nprov:"
"""Prefix of the IPTC's list of providers, whose codes are their names: `nprov:AFP`."""


def fields_of(item: _Element) -> dict[str, object]:
    """Return what a `newsItem` says about its article; what it does not say is None.

    Raises `LeftOut` for an item that is no text or that its publisher has withdrawn.
    """
    about_item, about_content = at(item, "itemmeta"), at(item, "contentmeta")
    status = _code(at(about_item, "pubstatus"))
    if status in WITHDRAWN:
        raise LeftOut("is left out: its publisher has withdrawn it or holds it back", status)
    item_class = _code(at(about_item, "itemclass"))
    if item_class in MEDIA:
        raise LeftOut("is left out: it is no text", item_class)
    return {
        "id": attribute(item, "guid"),
        "version": attribute(item, "version"),
        "title": _headline(about_content) or words(at(about_item, "title")),
        "outlet": _name(at(about_item, "provider")),
        "published": words(at(about_item, "versioncreated")) or words(at(about_item, "firstcreated")),
        "url": _address(about_item),
        "authors": _authors(about_content),
        "language": attribute(at(about_content, "language"), "tag") or attribute(item, "lang"),
        "kind": _name(at(about_content, "genre")),
    }


def text_of(item: _Element) -> str:
    """Return the text of a `newsItem`. Raises `ArticleError` if it carries none."""
    content = at(item, "contentset")
    if content is None:
        raise ArticleError("it holds no text: its item has no contentSet")
    for inline in children(content, "inlinexml", "inlinedata"):
        text = _inline_text(inline)
        if text.strip():
            return text
    if at(content, "remotecontent") is not None:
        raise ArticleError("it holds no text: its item only says where the text lies")
    raise ArticleError("it holds no text")


def _inline_text(inline: _Element) -> str:
    if local(inline) == "inlinedata":
        plain = inline.text or ""
        kind = (attribute(inline, "contenttype") or "").lower()
        return markup.text_of_fragment(plain) if "html" in kind or markup.looks_marked(plain) else plain
    for document in inline:
        if local(document) == "nitf":
            return nitf.text_of(document)
        return markup.text_of(document)
    return ""


def _headline(about_content: _Element | None) -> str | None:
    """Return the main headline: the one with that role, else the first."""
    headlines = list(children(about_content, "headline")) if about_content is not None else []
    main = [headline for headline in headlines if _role(headline) == "main"]
    return next((text for headline in main + headlines if (text := words(headline))), None)


def _role(element: _Element) -> str:
    return (attribute(element, "role") or "").rpartition(":")[2].lower()


def _authors(about_content: _Element | None) -> list[str]:
    """Return the creators, and where none has a name the bylines."""
    if about_content is None:
        return []
    names = [name for creator in children(about_content, "creator") if (name := _name(creator))]
    return names or [line for each in children(about_content, "by") if (line := _without_by(words(each)))]


def _without_by(line: str | None) -> str:
    line = line or ""
    return line[3:] if line[:3].lower() == "by " else line


def _name(party: _Element | None) -> str | None:
    """Return what a party or a genre is called: its name, its literal, or the code of a list whose codes are names."""
    code = attribute(party, "qcode") or ""
    listed = code.removeprefix(PROVIDERS) if code.startswith(PROVIDERS) else None
    genre = code.rpartition(":")[2] if local(party) == "genre" else None
    return words(at(party, "name")) or attribute(party, "literal") or listed or genre or None


def _code(element: _Element | None) -> str:
    return (attribute(element, "qcode") or attribute(element, "uri") or "").replace("/", ":").rpartition(":")[2].lower()


def _address(about_item: _Element | None) -> str | None:
    """Return the address of the article on the web, if a link says that it is one."""
    for link in children(about_item, "link") if about_item is not None else ():
        kind = (attribute(link, "rel") or "").rpartition(":")[2].lower()
        address = attribute(link, "href") or ""
        if kind in ("canonical", "alternate", "permalink") and address.startswith(("http://", "https://")):
            return address
    return None
