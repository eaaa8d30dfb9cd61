"""JSON Lines (one article a line) and JSON (one article, a list of them, or `{"articles": [...]}`).

An article of a file that holds several is known by its `id`; without one by its address, else by its content: a line
that is inserted above it does not make it another article.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, NoReturn

from natoqa.errors import ArticleError
from natoqa.readers.article import assemble, kind
from natoqa.readers.decoding import clean, decode, marked_encoding
from natoqa.readers.reading import Reading, Remark, Remarks, read_bounded, too_large
from natoqa.types import Article, Failure

LINES_SUFFIXES = (".jsonl", ".ndjson")
SUFFIXES = (".json",)

LONGEST_ID = 500
"""Characters of an id: it is a key of the catalog, and addresses, the longest ids in use, have up to 300."""

STEP = 1 << 20
"""Bytes of a line that is too long which are skipped at once."""


def read_lines(stream: io.BufferedReader, *, name: str, max_bytes: int) -> Reading:
    """Return the articles of `stream`, a JSON object on each line; of the lines themselves one is in memory at a time.

    A line that is longer than `max_bytes` or holds no article is a failure (`name:17`), the others are read.
    Raises `ArticleError` where there is no article at all, `OSError` where the file cannot be read.
    """
    file = _ManyArticles(name)
    encoding: str | None = None
    for number, line in _lines(stream, max_bytes):
        where = f"line {number}"
        try:
            decoded = decode(_within(line, max_bytes), expected=encoding)
            if decoded.remark:
                encoding = decoded.encoding
                file.remarks.add([decoded.remark], where)
            if decoded.text.strip():
                file.add(_parsed(decoded.text), where)
        except ArticleError as error:
            file.failures.append(Failure(f"{name}:{number}", str(error)))
    return file.reading()


def read(stream: io.BufferedReader, *, name: str, max_bytes: int) -> Reading:
    """Return the article or articles of a JSON file; of several, those that cannot be read are failures (`name#2`).

    Raises `ArticleError` where there is no article at all, `OSError` where the file cannot be read.
    """
    decoded = decode(read_bounded(stream, max_bytes))
    if not decoded.text.strip():
        raise ArticleError("it is empty")
    content = _parsed(decoded.text)
    file = _ManyArticles(name)
    if decoded.remark:
        file.remarks.add([decoded.remark])
    if isinstance(content, dict) and not isinstance(content.get("articles"), list):
        article, remarks = _article(content, name)
        file.articles.append(article)
        file.remarks.add(remarks)
        return file.reading()
    for number, item in enumerate(content["articles"] if isinstance(content, dict) else _list(content), start=1):
        try:
            file.add(item, f"article {number}")
        except ArticleError as error:
            file.failures.append(Failure(f"{name}#{number}", str(error)))
    return file.reading()


@dataclass(slots=True)
class _ManyArticles:
    """What has been read so far of a file that holds several articles."""

    name: str
    articles: list[Article] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    remarks: Remarks = field(init=False)
    records: dict[str, str] = field(default_factory=dict)
    """The records given so far, and where."""

    def __post_init__(self) -> None:
        self.remarks = Remarks(self.name)

    def add(self, item: object, where: str) -> None:
        """Read `item` as an article. Raises `ArticleError` if it is none or its id is taken."""
        article, remarks = _article(item, self.name)
        record = self._record(_id(item), article)
        self.records[record] = where
        self.articles.append(replace(article, record=record))
        self.remarks.add(remarks, where)

    def _record(self, given: str | None, article: Article) -> str:
        if given is not None:
            if given in self.records:
                raise ArticleError(f"its id {given!r} is taken by {self.records[given]}")
            return given
        return next(record for record in _records(article) if record not in self.records)

    def reading(self) -> Reading:
        """Return what was read. Raises `ArticleError` if that is nothing."""
        if not self.articles and not self.failures:
            raise ArticleError("it is empty")
        return Reading(tuple(self.articles), tuple(self.failures), self.remarks.notes())


def _records(article: Article) -> Iterator[str]:
    """Yield what an article without an id may be known by, the best first; copies of one article are numbered."""
    if article.url and len(article.url) <= LONGEST_ID:
        yield article.url
    content = f"{article.title}\n{article.text}".encode()
    digest = hashlib.blake2b(content, digest_size=12).hexdigest()
    yield digest
    for copy in count(2):
        yield f"{digest}-{copy}"


def _article(item: object, name: str) -> tuple[Article, tuple[Remark, ...]]:
    if not isinstance(item, dict):
        raise ArticleError(f"it should be a JSON object, not {kind(item)}")
    text = item.get("text")
    if text is None:
        raise ArticleError("its text is missing")
    if not isinstance(text, str):
        raise ArticleError(f"its text should be text, not {kind(text)}")
    return assemble(item, text, path=name)


def _id(item: Any) -> str | None:
    value = item.get("id")
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ArticleError(f"its id should be text or a number, not {kind(value)}")
    given = clean(str(value))
    if len(given) > LONGEST_ID:
        raise ArticleError(f"its id has more than {LONGEST_ID} characters")
    return given


def _list(content: object) -> list[object]:
    if not isinstance(content, list):
        raise ArticleError(f"it should hold an article or a list of articles, not {kind(content)}")
    return content


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
