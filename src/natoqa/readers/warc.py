"""WARC, the web's archive format: each page in it that was fetched whole is read as an HTML or PDF file is."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from natoqa.errors import ArticleError
from natoqa.readers.reading import Reading, too_large
from natoqa.readers.several import LONGEST_ID, SeveralArticles
from natoqa.readers.unpacking import Budget, Packed, Unpacked

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

SUFFIXES = (".warc", ".warc.gz")

LONGEST_LINE = 1_000_000
"""Bytes of a line in the head of a record; addresses have up to 100,000 when they hold data."""

MOST_LINES = 10_000
"""Lines in the head of a record; servers refuse more than a hundred."""

BUFFER = 1 << 16
"""Bytes that are unpacked at once."""

_GZIP = b"\x1f\x8b"
_KINDS = {"text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf"}
_OK = "200"
_MARK = b"\xef\xbb\xbf"
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff")

Reader = Callable[..., Reading]


def read(stream: io.BufferedReader, *, name: str, max_bytes: int, reader_of: Callable[[str], Reader | None]) -> Reading:
    """Return the articles of the pages in a WARC file, one record in memory at a time.

    An article is known by the address that it was fetched from; of several captures the last one is read. A page that
    was not fetched or stored whole or holds no article is a failure (`news.warc#17`, its record); an archive that
    breaks off gives what stands before. Raises `ArticleError` where there is no page at all, `OSError` where the file
    cannot be read.
    """
    from warcio.exceptions import ArchiveLoadFailed

    file = SeveralArticles(name)
    number = 0
    try:
        for number, record in enumerate(_records(stream), start=1):
            reader = reader_of(f"page{suffix}") if (suffix := _kind(record)) else None
            if reader is None:
                continue
            try:
                _add(file, record, reader, f"{number}{suffix}", max_bytes)
            except ArticleError as error:
                file.fail(f"{name}#{number}", error)
            if file.full:
                break
    except ArticleError as error:
        file.fail(f"{name}#{number + 1}", error)
    except (ArchiveLoadFailed, EOFError, zlib.error, gzip.BadGzipFile, ValueError) as error:
        file.fail(f"{name}#{number + 1}", f"the archive is damaged or cut off: {error}")
    if not (file.articles or file.failures):
        raise ArticleError("it holds no web page" if number else "it is no WARC file")
    return file.reading()


def _records(stream: io.BufferedReader) -> Iterator[ArcWarcRecord]:
    """Yield the records. Raises `ArticleError` for what is no WARC file and for one that unpacks to far too much."""
    from warcio.archiveiterator import ArchiveIterator

    budget = Budget()
    plain = stream
    if stream.peek(2)[:2] == _GZIP:
        packed = io.BufferedReader(Packed(stream, budget), BUFFER)
        plain = io.BufferedReader(Unpacked(gzip.GzipFile(fileobj=packed), budget), BUFFER)
    if plain.peek(5)[:5] != b"WARC/":
        raise ArticleError("it is no WARC file" if plain.peek(1) else "it is empty")
    records = ArchiveIterator(plain, check_digests=True)
    records.INC_RECORD = ""  # it would be printed; the count of errors tells the same
    lines = _Lines(records.reader)
    records.reader.readline = lines.readline
    for record in records:
        lines.read = 0
        yield record
        if records.err_count:
            raise ArticleError("the archive is damaged: a record does not end where it says")


class _Lines:
    """The lines of the heads of records, which warcio would read however long and many they are."""

    def __init__(self, reader: Any) -> None:
        self._readline = reader.readline
        self.read = 0

    def readline(self, length: int | None = None) -> bytes:
        line: bytes = self._readline(LONGEST_LINE if length is None else min(length, LONGEST_LINE))
        self.read += 1
        if len(line) >= LONGEST_LINE or self.read > MOST_LINES:
            raise ArticleError("the archive is damaged: the head of a record does not end")
        return line


def _kind(record: ArcWarcRecord) -> str:
    """Return the suffix of files like the page that a record holds, "" for one without a page."""
    if record.rec_type == "response":
        headers = record.http_headers
        if headers is None or headers.get_statuscode() != _OK:
            return ""
        content_type = headers.get_header("Content-Type")
    elif record.rec_type == "resource":
        content_type = record.content_type
    else:
        return ""
    return _KINDS.get(str(content_type or "").partition(";")[0].strip().lower(), "")


def _add(file: SeveralArticles, record: ArcWarcRecord, reader: Reader, where: str, max_bytes: int) -> None:
    """Read the page of a record; `where` is its number with the suffix of its kind."""
    address = record.rec_headers.get_header("WARC-Target-URI") or ""
    captured = "".join(filter(str.isdigit, record.rec_headers.get_header("WARC-Date") or ""))[:14]
    content = _marked(_content(record, max_bytes), record)
    page = io.BufferedReader(io.BytesIO(content))  # type: ignore[arg-type]
    reading = reader(page, name=f"{file.name}#{where}", max_bytes=max_bytes + len(_MARK))
    for article in reading.articles:
        url = article.url or (address if address.startswith(("http://", "https://")) else None)
        known = replace(article, path=file.name, url=url, record=address[:LONGEST_ID] or where)
        file.take(known, f"record {where}", version=int(captured) if captured else None)
    file.remarks.take(reading.notes)
    for failure in reading.failures:
        raise ArticleError(failure.error)


def _content(record: ArcWarcRecord, max_bytes: int) -> bytes:
    """Return a page as its server meant it. Raises `ArticleError` for one that is too large or not whole."""
    if record.rec_headers.get_header("WARC-Truncated"):
        raise ArticleError("the page was not stored whole when it was fetched")
    stream = _decoded(record)
    pieces = bytearray()
    while len(pieces) <= max_bytes and (piece := stream.read(BUFFER)):
        pieces += piece
    if len(pieces) > max_bytes:
        raise too_large(max_bytes)
    while record.raw_stream.read(BUFFER):
        pass
    if record.raw_stream.limit > 0 or record.digest_checker.passed is False or _ends_early(record, stream, len(pieces)):
        raise ArticleError("the page is damaged or cut off")
    return bytes(pieces)


def _decoded(record: ArcWarcRecord) -> Any:
    """Return the stream of a page's content, taken out of its transfer coding and compression."""
    from warcio.bufferedreaders import ChunkedDataReader

    coding = (_header(record, "Content-Encoding") or "identity").lower()
    if coding == "br":
        # warcio unpacks a whole block at once, and a block of 16 KB may hold gigabytes.
        chunked = (_header(record, "Transfer-Encoding") or "").lower() == "chunked"
        return _Brotli(ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream)
    if coding not in ("identity", "gzip", "deflate"):
        raise ArticleError(f"the page is compressed in a way that natoqa does not read: {coding[:20]}")
    return record.content_stream()


class _Brotli:
    """A stream unpacked step by step."""

    def __init__(self, stream: Any) -> None:
        import brotli

        self._error = brotli.error
        self._decompressor = brotli.Decompressor()
        self._stream = stream

    def read(self, size: int) -> bytes:
        try:
            while not self._decompressor.is_finished():
                wants_more = self._decompressor.can_accept_more_data()
                block = self._stream.read(BUFFER) if wants_more else b""
                if wants_more and not block:
                    raise ArticleError("the page is damaged or cut off")
                if piece := self._decompressor.process(block, output_buffer_limit=size):
                    return bytes(piece)
        except self._error as error:
            raise ArticleError("the page is damaged or cut off") from error
        return b""


def _ends_early(record: ArcWarcRecord, stream: Any, size: int) -> bool:
    """Return whether the server's answer was shorter than it was to be."""
    if hasattr(stream, "all_chunks_read"):
        return not (stream.all_chunks_read or stream.not_chunked)
    told = _header(record, "Content-Length") or ""
    return told.isdigit() and not _header(record, "Content-Encoding") and size < int(told[:18])


def _header(record: ArcWarcRecord, name: str) -> str | None:
    value = record.http_headers.get_header(name) if record.http_headers else None
    return str(value).strip() if value else None


def _marked(content: bytes, record: ArcWarcRecord) -> bytes:
    """Return a page in UTF-8, with its mark, where its server named another encoding: what it named goes first."""
    from email.message import Message

    head = Message()
    head["Content-Type"] = _header(record, "Content-Type") or "text/html"
    charset = str(head.get_param("charset") or "").lower()
    if head.get_content_type() == "application/pdf" or charset in ("", "utf-8", "utf8") or content[:2] in _OTHER_MARKS:
        return content
    try:
        return _MARK + content.decode(charset).encode()
    except (LookupError, ValueError):
        return content
