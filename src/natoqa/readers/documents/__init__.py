"""Documents: web pages (HTML), PDF with text, Word files (DOCX) and e-mail (EML), one article a file.

What a file is, its first bytes tell rather than its name. It is taken apart in a process of its own (`apart`); here it
becomes an article by the rules that hold for all formats.
"""

from __future__ import annotations

import io

from natoqa.errors import ArticleError
from natoqa.readers import kinds
from natoqa.readers.article import assemble
from natoqa.readers.documents.apart import Worker
from natoqa.readers.reading import Reading, Remark, Remarks, read_bounded

_KINDS = {".html": "html", ".htm": "html", ".xhtml": "html", ".pdf": "pdf", ".docx": "docx", ".eml": "eml"}
SUFFIXES = tuple(_KINDS)

NAMES = {"html": "a web page", "pdf": "a PDF", "docx": "a Word file", "eml": "an e-mail"}

SNIFFED = 1_024
"""Bytes at the start that tell what a file is; a PDF may begin with some of another program's."""

_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_worker = Worker()


def read(stream: io.BufferedReader, *, name: str, max_bytes: int, address: str | None = None) -> Reading:
    """Return the article in `stream`; `address`, where it was fetched from, is its own if it names none.

    Raises `ArticleError` where it holds none, `OSError` where it cannot be read.
    """
    data = read_bounded(stream, max_bytes)
    if not data.strip(b"\0 \t\r\n"):
        raise ArticleError("it is empty")
    # What was fetched is named after its address, which may end in anything.
    named = _KINDS.get(name[name.rfind(".") :].lower())
    kind = sniffed(data) or named or "html"
    if kind == "html":
        kinds.check_page(data)
    extract = _worker.extract(kind, data, max_chars=max_bytes)
    fields = extract.fields if "url" in extract.fields or address is None else {**extract.fields, "url": address}
    article, left_out = assemble(fields, extract.body, path=name, published_from=extract.published_from)
    notes = Remarks(name)
    if named and kind != named:
        notes.add([Remark(f"is {NAMES[kind]}, whatever its name says; it was read as one")])
    notes.add((*extract.remarks, *left_out))
    return Reading(articles=(article,), notes=notes.notes())


def sniffed(data: bytes) -> str | None:
    """Return the kind that the first bytes tell, None where they tell nothing.

    Raises `ArticleError` for kinds that look like one of ours and cannot be read.
    """
    start = data[:SNIFFED].removeprefix(b"\xef\xbb\xbf")
    if b"%PDF-" in start:
        return "pdf"
    if start.startswith(b"PK\x03\x04"):
        return "docx"
    if start.startswith(_OLD_WORD):
        raise ArticleError("it is a Word file of the old kind, or one with a password; save it as .docx without one")
    return "html" if kinds.PAGE.match(start) else None
