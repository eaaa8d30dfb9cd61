"""What Markdown's marks say about an article: its leading images, its first heading, a line without its marks."""

from __future__ import annotations

import re

LONGEST_HEADING = 1_000
"""Characters of a line that are looked at for a title; keeps the patterns below fast on hostile lines."""

# Possessive quantifiers (`*+`) everywhere: a line of 20 MB, as images inside a data: address have, is read in one pass.
_LABEL = r"(?:[^\[\]\\\n]++|\\.|\[[^\[\]\n]*+\])*+"
_TARGET = r"(?:\([^()\n]*+(?:\([^()\n]*+\)[^()\n]*+)*+\)|\[[^\[\]\n]*+\])"
_IMAGE = rf"!\[(?P<alt>{_LABEL})\]{_TARGET}"
_LINKED_IMAGE = rf"\[!\[(?P<linked>{_LABEL})\]{_TARGET}\]{_TARGET}"
_TAG = r"<img\b(?P<attributes>[^<>]*+)>"
_LEADING_IMAGE = re.compile(rf"\s*+(?:{_IMAGE}|{_LINKED_IMAGE}|{_TAG})[ \t]*+(?=\n|\Z|!|\[!|<img\b)")
_ALT_ATTRIBUTE = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)

_MARKED_LINE = re.compile(
    r"^ {0,3}(?:#{1,6}[ \t]+(?P<heading>\S.*)|(?P<fence>`{3,}|~{3,}).*|(?P<underline>=+|-+)[ \t]*)$", re.MULTILINE
)
_CLOSING_MARKS = re.compile(r"(?<=[ \t])#+$")
_OTHER_BLOCK = re.compile(r" {4}|\t| {0,3}(?:[-*+>|#]|\d+[.)]\s|`{3}|~{3})")

_INLINE = (
    (re.compile(_IMAGE), r"\g<alt>"),
    (re.compile(rf"\[({_LABEL})\]{_TARGET}"), r"\1"),
    (re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*+>"), ""),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])(\*|_)(?=[^\s*_])([^*_]+)(?<=\S)\1(?![\w*])"), r"\2"),
    (re.compile(r"(`+)(.+?)\1"), r"\2"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)


def split_leading_images(text: str) -> tuple[tuple[str, ...], str]:
    """Return the alternative texts of the images that stand alone on the first lines, and the text after them."""
    alternatives: list[str] = []
    on_line: list[str] = []
    start = body = 0
    while match := _LEADING_IMAGE.match(text, start):
        on_line.append(plain(match["alt"] or match["linked"] or _alt_attribute(match["attributes"] or "")))
        start = match.end()
        if text[start : start + 1] in ("", "\n"):
            alternatives += on_line
            on_line, body = [], start
    return tuple(alternatives), text[body:]


def _alt_attribute(attributes: str) -> str:
    match = _ALT_ATTRIBUTE.search(attributes)
    return (match[1] or match[2] or "") if match else ""


def first_heading(text: str) -> str:
    """Return the first heading of `text` without its marks, "" where it has none.

    A heading is a line after `#` to `######`, or a single line with `===` or `---` under it, outside of code blocks.
    """
    fence = ""
    for match in _MARKED_LINE.finditer(text):
        if match["fence"]:
            fence = _next_fence(fence, match["fence"])
        elif not fence:
            line = match["heading"] or _underlined(text, match.start())
            heading = plain(_CLOSING_MARKS.sub("", line[:LONGEST_HEADING].rstrip()))
            if heading:
                return heading
    return ""


def _next_fence(opened: str, met: str) -> str:
    """Return the fence that is open after `met`: a code block is closed by its own kind of fence, as long or longer."""
    if not opened:
        return met
    return "" if met.startswith(opened) else opened


def _underlined(text: str, underline: int) -> str:
    """Return the line above position `underline` if it is a paragraph of one line, else ""."""
    end = underline - 1
    start = text.rfind("\n", 0, max(end, 0)) + 1
    before = text.rfind("\n", 0, max(start - 1, 0)) + 1
    line = text[start:end] if end > 0 else ""
    alone = start == 0 or not text[before : start - 1].strip()
    return line if alone and not _OTHER_BLOCK.match(line) else ""


def plain(line: str) -> str:
    """Return `line` as it reads: without the marks of links, images, emphasis and code, spaces collapsed."""
    line = line[:LONGEST_HEADING]
    for mark, kept in _INLINE:
        line = mark.sub(kept, line)
    return " ".join(line.split())
