"""The day that an article's dateline or its own address tells, where no field does.

A dateline counts only with its year: "KYIV, Feb. 13 (Reuters) -" may be of any year. An address counts only where
the day stands as a part of its path: numbers elsewhere in an address are ids.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import islice
from urllib.parse import urlsplit

from natoqa.readers import dates

FIRST_LINES = 8
"""Lines with words in which a dateline is looked for: headline, standfirst, byline and a caption come before it."""

LONGEST_LINE = 400
"""Characters of a line that are looked at: place, day and agency of a dateline have up to 90."""

LONGEST_HEADLINE = 120
"""Characters; a headline may begin like a dateline: "Berlin, 9 November 1989 – the night the wall fell"."""

FIRST_YEAR = 1993
"""The year of the first newspapers on the web: an earlier one in an address is no day of publication."""

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_DAY = (
    rf"(?:{_MONTH}\s{{1,3}}\d{{1,2}},?\s{{1,3}}\d{{4}}|\d{{1,2}}\s{{1,3}}{_MONTH},?\s{{1,3}}\d{{4}}|\d{{4}}-\d\d-\d\d)"
)
_WEEKDAY = r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?\s{1,3})?"
# Agencies write places in capitals; what is written otherwise is a place only as names in a row before a comma.
_SMALL = r"(?:de|del|la|le|les|el|al|am|an|der|do|du|of|on|upon|sur|and)"
_CAPITALS = r"[A-ZÀ-Þ]{2}[A-ZÀ-Þ.'’/-]*(?:,?\s[A-ZÀ-Þ][\w.'’/-]*){0,6}(?:\s\([^()\n]{1,40}\))?,?\s{1,3}"
_NAMES = (
    r"(?!(?:In|On|At|By|From|Since|Until|After|Before|The(?! Hague)|It|He|She|We|They|An?|Updated?)\s)"
    rf"[A-ZÀ-Þ][\w.'’-]+(?:,?\s(?:[A-ZÀ-Þ][\w.'’-]*|{_SMALL})){{0,5}},\s{{1,3}}"
)
_AGENCY = r"(?:,?\s{0,3}(?:\([^()\n]{1,60}\)|/[^/\n]{1,40}/))?"
_DASH = r"\s{0,3}(?:--|[-–—])\s{0,3}"
_IN_CAPITALS = re.compile(rf"{_CAPITALS}{_WEEKDAY}({_DAY}){_AGENCY}(?:{_DASH}|:\s|$)")
_IN_NAMES = re.compile(rf"{_NAMES}{_WEEKDAY}({_DAY}){_AGENCY}(?:{_DASH}\S.{{19}}|$)")
_PUBLISHED = re.compile(
    rf"(?:first\s)?(?:published|posted)(?:\son)?:?\s{{1,3}}{_WEEKDAY}({_DAY})(?=$|[\s,.;|·])", re.IGNORECASE
)
_DATELINES = (_IN_CAPITALS, _IN_NAMES, _PUBLISHED)

_NUMBERED = re.compile(r"/(\d{4})/(\d{1,2})/(\d{1,2})(?=/|$)")
_NAMED = re.compile(r"/(\d{4})/(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/(\d{1,2})(?=/|$)")
_MONTH_AND_DAY = re.compile(r"/(\d{4})/(\d\d)(\d\d)(?=/)")
_FOLDER = re.compile(r"/(\d{4})(\d\d)(\d\d)(?=/)")
# "/2025-02-13-summit", "/summit-2025-02-13", "/2025-02-13/"
_HYPHENED = re.compile(r"(?:(?<=/)|(?<=[a-z]-))(\d{4})-(\d\d)-(\d\d)(?=/|$|\.html?$|-[a-z])")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def in_text(text: str) -> date | None:
    """Return the day of the dateline at the beginning of `text`, or of a line that says when it was published."""
    lines = (line.replace("*", "").strip(" \t_|>") for line in text.split("\n", 10 * FIRST_LINES))
    for number, line in enumerate(islice(filter(None, lines), FIRST_LINES)):
        headline = line.startswith("#") or (number == 0 and len(line) < LONGEST_HEADLINE)
        patterns = (_IN_CAPITALS, _PUBLISHED) if headline else _DATELINES
        for pattern in patterns:
            if match := pattern.match(line[:LONGEST_LINE]):
                return dates.calendar_day(match[1])
    return None


def in_address(url: str) -> date | None:
    """Return the one day that stands in the path of `url`, the article's own address."""
    try:
        path = urlsplit(url).path.lower()
    except ValueError:
        return None
    days = set()
    for pattern in (_NUMBERED, _NAMED, _MONTH_AND_DAY, _FOLDER, _HYPHENED):
        days |= {_day(*match.groups()) for match in pattern.finditer(path)}
    days.discard(None)
    return days.pop() if len(days) == 1 else None


def _day(year: str, month: str, day: str) -> date | None:
    number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
    try:
        found = date(int(year), number, int(day))
    except ValueError:
        return None
    return found if found.year >= FIRST_YEAR else None
