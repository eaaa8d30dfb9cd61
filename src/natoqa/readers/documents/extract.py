"""What is taken out of a document, and how the texts of all formats are tidied."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from natoqa.readers.reading import Remark
from natoqa.types import DateOrigin

# Marks for layout, and those that make a text read otherwise than it is stored; letters and emoji need the joiners
# (U+200C, U+200D) and the directional marks (U+200E, U+200F) that stay.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff\u180e\u202a-\u202e]")
_JOINED_LATIN = re.compile("(?<=[A-Za-z])[\u200c\u200d]+(?=[A-Za-z])")
_SPACES = re.compile(r"[^\S\n]+")


@dataclass(frozen=True, slots=True)
class Extract:
    """The fields of a document (those of `article.assemble`), where its day was found, its text, and remarks."""

    body: str
    fields: dict[str, object] = field(default_factory=dict)
    published_from: DateOrigin = "field"
    remarks: tuple[Remark, ...] = ()


def tidy(text: str) -> str:
    """Return `text` on one line, without characters that nobody sees, its spaces plain and single."""
    return _SPACES.sub(" ", _JOINED_LATIN.sub("", _UNSEEN.sub("", text)).replace("\n", " ")).strip()


def joined(blocks: Iterable[str]) -> str:
    """Return paragraphs, headings and rows as a body: blank lines between blocks, none between the rows of a table."""
    body = ""
    last = ""
    for block in filter(None, blocks):
        together = block.startswith("| ") and last.startswith("| ")
        body += ("\n" if together else "\n\n" if body else "") + block
        last = block
    return body


def heading(text: str, level: int) -> str:
    """Return a heading as Markdown has it, "" for one without words."""
    return f"{'#' * min(max(level, 1), 6)} {text}" if text else ""


def row(cells: Iterable[str]) -> str:
    """Return a row of a table, its cells between bars; a single cell is a paragraph."""
    filled = [cell.replace("|", "/") for cell in cells]
    words = [cell for cell in filled if cell]
    return f"| {' | '.join(filled)} |" if len(words) > 1 else "".join(words)
