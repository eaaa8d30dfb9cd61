"""Figures in a text: their value, what they count (money, percent, things), how exact they are, how to write them.

Journalists write the answers to their own "how many" questions with digits ("4", also where the article has "four"),
shares with a percent sign, sums as in the article, and leave out "about" and "more than": by far the commonest
writing of such answers in a year of weekly news quizzes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from natoqa.expected import DAY
from natoqa.question import Question

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: value for value, word in enumerate(_ONES)} | {word: 10 * (n + 2) for n, word in enumerate(_TENS)}
_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9,
    "trillion": 1e12, "tn": 1e12, "dozen": 12.0,
}  # fmt: skip

_ABOUT = (
    "about|around|roughly|approximately|some|nearly|almost|close to|just under|just over|an estimated|estimated"
    "|an average of"
)
_LEAST = "more than|at least|over|upwards of|above|as many as|up to|fewer than|less than|under|at most|no more than"
_WORD = rf"(?:(?:{'|'.join(_TENS)})(?:-(?:{'|'.join(_ONES[1:10])}))?|{'|'.join(sorted(_ONES, key=len, reverse=True))})"

_FIGURE = re.compile(
    rf"(?:\b(?P<hedge>{_ABOUT}|{_LEAST})\s+)?"
    r"(?P<currency>(?:US|A|C|HK)?[$€£¥]\s?)?"
    rf"(?P<number>(?<![\w.,-])\d+(?:,\d{{3}})+(?:\.\d+)?|(?<![\w.,-])\d+(?:\.\d+)?|(?<=[$€£¥])\d+(?:,\d{{3}})*(?:\.\d+)?"
    rf"|\b(?:an?(?=\s(?:dozen|hundred|thousand|million|billion)\b)|{_WORD})(?![\w-]))"
    r"(?:(?P<gap>[\s-]?)(?P<scale>hundred|thousand|million|billion|trillion|dozen|bn|tn|mn|m|k)\b)?"
    r"(?P<percent>\s?%|[\s-]per\s?cent\b(?:age points?)?|\spercentage points?\b)?",
    re.IGNORECASE,
)

# "About 12" agrees with what is this near.
_NEAR = 0.1

_LENGTH = re.compile(r"\s?-?(\w+)")
_MEASURED = re.compile(
    r"\bhow (?:long|far|big|large|high|tall|deep|wide|heavy|fast|much (?:time|longer|land|water|rain|snow|weight))\b",
    re.IGNORECASE,
)
_UNITS = frozenset(
    "second seconds minute minutes hour hours day days week weeks month months year years decade decades mile miles "
    "kilometre kilometres kilometer kilometers km metre metres meter meters foot feet inch inches acre acres hectare "
    "hectares mph kmh ton tons tonne tonnes pound pounds kilo kilos kg litre litres liter liters gallon gallons cent "
    "cents euro euros dollar dollars degree degrees".split()
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text: its value, what it counts ("%", a currency, or ""), its hedge ("about"), and its span."""

    value: float
    counts: str
    hedge: str
    text: str
    """As it stands, without the hedge."""
    start: int
    end: int
    spelled: bool
    """Whether the number is written in words."""
    step: float
    """The last place that is told: 1 for "12", 1e5 for "1.2 million"."""

    def agrees(self, other: Figure) -> bool:
        """Return whether both can be true of one thing.

        >>> about, exact, rounded = figures("About 12, 12.3 and 12 million.")
        >>> about.agrees(exact), exact.agrees(rounded)
        (True, False)
        >>> one, other = figures("It was $78 million; $78.2 million in all.")
        >>> one.agrees(other)
        True
        """
        if self.counts != other.counts:
            return False
        return self._allows(other.value) or other._allows(self.value) or self._rounds_to(other)

    def _allows(self, value: float) -> bool:
        near = abs(self.value - value) <= _NEAR * abs(self.value)
        match self.hedge:
            case "":
                return self.value == value
            case "more than" | "at least" | "over" | "upwards of" | "above":
                return value >= self.value and value <= 2 * self.value
            case "up to" | "as many as" | "fewer than" | "less than" | "under" | "at most" | "no more than":
                return value <= self.value and 2 * value >= self.value
            case _:
                return near

    def _rounds_to(self, other: Figure) -> bool:
        """Return whether the more exact figure, told as roughly as the other one, is the same."""
        step = max(self.step, other.step)
        return step > min(self.step, other.step) and round(self.value / step) == round(other.value / step)


def figures(text: str) -> list[Figure]:
    """Return the figures in a text that are not part of a day.

    >>> [(each.value, each.counts) for each in figures("On 3 May two dozen people paid $1.3 billion, 45 per cent.")]
    [(24.0, ''), (1300000000.0, '$'), (45.0, '%')]
    """
    days = [match.span() for match in DAY.finditer(text)]
    return [
        figure
        for figure in map(_read, _FIGURE.finditer(text))
        if figure.counts or not any(start <= figure.start < end for start, end in days)
    ]


def _read(match: re.Match[str]) -> Figure:
    number, scale = match["number"].lower(), (match["scale"] or "").lower()
    factor = _SCALES.get(scale, 1.0)
    start = match.start("currency") if match["currency"] else match.start("number")
    currency = (match["currency"] or "").strip().upper().removeprefix("US")
    decimals = len(number.partition(".")[2])
    return Figure(
        value=_value(number) * factor,
        counts="%" if match["percent"] else currency,
        hedge=(match["hedge"] or "").lower(),
        text=match.string[start : match.end()],
        start=start,
        end=match.end(),
        spelled=not number[0].isdigit(),
        step=factor * 10.0**-decimals if factor > 1e2 or decimals else 1.0,
    )


def _value(number: str) -> float:
    if number[0].isdigit():
        return float(number.replace(",", "")[:300])
    return 1.0 if number in ("a", "an") else float(sum(_WORDS[part] for part in number.split("-")))


def written(figure: Figure) -> str:
    """Return a figure as answers are written: digits, a percent sign, sums as they stand.

    >>> [written(each) for each in figures("Four of a dozen, 45 per cent, two million, $1.3 billion and 42,000.")]
    ['4', '12', '45%', '2 million', '$1.3 billion', '42,000']
    """
    if figure.counts == "%":
        return f"{_digits(figure.value) if figure.spelled else figure.text.split('%')[0].split()[0].split('-')[0]}%"
    if not figure.spelled and "dozen" not in figure.text.lower():
        return figure.text
    for scale, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if figure.value >= scale:
            return f"{_digits(figure.value / scale)} {name}"
    return _digits(figure.value)


def _digits(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else f"{value:,}"


def asked_figure(question: Question, text: str, start: int, end: int) -> str | None:
    """Return the one figure of a span as the answer to a how-many question, None where the span has none or several.

    The unit is told where the question leaves it open ("How long …?" -> "9 months"); "How many months …?" has it.

    >>> asked_figure(Question("How many people died?"), "About twelve people died.", 6, 19)
    '12'
    >>> asked_figure(Question("How long did the strike last?"), "The strike lasted nine months.", 18, 22)
    '9 months'
    >>> asked_figure(Question("How many hours?"), "Four hours and 27 minutes.", 0, 25) is None
    True
    """
    inside = [each for each in figures(text) if each.start < end and start < each.end]
    if len(inside) != 1 or not _is_plain(text[start : inside[0].start] + " " + text[inside[0].end : end]):
        return None
    return written(inside[0]) + "".join(_unit(question, text, inside[0]))


def _is_plain(rest: str) -> bool:
    """Return whether no second number stands beside a figure: a range, a fraction, "one in four", a score."""
    return not re.search(r"\d|[–/]|\bhalf\b|\b(?:third|quarter|fifth)s?\b|\bone in\b", rest, re.IGNORECASE)


def _unit(question: Question, text: str, figure: Figure) -> Iterator[str]:
    following = _LENGTH.match(text, figure.end)
    if figure.counts or not following or following[1].lower() not in _UNITS:
        return
    if _MEASURED.search(question.text) or re.search(r"\bhow much\b", question.text, re.IGNORECASE):
        plural = "" if following[1].endswith("s") or figure.value == 1 or "-" not in following[0] else "s"
        yield f" {following[1]}{plural}"
