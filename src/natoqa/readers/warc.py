"""WARC, the web's archive format: each page in it that was fetched whole is read as an HTML or PDF file is."""

from __future__ import annotations

import gzip
import io
import re
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

LONGEST_CHUNK_HEAD = 1_000
"""Bytes before a chunk: its size and perhaps extensions, which nobody uses."""

_CUT_OFF = "the page is damaged or cut off"
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
            try:
                if reader is None:
                    _pass_over(record)
                else:
                    _add(file, record, reader, f"{number}{suffix}", max_bytes)
            except ArticleError as error:
                file.fail(f"{name}#{number}", error)
            if file.full:
                break
    except ArticleError as error:
        file.fail(f"{name}#{number + 1}", error)
    except (ArchiveLoadFailed, ValueError) as error:
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
        plain = io.BufferedReader(Unpacked(_Pieces(gzip.GzipFile(fileobj=packed)), budget), BUFFER)
    if plain.peek(5)[:5] != b"WARC/":
        raise ArticleError("it is no WARC file" if plain.peek(1) else "it is empty")
    records = ArchiveIterator(_Pieces(plain), check_digests=True)
    records.INC_RECORD = ""  # it would be printed; the count of errors tells the same
    lines = _Lines(records.reader)
    records.reader.readline = lines.readline
    for record in _whole(iter(records)):
        lines.read = 0
        if record.rec_headers.get_header("Content-Length") is None:
            raise ArticleError("the archive is damaged or cut off: a record does not say how long it is")
        yield record
        lines.begun = False
        if records.err_count:
            raise ArticleError("the archive is damaged: a record does not end where it says")
    if lines.begun:
        raise ArticleError("it is cut off: the archive ends within the head of a record")


def _whole(records: Iterator[ArcWarcRecord]) -> Iterator[ArcWarcRecord]:
    """Yield the records, as long as warcio finds in their heads what it takes for granted, such as an address."""
    try:
        while (record := next(records, None)) is not None:
            yield record
    except (AttributeError, TypeError, LookupError) as error:
        raise ArticleError("the archive is damaged: the head of a record is not whole") from error


class _Pieces:
    """A stream that hands out what it has, so that what stands before a damaged place is not lost with it."""

    def __init__(self, stream: io.BufferedReader | gzip.GzipFile) -> None:
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        return self._stream.read1(size)


class _Lines:
    """The lines of the heads of records, which warcio would read however long and many they are."""

    def __init__(self, reader: Any) -> None:
        self._readline = reader.readline
        self.read = 0
        self.begun = False
        """Whether a head has begun since this was last set: warcio passes over one that the archive ends in."""

    def readline(self, length: int | None = None) -> bytes:
        line: bytes = self._readline(LONGEST_LINE if length is None else min(length, LONGEST_LINE))
        self.read += 1
        self.begun = self.begun or bool(line.strip())
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


def _pass_over(record: ArcWarcRecord) -> None:
    """Read what is no page to its end. Raises `ArticleError` where the archive ends before: the rest of it is gone."""
    while record.raw_stream.read(BUFFER):
        pass
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise ArticleError("it is cut off: the archive ends within it")


def _add(file: SeveralArticles, record: ArcWarcRecord, reader: Reader, where: str, max_bytes: int) -> None:
    """Read the page of a record; `where` is its number with the suffix of its kind."""
    address = record.rec_headers.get_header("WARC-Target-URI") or ""
    captured = "".join(filter(str.isdigit, record.rec_headers.get_header("WARC-Date") or ""))[:14]
    content = _marked(_content(record, max_bytes), record)
    page = io.BufferedReader(io.BytesIO(content))
    on_the_web = address if address.startswith(("http://", "https://")) else None
    reading = reader(page, name=f"{file.name}#{where}", max_bytes=max_bytes + len(_MARK), address=on_the_web)
    for article in reading.articles:
        known = replace(article, path=file.name, record=address[:LONGEST_ID] or where)
        file.take(known, f"record {where}", version=int(captured) if captured else None)
    file.remarks.take(reading.notes)
    for failure in reading.failures:
        raise ArticleError(failure.error)


def _content(record: ArcWarcRecord, max_bytes: int) -> bytes:
    """Return a page as its server meant it. Raises `ArticleError` for one that is too large or not whole."""
    if record.rec_headers.get_header("WARC-Truncated"):
        raise ArticleError("the page was not stored whole when it was fetched")
    stream = record.raw_stream
    pieces = bytearray()
    for piece in _unpacked(_transferred(record), (_header(record, "Content-Encoding") or "identity").lower()):
        pieces += piece
        if len(pieces) > max_bytes:
            raise too_large(max_bytes)
    while stream.read(BUFFER):
        pass
    if stream.limit > 0 or record.digest_checker.passed is False:
        raise ArticleError(_CUT_OFF)
    return bytes(pieces)


def _transferred(record: ArcWarcRecord) -> Iterator[bytes]:
    """Yield what the server sent, put together from its chunks. Raises `ArticleError` where some are missing."""
    stream = record.raw_stream
    start = b""
    if (_header(record, "Transfer-Encoding") or "").lower() == "chunked":
        start = stream.readline(LONGEST_CHUNK_HEAD)
        size = _chunk_size(start)
        if size is not None:
            yield from _chunks(stream, size)
            return
    # Some archives keep the head as it was and the content without its chunks.
    received = len(start)
    yield start
    while block := stream.read(BUFFER):
        received += len(block)
        yield block
    told = _header(record, "Content-Length") or ""
    if told.isdigit() and received < int(told[:18]) and not _header(record, "Content-Encoding"):
        raise ArticleError(_CUT_OFF)


def _chunks(stream: Any, size: int | None) -> Iterator[bytes]:
    while size:
        left = size
        while left:
            block = stream.read(min(left, BUFFER))
            if not block:
                raise ArticleError(_CUT_OFF)
            left -= len(block)
            yield block
        stream.readline(LONGEST_CHUNK_HEAD)
        size = _chunk_size(stream.readline(LONGEST_CHUNK_HEAD))
    if size is None:
        raise ArticleError(_CUT_OFF)


def _chunk_size(head: bytes) -> int | None:
    digits = head.partition(b";")[0].strip()
    return int(digits, 16) if head.endswith(b"\n") and re.fullmatch(rb"[0-9A-Fa-f]{1,8}", digits) else None


def _unpacked(blocks: Iterator[bytes], coding: str) -> Iterator[bytes]:
    """Yield the content taken out of its compression, in pieces of some size, for a block may hold gigabytes."""
    match coding:
        case "identity":
            return blocks
        case "gzip" | "x-gzip":
            return _inflated(blocks, zlib.MAX_WBITS | 16)
        case "deflate":
            return _inflated(blocks, None)
        case "br":
            return _brotli(blocks)
    raise ArticleError(f"the page is compressed in a way that natoqa does not read: {coding[:20]}")


def _inflated(blocks: Iterator[bytes], window: int | None) -> Iterator[bytes]:
    """Yield the content of gzip or deflate; "deflate" is meant with a head and by some servers sent without."""
    unpacker = None
    try:
        for block in blocks:
            if unpacker is None and block:
                bare = window is None and block[0] & 0x0F != zlib.DEFLATED
                unpacker = zlib.decompressobj(-zlib.MAX_WBITS if bare else window or zlib.MAX_WBITS)
            while unpacker and block:
                yield unpacker.decompress(block, BUFFER)
                block = unpacker.unconsumed_tail
        while unpacker and (rest := unpacker.decompress(unpacker.unconsumed_tail, BUFFER)):
            yield rest
    except zlib.error as error:
        raise ArticleError(_CUT_OFF) from error
    if unpacker is None or not unpacker.eof:
        raise ArticleError(_CUT_OFF)


def _brotli(blocks: Iterator[bytes]) -> Iterator[bytes]:
    import brotli

    unpacker = brotli.Decompressor()
    try:
        for block in blocks:
            yield unpacker.process(block, output_buffer_limit=BUFFER)
            while not (unpacker.is_finished() or unpacker.can_accept_more_data()):
                yield unpacker.process(b"", output_buffer_limit=BUFFER)
    except brotli.error as error:
        raise ArticleError(_CUT_OFF) from error
    if not unpacker.is_finished():
        raise ArticleError(_CUT_OFF)


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
