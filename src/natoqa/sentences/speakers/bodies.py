"""Bodies named in an article, and which of them "the bloc", "the department" or "the company" means."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from natoqa.sentences.speakers.names import Name, written
from natoqa.sentences.speakers.tokens import Token
from natoqa.sentences.speakers.words import (
    AGENCIES,
    ALLIANCES,
    BODIES,
    BROADCASTERS,
    COMPANIES,
    FUNCTION_WORDS,
    GROUPS,
    MODIFIERS,
    PAPERS,
    PLACES,
    PUBLIC,
    SAME_ALLIANCE,
)

_HORIZON = 8
"""Sentences over which a noun points back to a name that contains it."""
_MILITARY = frozenset(("military", "defence", "defense", "us-led", "transatlantic", "nuclear"))
"""What NATO is called when it is called a bloc: no other of the organisations is."""

_Mention = tuple[int, str, frozenset[str]]
"""A sentence's number, a body's name and the words of it."""


class Bodies:
    """The bodies of an article, sentence by sentence, found by the nouns in their names."""

    def __init__(self, sentences: Sequence[Sequence[Token]], title: Sequence[Token] = ()) -> None:
        self._alliances: list[tuple[int, str, str]] = []
        self._named: dict[str, list[_Mention]] = {}
        for number, words in [(0, title), *enumerate(sentences)]:
            for place, token in enumerate(words):
                if token.capital:
                    self._meet_alliance(number, token, words[place + 1] if place + 1 < len(words) else None)

    def _meet_alliance(self, number: int, first: Token, second: Token | None) -> None:
        pair = f"{first.low} {second.low}" if second is not None and second.capital else ""
        if pair in ALLIANCES and second is not None:
            name = f"{first.text} {second.text}"
            self._alliances.append((number, name, SAME_ALLIANCE.get(pair, pair)))
        elif first.low in ALLIANCES:
            self._alliances.append((number, first.text, first.low))

    def add(self, number: int, name: Name) -> None:
        """Take in a proper name that is no person's; one of a single word tells no more than a common noun."""
        words = frozenset(token.low for token in name)
        two = any(token.low == "and" and before.low in BODIES for before, token in pairwise(name))
        if len(name) < 2 or two:
            return
        for noun in words & BODIES:
            self._named.setdefault(noun, []).append((number, written(name), words))

    def meant(self, words: Name, sentence: int) -> str | None:
        """Return the name that common nouns stand for in a sentence, None when the article leaves it open."""
        noun, modifiers = words[-1].low, frozenset(word.low for word in words[:-1])
        if all(modifier in _MILITARY or modifier.endswith(("-led", "-member", "-nation")) for modifier in modifiers):
            alliance = self._alliance(noun, bool(modifiers & _MILITARY), sentence)
            if alliance is not None:
                return alliance
        mentions = self._named.get(noun, ())
        last = bisect_right(mentions, sentence, key=lambda mention: mention[0])
        near = [
            (name, known)
            for number, name, known in mentions[max(0, last - _HORIZON) : last]
            if sentence - number <= _HORIZON and modifiers <= known
        ]
        longest = max(near, key=lambda one: len(one[1]), default=None)
        same = longest is not None and all(known <= longest[1] for _, known in near)
        return longest[0] if longest is not None and same else None

    def _alliance(self, noun: str, military: bool, sentence: int) -> str | None:
        """Return the organisation of states that is meant: the only one so far, else the only one close by."""
        last = bisect_right(self._alliances, sentence, key=lambda mention: mention[0])
        for first in (0, sentence - 2):
            near: dict[str, str] = {}
            for number, name, key in reversed(self._alliances[max(0, last - 4 * _HORIZON) : last]):
                fits = noun in ALLIANCES[key] and (not military or key == "nato")
                if number >= first and fits:
                    near[key] = name
            if len(near) == 1:
                return next(iter(near.values()))
        return None


def stands_for_a_name(words: Name) -> bool:
    """Whether common nouns tell nothing without the name that they stand for."""
    return words[-1].low in BODIES and not any(word.capital for word in words)


def is_proper(name: str) -> bool:
    """Whether a name tells that it is a body's, even where it only begins a sentence."""
    return " " in name and name.lower().rpartition(" ")[2] in BODIES


def may_be(words: Name, name: str) -> bool:
    """Whether a body called by its own name only can be what a common noun says: Pfizer a company, the FBI none."""
    parts = name.lower().split()
    if any(word.low not in MODIFIERS for word in words[:-1]) or any(part in ALLIANCES for part in parts):
        return False
    if words[-1].low in AGENCIES:
        return name.isupper() and len(name) > 2 and name.lower() not in BROADCASTERS
    public = any(part in PUBLIC or part in PLACES for part in parts)
    common = parts[-1] in GROUPS or parts[-1] in FUNCTION_WORDS | PAPERS
    return words[-1].low in COMPANIES and not public and not (common and parts[-1] not in BODIES)
