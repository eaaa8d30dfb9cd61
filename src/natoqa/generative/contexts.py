"""How alike are the surroundings of two places in a text: the measure behind swapped names, figures and negations."""

from __future__ import annotations

from collections.abc import Sequence

from natoqa.words import STOPWORDS

_REACH = 4
# A sentence begins and ends everywhere, and stop words stand everywhere: both say little of the place.
_EDGE = 0.5
_STOPWORD = 0.5
_SKIPPED = frozenset({"the", "a", "an", "that"})


def alike(one: Sequence[str], i: int, j: int, other: Sequence[str], k: int, m: int) -> float:
    """Return how many keys around `one[i:j]` are those around `other[k:m]`, nearest first, on both sides.

    A content word counts 1, a stop word or the edge of both texts 0.5; after the first difference nothing counts.
    """
    return before(one[:i], other[:k]) + after(one[j:], other[m:])


def before(one: Sequence[str], other: Sequence[str]) -> float:
    """Return how alike the ends of two texts are."""
    return _run(one[::-1], other[::-1])


def after(one: Sequence[str], other: Sequence[str]) -> float:
    """Return how alike the beginnings of two texts are."""
    return _run(one, other)


def _run(one: Sequence[str], other: Sequence[str]) -> float:
    near, far = _near(one), _near(other)
    weight = 0.0
    for a, b in zip(near, far, strict=False):
        if a != b:
            return weight
        weight += _STOPWORD if a in STOPWORDS else 1.0
    return weight + (_EDGE if len(near) == len(far) < _REACH else 0.0)


def _near(keys: Sequence[str]) -> list[str]:
    near: list[str] = []
    for key in keys:
        if key not in _SKIPPED:
            near.append(key)
            if len(near) == _REACH:
                break
    return near
