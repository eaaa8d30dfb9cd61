"""Word files: headings, paragraphs and tables as they stand in the body; no date, for Word knows only its own.

Text that was deleted with changes tracked is left out, text that was inserted is in. Headers, footers, foot notes and
comments are no part of the body. The creator is the name of a computer's account more often than an author.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from natoqa.errors import ArticleError
from natoqa.readers.documents.extract import Extract, heading, joined, row, tidy

LARGEST = 200 << 20
"""Bytes of all parts together, unpacked; a Word file of 20 MB with photographs has as many again."""

LARGEST_TEXT = 40 << 20
"""Bytes of the text's own part, unpacked: 100 times that of the longest article, with Word's marks."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LEFT_OUT = {f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", f"{_W}sectPr", f"{_W}instrText", _FALLBACK}
_SPACES = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_LEVEL = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop)\s*([1-9])", re.IGNORECASE)
_OWN_TITLES = re.compile(r"document\d*|untitled|word document|(?:microsoft )?word\b.*", re.IGNORECASE)


def extract(data: bytes) -> Extract:
    """Return the text of a Word file. Raises `ArticleError` for a file that is damaged or none."""
    _check(data)
    import docx
    from lxml.etree import LxmlError

    try:
        document = docx.Document(io.BytesIO(data))
        body = document.element.body
        styles = {style.style_id: style.name or "" for style in document.styles}
        properties = document.core_properties
        fields: dict[str, object] = {"title": _title(properties.title), "language": properties.language}
    except (LxmlError, KeyError, ValueError, AttributeError, TypeError, LookupError, zipfile.BadZipFile) as error:
        raise ArticleError(f"it is a damaged Word file: {_first_line(error)}") from error
    if body is None:
        raise ArticleError("it is a damaged Word file: it has no body")
    return Extract(joined(_blocks(body, styles)), fields)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200] or type(error).__name__


def _check(data: bytes) -> None:
    """Raise `ArticleError` for a package that is cut off, no Word file, or far larger than it seems."""
    if not data.startswith(b"PK"):
        raise ArticleError("it is no Word file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            sizes = {part.filename: part.file_size for part in parts}
            if "[Content_Types].xml" not in sizes or not any(name.startswith("word/") for name in sizes):
                raise ArticleError("it is a ZIP archive, but no Word file")
            if len(sizes) < len(parts):
                raise ArticleError("it is a damaged Word file: two of its parts have the same name")
            if sum(sizes.values()) > LARGEST or max(
                (size for name, size in sizes.items() if name.endswith((".xml", ".rels"))), default=0
            ) > LARGEST_TEXT:  # fmt: skip
                raise ArticleError(f"it unpacks to more than {LARGEST >> 20} MB, or its text to {LARGEST_TEXT >> 20}")
            for part in parts:
                # Read now, for the sizes that it tells are only told; zipfile stops at them and compares a checksum.
                with package.open(part) as content:
                    if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in content.read():
                        raise ArticleError("it holds a document type declaration, which Word never writes")
                    while content.read(1 << 20):
                        pass
    except ArticleError:
        raise
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise ArticleError(f"it is a damaged or cut off Word file: {_first_line(error)}") from error
    except RuntimeError as error:
        raise ArticleError("it is encrypted; save a copy without a password") from error
    except Exception as error:
        # zlib, lzma and bz2 raise errors of their own for damaged streams.
        if type(error).__module__ in ("zlib", "_lzma", "lzma", "_bz2"):
            raise ArticleError(f"it is a damaged Word file: {_first_line(error)}") from error
        raise


def _title(given: str | None) -> str | None:
    title = tidy(given or "")
    return None if _OWN_TITLES.fullmatch(title) else title


def _blocks(element: Any, styles: dict[str, str]) -> Iterator[str]:
    """Yield the blocks of a body, a cell or a box in their order; what is unknown is looked into."""
    for child in element:
        if child.tag == f"{_W}p":
            yield _paragraph(child, styles)
            for box in child.iter(f"{_W}txbxContent"):
                if not any(parent.tag == _FALLBACK for parent in box.iterancestors()):
                    yield from _blocks(box, styles)
        elif child.tag == f"{_W}tbl":
            yield from _rows(child, styles)
        elif child.tag not in _LEFT_OUT and isinstance(child.tag, str):
            yield from _blocks(child, styles)


def _paragraph(paragraph: Any, styles: dict[str, str]) -> str:
    text = tidy("".join(_pieces(paragraph)))
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    name = styles.get(style.get(f"{_W}val", ""), "") if style is not None else ""
    if name.lower() == "title":
        return heading(text, 1)
    level = _LEVEL.match(name)
    return heading(text, int(level[1])) if level else text


def _pieces(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _SPACES:
            yield _SPACES[child.tag]
        elif child.tag not in _LEFT_OUT and child.tag != f"{_W}txbxContent" and isinstance(child.tag, str):
            yield from _pieces(child)


def _rows(table: Any, styles: dict[str, str]) -> Iterator[str]:
    for line in table.iter(f"{_W}tr"):
        # Tables within a cell come with the cell.
        if next(line.iterancestors(f"{_W}tbl"), None) is not table:
            continue
        cells = [list(filter(None, _blocks(cell, styles))) for cell in line.iter(f"{_W}tc")
                 if next(cell.iterancestors(f"{_W}tr"), None) is line]  # fmt: skip
        if sum(map(len, cells)) > len(cells) and len(cells) == 1:
            yield from cells[0]
        else:
            yield row(" ".join(block.lstrip("# ") for block in cell) for cell in cells)
