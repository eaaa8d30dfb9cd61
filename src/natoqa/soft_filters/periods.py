"""Words for days and the days that they name, as seen from the day on which they are said.

A rule is a pattern and a function from what it matched and that day to the first and the last day that are meant.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from natoqa.words import MONTHS, WEEKDAYS

Kind = Literal["day", "month", "season", "year", "weekday", "weekend", "ordinal", "feast", "span", "ago"]
Days = tuple[date, date]
Told = Mapping[str, str]

# What a person means by "a few days" lies between three and seven; a preference does no harm when it is wide.
FEW, SEVERAL, COUPLE, DOZEN = 5, 7, 2, 12

# "Two weeks ago" is said of a day about fourteen days back, not of a calendar week.
ABOUT = timedelta(days=3)

# "This week" is said on a Monday of the days before, too. Measured on 793 questions of news quizzes that say "this
# week": of the articles in which the answer stands, 40 % are from these seven days, 4 % from the eight before.
WEEK = timedelta(days=6)

# Older years are history that later articles tell; few folders of news have articles from then.
OLDEST = 1980

_SHORT_MONTHS = [month[:3] for month in MONTHS]
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_NUMBERS = "one two three four five six seven eight nine ten".split()
_COUNTS = {word: number for number, word in enumerate(_NUMBERS, 1)} | {
    "a": 1, "an": 1, "couple": COUPLE, "few": FEW, "several": SEVERAL, "dozen": DOZEN,
}  # fmt: skip
_FEASTS = {
    "christmas eve": (12, 24),
    "christmas": (12, 25),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
    "new year's day": (1, 1),
    "valentine's day": (2, 14),
    "halloween": (10, 31),
    "the fourth of july": (7, 4),
}

_MONTH = (
    r"\b(?P<month>jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?|aug(?:ust|\.)?"
    r"|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)(?![\w-])"
)
_YEAR = r"(?P<year>(?:1\d|20)\d\d)(?![\w%]|[.,]\d|[-–/]\d)"
_WEEKDAY = rf"\b(?P<weekday>{'|'.join(WEEKDAYS)})\b"
_DATED_WEEKDAY = rf"(?:\b(?:{'|'.join(WEEKDAYS)}),? )?"
_ORDINAL = r"(?:st|nd|rd|th)?"
_COUNT = rf"(?P<count>\d{{1,3}}|(?:a )?(?:couple|few|dozen)(?: of)?|several|an?|{'|'.join(_NUMBERS)})"
_PART = (
    r"(?:\b(?P<part>early|mid|late|(?:the )?(?:start|beginning|first week|middle|end|last week) of)"
    r"(?: |(?<=mid)-))?"
)


@dataclass(frozen=True, slots=True)
class Period:
    """Words that name days: their place in the text, and the rule that tells the days."""

    start: int
    end: int
    kind: Kind
    told: Told
    rule: Callable[[Told, date], Days]

    @property
    def is_dated(self) -> bool:
        """Whether the words name the same days whenever they are said."""
        return "year" in self.told

    def days(self, asked: date) -> Days | None:
        """Return the first and the last day that are meant, None where the calendar has no such day."""
        try:
            days = _part_of(self.rule(self.told, asked), self.told.get("part", ""))
        except (ValueError, OverflowError):
            return None
        return days if days[0].year >= OLDEST else None


def periods(text: str) -> list[Period]:
    """Return the words of a text that may name days, in order; what is consumed by one rule is not read by the next.

    >>> [text.told for text in periods("on Monday, March 10, and in late 2024")]
    [{'month': 'march', 'day': '10'}, {'part': 'late', 'year': '2024'}]
    """
    found: list[Period] = []
    for kind, pattern, rule in _RULES:
        for match in pattern.finditer(text):
            told = {name: value.lower() for name, value in match.groupdict().items() if value}
            found.append(Period(match.start(), match.end(), kind, told, rule))
            text = f"{text[: match.start()]}{'#' * len(match[0])}{text[match.end() :]}"
    return sorted(found, key=lambda period: period.start)


# -- the calendar -----------------------------------------------------------------------------------------------------


def month_days(year: int, month: int) -> Days:
    """Return the first and last day of a month; months beyond December count on: 14 is February of the next year."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _year_days(year: int) -> Days:
    return date(year, 1, 1), date(year, 12, 31)


def _months_before(day: date, count: int) -> date:
    first, last = month_days(day.year, day.month - count)
    return first.replace(day=min(day.day, last.day))


def _part_of(days: Days, part: str) -> Days:
    """Return the early, middle or late third of a month, season or year; a week is not divided."""
    first, last = days
    if not part or last - first < timedelta(days=27):
        return days
    third = 0 if re.search("early|start|beginning|first", part) else 1 if re.search("mid", part) else 2
    if first.month == last.month:
        return first.replace(day=10 * third + 1), last if third == 2 else first.replace(day=10 * third + 10)
    months = (12 * (last.year - first.year) + last.month - first.month + 1) // 3
    begin = first.month + third * months
    return month_days(first.year, begin)[0], month_days(first.year, begin + months - 1)[1]


# -- the rules --------------------------------------------------------------------------------------------------------


def _month_number(told: Told) -> int:
    return int(told["month"]) if told["month"].isdigit() else _SHORT_MONTHS.index(told["month"][:3]) + 1


def _count(told: Told) -> int:
    words = told.get("count", "a" if not told["unit"].endswith("s") else "few").removesuffix(" of")
    return int(words) if words.isdigit() else _COUNTS[words.removeprefix("a ")]


def _calendar_day(told: Told, asked: date) -> Days:
    if "year" in told:
        year = int(told["year"])
        first = date(year, _month_number(told), int(told["day"]))
    else:
        first = _latest(_month_number(told), int(told["day"]), asked)
    last = first.replace(day=int(told["last_day"])) if "last_day" in told else first
    if last < first:
        raise ValueError(told)
    return first, last


def _latest(month: int, day: int, asked: date) -> date:
    """Return the last such day up to `asked`; the 29th of February is up to eight years back."""
    for year in range(asked.year, asked.year - 9, -1):
        if day <= monthrange(year, month)[1] and date(year, month, day) <= asked:
            return date(year, month, day)
    raise ValueError((month, day))


def _feast(told: Told, asked: date) -> Days:
    month, day = _FEASTS[told["feast"].replace("’", "'").removesuffix(" day" if "mas" in told["feast"] else "")]
    found = date(int(told["year"]), month, day) if "year" in told else _latest(month, day, asked)
    return found, found


def _ordinal(told: Told, asked: date) -> Days:
    """Return the last such day of a month up to `asked`; no two months in a row lack one."""
    for back in range(3):
        first, last = month_days(asked.year, asked.month - back)
        if int(told["day"]) <= last.day and first.replace(day=int(told["day"])) <= asked:
            return (first.replace(day=int(told["day"])),) * 2
    raise ValueError(told)


def _month(told: Told, asked: date) -> Days:
    number = _month_number(told)
    if "year" in told:
        return month_days(int(told["year"]), number)
    if "of" in told or told.get("turn") == "this":
        return month_days(asked.year - (told.get("of") == "last"), number)
    passed = number < asked.month or (number == asked.month and told.get("turn") != "last")
    return month_days(asked.year - (not passed), number)


def _season(told: Told, asked: date) -> Days:
    begin = _SEASONS[told["season"]]
    if "year" in told:
        year = int(told["year"])
    elif told.get("turn") == "this":  # a winter is told by its December
        year = asked.year - (begin == 12 and asked.month < 6)
    else:
        year = asked.year - (asked.month < begin)
        within = asked <= month_days(year, begin + 2)[1]
        year -= told.get("turn") == "last" and within
    return month_days(year, begin)[0], month_days(year, begin + 2)[1]


def _year(told: Told, asked: date) -> Days:
    return _year_days(int(told["year"]))


def _weekday(told: Told, asked: date) -> Days:
    number = WEEKDAYS.index(told["weekday"])
    if "of" in told:
        day = asked - timedelta(days=asked.weekday() + 7 * (told["of"] == "last") - number)
    else:
        back = (asked.weekday() - number) % 7
        day = asked - timedelta(days=7 if not back and told.get("turn") == "last" else back)
    return day, day


def _weekend(told: Told, asked: date) -> Days:
    saturday = asked - timedelta(days=(asked.weekday() - 5) % 7)
    if told.get("turn") == "this" and asked.weekday() in (2, 3, 4):  # nearer to the next one
        saturday += timedelta(days=7)
    if told.get("turn") == "last" and asked.weekday() >= 5:
        saturday -= timedelta(days=7)
    return saturday, saturday + timedelta(days=1)


def _near(told: Told, asked: date) -> Days:
    back = 2 if "before" in told["near"] else 1 if re.match("yesterday|last", told["near"]) else 0
    return (asked - timedelta(days=back),) * 2


def _turn(told: Told, asked: date) -> Days:
    last = told["turn"] == "last"
    match told["unit"]:
        case "week":
            monday = asked - timedelta(days=asked.weekday() + 7)
            return (monday, monday + timedelta(days=6)) if last else (asked - WEEK, asked)
        case "month":
            return month_days(asked.year, asked.month - last)
        case _:
            return _year_days(asked.year - last)


def _past(told: Told, asked: date) -> Days:
    count = _count(told)
    match told["unit"].removesuffix("s"):
        case "hour":
            return asked - timedelta(days=-(-count // 24)), asked
        case "day":
            return asked - timedelta(days=count), asked
        case "week":
            return asked - timedelta(weeks=count), asked
        case unit:
            return _months_before(asked, count * {"month": 1, "year": 12, "decade": 120}[unit]), asked


def _ago(told: Told, asked: date) -> Days:
    count = _count(told)
    match told["unit"].removesuffix("s"):
        case "hour":
            return (asked - timedelta(days=count // 24),) * 2
        case "day":
            return (asked - timedelta(days=count),) * 2
        case "week":
            return asked - timedelta(weeks=count) - ABOUT, asked - timedelta(weeks=count) + ABOUT
        case "month":
            return month_days(asked.year, asked.month - count)
        case unit:
            return _year_days(asked.year - count * {"year": 1, "decade": 10}[unit])


def _rules(
    *rules: tuple[Kind, str, Callable[[Told, date], Days]],
) -> list[tuple[Kind, re.Pattern[str], Callable[[Told, date], Days]]]:
    # ASCII, because letters such as "ſ" and "K" would otherwise pass for "s" and "k" and be in no table.
    return [(kind, re.compile(pattern, re.IGNORECASE | re.ASCII), rule) for kind, pattern, rule in rules]


_UNIT = r"(?P<unit>(?:hour|day|week|month|year|decade)s?)\b"
_YEAR_TOLD = rf"(?:,? {_YEAR})?"

_RULES = _rules(
    ("day", r"(?<![\w-])(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?![\w-])", _calendar_day),
    ("feast", rf"\b(?P<feast>the fourth of july|(?:christmas|new year['’]s) (?:eve|day)|christmas|boxing day"
              rf"|valentine['’]s day|halloween)\b{_YEAR_TOLD}", _feast),
    ("day", rf"{_DATED_WEEKDAY}(?:\bthe )?(?<![\w.,$£€])(?P<day>\d{{1,2}}){_ORDINAL}"
            rf"(?:(?: ?[-–] ?| and | to )(?P<last_day>\d{{1,2}}){_ORDINAL})?(?: of)? {_MONTH}{_YEAR_TOLD}",
     _calendar_day),
    ("day", rf"{_DATED_WEEKDAY}{_MONTH} (?P<day>\d{{1,2}}){_ORDINAL}(?: ?[-–] ?(?P<last_day>\d{{1,2}}){_ORDINAL})?"
            rf"(?![\w:%]|[.,]\d){_YEAR_TOLD}", _calendar_day),
    ("weekday", rf"{_WEEKDAY},? (?:of )?(?P<of>last|this) week\b", _weekday),
    ("weekday", rf"\b(?P<of>last|this) week,? on {_WEEKDAY}", _weekday),
    ("weekday", rf"(?:\b(?:this )?(?P<turn>last|this|past) )?{_WEEKDAY}(?:['’]s)?", _weekday),
    ("month", rf"{_PART}(?:\b(?P<turn>last|this) )?{_MONTH}(?:(?:,| of)? {_YEAR}|,? (?:of )?(?P<of>last|this) year\b)?",
     _month),
    ("season", rf"{_PART}(?:\b(?P<turn>last|this) )?\b(?P<season>{'|'.join(_SEASONS)})\b(?:(?: of)? {_YEAR})?",
     _season),
    ("weekend", r"\b(?:(?:this )?(?P<turn>last|this|past)|(?:at|over|on|during) the) weekend\b", _weekend),
    ("span", r"\b(?P<near>the day before yesterday|yesterday|last night|today|tonight|this (?:morning|afternoon"
             r"|evening))\b", _near),
    ("ago", rf"\b{_COUNT} {_UNIT} ago\b", _ago),
    ("span", rf"\b(?:(?:the )?(?:past|last|previous) {_COUNT}|the (?:past|last|previous)|past|recent(?! years| decades)"
             rf"(?= \w+s\b)) (?!(?:day|hour)\b){_UNIT}(?! of\b)", _past),
    ("span", rf"{_PART}\b(?P<turn>last|this) (?P<unit>week|month|year)\b(?! of\b)", _turn),
    ("ordinal", r"\bon the (?P<day>\d{1,2})(?:st|nd|rd|th)\b", _ordinal),
    ("year", rf"{_PART}(?<![\w.,$£€-]){_YEAR}", _year),
)  # fmt: skip
