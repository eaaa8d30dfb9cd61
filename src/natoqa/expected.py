"""The kind of thing a question asks for, found in a sentence: a person, a day, a number with its unit, a place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from natoqa.question import Question
from natoqa.types import Sentence
from natoqa.words import is_country, words

_MONTH = r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"  # noqa: E501
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_YEAR = r"(?:1[5-9]|20)\d\d"
_CENTURY = (
    r"(?:(?:early|late|mid)[-\s])?(?:\d{1,2}(?:st|nd|rd|th)|(?:six|seven|eigh|nine)teenth|twentieth|twenty-first)"
    r"(?:\sand\s\d{1,2}(?:st|nd|rd|th))?[-\s]centur(?:y|ies)"
)

# Longest forms first: the first match at a place wins.
DAY = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+{_YEAR})?"
    rf"|{_MONTH}\s+(?:of\s+)?{_YEAR}"
    rf"|(?:early|late|mid-?|spring|summer|autumn|winter|fall)\s+{_YEAR}"
    rf"|(?:the\s+)?{_YEAR}s?"
    rf"|{_CENTURY}|\d{{1,2}}(?:[:.]\d\d)?\s?[ap]\.?m\b\.?"
    rf"|(?:last|next|this|on|every)\s+(?:{_WEEKDAY}|week|month|year|{_MONTH})"
    rf"|{_WEEKDAY}|yesterday|tomorrow|{_MONTH}(?=[\s,.]))"
)

_WORDS_FOR_NUMBERS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|dozens?|hundreds?|thousands?|half|a third|a quarter"
)
NUMBER = re.compile(
    rf"(?:[$€£¥]\s?)?(?:\b\d+(?:[.,]\d+)*|\b(?:{_WORDS_FOR_NUMBERS})(?:-\w+)?\b)"
    r"(?:\s?%|\s?(?:percent|per cent|percentage points|hundred|thousand|million|billion|trillion|m|bn|k)\b)*",
    re.IGNORECASE,
)

# "When?" – "after the war"
_BY_EVENT = re.compile(
    r"(?:after|before|during|since|until|when|while|at the (?:start|end|beginning))\s\w", re.IGNORECASE
)

# Words that answer "how many" without a figure.
_AMOUNT = re.compile(
    r"\b(?:no|none|nobody|nothing|all|every|both|most|many|several|few|fewer|some|a couple|a majority|double|triple)\b",
    re.IGNORECASE,
)

# What alone only counts: of 144 such spans that the reader proposed for 379 quiz and 491 written questions of summer
# 2024 that ask for no number, none was right.
_COUNT = re.compile(
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|several|some|many|both", re.IGNORECASE
)

_PERSON = re.compile(r"\b[A-Z][\w’'-]+(?:\s+(?:(?:de|van|von|al|bin|der|den|la|el)\s+)?[A-Z][\w’'-]+)+")
_PLACE = re.compile(
    r"\b(?:in|at|to|from|near|outside|across|inside)\s+(?:the\s+)?((?:[A-Z][\w’'-]+)(?:,?\s+[A-Z][\w’'-]+)*)"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a text that may be the answer, and where they begin."""

    text: str
    start: int


def mentions(question: Question, sentence: Sentence) -> bool | None:
    """Return whether the kind of thing asked for stands in the sentence; None when the question asks for no kind."""
    match question.kind:
        case "who":
            return sentence.speaker is not None or bool(names(question, sentence.text))
        case "when":
            return bool(days(sentence.text))
        case "number":
            return bool(numbers(question, sentence.text))
        case "where":
            return bool(places(question, sentence.text))
        case _:
            return None


def is_kind(question: Question, text: str) -> bool | None:
    """Return whether a few words are the kind of thing asked for; None when the question asks for no kind.

    Example: "How many died?" -> "twelve" is, "the minister" is not
    """
    match question.kind:
        case "who" | "where":
            return text[:1].isupper() or any(word[:1].isupper() for word in text.split())
        case "when":
            return DAY.search(f"{text} ") is not None or _BY_EVENT.match(text) is not None
        case "number":
            return NUMBER.search(text) is not None
        case _:
            return None


def cannot_answer(question: Question, text: str) -> bool:
    """Return whether a few words are no answer, whatever the reader thinks of them.

    Example: "Which members object?" -> "Two" is none; "When did they meet?" -> "in Riyadh" is none
    """
    # On 489 quiz and 678 SQuAD questions 3,800 spans for "when" were no time, and none of them right.
    if question.kind == "when":
        return not is_kind(question, text)
    return question.kind != "number" and _COUNT.fullmatch(text) is not None


def tells_amount(question: Question, text: str) -> bool:
    """Return whether a text can answer "how many" at all: by a figure, or by a word such as "none" or "most"."""
    return bool(numbers(question, text)) or _AMOUNT.search(text) is not None


def days(text: str) -> list[Mention]:
    """Return the days, months and years in a text, as written."""
    return [Mention(match[0], match.start()) for match in DAY.finditer(text)]


def numbers(question: Question, text: str) -> list[Mention]:
    """Return the numbers in a text that are neither part of a day nor in the question."""
    days_at = [match.span() for match in DAY.finditer(text)]
    asked = set(question.numbers)
    return [
        Mention(match[0].strip(), match.start())
        for match in NUMBER.finditer(text)
        if match[0].strip() not in asked and not any(start <= match.start() < end for start, end in days_at)
    ]


def names(question: Question, text: str) -> list[Mention]:
    """Return the names of persons and countries in a text, at least one word of which is not in the question."""
    found = [Mention(match[0], match.start()) for match in _PERSON.finditer(text)]
    return [mention for mention in found + _countries(text) if _is_new(mention, question)]


def places(question: Question, text: str) -> list[Mention]:
    """Return what a text says "in", "at" or "near" of, and countries, not in the question."""
    found = [Mention(match[1], match.start(1)) for match in _PLACE.finditer(text) if not DAY.match(match[1])]
    return [mention for mention in found + _countries(text) if _is_new(mention, question)]


def _countries(text: str) -> list[Mention]:
    return [Mention(word.text, word.start) for word in words(text) if is_country(word.stem)]


def _is_new(mention: Mention, question: Question) -> bool:
    asked = {word.stem for word in question.words}
    return any(word.stem not in asked for word in words(mention.text))


def closest(question: Question, text: str, found: Sequence[Mention]) -> str | None:
    """Return the mention that stands closest to the question's words in a text, None where there is none.

    Example: "When did Ukraine apply?" and "In 2008 the bloc said Ukraine would join; it applied in 2022." -> "2022"
    """
    asked = {word.stem for word in question.content}
    inside = words(text)

    def nearness(mention: Mention) -> float:
        place = sum(word.start < mention.start for word in inside)
        return sum(1 / (1 + abs(number - place)) for number, word in enumerate(inside) if word.stem in asked)

    return max(found, key=lambda mention: (nearness(mention), -mention.start)).text if found else None
