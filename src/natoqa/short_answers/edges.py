"""The edges of a span: what does not belong to an answer is cut off, so that the rest still stands in the sentence."""

from __future__ import annotations

import re

_OPENING = {"“": "”", "‘": "’", "«": "»", "(": ")", "[": "]"}
_CLOSING = {after: before for before, after in _OPENING.items()}
_STRAIGHT = "\"'"
_PUNCTUATION = frozenset(",;:.!?–—-…•·*|/\\&=<>")

# A full stop belongs to these; so it does to initials ("U.S.", "a.m.").
_ABBREVIATION = re.compile(r"(?:\b(?:[^\W\d_]\.)+|\b(?:Jr|Sr|Inc|Ltd|Co|Corp|Bros|St|No|vs|etc)\.)$", re.IGNORECASE)

_ARTICLES = frozenset("the a an".split())
_POSSESSIVES = frozenset("his her its their our my your".split())
_PREPOSITIONS = frozenset("in on at of by to from for with near as about into onto inside outside across via".split())
_JOINING = frozenset("and or but that which who also".split())
_LEADING = _ARTICLES | _POSSESSIVES | _PREPOSITIONS | _JOINING
_TRAILING = frozenset("the a an in on at of by to from for with as and or but that which who is was were are".split())

# Names that begin with the article, wherever they stand.
_WITH_ARTICLE = frozenset("hague gambia bahamas bronx".split())

# Brands that are written with ’s.
_OWNERS = frozenset(
    "mcdonald wendy domino sotheby macy kohl lowe moody sainsbury m&m denny arby "
    "kellogg levi lloyd reese parkinson alzheimer".split()
)

Edges = tuple[int, int]


def whole_words(text: str, start: int, end: int) -> Edges:
    """Return the span widened to whole words, with the currency sign before and the percent sign behind a number.

    >>> text = "It cost $1.3 billion."
    >>> start, end = whole_words(text, 9, 10)
    >>> text[start:end]
    '$1.3'
    """
    start, end = max(0, min(start, len(text))), max(0, min(end, len(text)))
    if start >= end:
        return start, start
    while start > 0 and _together(text, start):
        start -= 1
    while end < len(text) and _together(text, end):
        end += 1
    if start > 0 and text[start - 1] in "$€£¥" and text[start].isdigit():
        start -= 1
    if end < len(text) and text[end] == "%" and text[end - 1].isdigit():
        end += 1
    return start, end


def _together(text: str, place: int) -> bool:
    """Return whether the characters on both sides of a place belong to one word or number."""
    before, after = text[place - 1], text[place]
    if before.isalnum() and after.isalnum():
        return True
    if before.isdigit() and after in ".,":
        return text[place + 1 : place + 2].isdigit()
    return before in ".," and after.isdigit() and text[place - 2 : place - 1].isdigit()


def trimmed(text: str, start: int, end: int) -> Edges:
    """Return the span without what does not belong to an answer at its edges.

    Gone are spaces, punctuation, quotation marks and brackets around the span or without their partner, and leading
    or trailing articles, prepositions, possessives and conjunctions. Capitalised ones belong to a name ("The Hague").

    >>> text = "He works for the “Daily Times”, of The Hague."
    >>> start, end = trimmed(text, 9, 31)
    >>> text[start:end]
    'Daily Times'
    >>> start, end = trimmed(text, 32, 45)
    >>> text[start:end]
    'The Hague'
    """
    while True:
        edges = _without_words(text, *_without_marks(text, start, end))
        if edges == (start, end):
            return edges
        start, end = edges


def _without_marks(text: str, start: int, end: int) -> Edges:
    while start < end and _is_loose(text, start, end, at_start=True):
        start += 1
    while start < end and _is_loose(text, start, end, at_start=False):
        end -= 1
    if start < end and _wraps(text, start, end):
        return start + 1, end - 1
    return start, _before_unpaired(text, start, end)


def _is_loose(text: str, start: int, end: int, *, at_start: bool) -> bool:
    """Return whether the first or the last character of a span does not belong to it."""
    mark = text[start] if at_start else text[end - 1]
    inside = text[start:end]
    if mark.isspace():
        return True
    if mark in _PUNCTUATION:
        if at_start:
            return not (mark in "-." and end - start > 1 and text[start + 1].isdigit())
        return not (mark == "." and _ABBREVIATION.search(inside))
    if mark in _STRAIGHT:
        return inside.count(mark) % 2 == 1 and not (at_start and end - start > 1 and text[start + 1].isdigit())
    if mark in _OPENING:
        return inside.count(mark) > inside.count(_OPENING[mark]) or not at_start
    if mark in _CLOSING:
        return inside.count(mark) > inside.count(_CLOSING[mark]) or at_start
    return False


def _wraps(text: str, start: int, end: int) -> bool:
    """Return whether one pair of quotation marks or brackets stands around the whole span."""
    first, last, inner = text[start], text[end - 1], text[start + 1 : end - 1]
    if end - start < 2:
        return False
    if first in _STRAIGHT:
        return first == last and first not in inner
    return _OPENING.get(first) == last and first not in inner and (last not in inner or last == "’")


def _before_unpaired(text: str, start: int, end: int) -> int:
    """Return the end of the span before a bracket or quotation mark that is opened and never closed, or the reverse."""
    opened: list[int] = []
    for place in range(start, end):
        mark = text[place]
        if mark in _OPENING and mark != "‘":
            opened.append(place)
        elif mark in _CLOSING and mark != "’":
            if not opened or text[opened[-1]] != _CLOSING[mark]:
                return place
            opened.pop()
    return opened[0] if opened else end


def _without_words(text: str, start: int, end: int) -> Edges:
    first = re.match(r"(\w+)\s+(\w*)", text[start:end])
    if first and _drops_first(text, start, first[1], first[2]):
        return start + first.start(2), end
    last = re.search(r"\s+(\w+)$", text[start:end])
    if last and last[1] in _TRAILING:
        return start, start + last.start()
    return start, end


def _drops_first(text: str, start: int, word: str, following: str) -> bool:
    if word.lower() not in _LEADING:
        return False
    if word == "to":  # "to fund schools" is an aim; "to Riga" is a place
        return not following[:1].islower() or following.lower() in _LEADING
    if word.islower():
        return True
    if start > 0 or following.lower() in _WITH_ARTICLE:
        return False
    return re.search(rf"[a-z,] {re.escape(word)} {re.escape(following)}\b", text) is None


def without_possessive(text: str, start: int, end: int, article: str) -> Edges:
    """Return the span without a final ’s, unless the article tells that it belongs to the name.

    It belongs to it in well-known names, where the name never stands without (twice or more), or where nothing that is
    owned follows.

    >>> text = "Thailand’s marriage bill became law."
    >>> without_possessive(text, 0, 10, text + " Thailand is the first.")
    (0, 8)
    >>> text = "They ate at McDonald’s."
    >>> without_possessive(text, 12, 22, text)
    (12, 22)
    """
    ending = re.search(r"(?:['’][sS]|(?<=s)['’])$", text[start:end])
    if not ending or not ending.start():
        return start, end
    bare = text[start : start + ending.start()]
    alone = re.search(rf"(?<!\w){re.escape(bare)}(?!\w|['’])", article)
    owned = re.match(r"\s+(?!(?:is|was|has|had|will|are|were|said|says)\b)\w", text[end:])
    known = bare.split()[-1].lower() in _OWNERS
    if known or (not alone and (not owned or article.count(text[start:end]) > 1)):
        return start, end
    return start, start + ending.start()
