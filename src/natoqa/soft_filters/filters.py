"""From the periods and outlets of a question to what is preferred."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from natoqa.question import LONGEST, Question
from natoqa.soft_filters.context import is_ahead, is_asked_time, lead, without_names
from natoqa.soft_filters.outlets import named_outlet
from natoqa.soft_filters.periods import Days, Period, periods

# What happens on Monday stands in the papers of Tuesday, too. Measured on 103 questions of news quizzes that name a
# weekday: of the articles from that day or up to a week later in which the answer stands, 92 % are from these days.
REPORTED_WITHIN = timedelta(days=3)

# Figures of a month or a year are counted after it.
COUNTED = timedelta(days=27)
_FIGURES = re.compile(r"\b(?:per ?cent(?:age)?|figures|data|statistics|rates?|prices|study|survey)\b|%", re.IGNORECASE)

# Years ago after which a year in a question is history that later articles tell ("the flag introduced in 2000"): of 14
# articles in which the answer to such a quiz question stands, none is from that year.
HISTORY = 10

_RECENT = re.compile(
    r"\b(?:recently|lately|nowadays|currently|newest|(?<!at the )latest|now(?!-)|these days|at the moment|so far"
    r"|recent(?! years| decades| history| memory)|(?:(?<=the )|(?<=['’]s )|(?<=their )|(?<=its ))current"
    r"(?! accounts?\b| affairs)|today|tonight|this (?:morning|afternoon|evening))\b",
    re.IGNORECASE | re.ASCII,
)
_JOINING = re.compile(r",?\s*(?:and|to|until|till|through|[-–])\s*(?:on\s+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SoftFilters:
    """What a question prefers: articles published from `since` to `until` (both inclusive), of an outlet, or new ones.

    None is no preference; `since` alone and `until` alone are open on the other side.
    """

    since: date | None
    until: date | None
    outlet: str | None
    recent: bool

    @property
    def empty(self) -> bool:
        """Whether nothing is preferred."""
        return self.since is None and self.until is None and self.outlet is None and not self.recent


@dataclass(frozen=True, slots=True)
class _Window:
    """The days of what is asked, open on a side that is None."""

    first: date | None
    last: date | None


def soft_filters(question: str, *, asked: date | None, outlets: Sequence[str] = ()) -> SoftFilters:
    """Return what the day and outlet words of a question prefer, asked on the day `asked`.

    Days are days of publication, so a window ends some days after what is asked about, and never after `asked`.
    Without `asked`, words such as "last week" only tell that recent articles are preferred. `outlets` are the names
    that the index has; the one that the question names as its source is returned as it is written there.

    >>> day = date(2025, 2, 13)
    >>> found = soft_filters("What did Rutte say on Sunday, according to Reuters?", asked=day, outlets=["Reuters"])
    >>> str(found.since), str(found.until), found.outlet, found.recent
    ('2025-02-09', '2025-02-12', 'Reuters', False)
    >>> soft_filters("Who has led Finland since 2023?", asked=None)
    SoftFilters(since=datetime.date(2023, 1, 1), until=None, outlet=None, recent=False)
    >>> soft_filters("Who will host the 2028 Olympics?", asked=day).empty
    True
    """
    text = without_names(question[:LONGEST])
    found = _asked_periods(text, asked)
    window = _together(_windows(text, found, asked))
    since, until = window.first, window.last
    if until is not None:
        until = None if since and _is_counted_later(text, since, until, asked) else _widened(until, asked)
    recent = any(_is_plain(text, match) for match in _RECENT.finditer(text))
    if asked is None and any(_tells_recent(period) for period in found):
        recent = True
    return SoftFilters(since, until, named_outlet(question[:LONGEST], outlets), recent)


def _is_counted_later(text: str, since: date, until: date, asked: date | None) -> bool:
    """Return whether figures are asked for of a month or more that is over: they are reported when it is."""
    over = until < (asked or date.max)
    return over and until - since >= COUNTED and (Question(text).kind == "number" or _FIGURES.search(text) is not None)


def _asked_periods(text: str, asked: date | None) -> list[Period]:
    found: list[Period] = []
    for period in periods(text):
        joined = bool(found) and _JOINING.fullmatch(text[found[-1].end : period.start]) is not None
        if is_asked_time(text, period, joined=joined) and not is_ahead(text, period, asked):
            found.append(period)
    return found


def _tells_recent(period: Period) -> bool:
    """Return whether words that need `asked` for their days tell recent ones: "five years ago" does not."""
    return not period.is_dated and not (period.kind == "ago" and re.match("year|decade", period.told["unit"]))


def _windows(text: str, found: Sequence[Period], asked: date | None) -> list[_Window]:
    windows = []
    number = 0
    while number < len(found):
        period, number = found[number], number + 1
        other = found[number] if number < len(found) else None
        before = lead(text, period)
        if other and before in ("between", "from") and _JOINING.fullmatch(text[period.end : other.start]):
            number += 1
            days = _range(period, other, asked)
            before = ""
        else:
            days = _days(period, asked)
        window = _bounded(before, days, asked) if days else None
        if window and not _is_history(window, asked):
            windows.append(window)
    return windows


def _days(period: Period, asked: date | None) -> Days | None:
    """Return the days of a period, None where they are unknown or all lie after `asked`."""
    if asked is None:
        return period.days(date.max) if period.is_dated else None
    days = period.days(asked)
    return days if days and days[0] <= asked else None


def _is_history(window: _Window, asked: date | None) -> bool:
    return asked is not None and window.last is not None and window.last.year < asked.year - HISTORY


def _range(start: Period, end: Period, asked: date | None) -> Days | None:
    """Return the days "between March and May 2024": the start is told from the end."""
    last = _days(end, asked)
    first = start.days(last[1]) if last else None
    return (first[0], last[1]) if first and last and first[0] <= last[1] else None


def _bounded(before: str, days: Days, asked: date | None) -> _Window | None:
    first, last = days
    day = timedelta(days=1)
    match before:
        case "since" | "from":
            return _Window(first, None)
        case "after":
            return _Window(last + day, None) if last < (asked or date.max) else None
        case "before" | "prior to":
            return _Window(None, first - day) if first > date.min else None
        case "until" | "till" | "up to":
            return _Window(None, last) if last < (asked or date.max) else None
        case _:
            return _Window(first, last)


def _together(windows: Sequence[_Window]) -> _Window:
    """Return the days that all windows share; where two share none, the later one, for its article tells of both."""
    chosen = _Window(None, None)
    for window in windows:
        first = max((day for day in (chosen.first, window.first) if day), default=None)
        last = min((day for day in (chosen.last, window.last) if day), default=None)
        if first is None or last is None or first <= last:
            chosen = _Window(first, last)
        else:
            chosen = max(chosen, window, key=lambda each: each.first or date.min)
    return chosen


def _widened(last: date, asked: date | None) -> date:
    latest = asked or date.max
    return last + REPORTED_WITHIN if last <= date.max - REPORTED_WITHIN and last + REPORTED_WITHIN < latest else latest


def _is_plain(text: str, match: re.Match[str]) -> bool:
    """Return whether a word is no name: "Apocalypse Now"; a capital is plain at the start of a sentence."""
    begins = re.search(r"(?:^|[.?!:;])\s*$", text[: match.start()]) is not None
    return begins or not match[0][0].isupper() or text.isupper()
