"""Whether a name or figure of the claim stands where its source has another one.

All words of "Berlin beat Madrid by 3 to 1" stand in "Madrid beat Berlin by 3 to 1"; only their places tell the two
apart. For each name and figure of the claim, the place in the sources whose surroundings are most alike is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from natoqa.generative import contexts
from natoqa.generative.tokens import Kind, Token, forms, infinitive
from natoqa.words import STOPWORDS

# The other one's surroundings must be this much alike, and by this much more so than the right one's.
_LEAST = 2.0
_MARGIN = 1.0

# What a shorter sentence leaves out: then the words on its two sides are neighbours.
_INSERTION = re.compile(r" \([^()]*\)|, (?:who|which|whose|where|when|a|an|the|now|formerly)\b[^,]*(?=[,.])")

# Pairs of which a claim must not have the one where its source has the other.
_OPPOSITES = """
accept reject | approve reject | confirm deny | increase decrease | rise fall | win lose | gain loss | support oppose |
more less | more fewer | higher lower | up down | before after | allow ban | allow prohibit | open close | begin end |
start end | start stop | buy sell | legal illegal | likely unlikely | able unable | possible impossible |
success failure | succeed fail | agree disagree | agree refuse | guilty innocent | guilty acquitted | first last |
best worst | largest smallest | highest lowest | maximum minimum | always never | all none | strengthen weaken |
improve worsen | include exclude | north south | east west | northern southern | eastern western | import export |
enter leave | male female |
man woman | men women | son daughter | brother sister | husband wife | father mother | above below |
over under | majority minority | public private | true false | alive dead | arrive depart | praise criticise |
raise lower | attack defend | victory defeat | major minor | early late | earlier later | old new | young old
"""


def swapped(claim: str, sources: Sequence[str]) -> str | None:
    """Return the first name, figure or word of the claim that stands in the place of another one of its sources."""
    said = infinitive(claim)
    texts = [infinitive(source) for source in sources]
    shorter = [infinitive(_INSERTION.sub("", source)) for source in sources if _INSERTION.search(source)]
    for kind in ("figure", "day", "name"):
        for i, j in _runs(said, kind):
            if not _is_dated(said, i) and _is_swapped(said, i, j, kind, texts, shorter):
                return claim[said[i].start : said[j - 1].end]
    return _opposite(said, texts)


def _is_dated(said: Sequence[Token], i: int) -> bool:
    """Whether a token is a part of a whole day ("3 May"), which is checked as one."""
    kinds = {said[k].kind for k in (i - 1, i + 1) if 0 <= k < len(said)}
    return (said[i].kind == "figure" and "day" in kinds) or (said[i].kind == "day" and "figure" in kinds)


def _is_swapped(
    said: Sequence[Token],
    i: int,
    j: int,
    kind: Kind,
    texts: Sequence[Sequence[Token]],
    shorter: Sequence[Sequence[Token]],
) -> bool:
    """Whether another run of the texts stands in surroundings more alike; `shorter` texts only speak for the run."""
    keys = _keys(said)
    own = keys[i:j]
    counted = kind == "figure" and any(
        _goes_with(said, j, text, m) for text in texts for _, m in _places(own, text, kind)
    )
    right = wrong = 0.0
    for text in (*texts, *shorter):
        there = _keys(text)
        for k, m in _places(own, text, kind):
            right = max(right, contexts.alike(keys, i, j, there, k, m))
    for text in texts:
        there = _keys(text)
        for k, m in _runs(text, kind):
            is_other = not _same(own, there[k:m]) and not (counted and not _goes_with(said, j, text, m))
            if is_other and not (kind == "name" and _is_listed(own, text, k, m)):
                wrong = max(wrong, contexts.alike(keys, i, j, there, k, m))
    return wrong >= _LEAST and wrong >= right + _MARGIN


def _goes_with(said: Sequence[Token], j: int, text: Sequence[Token], m: int) -> bool:
    """Whether the same thing is counted behind a figure of the claim and of a source: its list may be shortened."""
    return j < len(said) and m < len(text) and said[j].key == text[m].key and said[j].key not in STOPWORDS


def _is_listed(own: Sequence[str], text: Sequence[Token], k: int, m: int) -> bool:
    """Whether a run of a text stands in one list with the claim's: "met Berg and Novak" says "met Novak", too."""
    return any(
        all(token.kind == "name" or token.text.lower() in ("and", "or") for token in text[min(b, m) : max(a, k)])
        for a, b in _places(own, text, "name")
    )


def _opposite(said: Sequence[Token], texts: Sequence[Sequence[Token]]) -> str | None:
    opposites = _opposites()
    keys = _keys(said)
    for i, token in enumerate(said):
        against = opposites.get(token.key)
        if not against:
            continue
        right = wrong = 0.0
        for text in texts:
            there = _keys(text)
            for k, key in enumerate(there):
                if key == token.key or key in against:
                    alike = contexts.alike(keys, i, i + 1, there, k, k + 1)
                    right, wrong = (max(right, alike), wrong) if key == token.key else (right, max(wrong, alike))
        if wrong >= _LEAST and wrong >= right + _MARGIN:
            return token.text
    return None


def _keys(found: Sequence[Token]) -> list[str]:
    return [token.key for token in found]


def _runs(found: Sequence[Token], kind: Kind) -> Iterator[tuple[int, int]]:
    """Yield where names, figures or days stand; a name of several words is one run."""
    i = 0
    while i < len(found):
        j = i + 1
        if found[i].kind == kind:
            while kind == "name" and j < len(found) and _continues(found, j):
                j += 1
            yield i, j
        i = j


def _continues(found: Sequence[Token], j: int) -> bool:
    return found[j].kind == "name" and found[j].start == found[j - 1].end + 1


def _places(own: Sequence[str], text: Sequence[Token], kind: Kind) -> Iterator[tuple[int, int]]:
    """Yield where words of a run stand together in a text, unless they are a part of another name."""
    others = {k for i, j in _runs(text, kind) if not _same(own, _keys(text[i:j])) for k in range(i, j)}
    wanted = frozenset().union(*map(forms, own))
    i = 0
    while i < len(text):
        j = i
        while j < len(text) and j not in others and not wanted.isdisjoint(forms(text[j].key)):
            j += 1
        if j > i:
            yield i, j
        i = j + 1


def _same(own: Sequence[str], other: Sequence[str]) -> bool:
    """Whether one run is a part of the other: "Berg" and "Anna Berg" are one, "Anna Berg" and "Anna Holm" two."""
    ours, theirs = ([forms(key) for key in run] for run in (own, other))
    smaller, larger = sorted((ours, theirs), key=len)
    return all(any(not form.isdisjoint(each) for each in larger) for form in smaller)


@lru_cache(maxsize=1)
def _opposites() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for pair in _OPPOSITES.replace("\n", " ").split("|"):
        one, other = (infinitive(word)[0].key for word in pair.split())
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found
