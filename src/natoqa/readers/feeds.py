"""RSS and Atom files: each entry that carries its whole text is an article; a summary is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natoqa.readers import markup
from natoqa.readers.reading import LeftOut
from natoqa.readers.xml_tree import at, attribute, children, local, words

if TYPE_CHECKING:
    from lxml.etree import _Element

ENTRIES = {"rss": frozenset({"item"}), "rdf": frozenset({"item"}), "feed": frozenset({"entry"})}
"""What the entries are called, by the name of the root."""

_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_XHTML = "http://www.w3.org/1999/xhtml"


def read(entry: _Element, root: _Element) -> tuple[dict[str, object], str]:
    """Return what an entry of the feed `root` says, and its text. Raises `LeftOut` for one without its text."""
    text = _atom_text(entry) if local(entry) == "entry" else _rss_text(entry)
    if not text:
        raise LeftOut("holds entries without their text, which are left out", _short(entry))
    published = words(at(entry, "published")) or words(at(entry, "pubdate")) or _in(entry, _DUBLIN_CORE, "date")
    return {
        "id": words(at(entry, "guid")) or words(at(entry, "id")),
        "title": _title(at(entry, "title")),
        "outlet": _outlet(entry, root),
        "published": published,
        "updated": words(at(entry, "updated")),
        "url": address(entry),
        "authors": _authors(entry),
        "language": attribute(entry, "lang") or words(at(root, "channel", "language")) or attribute(root, "lang"),
    }, text


def _short(entry: _Element) -> str:
    return _title(at(entry, "title")) or address(entry) or ""


def _in(entry: _Element, namespace: str, name: str) -> str | None:
    return words(entry.find(f"{{{namespace}}}{name}"))


def _rss_text(entry: _Element) -> str:
    """Return the text in `content:encoded` or an XHTML body; a `description` is only a summary."""
    body = entry.find(f"{{{_XHTML}}}body")
    if body is not None:
        return markup.text_of(body)
    content = entry.find(f"{{{_CONTENT}}}encoded")
    return markup.text_of_fragment("".join(content.itertext())) if content is not None else ""


def _atom_text(entry: _Element) -> str:
    content = at(entry, "content")
    if content is None or attribute(content, "src"):
        return ""
    form = (attribute(content, "type") or "text").lower()
    if form in ("xhtml", "application/xhtml+xml"):
        return markup.text_of(content)
    text = "".join(content.itertext()).strip()
    return markup.text_of_fragment(text) if "html" in form else text if form in ("text", "text/plain") else ""


def _title(title: _Element | None) -> str | None:
    text = words(title)
    return markup.plain(text) if text and (markup.looks_marked(text) or "&" in text) else text


def _outlet(entry: _Element, root: _Element) -> str | None:
    """Return the name of the feed that the entry was taken from, if it says so, else of the feed it stands in."""
    source = at(entry, "source")
    own = words(source) if local(root) == "rss" else words(at(source, "title"))
    return own or _title(at(root, "channel", "title")) or _title(at(root, "title"))


def address(entry: _Element) -> str | None:
    """Return the address of the page that an entry stands for, None if it gives none."""
    for link in children(entry, "link"):
        address = attribute(link, "href") or words(link)
        if address and (attribute(link, "rel") or "alternate") == "alternate":
            return address
    guid = at(entry, "guid")
    is_address = guid is not None and (attribute(guid, "ispermalink") or "true").lower() == "true"
    address = words(guid) or ""
    return address if is_address and address.startswith(("http://", "https://")) else None


def _authors(entry: _Element) -> list[str]:
    """Return the names; RSS' own `author` is an e-mail address, perhaps with a name in brackets behind it."""
    names = [words(at(author, "name")) or words(author) for author in children(entry, "author", "creator")]
    return [plain for name in names if name and (plain := _without_address(name))]


def _without_address(author: str) -> str:
    address, bracket, name = author.partition("(")
    if "@" in address:
        return name.rstrip(") ") if bracket else ""
    return author
