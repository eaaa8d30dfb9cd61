"""Days as news tells them ("on Monday", "last month"), told so that they still mean something later."""

from __future__ import annotations

import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from natoqa.citations import written_day
from natoqa.question import Question
from natoqa.words import MONTHS, WEEKDAYS

_NUMBERS = "one two three four five six seven eight nine ten".split()

_RELATIVE = re.compile(
    r"(?:on |the )?(?:(?P<near>today|yesterday|tomorrow)"
    rf"|(?:(?P<which>last|next|this|coming|past) )?(?P<weekday>{'|'.join(WEEKDAYS)})"
    r"(?P<part> (?:morning|afternoon|evening|night))?"
    r"|(?P<turn>last|next|this|past|coming|previous) (?P<span>week|month|year)"
    rf"|(?P<when>last|next|this) (?P<month>{'|'.join(MONTHS)})"
    rf"|(?P<count>\d{{1,3}}|an?|{'|'.join(_NUMBERS)}) (?P<unit>day|month|year)s? (?:ago|earlier))",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:1[5-9]|20|21)\d\d\b")

_AHEAD = re.compile(
    r"\b(?:will|won['’]t|shall|going to|is to|are to|set to|due|scheduled|expected|plans?|planned|upcoming|begins?"
    r"|starts?|opens?|takes? place)\b|['’]ll\b",
    re.IGNORECASE,
)
_SAYING = re.compile(
    r"\b(?:said|says|told|announced|wrote|added|warned|confirmed)(?: \w+){0,2} (?:on )?$", re.IGNORECASE
)


def asked_day(question: Question, text: str, start: int, end: int, published: date | None) -> str:
    """Return the span as the answer to a when-question, as exact as is asked: a year, a month, a weekday, or all.

    A day told from the article's day is resolved where the article has one and the words are not quoted, for a
    quotation may be older than the article.

    >>> asked_day(Question("When did they meet?"), "They met on Monday.", 9, 18, date(2025, 2, 13))
    'Monday, 10 February 2025'
    >>> asked_day(Question("In which month will they meet?"), "They meet on 6 May 2025.", 13, 23, None)
    'May'
    """
    span = text[start:end]
    asked = question.text.lower()
    if not _is_quoted(text, start) and published:
        span = resolved(span, published, ahead=_is_ahead(text, start)) or span
    if re.search(r"\b(?:what|which) year\b", asked):
        return next((match[0] for match in _YEAR.finditer(span)), span)
    if re.search(r"\b(?:what|which) month\b", asked):
        named = re.search(rf"\b(?:{'|'.join(MONTHS)})\b", span, re.IGNORECASE)
        return named[0] if named else span
    if re.search(r"\b(?:what|which) (?:day|weekday)\b", asked):
        named = re.search(rf"\b(?:{'|'.join(WEEKDAYS)})\b", text[start:end], re.IGNORECASE)
        return named[0] if named else span
    return span


def _is_quoted(text: str, place: int) -> bool:
    before = text[:place]
    return before.count("“") > before.count("”") or before.count('"') % 2 == 1


def _is_ahead(text: str, start: int) -> bool:
    """Return whether a day in a sentence is one to come; the day on which something was said is not."""
    return _AHEAD.search(text) is not None and _SAYING.search(text[:start]) is None


def resolved(words: str, published: date, *, ahead: bool = False) -> str | None:
    """Return a day, month or year told from the article's day, None where the words are not such.

    >>> day = date(2025, 2, 13)  # a Thursday
    >>> [resolved(words, day) for words in ("on Monday", "yesterday", "last month", "last year", "three days ago")]
    ['Monday, 10 February 2025', '12 February 2025', 'January 2025', '2024', '10 February 2025']
    >>> resolved("Monday", day, ahead=True), resolved("last week", day), resolved("last September", day)
    ('Monday, 17 February 2025', 'the week of 3 February 2025', 'September 2024')
    >>> resolved("September", day), resolved("3 May 2024", day)
    (None, None)
    """
    match = _RELATIVE.fullmatch(words.strip())
    if not match:
        return None
    try:
        return _resolve({name: (text or "").lower() for name, text in match.groupdict().items()}, published, ahead)
    except (OverflowError, ValueError):  # a day before the year 1
        return None


def _resolve(told: dict[str, str], published: date, ahead: bool) -> str:
    if told["near"]:
        return written_day(published + timedelta(days=("yesterday", "today", "tomorrow").index(told["near"]) - 1))
    if told["weekday"]:
        day = _weekday(WEEKDAYS.index(told["weekday"]), told["which"], published, ahead)
        return f"{WEEKDAYS[day.weekday()].capitalize()}{told['part']}, {written_day(day)}"
    if told["span"]:
        return _turn(told["span"], _STEPS[told["turn"]], published)
    if told["month"]:
        return _named_month(MONTHS.index(told["month"]) + 1, told["when"], published)
    count = _count(told["count"])
    match told["unit"]:
        case "day":
            return written_day(published - timedelta(days=count))
        case "month":
            return f"{published - relativedelta(months=count):%B %Y}"
        case _:
            return str((published - relativedelta(years=count)).year)


_STEPS = {"last": -1, "past": -1, "previous": -1, "this": 0, "next": 1, "coming": 1}


def _weekday(number: int, which: str, published: date, ahead: bool) -> date:
    back = (published.weekday() - number) % 7
    if which in ("next", "coming") or (ahead and which in ("", "this")):
        return published + timedelta(days=(7 - back) if back or which else 0)
    return published - timedelta(days=back or (7 if which in ("last", "past") else 0))


def _turn(span: str, step: int, published: date) -> str:
    if span == "year":
        return str((published + relativedelta(years=step)).year)
    if span == "month":
        return f"{published + relativedelta(months=step):%B %Y}"
    monday = published - timedelta(days=published.weekday()) + timedelta(weeks=step)
    return f"the week of {written_day(monday)}"


def _named_month(month: int, which: str, published: date) -> str:
    year = published.year
    if which == "last" and month >= published.month:
        year -= 1
    elif which == "next" and month <= published.month:
        year += 1
    return f"{MONTHS[month - 1].capitalize()} {year}"


def _count(word: str) -> int:
    if word.isdigit():
        return int(word)
    return 1 if word in ("a", "an") else _NUMBERS.index(word) + 1
