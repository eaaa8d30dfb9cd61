"""Comparing texts as SQuAD does: word by word, whatever their case, punctuation and articles."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable


class _Punctuation(dict[int, int | None]):
    """What `str.translate` deletes: SQuAD's ASCII punctuation and, as news is typeset, Unicode's quotes and dashes."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        deleted = character in string.punctuation or unicodedata.category(character).startswith("P")
        self[code] = None if deleted else code
        return self[code]


_PUNCTUATION = _Punctuation()
_ARTICLES = re.compile(r"\b(a|an|the)\b")


def normalize(text: str) -> str:
    """Return the text in lower case, without punctuation and articles, with single spaces.

    >>> normalize("The “Squid Game”, season  2!")
    'squid game season 2'
    >>> normalize("U.S. troops aren't a COVID-19 test")
    'us troops arent covid19 test'
    """
    words = _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION))
    return " ".join(words.split())


def contains(text: str, answers: Iterable[str]) -> bool:
    """Return whether one of the answers stands in the text, as whole words.

    An answer of which nothing is left after normalizing ("the", "?!") stands nowhere.

    >>> contains("Biden landed in Angola's capital, Luanda, on Monday.", ["Luanda"])
    True
    >>> contains("They slipped on ice.", ["lip"])
    False
    >>> contains("Anything at all", ["the"])
    False
    """
    return stands_in(padded(text), needles(answers))


def exact_match(given: str, answers: Iterable[str]) -> float:
    """Return 1.0 if the given answer is one of the answers, else 0.0.

    >>> exact_match("the Eiffel Tower!", ["Big Ben", "Eiffel tower"])
    1.0
    >>> exact_match("Eiffel", ["Eiffel tower"])
    0.0
    """
    normal = normalize(given)
    return float(bool(normal) and any(normal == normalize(answer) for answer in answers))


def f1(given: str, answers: Iterable[str]) -> float:
    """Return the best harmonic mean of word precision and word recall over the answers.

    Two of three given words are right (precision 2/3), two of two expected are there (recall 1):

    >>> f1("dark chocolate bars", ["Dark chocolate", "cocoa"])
    0.8
    >>> f1("cheese", ["Dark chocolate"])
    0.0
    """
    return max((_word_f1(normalize(given).split(), normalize(answer).split()) for answer in answers), default=0.0)


def _word_f1(given: list[str], expected: list[str]) -> float:
    shared = (Counter(given) & Counter(expected)).total()
    return 2 * shared / (len(given) + len(expected)) if shared else 0.0


def padded(text: str) -> str:
    """Return the text normalized, a space before and after each word: what `stands_in` looks through."""
    return f" {normalize(text)} "


def needles(answers: Iterable[str]) -> tuple[str, ...]:
    """Return the answers as `stands_in` looks for them, without those of which nothing is left."""
    return tuple(needle for needle in map(padded, answers) if needle.strip())


def stands_in(text: str, wanted: Iterable[str]) -> bool:
    """Return whether one of the needles stands in the padded text."""
    return any(needle in text for needle in wanted)
