"""A written date -> the calendar day of publication, or none: natoqa never guesses one.

The day is the article's own: "2025-02-13T23:30:00-05:00" is 13 February, although it is the 14th in Greenwich.
"""

from __future__ import annotations

import re
from datetime import date, datetime

LONGEST = 64
"""Characters of a date that is looked at; "Thursday, 13 February 2025, 10:30 a.m. Eastern Standard Time" has 59."""

FIRST_YEAR = 1605
"""The first newspaper appeared in 1605: an earlier year is an hour or a number that was taken for one."""

_YEAR_FIRST = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|(\d\d)(\d\d))(?!\d)", re.ASCII)
_TIME = re.compile(
    r"(?:[Tt]|,?\s+)\d{1,2}(?::?\d\d){0,2}(?:[.,]\d+)?\s*(?:[ap]\.?m\.?)?\s*(?:[+-]\d\d(?::?\d\d)?|[A-Z]{1,5})?",
    re.ASCII | re.IGNORECASE,
)
_FULL_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)

# A part that the text lacks comes from these and so differs. The days lie two weeks apart because a weekday alone
# ("Thursday, February 2025") leads to the next such day after them.
_DEFAULTS = (datetime(2001, 1, 1), datetime(2004, 5, 15))


def calendar_day(value: str) -> date | None:
    """Return the day that `value` names: an ISO date or time, or a written form with only one reading.

    None for a date that is impossible ("2025-02-30"), incomplete ("February 2025"), ambiguous ("03/04/2025"),
    or no date at all.
    """
    value = value.strip()
    if len(value) > LONGEST:
        return None
    match = _YEAR_FIRST.match(value)
    day = _written(value) if match is None else _year_first(match, value[match.end() :])
    return day if day and day.year >= FIRST_YEAR else None


def _year_first(match: re.Match[str], rest: str) -> date | None:
    """Nobody writes year, day, month: this order has one reading, whatever its separators are."""
    if rest and not _TIME.fullmatch(rest):
        return None
    year, _, month, day, month_without, day_without = match.groups()
    try:
        return date(int(year), int(month or month_without), int(day or day_without))
    except ValueError:
        return None


def _written(value: str) -> date | None:
    """Read a form such as "Feb. 13, 2025" in all possible ways; they have to agree."""
    if not _FULL_YEAR.search(value):
        return None
    from dateutil import parser

    days = set()
    for default in _DEFAULTS:
        for day_first in (False, True):
            try:
                days.add(parser.parse(value, default=default, dayfirst=day_first, ignoretz=True).date())
            # What dateutil raises for hostile input besides its own ParserError (a ValueError) is not documented.
            except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, AssertionError):
                return None
    return days.pop() if len(days) == 1 else None
