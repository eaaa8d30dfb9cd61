"""What a yes-or-no question asks, read as a statement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from natoqa.concepts import (
    AUXILIARIES,
    PARTICLES,
    QUANTIFIERS,
    Token,
    denials,
    is_negative,
    is_past_form,
    token,
)
from natoqa.question import Question
from natoqa.words import question_words

Time = Literal["past", "present", "future", "can", "should"]

_JUDGE = re.compile(r"^\W*(?:true or false|true/false|fact or fiction)\s*[:,.?–—-]*\s*", re.IGNORECASE)
_IS_IT_TRUE = re.compile(r"^\W*(?:is|isn't)\s+it\s+(?:really\s+)?true\s+that\s+", re.IGNORECASE)
_THERE = re.compile(r"^(?:is|are|was|were|will)(?:n't)?\s+there\b", re.IGNORECASE)

# The article's own day stands for these.
_NOW = re.compile(r"\b(?:this (?:week|month|year)|today|now|currently|at the moment|recently)\b", re.IGNORECASE)

# Words of a question that no sentence needs to repeat.
_IDLE = frozenset(
    "really actually still already yet ever also anyone anybody anything someone true false can will".split()
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, as a statement: its words that mean something, their roles, its time."""

    tokens: tuple[Token, ...]
    names: frozenset[int]
    """Where words of names begin."""
    agent: frozenset[str]
    """Concepts behind "by"."""
    passive: bool
    time: Time
    low: frozenset[str]
    negated: bool
    """Whether it is a statement that denies; a question that does ("Isn't …?") asks the same without it."""
    to_judge: bool
    now: bool
    """Whether it is asked of a period around the article's day, such as this week."""

    @property
    def concepts(self) -> tuple[str, ...]:
        """The concepts asked for, each once."""
        return tuple(dict.fromkeys(each.concept for each in self.tokens))

    def asks(self, each: Token) -> bool:
        """Return whether a word is one of those asked for, in any form."""
        return each.low in self.low or each.concept in self.concepts


def is_statement_to_judge(text: str) -> bool:
    """Return whether a text asks to judge a statement.

    >>> is_statement_to_judge("True or false: The castle is closed."), is_statement_to_judge("Is the castle closed?")
    (True, False)
    """
    return _JUDGE.match(text) is not None


def read(question: Question) -> Asked | None:
    """Return what is asked, None if it is not to be answered by yes or no."""
    plain = Question(question.text.replace("’", "'"))
    to_judge = is_statement_to_judge(plain.text)
    text = _JUDGE.sub("", plain.text)
    stated = to_judge or _IS_IT_TRUE.match(text) is not None
    if not stated and plain.kind != "yes-no":
        return None
    text = _IS_IT_TRUE.sub("", text)
    now = _NOW.search(text) is not None
    text = _NOW.sub("", text)
    inside = [token(word) for word in question_words(text)]
    asked = inside if stated or _THERE.match(text) else inside[1:]
    asked = [one for one, other in pairwise([*asked, None]) if one and not _is_going_to(one, other)]
    tokens = tuple(each for each in asked if _is_needed(each))
    if not any(each.meaning for each in tokens):
        return None
    if not stated and (denials(inside[1:]) or {"yet", "to"} <= {each.low for each in inside}):
        return None  # "Does it urge people not to eat?": what a "not" of the sentence turns round is open
    low = frozenset(each.low for each in inside)
    return Asked(
        tokens=tokens,
        names=frozenset(word.start for name in Question(text).names for word in name),
        agent=_behind_by(inside) & {each.concept for each in tokens},
        passive=bool(low & AUXILIARIES - {"has", "have", "had"}) and any(is_past_form(each.low) for each in tokens),
        time=_time(inside, stated=stated),
        low=low,
        negated=stated and denials(inside) > 0,
        to_judge=to_judge,
        now=now,
    )


def _is_going_to(one: Token, other: Token | None) -> bool:
    return one.low == "going" and other is not None and other.low == "to"


def _is_needed(each: Token) -> bool:
    if each.low in _IDLE or is_negative(each.low):
        return False
    return each.meaning or each.low in QUANTIFIERS | PARTICLES


def _behind_by(inside: Sequence[Token]) -> frozenset[str]:
    by = next((number for number, each in enumerate(inside) if each.low == "by"), len(inside))
    return frozenset(each.concept for each in inside[by + 1 :])


def _time(inside: Sequence[Token], *, stated: bool) -> Time:
    low = {each.low for each in inside}
    first = inside[0].low.removesuffix("n't") if inside and not stated else ""
    if low & {"will", "won't"} or first == "shall" or {"going", "to"} <= low:
        return "future"
    if low & {"can", "cannot", "can't"} or first in ("could", "may", "might"):
        return "can"
    if low & {"should", "must", "shouldn't"} or first == "would":
        return "should"
    if stated:
        return "present" if low & {"is", "are", "isn't", "aren't", "does", "do"} else "past"
    return "present" if first in ("is", "are", "am", "does", "do") else "past"
