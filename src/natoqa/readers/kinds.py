"""What a file is whatever its name says: the marks of a web page or a PDF are no article's text."""

from __future__ import annotations

import re

from natoqa.errors import ArticleError

LOOKED_AT = 2_048
"""Bytes at the start that tell what a file is; the headers of an e-mail come within them, after its long ones."""

PAGE = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html\b|head\b)", re.I | re.S)
"""How a web page begins."""

_MARKDOWN = re.compile(rb"---[ \t]*\r?\n(?:[A-Za-z_][\w-]*:[^\n]*\n){1,50}---[ \t]*\r?\n")
_RENAME = "rename it to end in {}"
_XML = re.compile(rb"\s*<(?:\?xml\b|(?:nitf|newsItem|newsMessage|rss|feed|rdf:RDF)[\s>])")
_JSON = re.compile(rb'\s*(?:\[\s*)?\{\s*"[^"]{0,200}"\s*:')
_MAIL = re.compile(rb"(?:[a-z-]{1,60}:[^\n]*\n(?:[ \t][^\n]*\n)*)*(?:MIME-Version|Message-ID|Received):", re.IGNORECASE)
_KINDS = (
    ("a web page", _RENAME.format(".html"), PAGE),
    ("XML", _RENAME.format(".xml"), _XML),
    ("JSON", _RENAME.format(".json, or .jsonl with one article a line"), _JSON),
    ("a PDF", _RENAME.format(".pdf"), re.compile(rb"\s*%PDF-\d")),
    ("an e-mail", _RENAME.format(".eml"), _MAIL),
    ("a web archive", _RENAME.format(".warc"), re.compile(rb"WARC/\d")),
    ("a Word file or a ZIP archive", _RENAME.format(".docx or .zip"), re.compile(rb"PK\x03\x04")),
    ("an RTF file", "save it as .docx", re.compile(rb"\{\\rtf")),
    ("PostScript", "save it as .pdf", re.compile(rb"%!PS")),
    (
        "not text but an image",
        "run text recognition (OCR) over it first",
        re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8[79]a"),
    ),
)
"""What a file may be beside a text, what to do about it, and how it begins."""


def check_text(data: bytes) -> None:
    """Raise `ArticleError` for what is named as a text and evidently none: its marks would be read as the article."""
    for what, remedy, mark in _KINDS:
        if mark.match(_start(data)):
            raise _other(what, remedy)


def check_page(data: bytes) -> None:
    """Raise `ArticleError` for what is named as a web page and evidently something else."""
    start = _start(data)
    if PAGE.match(start):
        return
    check_text(data)
    if _MARKDOWN.match(start):
        raise _other("Markdown with front matter", _RENAME.format(".md"))


def _start(data: bytes) -> bytes:
    return data[:LOOKED_AT].removeprefix(b"\xef\xbb\xbf")


def _other(what: str, remedy: str) -> ArticleError:
    return ArticleError(f"it is {what}, whatever its name says: {remedy}")
