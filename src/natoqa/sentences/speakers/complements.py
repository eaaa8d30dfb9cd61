"""What follows a verb and makes it one of speech: `assured the deputies that`, `called the debate premature`.

All of these verbs also tell of acts ("called a doctor"), so that each needs its own sign that something was said.
"""

from __future__ import annotations

from collections.abc import Sequence

from natoqa.sentences.speakers.tokens import Token
from natoqa.sentences.speakers.words import (
    ACCUSING,
    ARTICLES,
    ASKING,
    BE,
    CALLING,
    CLAIMS,
    DESCRIBING,
    FUNCTION_WORDS,
    HE,
    JUDGEMENTS,
    JUDGING_ENDINGS,
    NAMING,
    PLEDGING,
    POSSESSIVES,
    PREPOSITIONS,
    REFUSING,
    SPEECH,
    TELLING,
    TIME_NOUNS,
)

_LONGEST_OBJECT = 7
"""Words of an object that are passed over; behind a longer one the sign belongs to something else."""
_OBJECT_PRONOUNS = frozenset("him her them us me it this that".split())
_FINITE = BE | {"has", "have", "had", "did", "will", "would"}
"""Behind one of these, what was taken for an object is a subject."""


def reports_speech(tokens: Sequence[Token], place: int) -> bool:
    """Whether the verb at `place` has an object after which something said follows."""
    low, behind = tokens[place].low, tokens[place + 1 : place + 2 + _LONGEST_OBJECT]
    if not behind:
        return False
    return (
        (low in TELLING and _after_object(behind, "that"))
        or (low in ASKING and _asks(behind))
        or (low in CALLING and behind[0].low == "on" and _asks(behind[1:]))
        or (low in PLEDGING and behind[0].low == "to" and _verb_follows(behind, 0))
        or (low in ACCUSING and _after_object(behind, "of"))
        or (low in REFUSING and _rejects_claim(behind))
        or (low in DESCRIBING and _after_object(behind, "as") and not _clause_follows(behind, "as"))
        or (low in NAMING and _judges(behind))
    )


def _object_end(behind: Sequence[Token], sign: str) -> int:
    """Return where a sign stands behind an object of plain words, 0 when it does not."""
    for place, token in enumerate(behind):
        if token.low == sign and place:
            return place
        if not token.word or token.low in HE or token.low in _FINITE or _past(token):
            return 0
        if place == 0 and not _begins_object(token):
            return 0
    return 0


def _begins_object(token: Token) -> bool:
    return token.low not in FUNCTION_WORDS or token.low in ARTICLES | POSSESSIVES | _OBJECT_PRONOUNS


def _after_object(behind: Sequence[Token], sign: str) -> bool:
    return _object_end(behind, sign) > 0


def _verb_follows(behind: Sequence[Token], to: int) -> bool:
    if to + 1 >= len(behind):
        return False
    token = behind[to + 1]
    return token.word and not token.capital and token.low not in ARTICLES | POSSESSIVES | PREPOSITIONS


def _asks(behind: Sequence[Token]) -> bool:
    to = _object_end(behind, "to")
    return to > 0 and behind[0].low != "permission" and _verb_follows(behind, to)


def _rejects_claim(behind: Sequence[Token]) -> bool:
    that = _object_end(behind, "that")
    return that > 0 and behind[that - 1].low in CLAIMS


def _clause_follows(behind: Sequence[Token], sign: str) -> bool:
    """Whether `as` begins a clause of time: "praised the team as they won"."""
    place = _object_end(behind, sign)
    return place + 1 >= len(behind) or behind[place + 1].low in HE


def _judges(behind: Sequence[Token]) -> bool:
    """Whether an object is followed by what it is called: `the debate premature`, `that a step`, `it absurd`."""
    if behind[0].low in ("a", "an") or not behind[0].word or not _begins_object(behind[0]):
        return False
    pronoun = behind[0].low in _OBJECT_PRONOUNS
    for place in range(1, len(behind) - (not pronoun and behind[-1].word)):
        token = behind[place]
        after = behind[place + 1] if place + 1 < len(behind) else None
        if not token.word or _past(token) or token.low in PREPOSITIONS:
            return False
        if token.low in ("a", "an"):
            return not any(word.low in TIME_NOUNS or word.low in ("few", "day", "week") for word in behind[place:])
        if token.low.endswith("ly") and after is not None:
            return _judgement(after)
        if _judgement(token) and (pronoun or place > 1 or behind[0].low not in ARTICLES | POSSESSIVES):
            return after is None or not after.word or after.low in FUNCTION_WORDS
    return False


def _judgement(token: Token) -> bool:
    return token.low in JUDGEMENTS or (not token.capital and token.low.endswith(JUDGING_ENDINGS))


def _past(token: Token) -> bool:
    """Whether a word is a verb; "remarks" and "claims" are nouns here."""
    return token.low in SPEECH and token.low.endswith(("ed", "said", "told"))
