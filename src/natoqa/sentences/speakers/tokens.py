"""Words with offsets, quotations, and frames: what is left of a sentence when its quotations are taken out."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from natoqa.sentences.speakers.words import PARTICLES

# One branch a kind of token, none of which can match in two ways: the scan is linear.
_TOKEN = re.compile(
    r"(?:[A-Z]\.){2,}"  # U.S.
    r"|(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Sgt|Capt|Col|Cmdr|Maj|Adm|Prof|Rev|Det|Atty|Supt|Jr|Sr|St|Sens|Reps|Drs)\."
    r"|[A-Z]\.(?=\s[A-Z])"  # an initial
    r"|[A-Z]-(?:(?:[A-Z]\.)+|[A-Z][a-z]{1,5}\.)"  # party and state: R-S.C.
    r"|(?:[^\W_][\u0300-\u036f]*)+(?:['’\-‑&@](?:[^\W_][\u0300-\u036f]*)+)*(?:\.(?:com|org|net|gov|edu|us|uk|co|io|tv)\b)?"
    r"|\S"
)
_POSSESSIVE = re.compile(r"['’]s$")
_OPENING_BEFORE = frozenset(" \n\t([{—–-/:;,‘'\u00a0\u200b*_>")

_MARK = re.compile(r"[\"“”„«»\n]|''|``|[‘']")
_SINGLE_MARK = re.compile(r"[‘’'\n]")
_SINGLE = frozenset("‘’'")
_SINGLE_OPENS_BEHIND = frozenset(" \n\t([{—–:\u00a0\u200b*_>")
_SINGLE_OPENS_BEFORE = frozenset('…“"£$€[')
_ELISION = re.compile(r"(?:em|tis|twas|til|till|cause|bout|n|round|ere|s|d|ll|re|ve|m|t)\b|\d", re.IGNORECASE)
"""Words that begin with an apostrophe: 'em, '90s."""


class Token(NamedTuple):
    """A word, a mark, or a whole quotation (`quote` is its number, else -1)."""

    text: str
    low: str
    start: int
    end: int
    word: bool
    """Whether it is a word and no mark and no quotation."""
    capital: bool
    """Whether it begins like a name."""
    possessive: bool = False
    quote: int = -1


def tokens(text: str, start: int, end: int) -> list[Token]:
    """Return the tokens of `text[start:end]`; a possessive ending is taken off and remembered."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text, start, end):
        word, place = match.group(), match.start()
        if word in "'’" and found and found[-1].possessive and found[-1].end == place:
            continue
        bare, low, is_word, capital, possessive = _form(word)
        possessive = possessive or (word[-1] in "sS" and text[match.end() : match.end() + 2] in ("' ", "’ "))
        found.append(Token(bare, low, place, place + len(bare), is_word, capital, possessive))
    return found


@lru_cache(maxsize=1 << 15)
def _form(word: str) -> tuple[str, str, bool, bool, bool]:
    """Return a word without its possessive ending, in lower case, whether it is one, is a name's, has the ending."""
    bare = _POSSESSIVE.sub("", word)
    low = bare.lower().replace("’", "'").replace("‑", "-")
    low = low.rstrip(".") or low
    particle, _, name = low.partition("-")
    capital = bare[:1].isupper() or (particle in PARTICLES and bare[len(bare) - len(name) :][:1].isupper())
    return bare, low, bare[:1].isalnum(), capital, bare != word


@dataclass(frozen=True, slots=True)
class Quotation:
    """A span from its opening to its closing mark; `continues` when the one before was left open for it."""

    start: int
    end: int
    continues: bool


def quotations(text: str) -> tuple[Quotation, ...]:
    """Return the quoted spans of an article in order; quotations inside of quotations are part of them.

    A paragraph's end closes a quotation; when the next paragraph begins with an opening mark it goes on there.
    """
    found: list[Quotation] = []
    opened, left_open, end = -1, False, 0
    for match in _MARK.finditer(text):
        mark, place = match.group(), match.start()
        if place < end:
            continue
        if mark == "\n":
            if opened >= 0:
                found.append(Quotation(opened, place, left_open))
                left_open, opened = True, -1
        elif mark in _SINGLE:
            if opened < 0 and (end := _single_end(text, place)):
                starts_paragraph = not found or not text[found[-1].end : place].strip()
                found.append(Quotation(place, end, left_open and starts_paragraph))
                left_open = text[end - 1] not in _SINGLE
        elif _opens(text, mark, place, opened):
            if opened >= 0 and place > opened:
                found.append(Quotation(opened, place, left_open))
                left_open = False
            starts_paragraph = not found or not text[found[-1].end : place].strip()
            left_open = left_open and starts_paragraph
            opened = place
        elif opened >= 0:
            found.append(Quotation(opened, match.end(), left_open))
            opened, left_open = -1, False
    if opened >= 0:
        found.append(Quotation(opened, len(text), left_open))
    return tuple(found)


def _single_end(text: str, place: int) -> int:
    """Return where the quotation ends that a single mark at `place` opens, 0 where it is an apostrophe.

    A curly one that nothing closes goes on to the end of its paragraph if it begins one.
    """
    before = text[place - 1 : place]
    if not _opens_single(text, place):
        return 0
    doubtful = 0
    for match in _SINGLE_MARK.finditer(text, place + 1):
        at = match.start()
        behind, ahead = text[at - 1], text[at + 1 : at + 2]
        if match.group() == "\n":
            return doubtful or (at if text[place] == "‘" and before in ("", "\n") else 0)
        if match.group() != "’" and _opens_single(text, at):
            return doubtful
        if not ahead.isalnum() and not behind.isspace():
            if behind not in "sS" or not ahead.isspace():
                return at + 1
            doubtful = doubtful or at + 1  # the soldiers’ boots
    return doubtful or (len(text) if text[place] == "‘" and before in ("", "\n") else 0)


def _opens_single(text: str, place: int) -> bool:
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if (before and before not in _SINGLE_OPENS_BEHIND) or not (after.isalpha() or after in _SINGLE_OPENS_BEFORE):
        return False
    return bool(after) and not _ELISION.match(text, place + 1)


def _opens(text: str, mark: str, place: int, opened: int) -> bool:
    if mark in ("“", "„", "«", "``"):
        return True
    if mark in ("”", "»", "''"):
        return False
    before = text[place - 1] if place else "\n"
    after = text[place + 1 : place + 2]
    looks_opening = before in _OPENING_BEFORE and not after.isspace() and bool(after)
    return looks_opening if opened < 0 or before.isspace() else False


def frame(text: str, start: int, end: int, quoted: Sequence[Quotation], words: list[Token]) -> list[Token]:
    """Return the tokens of `text[start:end]` outside of quotations; each quotation is one token of its own.

    What stands in round or square brackets is left out. `words` are all tokens of the span.
    """
    first = bisect_right(quoted, start, key=lambda quotation: quotation.end)
    last = bisect_left(quoted, end, key=lambda quotation: quotation.start)
    if first == last:
        return _without_brackets(words)
    pieces: list[Token] = []
    place = start
    for number in range(first, last):
        quotation = quoted[number]
        pieces += tokens(text, place, max(place, quotation.start))
        stop = min(end, quotation.end)
        pieces.append(Token("“”", "“”", max(start, quotation.start), stop, word=False, capital=False, quote=number))
        place = stop
    pieces += tokens(text, place, end)
    return _without_brackets(pieces)


def _without_brackets(pieces: list[Token]) -> list[Token]:
    kept: list[Token] = []
    depth = 0
    for token in pieces:
        if token.text in ("(", "["):
            depth += 1
        elif token.text in (")", "]"):
            depth = max(0, depth - 1)
        elif depth == 0:
            kept.append(token)
    return kept if depth == 0 else pieces
