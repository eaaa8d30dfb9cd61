"""Which articles are copies of one story: the same wire copy, edited, shortened, retitled, between other boilerplate.

    text -> wording: shingles (every four words in a row), opening, figures     exact, compared pair by pair
    shingles -> sketch (MinHash) -> bands                                       who is worth comparing at all

Precision comes first. A follow-up repeats the background under a new opening, an updated report has another figure in
the same place, a live page holds whole reports and much else: none of these is a copy. Measured in docs/copies.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from natoqa.words import MONTHS

Hashes = NDArray[np.uint64]
Sketch = NDArray[np.uint32]

# Changes with anything below that changes who is a copy of whom: groups made by another method are made anew.
METHOD = "1"

# Words in a row: three stand in texts that have nothing in common, five suffer twice as much from an edited word.
SHINGLE = 4

# The thresholds were chosen on one half of the labelled pairs and measured on the other.
CONTAINED = 0.65  # of the shorter article's shingles, those that the longer has
OPENING = 120  # words: the news, before any background; of a short article
OPENING_SHARE = 1 / 3  # of it, but
OPENING_LEAST = 30  # words
OPENING_CONTAINED = 0.45  # of either article's opening, what the other has anywhere
SHORTENED = 0.25  # a smaller part of an article is an excerpt of it, or the article a collection

# Texts of a sentence or two are formulas, such as a notice to subscribers: only equal ones are copies.
LEAST = 20  # shingles

# Outlets print wire copy within days. A text that comes back after a week has mostly become another story.
WINDOW_DAYS = 3

# Bands of two values find texts that have a fifth of their shingles in common 93 times in 100: an article shortened
# to a third, and edited. Bands of three would find two thirds of these.
ROWS = 2
BANDS = 64

# How far the containment told by the sketches may fall short of what is asked for: three standard errors.
TOLERANCE = 0.3

_WORD = re.compile(r"\w+(?:[.,]\w+)*")
_APOSTROPHES = re.compile(r"['’ʼ]")
_NUMBER = "0"  # what stands for the numbers beside a number
_MONTHS = frozenset([*MONTHS, *(month[:3] for month in MONTHS), "sept"])

_GOLDEN = 0x9E3779B97F4A7C15
_BLOCK = 1024  # shingles that are permuted at once, so that the longest article needs a megabyte


@dataclass(frozen=True, slots=True)
class Wording:
    """What two articles are compared by."""

    shingles: Hashes
    """Every four words in a row, hashed; sorted, each once."""
    opening: Hashes
    """Those of the first words."""
    figures: dict[tuple[str, ...], frozenset[str]]
    """The numbers that stand between the same two words before and two after; days of a month are left out."""


def shingles(text: str) -> Hashes:
    """Return every four words in a row of a text, hashed; sorted, each once."""
    return np.unique(_rows(_words(text)))


def wording(text: str) -> Wording:
    """Return what a text is compared by: the same for texts that differ in spaces, case or forms of characters."""
    words = _words(text)
    rows = _rows(words)
    opening = min(OPENING, max(OPENING_LEAST, round(OPENING_SHARE * len(words)))) - SHINGLE + 1
    return Wording(np.unique(rows), np.unique(rows[:opening]), _figures(words))


def are_copies(one: Wording, other: Wording) -> bool:
    """Return whether two texts tell the same story in the same words; the order of the two does not matter."""
    shorter, longer = sorted((one.shingles, other.shingles), key=len)
    if not comparable(len(shorter), len(longer)) or contained(shorter, longer) < CONTAINED:
        return False
    openings = contained(one.opening, other.shingles), contained(other.opening, one.shingles)
    return min(openings) >= OPENING_CONTAINED and not _disagree(one, other)


def contained(part: Hashes, whole: Hashes) -> float:
    """Return the share of the shingles of `part` that `whole` has, 0 to 1."""
    if not len(part) or not len(whole):
        return 0.0
    places = np.minimum(np.searchsorted(whole, part), len(whole) - 1)
    return float(np.mean(whole[places] == part))


def comparable(one_size: int, other_size: int) -> bool:
    """Return whether two texts may be copies by their numbers of shingles."""
    smaller, larger = sorted((one_size, other_size))
    return smaller >= LEAST and smaller >= SHORTENED * larger


def near_in_time(one: date | None, other: date | None) -> bool:
    """Return whether two articles may be copies by their days; one without a day may be of any."""
    return one is None or other is None or abs((one - other).days) <= WINDOW_DAYS


def sketch(shingles: Hashes) -> Sketch:
    """Return the MinHash of a text, shape (ROWS * BANDS,): the share of equal values estimates how alike two are.

    Multiply-shift hashing, with constants that are the same on every machine and for ever: sketches are stored.
    """
    lowest = np.full(ROWS * BANDS, np.iinfo(np.uint32).max, dtype=np.uint32)
    for start in range(0, len(shingles), _BLOCK):
        permuted = (_FACTORS[:, None] * shingles[None, start : start + _BLOCK] + _TERMS[:, None]) >> np.uint64(32)
        lowest = np.minimum(lowest, permuted.min(axis=1).astype(np.uint32))
    return lowest


def bands(values: Sketch) -> list[int]:
    """Return the keys under which a sketch is found: two alike texts share at least one of these 32-bit numbers."""
    pairs = values.reshape(BANDS, ROWS).astype(np.uint64)
    mixed = np.arange(1, BANDS + 1, dtype=np.uint64)
    for column in range(ROWS):
        mixed = _mix(mixed * np.uint64(_GOLDEN) + pairs[:, column])
    keys: list[int] = (mixed >> np.uint64(32)).tolist()
    return keys


def worth_comparing(one: Sketch, one_size: int, other: Sketch, other_size: int) -> bool:
    """Return whether two texts may be copies by their sketches and numbers of shingles, without their words."""
    if not comparable(one_size, other_size):
        return False
    smaller, larger = sorted((one_size, other_size))
    alike = float(np.mean(one == other))
    shared = alike / (1 + alike) * (smaller + larger)
    return shared / smaller >= CONTAINED - TOLERANCE


def _words(text: str) -> list[str]:
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).casefold())
    return _WORD.findall(plain)


def _rows(words: list[str]) -> Hashes:
    """Return the hash of every SHINGLE words in a row, in the order of the text; of all words if there are fewer."""
    numbers = {
        word: int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest())
        for word in set(words)
    }
    hashed = np.array([numbers[word] for word in words], dtype=np.uint64)
    length = min(SHINGLE, len(words))
    if not length:
        return hashed
    count = len(words) - length + 1
    rows = np.zeros(count, dtype=np.uint64)
    for offset in range(length):
        rows = rows * np.uint64(_GOLDEN) + hashed[offset : offset + count]
    return _mix(rows)


def _figures(words: list[str]) -> dict[tuple[str, ...], frozenset[str]]:
    found: dict[tuple[str, ...], set[str]] = {}
    for place in range(2, len(words) - 2):
        if not words[place][0].isdigit():
            continue
        around = tuple(_NUMBER if word[0].isdigit() else word for word in _around(words, place))
        if _MONTHS.isdisjoint(around[1:3]):
            found.setdefault(around, set()).add(words[place].replace(",", ""))
    return {around: frozenset(figures) for around, figures in found.items()}


def _around(words: list[str], place: int) -> tuple[str, ...]:
    return words[place - 2], words[place - 1], words[place + 1], words[place + 2]


def _disagree(one: Wording, other: Wording) -> bool:
    """Return whether the same words hold another figure: "killed 12 people" has become "killed 15 people"."""
    return any(one.figures[around].isdisjoint(other.figures[around]) for around in one.figures.keys() & other.figures)


def _mix(numbers: Hashes) -> Hashes:
    """Return the numbers with every bit depending on all of theirs: the finish of SplitMix64."""
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _constants() -> Iterator[Hashes]:
    """Yield the factors, which are odd, and the terms of the permutations."""
    count = ROWS * BANDS
    numbers = _mix(np.arange(1, 2 * count + 1, dtype=np.uint64) * np.uint64(_GOLDEN))
    yield numbers[:count] | np.uint64(1)
    yield numbers[count:]


_FACTORS, _TERMS = _constants()
