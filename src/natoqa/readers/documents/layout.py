"""Lines with their places on a page -> running text: columns, paragraphs, hyphens, running heads.

The order in which a page was drawn is its reading order in nearly all files. Where it is not, lines of two columns were
drawn row by row; that shows in a gap in each of many rows, with long texts on both sides (a table has short ones).
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby, pairwise

from natoqa.readers.documents.extract import heading, joined, row, tidy

GAP = 1.5
"""Width of a gap between words, in font sizes, that separates columns or cells; justified text has up to 0.8."""

BROKEN = "\u00ad"
"""Marks a hyphen at the end of a line that PDFium takes for a break within a word."""

LEAST_ROWS = 4
"""Rows with the same gap that make two columns."""

LEAST_WORDS = 3.5
"""Words on each side of the gap, on average, that tell columns from cells."""

ALIGNED = 3.0
"""Points by which the left or right edges of cells in a column differ at most."""

LARGER = 1.15
"""Size, by that of most of the text, from which a short line is a heading."""

APART = 1.6
"""Distance between two lines, by their height, from which a paragraph begins."""

EDGE = 0.1
"""Share of the height that texts take on pages, at the top and at the bottom, in which running heads stand."""

LONGEST_HEADING = 250
"""Characters."""

_PAGE_NUMBER = re.compile(
    r"(?:page|p\.|seite|s\.)?\s*[-–—|]?\s*\d{1,4}\s*(?:(?:of|/|von|\|)\s*\d{1,4})?\s*[-–—|]?", re.I
)
_PRINTED = re.compile(r"(?:https?|file)://\S+(?:\s+\d+/\d+)?")
_PRINTED_AT = re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}, \d{1,2}:\d\d(?:\s?[AP]M)?\b.*")
_LIST_ITEM = re.compile(r"[•‣▪◦·*–-]\s+\S")
_ENDS = tuple('.!?:”"’)')
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_KEPT = frozenset(
    "well self ex vice non anti pro post pre semi cross long short high low counter co so mid ultra half multi".split()
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page, in points from the lower left corner; `follows` after a gap on the same line."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    follows: bool = False

    @property
    def height(self) -> float:
        """Points from descender to ascender."""
        return max(self.top - self.bottom, 1.0)


def body(pages: list[list[Line]]) -> str:
    """Return the text of the pages: paragraphs, headings marked, rows of tables, without running heads."""
    pages = [[line for line in page if line.text.strip()] for page in pages]
    lines = [_in_columns(page) for page in _without_running_heads(pages)]
    texts = [line.text for line in chain(*pages)]
    words = frozenset(match[0].lower() for text in texts for match in _WORD.finditer(text))
    usual = _usual_size(chain(*lines))
    return joined(_blocks(list(_paragraphs(list(chain(*lines)), usual)), usual, words))


def _usual_size(lines: Iterable[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 1.0


# -- running heads ---------------------------------------------------------------------------------------------------


def _without_running_heads(pages: list[list[Line]]) -> Iterator[list[Line]]:
    """Yield the pages without what stands at the edge of most of them, whatever its numbers."""
    everything = list(chain(*pages))
    lowest = min((line.bottom for line in everything), default=0.0)
    highest = max((line.top for line in everything), default=0.0)
    margin = EDGE * (highest - lowest)

    def edge(page: list[Line]) -> list[Line]:
        return [line for line in page if line.top < lowest + margin or line.bottom > highest - margin]

    counted = Counter(chain(*({_place(line) for line in edge(page)} for page in pages)))
    filled = sum(1 for page in pages if page)
    repeated = {place for place, count in counted.items() if count >= max(2, filled / 2)}
    # What browsers print around a page: when it was printed and its title above, its address below.
    printed = {
        round(line.bottom)
        for line in everything
        if _PRINTED.fullmatch(line.text.strip()) or _PRINTED_AT.fullmatch(line.text.strip())
    }
    for page in pages:
        running = {id(line) for line in edge(page) if _is_running(line, repeated) or round(line.bottom) in printed}
        yield [line for line in page if id(line) not in running]


def _place(line: Line) -> tuple[str, int]:
    """Return what a running head has in common on all pages: its words and its height on the page."""
    return re.sub(r"\d+", "#", line.text.strip()), round(line.bottom)


def _is_running(line: Line, repeated: set[tuple[str, int]]) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(line.text.strip())) or _place(line) in repeated


# -- columns ---------------------------------------------------------------------------------------------------------


def _in_columns(page: list[Line]) -> list[Line]:
    """Return the lines with two columns that were drawn row by row one after the other; cells are joined to rows."""
    rows = [list(group) for _, group in groupby(_numbered(page), key=lambda each: each[0])]
    parts = [[line for _, line in each] for each in rows]
    ordered: list[Line] = []
    for several, run in groupby(parts, key=lambda part: len(part) == 2):
        block = list(run)
        if several and len(block) >= LEAST_ROWS and _is_prose(block):
            ordered += [replace(part[side], follows=False) for side in (0, 1) for part in block]
        else:
            ordered += [_joined_line(part, in_table) for part, in_table in zip(block, _aligned(block), strict=True)]
    return ordered


def _aligned(block: list[list[Line]]) -> list[bool]:
    """Return which of the rows have their cells below those of a neighbour: others are lines with a wide space."""

    def alike(one: list[Line], other: list[Line]) -> bool:
        return len(one) == len(other) > 1 and all(
            min(abs(a.left - b.left), abs(a.right - b.right)) < ALIGNED for a, b in zip(one, other, strict=True)
        )

    pairs = [alike(one, other) for one, other in pairwise(block)]
    return [before or after for before, after in zip([False, *pairs], [*pairs, False], strict=True)]


def _numbered(page: list[Line]) -> Iterator[tuple[int, Line]]:
    number = 0
    for line in page:
        number += not line.follows
        yield number, line


def _is_prose(block: list[list[Line]]) -> bool:
    sides = ([len(part[side].text.split()) for part in block] for side in (0, 1))
    # The second column begins at the same place in nearly all rows.
    starts = Counter(round(part[1].left / 4) for part in block)
    return all(statistics.mean(words) >= LEAST_WORDS for words in sides) and max(starts.values()) > len(block) / 2


def _joined_line(part: list[Line], in_table: bool) -> Line:
    if len(part) == 1:
        return part[0]
    texts = [tidy(line.text) for line in part]
    return replace(part[0], text=row(texts) if in_table else " ".join(texts), right=part[-1].right)


# -- paragraphs ------------------------------------------------------------------------------------------------------


def _paragraphs(lines: list[Line], usual: float) -> Iterator[list[Line]]:
    paragraph: list[Line] = []
    for line in lines:
        if paragraph and _begins(paragraph, line, usual):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _begins(paragraph: list[Line], line: Line, usual: float) -> bool:
    """Return whether `line` begins a paragraph after those of `paragraph`."""
    last = paragraph[-1]
    if line.text.startswith("| ") or last.text.startswith("| ") or _LIST_ITEM.match(line.text):
        return True
    if abs(line.size - last.size) > 0.08 * max(line.size, last.size):
        return True
    if line.bottom > last.bottom or last.bottom - line.bottom > 10 * last.height:
        # The next column or page: a sentence that is not over goes on.
        return last.size >= LARGER * usual or last.text.rstrip().endswith(_ENDS)
    if last.bottom - line.bottom > APART * last.height:
        return True
    if line.left - last.left > 0.8 * line.size and len(paragraph) > 1:
        return True
    widest = max(each.right for each in paragraph)
    first_is_indented = len(paragraph) == 1 and last.left - line.left > 0.8 * line.size
    short = len(paragraph) > 1 and last.right < widest - 0.15 * (widest - last.left)
    return short and not first_is_indented and last.text.rstrip().endswith(_ENDS)


def _blocks(paragraphs: list[list[Line]], usual: float, words: frozenset[str]) -> Iterator[str]:
    largest = max((lines[0].size for lines in paragraphs), default=usual)
    for lines in paragraphs:
        text = tidy(_together([line.text.strip() for line in lines], words))
        if lines[0].size >= LARGER * usual and len(text) <= LONGEST_HEADING and not text.startswith("| "):
            yield heading(text, 1 if lines[0].size >= 0.95 * largest else 2)
        else:
            yield text


def _together(lines: list[str], words: frozenset[str]) -> str:
    """Return the lines as one, words that were broken at a line's end whole again."""
    text = ""
    for line in lines:
        if not text:
            text = line
        elif text.endswith((BROKEN, "-", "\u2010")) and text[-2:-1].isalpha() and line[:1].isalnum():
            first = _WORD.findall(text[:-1])[-1] if _WORD.search(text[:-1]) else ""
            second = _WORD.match(line)
            text = text[:-1] + ("" if _is_broken(first, second[0] if second else "", words) else "-") + line
        else:
            text = f"{text} {line}"
    return text.replace(BROKEN, "-")


def _is_broken(first: str, second: str, words: frozenset[str]) -> bool:
    """Return whether a hyphen between the two is one of the line's end, not of the word's own."""
    first, lowered = first.lower(), second.lower()
    if f"{first}{lowered}" in words:
        return True
    if f"{first}-{lowered}" in words or not second[:1].islower():
        return False
    return first not in _KEPT
