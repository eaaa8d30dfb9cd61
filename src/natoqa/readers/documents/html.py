"""Web pages: the main text by trafilatura, without menus, teasers and comments; metadata as the page gives it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from natoqa.errors import ArticleError
from natoqa.readers.decoding import Decoded, clean, decode
from natoqa.readers.documents import metadata
from natoqa.readers.documents.extract import Extract, heading, joined, row, tidy

_DECLARED = re.compile(rb"""<meta[^>]{0,200}?\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_XML_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([\w.:-]{1,40})""", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_DECLARED_WITHIN = 4_096
"""Bytes in which a page has to declare its encoding; browsers look at 1,024."""

# Browsers read these names as Windows-1252, for that is what pages hold that give them.
_LATIN = ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii")

_OPENED = re.compile(r"<(?:html|body)\b", re.IGNORECASE)
_CLOSED = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_CONTAINER = re.compile(r"<(/?)(article|main|section|div|script|style)\b[^<>]*(/?)>", re.IGNORECASE)
_OPEN_TAG = re.compile(r"<[!/a-zA-Z][^<>]*\Z")

# "&#27;": lxml gives the character and refuses to take it again, with the paragraph that it stands in.
_CONTROL_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-8]|1[1-24-9]|2\d|3[01]|12[7-9])(?!\d)|x0*(?:[0-8bcef]|1[\da-f]|7f)(?![\da-f]));?", re.IGNORECASE
)

_BLOCKS = frozenset(
    """address article aside blockquote body br center dd details div dl dt figcaption figure footer form h1 h2 h3 h4 h5
    h6 header hr li main nav ol p pre section table tbody td tfoot th thead title tr ul""".split()
)
_LEFT_OUT = frozenset("script style noscript template head svg math iframe object select button form textarea".split())
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|mso-hide\s*:\s*all", re.I)


def extract(data: bytes) -> Extract:
    """Return main text and metadata of a page. Raises `ArticleError` for one that is cut off or has no main text."""
    decoded = decoded_page(data)
    _check_whole(decoded.text)
    tree = parsed(decoded.text)
    found = metadata.of_page(tree)
    # A page of links has no main text, and trafilatura would fall back on them.
    for menu in tree.xpath("//nav | //menu"):
        menu.drop_tree()
    import trafilatura

    try:
        document = trafilatura.bare_extraction(tree, with_metadata=False, include_comments=False, include_tables=True)
    except ValueError as error:
        raise ArticleError("it is a damaged page: it holds characters that are none") from error
    body = getattr(document, "body", None)
    text = joined(_main(body)) if body is not None else ""
    if not any(map(str.isalnum, text)):
        raise ArticleError("it holds no main text: a page of links, or one that a browser fills in by script")
    remarks = (decoded.remark,) if decoded.remark else ()
    return Extract(text, found.fields, found.published_from, remarks)


def decoded_page(data: bytes) -> Decoded:
    """Return the text of a page: the mark, UTF-8, what the page declares, then what fits."""
    start = data[:_DECLARED_WITHIN]
    match = _XML_DECLARED.match(start) or _DECLARED.search(start)
    declared = match[1].decode("ascii", "replace").lower() if match else None
    if declared in _LATIN:
        declared = "cp1252"
    if declared and declared.startswith("utf"):
        declared = None
    decoded = decode(data, expected=declared)
    return decoded._replace(remark=None) if decoded.encoding == declared else decoded


def _check_whole(text: str) -> None:
    if _ENTITY.search(text[:_DECLARED_WITHIN]):
        raise ArticleError("it declares entities, which no web page does")
    if _CLOSED.search(text):
        return
    if _OPENED.search(text):
        raise ArticleError("it is cut off: neither </body> nor </html> comes before its end; save the page again")
    open_tags: dict[str, int] = {}
    for closing, tag, empty in _CONTAINER.findall(text):
        open_tags[tag.lower()] = open_tags.get(tag.lower(), 0) + (0 if empty else -1 if closing else 1)
    if _OPEN_TAG.search(text[-10_000:]) or any(number > 0 for number in open_tags.values()):
        raise ArticleError("it is cut off: an element is not closed before its end; save the page again")


def parsed(text: str) -> Any:
    """Return the tree of a page. Raises `ArticleError` for one that is nested too deeply or holds nothing."""
    import lxml.html
    from lxml import etree

    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    plain = clean(_CONTROL_REFERENCE.sub(" ", _XML_DECLARATION.sub("", text, count=1)))
    try:
        tree = lxml.html.document_fromstring(plain.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise ArticleError("it is no web page: it holds no elements") from error
    # What comes after the limit would be missing, unnoticed.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise ArticleError("it is nested too deeply (more than 256 elements within each other)")
    return tree


def of_message(text: str) -> str:
    """Return the text of an e-mail's page: all of it that is shown, for a message has no menus.

    Raises `ArticleError` as `parsed` does.
    """
    return joined(_shown(parsed(text)))


def _shown(tree: Any) -> Iterator[str]:
    """Yield the blocks of a tree, what is hidden left out; tables are layout there, so that cells are blocks."""
    pieces: list[str] = []
    level = 0
    stack: list[tuple[Any, bool]] = [(tree, False)]
    while stack:
        element, after = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _BLOCKS:
            text = tidy("".join(pieces))
            yield heading(text, level) if level else text
            pieces, level = [], 0
        if after:
            pieces.append(element.tail or "")
            continue
        stack.append((element, True))
        if tag in _LEFT_OUT or not tag or _is_hidden(element):
            continue
        level = int(tag[1]) if re.fullmatch("h[1-6]", tag) else level
        pieces.append(element.text or "")
        stack.extend((child, False) for child in reversed(element))
    yield tidy("".join(pieces))


def _is_hidden(element: Any) -> bool:
    return "hidden" in element.attrib or bool(_HIDDEN.search(element.get("style", "")))


def _main(element: Any) -> Iterator[str]:
    """Yield the blocks of trafilatura's tree: `head`, `p`, `list` and `item`, `table`, `row` and `cell`, `quote`."""
    yield tidy(element.text or "") if element.tag not in ("head", "p", "item") else ""
    for child in element:
        if child.tag == "head":
            rank = child.get("rend", "")[1:]
            yield heading(tidy("".join(child.itertext())), int(rank) if rank.isdecimal() else 2)
        elif child.tag == "row":
            yield row(tidy("".join(cell.itertext())) for cell in child if cell.tag == "cell")
        elif child.tag == "item":
            text = tidy(" ".join(child.itertext()) if len(child) else child.text or "")
            yield f"- {text}" if text else ""
        elif child.tag in ("list", "table", "quote", "div", "body"):
            yield from _main(child)
        else:
            yield from map(tidy, _broken(child))
        yield tidy(child.tail or "")


def _broken(paragraph: Any) -> list[str]:
    """Return a paragraph's text, cut where the page breaks lines."""
    pieces = [paragraph.text or ""]
    for child in paragraph.iterdescendants():
        if child.tag == "lb":
            pieces.append("\f")
        else:
            pieces.append(child.text or "")
        pieces.append(child.tail or "")
    return "".join(pieces).split("\f")
