"""XML -> elements, with nothing loaded from elsewhere and no entities but HTML's: a hostile file stays a small one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import html5
from typing import TYPE_CHECKING

from natoqa.errors import ArticleError
from natoqa.readers.decoding import Decoded, clean, decode, marked_encoding
from natoqa.readers.markup import local_name
from natoqa.readers.reading import Remark

if TYPE_CHECKING:
    from lxml.etree import XMLSyntaxError, _Element

CHUNK = 1 << 16
"""Bytes that are parsed at once; the elements that are whole are taken in between."""

MOST_ELEMENTS = 1_000_000
"""Elements of a file. 20 MB of NewsML-G2, the wordiest of the formats, have 330,000; 20 MB of `<a/>` 5 million."""

_DECLARED = re.compile(rb"""\s*<\?xml\b[^<>]{0,200}?\bencoding\s*=\s*["']([A-Za-z][\w.:-]{0,40})["']""")
_DECLARATION = re.compile(r"\s*<\?xml\b[^<>]*\?>")
_CDATA = re.compile(r"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{0,31});")
_XML_OWN = frozenset({"lt", "gt", "amp", "quot", "apos"})


def decoded(data: bytes) -> Decoded:
    """Return the text of an XML file, in the encoding of its byte order mark, of its declaration, or as of any text.

    Raises `ArticleError` where the bytes are no text.
    """
    declared = _DECLARED.match(data[:400])
    if declared is None or marked_encoding(data[:4]):
        return decode(data)
    encoding = declared[1].decode().lower()
    if encoding in ("utf-8", "utf8", "us-ascii"):
        return decode(data)
    try:
        return Decoded(data.decode(encoding), encoding)
    except (LookupError, ValueError):
        found = decode(data)
        what = "is not in the encoding that it declares; read in the one that fits best"
        return found._replace(remark=Remark(what, found.encoding))


class XmlFile:
    """A file of XML that is parsed step by step, so that what stands before a broken place can be told from it."""

    def __init__(self, text: str) -> None:
        """Parse up to the root. Raises `ArticleError` for what is no XML or declares entities of its own."""
        from lxml import etree

        if "<!ENTITY" in text and "<!ENTITY" in _CDATA.sub("", text):
            raise ArticleError("it declares entities of its own, which natoqa does not follow")
        body = _DECLARATION.sub("", clean(text), count=1)
        self._source = _NAMED.sub(_resolved, body).encode()
        self._syntax_error = etree.XMLSyntaxError
        self._parser = etree.XMLPullParser(
            events=("start", "end"),
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            attribute_defaults=False,
            huge_tree=False,  # 256 levels, and 10 million characters in one text
            remove_comments=True,
            remove_pis=True,
        )
        self._steps = self._parse()
        self.root = self._first()

    def whole(self) -> _Element:
        """Return the root with all that is in it. Raises `ArticleError` if the file is broken anywhere."""
        for _ in self._steps:
            pass
        return self.root

    def each(self, names: frozenset[str]) -> Iterator[_Element]:
        """Yield the elements below the root with these names, each once it is whole; afterwards it is emptied.

        Raises `ArticleError` at the place where the file is broken.
        """
        for event, element in self._steps:
            if event == "end" and local_name(element.tag) in names and self._is_outer(element):
                yield element
                element.clear()

    def _is_outer(self, element: _Element) -> bool:
        """Return whether `element` stands in the root or a list in it, and not deeper, in an article's text."""
        parent = element.getparent()
        return parent is not None and (parent is self.root or parent.getparent() is self.root)

    def _first(self) -> _Element:
        for _, element in self._steps:
            return element
        raise ArticleError("it is empty")

    def _parse(self) -> Iterator[tuple[str, _Element]]:
        events = self._parser.read_events()
        met = 0
        try:
            for start in range(0, len(self._source), CHUNK):
                try:
                    self._parser.feed(self._source[start : start + CHUNK])
                finally:
                    for step in events:
                        met += step[0] == "start"
                        yield step
                if met > MOST_ELEMENTS:
                    raise ArticleError(f"it is not an article: it has more than {MOST_ELEMENTS:,} elements")
            self._parser.close()
        except self._syntax_error as error:
            raise ArticleError(_reason(error)) from error
        yield from events


def _resolved(match: re.Match[str]) -> str:
    """Return the character that HTML knows by this name; other names are no references but stand for themselves."""
    name = match[1]
    if name in _XML_OWN:
        return match[0]
    character = html5.get(f"{name};")
    return html.escape(character) if character else f"&amp;{name};"


def _reason(error: XMLSyntaxError) -> str:
    line, column = error.position if error.position else (0, 0)
    message = str(error.msg or "")
    if "depth" in message.lower():
        return "it is not an article: its XML is nested too deeply"
    if "Start tag expected" in message or "Document is empty" in message:
        return "it is no XML"
    # The line after it is a piece of the file.
    what = message.partition("\n")[0].partition(", line ")[0].rstrip(".")
    return f"it is broken or cut off: {what} (line {line}, column {column})"


def children(element: _Element, *names: str) -> Iterator[_Element]:
    """Yield the elements directly in `element` that have one of the names, whatever their namespace is."""
    return (child for child in element if local_name(child.tag) in names)


def at(element: _Element | None, *path: str) -> _Element | None:
    """Return the first element at `path` below `element`, None without one."""
    for name in path:
        element = next(children(element, name), None) if element is not None else None
    return element


def words(element: _Element | None) -> str | None:
    """Return all the text in `element` on one line, None if there is none."""
    found = " ".join("".join(element.itertext()).split()) if element is not None else ""
    return found or None


def attribute(element: _Element | None, name: str) -> str | None:
    """Return an attribute, None if it is missing or blank; `lang` is found as `xml:lang`, too."""
    if element is None:
        return None
    for key, value in element.attrib.items():
        if local_name(key) == name and value.strip():
            return str(value).strip()
    return None


def local(element: _Element | None) -> str:
    """Return the name of an element without its namespace, in lower case; "" for none."""
    return "" if element is None else local_name(element.tag)
