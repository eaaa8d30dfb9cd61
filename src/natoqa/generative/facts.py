"""Whether the figures, days and names of a claim stand in its sources.

Figures are compared by value, days as days: "on 12 February" stands in "on Wednesday" of an article of Thursday, the
13th, and the "2" of that article's own day supports no "2 soldiers".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from natoqa.generative.tokens import Token, forms, read
from natoqa.words import MONTHS, WEEKDAYS

# Words that announce a rounded figure, and how far it may then be off.
_ROUNDING = set("about around nearly almost roughly approximately some over than up least most estimated".split())
_ROUNDED = 0.06

_YEAR = re.compile(r"1[0-9]\d\d|20\d\d")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_NEAR_DAYS = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
# "Wednesday" is the last or the next one, seen from the article's day.
_WEEK = 6


@dataclass(frozen=True, slots=True)
class Source:
    """A text that may carry a claim, and the day of its article."""

    text: str
    published: date | None = None


@dataclass(frozen=True, slots=True)
class _Day:
    day: int | None
    month: int | None
    year: int | None
    tokens: tuple[int, ...]
    """Which tokens of its text it consists of."""

    def agrees(self, other: _Day) -> bool:
        """Whether the two may be the same: they name a part in common, and no part differs."""
        pairs = [(self.day, other.day), (self.month, other.month), (self.year, other.year)]
        both = [(one, another) for one, another in pairs if one is not None and another is not None]
        return bool(both) and all(one == another for one, another in both)

    def is_on(self, day: date) -> bool:
        """Whether what it names is true of a calendar day."""
        return self.agrees(_Day(day.day, day.month, day.year, ()))


def missing(claim: str, sources: Sequence[Source], known: Sequence[str] = ()) -> str | None:
    """Return the first figure, day or name of the claim that no source has; None when all stand there.

    `known` are texts that names and figures may be taken from without being evidence: the question, titles, outlets.
    """
    said = read(claim)
    explained = _explained_days(said, claim, sources)
    if isinstance(explained, str):
        return explained
    given = [token for text in [*(source.text for source in sources), *known] for token in read(text)]
    figures = {token.key for token in given if token.kind == "figure"}
    for i, token in enumerate(said):
        if token.kind == "figure" and i not in explained and not _is_given(said, i, figures):
            return token.text
    days = {token.key for token in given} | _weekdays_of(sources)
    for i, token in enumerate(said):
        if token.kind == "day" and i not in explained and token.key not in days:
            return token.text
    return _missing_name(claim, said, given, [*(source.text for source in sources), *known])


def _is_given(said: Sequence[Token], i: int, figures: set[str]) -> bool:
    token = said[i]
    if token.is_count or token.key in figures:
        return True
    before = said[i - 1].text.lower() if i else ""
    if before not in _ROUNDING or not _is_number(token.key):
        return False
    value = float(token.key)
    return any(_is_number(each) and abs(float(each) - value) <= _ROUNDED * value for each in figures)


def _is_number(key: str) -> bool:
    return bool(re.fullmatch(r"\d+(?:\.\d+)?", key))


def _missing_name(claim: str, said: Sequence[Token], given: Sequence[Token], texts: Sequence[str]) -> str | None:
    known = {form for token in given for form in forms(token.key)}
    initials = {short for text in texts for short in _initials(text)}
    long_names = _long_names(claim, {token.key for token in given})
    for i, token in enumerate(said):
        if token.kind != "name" or len(token.text) == 1 or not known.isdisjoint(forms(token.key)):
            continue
        if token.text.replace(".", "").lower() in initials or i in long_names:
            continue
        return token.text
    return None


@lru_cache(maxsize=4096)
def _initials(text: str) -> frozenset[str]:
    """Return what the runs of capitalised words of a text may be called for short, such as "nato"."""
    found = set()
    for run in re.findall(r"[A-Z][\w’']*(?:[ -](?:(?:of|and|the|for|on)[ -]){0,2}[A-Z][\w’']*)+", text):
        letters = re.findall(r"\b[A-Z]", run)
        found |= {"".join(letters[i:j]).lower() for i in range(len(letters)) for j in range(i + 2, len(letters) + 1)}
    return frozenset(found)


def _long_names(claim: str, keys: set[str]) -> set[int]:
    """Return the numbers of the claim's tokens that spell out a name which the sources give by its initials."""
    said = read(claim)
    found: set[int] = set()
    for match in re.finditer(r"[A-Z][\w’']*(?:[ -](?:(?:of|and|the|for|on)[ -]){0,2}[A-Z][\w’']*)+", claim):
        if "".join(re.findall(r"\b[A-Z]", match[0])).lower() in keys:
            found |= {i for i, token in enumerate(said) if match.start() <= token.start < match.end()}
    return found


def _explained_days(said: Sequence[Token], claim: str, sources: Sequence[Source]) -> set[int] | str:
    """Return which tokens of the claim belong to a day that its sources name, or the day that contradicts them."""
    explained: set[int] = set()
    calendar = _calendar(sources)
    given = [day for source in sources for day in _days(source.text)]
    for day in _days(claim):
        if any(day.is_on(each) for each in calendar):
            explained.update(day.tokens)
            continue
        # A day and a month may come from two days of the sources: together they must be one of them.
        rivals = [each for each in given if day.month is not None and each.month == day.month]
        if day.day is not None and rivals and not any(day.agrees(each) for each in rivals):
            return claim[said[day.tokens[0]].start : said[day.tokens[-1]].end]
    return explained


def _calendar(sources: Sequence[Source]) -> set[date]:
    """Return the days that the sources are of, and those that they name from there ("yesterday", "on Wednesday")."""
    found: set[date] = set()
    for source in sources:
        day = source.published
        if day is None:
            continue
        found.add(day)
        for token in read(source.text):
            if token.key in WEEKDAYS:
                near = (day + timedelta(days=each) for each in range(-_WEEK, _WEEK + 1))
                found |= {each for each in near if WEEKDAYS[each.weekday()] == token.key}
            elif token.text.lower() in _NEAR_DAYS:
                found.add(day + timedelta(days=_NEAR_DAYS[token.text.lower()]))
    return found


def _weekdays_of(sources: Sequence[Source]) -> set[str]:
    return {WEEKDAYS[source.published.weekday()] for source in sources if source.published}


@lru_cache(maxsize=4096)
def _days(text: str) -> tuple[_Day, ...]:
    return (*_written_days(text), *_iso_days(text))


def _iso_days(text: str) -> Iterator[_Day]:
    found = read(text)
    for match in _ISO.finditer(text):
        inside = tuple(i for i, token in enumerate(found) if match.start() <= token.start < match.end())
        yield _Day(int(match[3]), int(match[2]), int(match[1]), inside)


def _written_days(text: str) -> Iterator[_Day]:
    """Yield the days around each month's name: "13 February 2025", "Feb. 13", "3-5 May", "February 2025"."""
    found = read(text)
    for i, token in enumerate(found):
        if token.key not in MONTHS or token.kind != "day":
            continue
        month = MONTHS.index(token.key) + 1
        before = list(_day_numbers(text, found, i, -1))
        after = list(_day_numbers(text, found, i, 1))
        last = max([i, *after])
        year = last + 1 if last + 1 < len(found) and _YEAR.fullmatch(found[last + 1].text) else None
        number = int(found[year].key) if year is not None else None
        tail = (year,) if year is not None else ()
        for each in [*before, *after]:
            yield _Day(int(found[each].key), month, number, tuple(sorted({each, i, *tail})))
        if not before and not after:
            yield _Day(None, month, number, (i, *tail))


def _day_numbers(text: str, found: Sequence[Token], i: int, step: int) -> Iterator[int]:
    """Yield the tokens of day numbers next to a month, on one side: two in a range ("3-5 May", "May 3 and 5")."""
    at, last = i + step, i
    while 0 <= at < len(found) and abs(at - i) <= 3:
        token = found[at]
        one, other = sorted((found[last], token), key=lambda each: each.start)
        gap = text[one.end : other.start]
        if token.key.isdigit() and 0 < int(token.key) <= 31 and gap.strip() in ("", "-", "–", ".", ",", "of"):
            yield at
            last = at
        elif token.text.lower() in ("to", "and", "until", "of", "the") and last == at - step:
            last = at
        else:
            return
        at += step
