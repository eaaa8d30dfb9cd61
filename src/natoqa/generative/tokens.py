"""Words as claims and sources are compared: figures by their value, names and days told apart from other words.

"1.5 million", "1,500,000" and "1.5m" are one figure; "Feb." and "February" are one month.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from natoqa.words import MONTHS, WEEKDAYS, Word, stem, words

Kind = Literal["word", "name", "figure", "day"]


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text with the form that is compared; a figure of several words is one token."""

    key: str
    text: str
    start: int
    end: int
    kind: Kind
    is_count: bool = False
    """A figure that a summary may come to by counting ("both", "two members") and no source need state."""


_SHORT = {name[:3]: name for name in [*MONTHS, *WEEKDAYS]} | {
    "sept": "september",
    "tues": "tuesday",
    "thurs": "thursday",
}
# Words of their own: only as they are written in dates.
_AMBIGUOUS = {"may", "march", "mar", "sat", "sun", "wed"}
_BEFORE_MONTH = set("in of on by until till since from last next this early late mid between through during".split())

_UNITS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * number for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_ORDINALS = {
    word: number
    for number, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)
}
_MAGNITUDES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12}
# Only directly behind the digits: "40m", "$1.5bn".
_SHORT_MAGNITUDES = {"k": 1000, "m": 10**6, "mn": 10**6, "bn": 10**9, "b": 10**9, "tn": 10**12}
_DIGITS = re.compile(r"(\d+(?:[.,]\d+)*)(st|nd|rd|th|s|k|m|mn|bn|b|tn)?", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")

# Capitalised beside a name, or as the first word of a sentence, without being a name.
TITLES = frozenset(
    "president vice prime minister chancellor secretary general chief foreign defense defence king queen prince pope "
    "mr mrs ms dr sir lord lady professor former senator representative rep sen governor mayor ambassador spokesman "
    "spokeswoman spokesperson director chairman chairwoman captain colonel judge justice i".split()
)
OPENERS = frozenset(
    "a an the this that these those it its he she they his her their we you there here in on at by for from to of with "
    "as and or but if while when where after before since until during under over about according both all some many "
    "most several few other others another each no not none neither never one two first second also however although "
    "though because so then thus yet still only even instead meanwhile later earlier today yesterday officials leaders "
    "ministers members experts critics analysts reports what who which how why yes such more less part between among "
    "against despite without within speaking asked upon once next last nearly almost around prior initially eventually "
    "afterwards overall together every everyone nobody people police authorities researchers scientists voters users "
    "workers students residents plans talks work construction additionally through throughout along like unlike "
    "currently previously subsequently".split()
)


@lru_cache(maxsize=4096)
def read(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text."""
    return tuple(_merged(text, words(text)))


def is_common(word: str, *, first: bool) -> bool:
    """Whether a capitalised word (in lower case) is no name: a title, or an ordinary word that opens a sentence."""
    return word in TITLES or (first and (word in OPENERS or word.endswith(("ly", "ing", "ed"))))


def _merged(text: str, found: Sequence[Word]) -> Iterator[Token]:
    i = 0
    while i < len(found):
        figure, used = _figure(text, found, i)
        yield figure or _word(text, found, i)
        i += used


def _word(text: str, found: Sequence[Word], i: int) -> Token:
    word = found[i]
    lower = word.text.lower().removesuffix("'s").removesuffix("’s")
    day = _day(text, found, i, lower)
    if day:
        return Token(day, word.text, word.start, word.end, "day")
    first = i == 0 or bool(re.search(r"[.!?:“\"‘(]\s*$", text[: word.start]))
    capital = word.text[0].isupper() and not is_common(lower, first=first)
    return Token(word.stem, word.text, word.start, word.end, "name" if capital else "word")


def _day(text: str, found: Sequence[Word], i: int, lower: str) -> str | None:
    """Return the month or weekday that a word is, None if it is another word."""
    name = _SHORT.get(lower, lower)
    if (name not in MONTHS and name not in WEEKDAYS) or not found[i].text[0].isupper():
        return None
    if lower not in _AMBIGUOUS and not (lower in _SHORT and lower not in ("feb", "sept", "nov", "dec", "oct", "aug")):
        return name
    before = found[i - 1].text.lower() if i else ""
    after = found[i + 1].text if i + 1 < len(found) else ""
    dated = bool(re.match(r"\d", before) or re.match(r"\d", after)) or before in _BEFORE_MONTH
    return name if dated else None


def _figure(text: str, found: Sequence[Word], i: int) -> tuple[Token | None, int]:
    """Return the figure that begins at word `i` and how many words it takes; no figure takes one."""
    word = found[i]
    lower = word.text.lower()
    value, used = _simple(lower), 1
    if value is None:
        return None, 1
    is_count = lower in ("one", "two", "first", "second")
    if lower in _TENS and i + 1 < len(found) and 0 < _UNITS.get(found[i + 1].text.lower(), 0) < 10:
        gap = text[word.end : found[i + 1].start]
        if gap in ("-", " "):
            value, used = value + _UNITS[found[i + 1].text.lower()], 2
    if lower in _MAGNITUDES and (i == 0 or found[i - 1].text.lower() not in ("a", "an", "one", "per")):
        return Token(lower, word.text, word.start, word.end, "figure"), 1
    while i + used < len(found):
        last, following = found[i + used - 1], found[i + used]
        gap = text[last.end : following.start]
        name = following.text.lower()
        if gap in (" ", "-", "\u00a0", "") and name in _MAGNITUDES:
            value, used, is_count = value * _MAGNITUDES[name], used + 1, False
        elif gap == "" and name in _SHORT_MAGNITUDES and word.text[0].isdigit():
            value, used = value * _SHORT_MAGNITUDES[name], used + 1
        else:
            break
    end = found[i + used - 1].end
    key = _written(value) + ("s" if re.fullmatch(r"\d+s", lower) else "")
    return Token(key, text[word.start : end], word.start, end, "figure", is_count), used


def _simple(lower: str) -> Decimal | None:
    """Return the value of a single word, None if it is no figure."""
    for table in (_UNITS, _TENS, _ORDINALS, _MAGNITUDES):
        if lower in table:
            return Decimal(table[lower])
    match = _DIGITS.fullmatch(lower)
    if match is None:
        return None
    digits, ending = match.groups()
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(",", "")
    digits = digits.replace(",", ".")
    if digits.count(".") > 1:
        digits = digits.replace(".", "")
    return Decimal(digits) * _SHORT_MAGNITUDES.get(ending or "", 1)


def _written(value: Decimal) -> str:
    plain = f"{value:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


# European and Europe, African and Africa become the same; the countries are the same word already.
_ENDINGS = ("ean", "ian", "an", "n", "ish", "e", "a")


@lru_cache(maxsize=10_000)
def forms(key: str) -> frozenset[str]:
    """Return a key, and what is left of it without the endings that make a name an adjective."""
    shorter = {key.removesuffix(ending) for ending in _ENDINGS if key.endswith(ending)}
    return frozenset({key} | {form for form in shorter if len(form) > 3})


# Forms of verbs that no stemmer brings together; the auxiliaries are what negation and tense hang on.
_VERBS = """
be: is are was were been being am
have: has had having
do: does did done
go: went gone
say: said
make: made
take: took taken
come: came
give: gave given
get: got gotten
find: found
tell: told
become: became
leave: left
feel: felt
bring: brought
begin: began begun
keep: kept
hold: held
write: wrote written
stand: stood
hear: heard
mean: meant
meet: met
pay: paid
sit: sat
speak: spoke spoken
lie: lay lain
lead: led
grow: grew grown
lose: lost
fall: fell fallen
send: sent
build: built
understand: understood
draw: drew drawn
break: broke broken
spend: spent
rise: rose risen
drive: drove driven
buy: bought
wear: wore worn
choose: chose chosen
win: won
know: knew known
think: thought
see: saw seen
run: ran
show: shown
teach: taught
catch: caught
sell: sold
fight: fought
throw: threw thrown
strike: struck
shoot: shot
fly: flew flown
seek: sought
sing: sang sung
steal: stole stolen
eat: ate eaten
drink: drank drunk
swim: swam swum
ride: rode ridden
forget: forgot forgotten
hide: hid hidden
freeze: froze frozen
withdraw: withdrew withdrawn
undergo: underwent undergone
overtake: overtook overtaken
"""


@lru_cache(maxsize=1)
def _infinitives() -> dict[str, str]:
    lines = (line.split(": ") for line in _VERBS.strip().splitlines())
    return {stem(form): stem(verb) for verb, given in lines for form in given.split()}


@lru_cache(maxsize=4096)
def infinitive(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text with each irregular verb under its infinitive."""
    known = _infinitives()
    return tuple(
        replace(token, key=known.get(token.key, known.get(token.text.lower(), token.key)))
        if token.kind == "word"
        else token
        for token in read(text)
    )
