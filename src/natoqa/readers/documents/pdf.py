"""PDF files with a text layer: running text in reading order; no date, for a PDF knows only when it was made.

PDFium, the engine of Chrome, gives characters with their places; `layout` makes lines and paragraphs of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

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
    """Yield the lines of a page in the order in which they were drawn; a wide gap ends a line, too."""
    import ctypes

    import pypdfium2.raw as raw

    box = raw.FS_RECTF()
    characters: list[str] = []
    left = bottom = right = top = size = 0.0
    wide = False
    for index in range(raw.FPDFText_CountChars(text)):
        code = raw.FPDFText_GetUnicode(text, index)
        character = chr(code) if code < 0x110000 else "\ufffd"
        if character in "\r\n":
            if characters:
                yield Line("".join(characters), left, bottom, right, top, size, wide)
            characters, wide = [], False
            continue
        if raw.FPDFText_IsGenerated(text, index) == 1 or character.isspace():
            characters.append(" ")
            continue
        if raw.FPDFText_IsHyphen(text, index) == 1 or character == "\ufffe":
            character = layout.BROKEN
        raw.FPDFText_GetLooseCharBox(text, index, ctypes.byref(box))
        if characters and right and (box.left - right > layout.GAP * (size or 10.0)):
            yield Line("".join(characters).rstrip(), left, bottom, right, top, size, wide)
            characters, wide = [], True
        if not characters:
            left, bottom, right, top = box.left, box.bottom, box.right, box.top
            size = raw.FPDFText_GetFontSize(text, index) or 1.0
            size = max(size, (box.top - box.bottom) * 0.6) if size <= 1 else size
        bottom, right, top = min(bottom, box.bottom), max(right, box.right), max(top, box.top)
        characters.append(character)
    if characters:
        yield Line("".join(characters), left, bottom, right, top, size, wide)
