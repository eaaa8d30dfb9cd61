"""Markdown and plain text: one article a file, with or without front matter."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import get_args

from natoqa.errors import ArticleError
from natoqa.readers import front_matter, kinds
from natoqa.readers.article import assemble
from natoqa.readers.decoding import clean, decode
from natoqa.readers.reading import Reading, Remarks, read_bounded
from natoqa.types import DateOrigin

SUFFIXES = (".md", ".markdown", ".txt", ".text")

_ORIGINS: tuple[DateOrigin, ...] = get_args(DateOrigin)


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
    article, left_out = assemble(fields, body, path=name, published_from=_origin(fields))
    notes = Remarks(name)
    notes.add((*([decoded.remark] if decoded.remark else []), *remarks, *left_out))
    return Reading(articles=(article,), notes=notes.notes())


def _origin(fields: Mapping[str, object]) -> DateOrigin:
    """Return where `published` was found: a file that keeps what was fetched says where its page had it."""
    told = fields.get("published_from")
    return next((origin for origin in _ORIGINS if origin == told), "front matter")
