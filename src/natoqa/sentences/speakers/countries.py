"""Countries in the names of offices, and the nouns for one of their people: the American, the Frenchwoman."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from natoqa.sentences.speakers.tokens import Token
from natoqa.sentences.speakers.words import Gender
from natoqa.words import is_country, stems

_ENDINGS: tuple[tuple[str, Gender], ...] = (("woman", "f"), ("man", "m"))


def countries(tokens: Iterable[Token]) -> frozenset[str]:
    """Return the countries that words name by themselves, by their people or by their seat of government."""
    return _countries(" ".join(token.text for token in tokens if token.capital))


@lru_cache(maxsize=4096)
def _countries(text: str) -> frozenset[str]:
    return frozenset(filter(is_country, stems(text)))


def compatriot(token: Token) -> tuple[str, Gender | None] | None:
    """Return the country, and the gender where it is told, of a noun for one of its people, else None.

    "Briton" and "Dutchman" are such nouns, "British" and "Dutch" are not.
    """
    return _compatriot(token.text) if token.capital and not token.possessive else None


@lru_cache(maxsize=4096)
def _compatriot(text: str) -> tuple[str, Gender | None] | None:
    for ending, gender in _ENDINGS:
        adjective = text.removesuffix(ending)
        if adjective != text and (found := _countries(adjective)):
            return min(found), gender
    plural = () if text.endswith("s") or text.isupper() else _countries(text + "s")
    return (min(plural), None) if plural else None
