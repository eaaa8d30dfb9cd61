"""JSON Lines (one article a line) and JSON (one article, a list of them, or an object like `{"articles": [...]}`)."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, NoReturn

from natoqa.errors import ArticleError
from natoqa.readers import news_json
from natoqa.readers.article import assemble, kind
from natoqa.readers.decoding import decode, marked_encoding
from natoqa.readers.fields import BUILT_IN, FieldTable
from natoqa.readers.reading import LeftOut, Reading, Remarks, read_bounded, too_large
from natoqa.readers.several import SeveralArticles

LINES_SUFFIXES = (".jsonl", ".ndjson")
SUFFIXES = (".json",)

STEP = 1 << 20
"""Bytes of a line that is too long which are skipped at once."""


def read_lines(stream: io.BufferedReader, *, name: str, max_bytes: int, table: FieldTable = BUILT_IN) -> Reading:
    """Return the articles of `stream`, a JSON object on each line; of the lines themselves one is in memory at a time.

    A line that is longer than `max_bytes` or holds no article is a failure (`name:17`), the others are read; `table`
    tells what their fields are called. Raises `ArticleError` where there is no article at all, `OSError` where the
    file cannot be read.
    """
    file = SeveralArticles(name)
    encoding: str | None = None
    for number, line in _lines(stream, max_bytes):
        if line is not None and line.isspace():
            continue
        where = f"line {number}"
        try:
            decoded = decode(_within(line, max_bytes), expected=encoding)
            if decoded.remark:
                encoding = decoded.encoding
                file.remarks.add([decoded.remark], where)
            if decoded.text.strip():
                file.add(*news_json.read(news_json.unwrapped(_parsed(decoded.text), table), table), where)
        except LeftOut as item:
            file.remarks.add([item.remark], where)
        except ArticleError as error:
            file.fail(f"{name}:{number}", error)
        if file.full:
            break
    return file.reading()


def read(stream: io.BufferedReader, *, name: str, max_bytes: int, table: FieldTable = BUILT_IN) -> Reading:
    """Return the article or articles of a JSON file; of several, those that cannot be read are failures (`name#2`).

    Raises `ArticleError` where there is no article at all, `OSError` where the file cannot be read.
    """
    decoded = decode(read_bounded(stream, max_bytes))
    if not decoded.text.strip():
        raise ArticleError("it is empty")
    content = _parsed(decoded.text)
    remarks = [decoded.remark] if decoded.remark else []
    items = news_json.items(content, table)
    if items is None:
        return _single(content, table, Remarks.of(name, remarks))
    file = SeveralArticles(name)
    file.remarks.add(remarks)
    for number, item in enumerate(items, start=1):
        where = f"article {number}"
        try:
            file.add(*news_json.read(news_json.unwrapped(item, table), table), where)
        except LeftOut as left_out:
            file.remarks.add([left_out.remark], where)
        except ArticleError as error:
            file.fail(f"{name}#{number}", error)
        if file.full:
            break
    return file.reading()


def _single(content: object, table: FieldTable, notes: Remarks) -> Reading:
    """Return the one article that a file holds."""
    if not isinstance(content, dict):
        raise ArticleError(f"it should hold an article or a list of articles, not {kind(content)}")
    try:
        article, remarks = assemble(*news_json.read(news_json.unwrapped(content, table), table), path=notes.name)
    except LeftOut as item:
        notes.add([item.remark])
        return Reading(notes=notes.notes())
    notes.add(remarks)
    return Reading(articles=(article,), notes=notes.notes())


def _parsed(text: str) -> Any:
    try:
        # Not strict: exporters leave tabs as they are, which does no harm.
        return json.loads(text, strict=False, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        several = "; one article a line belongs into a .jsonl file" if error.msg == "Extra data" else ""
        place = f"line {error.lineno}, column {error.colno}"
        raise ArticleError(f"it is not valid JSON: {error.msg} ({place}){several}") from error
    except RecursionError as error:
        raise ArticleError("it is not an article: its JSON is nested too deeply") from error
    except ValueError as error:
        raise ArticleError("it is not valid JSON: a number has too many digits") from error


def _refuse(constant: str) -> NoReturn:
    raise ArticleError(f"it is not valid JSON: {constant} is no JSON value")


def _within(line: bytes | None, max_bytes: int) -> bytes:
    if line is None:
        raise too_large(max_bytes)
    return line


def _lines(stream: io.BufferedReader, max_bytes: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield the lines with their numbers from 1, None for one that is longer than `max_bytes`."""
    readline = _line_reader(stream)
    for number in count(1):
        line = readline(max_bytes + len(b"\r\n"))
        if not line:
            return
        if len(line) > max_bytes and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = readline(STEP)
            yield number, None
        else:
            yield number, line


def _line_reader(stream: io.BufferedReader) -> Callable[[int], bytes]:
    """Return what reads the next line, up to a number of bytes; UTF-16, with other line ends, is turned into UTF-8."""
    encoding = marked_encoding(stream.peek(4)[:4])
    if encoding is None or encoding.startswith("utf-8"):
        return stream.readline
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="\n")
    return lambda limit: text.readline(limit).encode()
