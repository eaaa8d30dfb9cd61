"""Markdown and plain text: one article a file, with or without front matter."""

from __future__ import annotations

import io

from natoqa.errors import ArticleError
from natoqa.readers import front_matter, kinds
from natoqa.readers.article import assemble
from natoqa.readers.decoding import clean, decode
from natoqa.readers.reading import Reading, Remarks, read_bounded

SUFFIXES = (".md", ".markdown", ".txt", ".text")


def read(stream: io.BufferedReader, *, name: str, max_bytes: int) -> Reading:
    """Return the article in `stream`. Raises `ArticleError` where it holds none, `OSError` where it cannot be read."""
    data = read_bounded(stream, max_bytes)
    kinds.check_text(data)
    decoded = decode(data)
    if not decoded.text.strip():
        raise ArticleError("it is empty")
    fields, body, remarks = front_matter.split(clean(decoded.text))
    if not body.strip():
        raise ArticleError("it holds front matter only, no text")
    article, left_out = assemble(fields, body, path=name, published_from="front matter")
    notes = Remarks(name)
    notes.add((*([decoded.remark] if decoded.remark else []), *remarks, *left_out))
    return Reading(articles=(article,), notes=notes.notes())
