"""Marked-up bodies (HTML, XHTML, NITF) -> text: a paragraph is a block, blocks are divided by empty lines.

For bodies, which hold the article and nothing else; whole web pages with their menus are read elsewhere.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.etree import _Element

BLOCKS = frozenset(
    """address article aside blockquote block bq body body.content byline caption center credit dateline dd div dl dt
    fieldset footer form h1 h2 h3 h4 h5 h6 header hl1 hl2 hr html li main nitf nitf-table note ol p pre section
    summary details table tbody tfoot thead tr ul""".split()
)
"""Elements that begin and end a paragraph."""

DROPPED = frozenset(
    """head title script style template noscript iframe object embed svg math canvas audio video picture img button form
    select input textarea figure figcaption nav media media-caption media-reference media-producer media-metadata
    body.head body.end""".split()
)
"""Elements that are no part of the running text: code, pictures with their captions, the head of a document."""

CELLS = frozenset({"td", "th"})
HEADINGS = {"hl1": 1, "hl2": 2, **{f"h{level}": level for level in range(1, 7)}}

_LOOKS_MARKED = re.compile(
    r"</(?:p|div|h[1-6]|li|ul|ol|a|b|i|em|strong|span|block|blockquote|table|nitf|body)\s*>|<(?:br|p|hr)\s*/?>",
    re.IGNORECASE,
)
_MARK = re.compile(r"</?[A-Za-z][^<>]*+>")
# Marks for layout, and those that make a text read otherwise than it is stored.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff\u180e\u202a-\u202e\u2066-\u2069]")
_BLANKS = re.compile(r"[^\S\xa0]+")


def looks_marked(text: str) -> bool:
    """Return whether `text` is HTML: has the marks that plain text and Markdown do not have."""
    return bool(_LOOKS_MARKED.search(text))


def plain(text: str) -> str:
    """Return a line without its marks, character references resolved."""
    return " ".join(html.unescape(_MARK.sub("", text)).split())


def text_of_fragment(source: str) -> str:
    """Return the text of a piece of HTML or NITF, however broken its marks are; "" if it has none."""
    from lxml import etree

    # Read as a stream of marks: a tree would be cut where it is nested too deeply, and half an article be left.
    text = _Text()
    parser = etree.HTMLParser(target=text, encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    parser.feed(source.encode("utf-8", "replace"))
    found: str = parser.close()
    return found


def text_of(root: _Element) -> str:
    """Return the text of a parsed element and what is in it; what follows it is not part of it."""
    from lxml import etree

    text = _Text()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            text.start(element.tag, element.attrib)
            text.data(element.text or "")
        else:
            text.end(element.tag)
            if element is not root:
                text.data(element.tail or "")
    return text.close()


class _Text:
    """Takes the marks of a document in their order and gathers its paragraphs."""

    def __init__(self) -> None:
        self.paragraphs: list[str] = []
        self.line: list[str] = []
        self.mark = ""
        """What the paragraph begins with as Markdown has it: a heading, an item of a list, a row of a table."""
        self.last_was_row = False
        self.dropping = 0
        """How many elements deep we are in one that is dropped."""

    def start(self, tag: Any, attributes: Any) -> None:
        name = local_name(tag)
        if self.dropping or name in DROPPED:
            self.dropping += name not in _EMPTY
        elif name in BLOCKS:
            self._end_paragraph()
            self.mark = "- " if name == "li" else "#" * HEADINGS[name] + " " if name in HEADINGS else ""
        elif name == "br":
            self.line.append("\n")
        elif name in CELLS:
            self.line.append(" | " if self.mark == "| " else "")
            self.mark = "| "

    def end(self, tag: Any) -> None:
        name = local_name(tag)
        if self.dropping:
            self.dropping -= name not in _EMPTY
        elif name in BLOCKS:
            self._end_paragraph()

    def data(self, text: str) -> None:
        if not self.dropping:
            self.line.append(_BLANKS.sub(" ", text))

    def close(self) -> str:
        self._end_paragraph()
        return "".join(self.paragraphs)

    def _end_paragraph(self) -> None:
        lines = (" ".join(line.split(" ")).strip() for line in _UNSEEN.sub("", "".join(self.line)).split("\n"))
        paragraph = "\n".join(re.sub(" {2,}", " ", line) for line in lines if line)
        self.line.clear()
        if not paragraph.strip(" |"):
            return
        is_row = self.mark == "| "
        if is_row:
            paragraph = paragraph.replace("\n", " ") + " |"
        between = "" if not self.paragraphs else "\n" if is_row and self.last_was_row else "\n\n"
        self.paragraphs.append(between + self.mark + paragraph)
        self.mark, self.last_was_row = "", is_row


_EMPTY = frozenset({"img", "input", "embed", "media-reference"})
"""Dropped elements that have no end in HTML."""


def local_name(tag: Any) -> str:
    """Return the name of an element without its namespace, in lower case; "" for a comment or the like."""
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
