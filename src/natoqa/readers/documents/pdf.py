"""PDF files with a text layer: running text in reading order; no date, for a PDF knows only when it was made.

PDFium, the engine of Chrome, gives characters with their places; `layout` makes lines and paragraphs of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from natoqa.errors import ArticleError
from natoqa.readers.documents import layout
from natoqa.readers.documents.extract import Extract, tidy
from natoqa.readers.documents.layout import Line
from natoqa.readers.reading import Remark

MOST_PAGES = 2_000
"""Pages of a file that is read; a newspaper has 100."""

LEAST_LETTERS = 30
"""Letters on a page below which it is an image with a stamp or a number rather than text."""

MOST_UNKNOWN = 0.1
"""Share of characters without a meaning above which a text layer is of no use."""

_END = 1_024
"""Bytes at the end in which the mark of the end has to stand, as other readers want it."""

_LENGTH = re.compile(rb"/Linearized\b[^>]{0,200}?/L\s+(\d{1,12})")
_OWN_TITLES = re.compile(r"untitled(?:-\d+)?|document\d*|print|.*\.(?:indd|qxd|qxp|ai|psd|pages)|about:blank", re.I)
_PROGRAM = re.compile(r"^(?:Microsoft (?:Word|PowerPoint|Excel)|PowerPoint Presentation|Print)\s*(?:-\s*|$)")


def extract(data: bytes) -> Extract:
    """Return the text of a PDF. Raises `ArticleError` for one that is encrypted, cut off, damaged or a scan."""
    _check_whole(data)
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or b"/Encrypt" in data:
            raise ArticleError("it is encrypted; save a copy without a password") from error
        raise ArticleError("it is a damaged PDF") from error
    with document:
        if not 0 < len(document) <= MOST_PAGES:
            raise ArticleError(f"it has {len(document)} pages; up to {MOST_PAGES:,} are read")
        try:
            pages = [_page(document, number) for number in range(len(document))]
            title = document.get_metadata_dict().get("Title", "")
        except (pypdfium2.PdfiumError, UnicodeDecodeError) as error:
            raise ArticleError(f"it is a damaged PDF: {str(error)[:200]}") from error
        _check_text(document, pages)
    empty = [str(number) for number, lines in enumerate(pages, start=1) if not _letters(lines)]
    remarks = (Remark("has pages without text, which are left out", ", ".join(empty)),) if empty else ()
    return Extract(layout.body(pages), {"title": _title(title)}, remarks=remarks)


def _check_whole(data: bytes) -> None:
    """Raise `ArticleError` for a file that was cut off: PDFium would repair it and give the first half."""
    length = _LENGTH.search(data[:_END])
    if b"%%EOF" not in data[-_END:] or (length and int(length[1]) > len(data)):
        raise ArticleError("it is cut off: the end of the PDF is missing")


def _check_text(document: Any, pages: list[list[Line]]) -> None:
    if sum(map(_letters, pages)) < min(LEAST_LETTERS, 5) * len(pages):
        if any(_has_image(document[number]) for number in range(min(len(pages), 10))):
            raise ArticleError("it is a scan without text; run text recognition (OCR) over it first")
        raise ArticleError("it holds no text")
    text = "".join(line.text for page in pages for line in page)
    unknown = len(re.findall("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]", text))
    if unknown > MOST_UNKNOWN * len(text):
        raise ArticleError("its text cannot be told: its fonts do not say which letters they show; run OCR over it")


def _letters(lines: list[Line]) -> int:
    return sum(map(str.isalnum, "".join(line.text for line in lines)))


def _has_image(page: Any) -> bool:
    import pypdfium2.raw as raw

    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=5))


def _title(given: str) -> str | None:
    title = tidy(_PROGRAM.sub("", given))
    return None if _OWN_TITLES.fullmatch(title) else title


def _page(document: Any, number: int) -> list[Line]:
    page = document[number]
    text = page.get_textpage()
    try:
        return list(_lines(text))
    finally:
        text.close()
        page.close()


def _lines(text: Any) -> Iterator[Line]:
    """Yield the lines of a page in the order in which they were drawn; a wide gap ends a line, too.

    Where a character stands is asked at the ends of words only: to ask for all of them took twice as long.
    """
    line = _Writing()
    for word, first, last, ends in _words(text):
        box, end = _box(text, first), _box(text, last)
        if line.words and line.gap(box) > layout.GAP * line.size:
            yield line.done()
            line = _Writing(follows=True)
        line.add(word, box, end, _size(text, first, box))
        if ends:
            yield line.done()
            line = _Writing()
    if line.words:
        yield line.done()


class _Box(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float


@dataclass(slots=True)
class _Writing:
    """A line as far as it is known."""

    follows: bool = False
    words: list[str] = field(default_factory=list)
    boxes: list[_Box] = field(default_factory=list)
    size: float = 1.0

    def gap(self, box: _Box) -> float:
        return box.left - self.boxes[-1].right

    def add(self, word: str, first: _Box, last: _Box, size: float) -> None:
        if not self.words:
            self.size = size
        self.words.append(word)
        self.boxes += (first, last)

    def done(self) -> Line:
        lefts, bottoms, rights, tops = zip(*self.boxes, strict=True)
        text = " ".join(self.words)
        return Line(text, lefts[0], min(bottoms), max(rights), max(tops), self.size, self.follows)


def _words(text: Any) -> Iterator[tuple[str, int, int, bool]]:
    """Yield the words of a page, the places of their first and last characters, and whether they end a line."""
    import pypdfium2.raw as raw

    count = raw.FPDFText_CountChars(text)
    word: list[str] = []
    pending: tuple[str, int, int] | None = None
    first = 0
    for index in range(count + 1):
        code = raw.FPDFText_GetUnicode(text, index) if index < count else 10
        character = chr(code) if code < 0x110000 else "\ufffd"
        broken = code == 0xFFFE or (code in (2, 45, 173) and raw.FPDFText_IsHyphen(text, index) == 1)
        if not character.isspace() or broken:
            first = first if word else index
            word.append(layout.BROKEN if broken else character)
        if word and (character.isspace() or broken):
            if pending:
                yield (*pending, False)
            pending, word = ("".join(word), first, index - (not broken)), []
        # PDFium ends no line after a hyphen within a word, for it takes the word for whole.
        if pending and (broken or character in "\r\n"):
            yield (*pending, True)
            pending = None


def _box(text: Any, index: int) -> _Box:
    import ctypes

    import pypdfium2.raw as raw

    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text, index, ctypes.byref(box))
    return _Box(box.left, box.bottom, box.right, box.top)


def _size(text: Any, index: int, box: _Box) -> float:
    """Return the size of the font in points; some programs set it to 1 and enlarge the page's units instead."""
    import pypdfium2.raw as raw

    size = float(raw.FPDFText_GetFontSize(text, index))
    return size if size > 1 else max((box.top - box.bottom) * 0.8, 1.0)
