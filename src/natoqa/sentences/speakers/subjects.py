"""The subject of a verb: the noun phrase before it, over appositions, auxiliaries and `and`."""

from __future__ import annotations

from collections.abc import Sequence

from natoqa.sentences.speakers.given_names import GIVEN_NAMES
from natoqa.sentences.speakers.phrases import LONGEST, Phrase, is_group, is_name_word, is_role, phrase_at
from natoqa.sentences.speakers.tokens import Token
from natoqa.sentences.speakers.words import (
    ARTICLES,
    AUXILIARIES,
    CONJUNCTIONS,
    DAYS,
    DOCUMENTS,
    FUNCTION_WORDS,
    HE,
    HYPOTHETICAL,
    PLACES,
    POSSESSIVES,
    PREPOSITIONS,
    RELATIVE,
    SPEECH,
    SUBORDINATING,
    TIME_NOUNS,
    WRITINGS,
)

COMMAS = frozenset((",", "—", "–", "-"))
OPENING = 3 * LONGEST
"""Tokens of a sentence among which the subject of its main clause is looked for."""


def subject_of(tokens: Sequence[Token]) -> Phrase | None:
    """Return the subject of a frame's main clause, behind an opening phrase: `On Monday, Rutte …`."""
    place = 0
    while place < len(tokens) and (not tokens[place].word or tokens[place].low in CONJUNCTIONS):
        if tokens[place].quote >= 0:
            return None
        place += 1
    if place >= len(tokens):
        return None
    phrase = phrase_at(tokens, place)
    if phrase is not None and not _opens(tokens, phrase):
        return None if phrase.kind == "name" and phrase.name[-1].possessive else phrase
    for i in range(place, min(len(tokens), place + LONGEST)):
        if tokens[i].text in (",", ":") and (phrase := phrase_at(tokens, i + 1)) is not None:
            return phrase
    return None


def named_before(pronoun: Phrase, tokens: Sequence[Token]) -> Phrase | None:
    """Return the name or the role that a pronoun stands for in its own sentence.

    That is the subject before a colon and a quotation (`Lee was puzzled: “…,” she said`), the one that goes on (`Lee
    laughed, and she said that …`, `Lee took shots at Rutte, whom she called …`) or the one of an opening clause (`When
    Lee came, she said that …`). What stands in `Lee was wrong, she said` is somebody else's word on Lee.
    """
    if HE[pronoun.name[0].low] is None or pronoun.start == 0:
        return None
    quote = next((i for i, token in enumerate(tokens) if token.quote >= 0), len(tokens))
    before = next((token for token in reversed(tokens[: pronoun.start]) if token.quote < 0), pronoun.name[0])
    if _goes_on(tokens, pronoun.start) or (0 < quote < pronoun.start and tokens[quote - 1].text == ":"):
        named = subject_of(tokens[: pronoun.start])
    elif tokens[0].low in _OPENING and before.text == "," and not _inserted(tokens, pronoun.end):
        named = phrase_at(tokens, 1)
    else:
        return None
    if named is None or named.kind not in ("name", "role") or named.end >= pronoun.start:
        return None
    no_person = any(map(is_group, named.name)) or tokens[named.end].low.endswith("ing")  # "Worth repeating: …"
    return None if no_person else named


_OPENING = frozenset("after as because before once since until when while".split())
_LOOSE = _OPENING | {"where"}


def is_loosely_joined(tokens: Sequence[Token], pronoun: Phrase) -> bool:
    """Whether the pronoun's clause may be about anybody named before it: `…, where she said`, `… when she said`."""
    return tokens[pronoun.start - 1].low in _LOOSE


def _goes_on(tokens: Sequence[Token], start: int) -> bool:
    """Whether a clause at `start` is joined to the one before it: `and she`, `but on Friday, she`, `which she`."""
    before = tokens[start - 1]
    if before.low in ("and", "but", "which", "that", "whom") or before.low in _LOOSE:
        return True
    join = next((i for i in range(start - 2, max(0, start - 12), -1) if tokens[i].low in ("and", "but")), None)
    return before.text == "," and join is not None and tokens[join + 1].low in PREPOSITIONS


def _inserted(tokens: Sequence[Token], verb: int) -> bool:
    """Whether commas on both sides make a clause of speech an insertion: `When Lee arrived, she said, nobody knew`."""
    return verb + 1 < len(tokens) and tokens[verb + 1].text == ","


def _opens(tokens: Sequence[Token], phrase: Phrase) -> bool:
    """Whether a capitalised word is no subject: a participle, an adverb before a comma, a place before a colon."""
    after = tokens[phrase.end].text if phrase.end < len(tokens) else ""
    if len(phrase.name) != 1:
        return False
    low = phrase.name[0].low
    adverb = low == "nearby" or (low.endswith("ly") and low not in GIVEN_NAMES and low not in PLACES)
    return low.endswith(("ing", "ed")) or (after == "," and adverb) or (after == ":" and phrase.end + 1 < len(tokens))


def subject_before(tokens: Sequence[Token], end: int) -> Phrase | None:
    """Return the subject of a verb whose auxiliaries begin at `end`."""
    if end == 0:
        return None
    before = tokens[end - 1]
    if before.low in ("and", "but", "or") or before.low in ("then",):
        return _shared_subject(tokens, end - 1)
    if before.text in COMMAS:
        return subject_behind_insertion(tokens, end - 1)
    if before.quote >= 0:
        return None
    return subject_ending_at(tokens, end)


def subject_ending_at(tokens: Sequence[Token], end: int) -> Phrase | None:
    """Return the phrase that ends at `end`, if a clause can begin where it begins."""
    limit = max(0, end - LONGEST)
    start = end
    while start > limit and _inside_phrase(tokens, start - 1):
        start -= 1
    for place in range(start, end):
        phrase = phrase_at(tokens, place)
        if phrase is not None and phrase.end == end:
            named = _described(tokens, place, end, phrase)
            if named is None and place > 1 and tokens[place - 1].low in ("of", "from", "in", "at", "with"):
                named = subject_ending_at(tokens, place - 1)
            return named or (phrase if _begins_clause(tokens, place, phrase) else None)
    return _in_writing(tokens, end) or _unnamed(tokens, start, end)


def _in_writing(tokens: Sequence[Token], end: int) -> Phrase | None:
    """Return the subject in `Rutte in a statement after the vote said`."""
    for place in range(end - 1, max(0, end - LONGEST), -1):
        if not tokens[place].word or is_verb(tokens[place]):
            return None
        if tokens[place].low in WRITINGS:
            preposition = next((i for i in range(place - 1, max(0, place - 4), -1) if tokens[i].low == "in"), 0)
            return subject_ending_at(tokens, preposition) if preposition else None
    return None


def _inside_phrase(tokens: Sequence[Token], place: int) -> bool:
    token = tokens[place]
    if token.text == "&":
        return True
    if not token.word:
        return False
    if token.low in DAYS or token.low in CONJUNCTIONS - {"and"} or token.low in SUBORDINATING or is_verb(token):
        return False
    if token.low == "and":
        before = tokens[place - 1]
        return place > 0 and (is_role(before) or (is_name_word(before) and is_name_word(tokens[place + 1])))
    return token.low not in FUNCTION_WORDS - PREPOSITIONS - ARTICLES - POSSESSIVES - frozenset(HE) or is_name_word(
        token
    )


def _described(tokens: Sequence[Token], place: int, end: int, phrase: Phrase) -> Phrase | None:
    """Return the name in `Rutte, the head of NATO said`, where the second comma is missing."""
    comma = next((i for i in range(place - 1, max(-1, place - 8), -1) if tokens[i].text == ","), None)
    if comma is None or phrase.kind == "pronoun":
        return None
    behind = phrase_at(tokens, comma + 1)
    if behind is None or behind.kind not in ("role", "group") or behind.end != end:
        return None
    named = subject_behind_insertion(tokens, end)
    return named if named is not None and named.kind == "name" and named.end == comma else None


def is_verb(token: Token) -> bool:
    """Whether a word is a verb of speech and cannot be a noun: "state", "report" and "claim" can."""
    known = SPEECH.get(token.low)
    return known is not None and known[1] != "base"


def _begins_clause(tokens: Sequence[Token], place: int, phrase: Phrase) -> bool:
    """Whether a subject can begin here; "lawyers close to Rutte said" is no speech of Rutte's."""
    for i in range(place - 1, max(-1, place - 7), -1):
        token = tokens[i]
        if not token.word or token.low in CONJUNCTIONS or token.low in DAYS or token.low in TIME_NOUNS:
            return not (token.low == "and" and i > 0 and is_name_word(tokens[i - 1]))
        if token.low in HYPOTHETICAL:
            return False
        if token.low in SUBORDINATING or token.low in RELATIVE or token.text[0].isdigit():
            return True
        if token.low in ARTICLES or token.low in POSSESSIVES:
            return len(phrase.name) > 1 and place - i <= 5
        if token.low in AUXILIARIES or (token.low.endswith("ly") and i == place - 1):
            return True
        if token.low in PREPOSITIONS or token.low in FUNCTION_WORDS or token.low in SPEECH:
            return token.low in SPEECH and i == place - 1 and phrase.kind == "pronoun"
        if phrase.kind == "pronoun" or token.low.endswith(("ing", "ed")) or (token.capital and len(phrase.name) < 2):
            return phrase.kind == "pronoun"
    return place == 0 or (len(phrase.name) > 1 and place < 6)


def _unnamed(tokens: Sequence[Token], start: int, end: int) -> Phrase | None:
    """Return an unknown speaker for "the plumber said", nothing for "the report said"."""
    head = tokens[end - 1]
    if not head.word or head.capital or head.low in DOCUMENTS or head.low in FUNCTION_WORDS:
        return None
    return Phrase("unknown", max(start, 0), end) if start < end and (is_role(head) or _singular(tokens, end)) else None


def _singular(tokens: Sequence[Token], end: int) -> bool:
    return any(token.low in ARTICLES | POSSESSIVES for token in tokens[max(0, end - 5) : end - 1])


def subject_behind_insertion(tokens: Sequence[Token], comma: int) -> Phrase | None:
    """Return the subject in `Rutte, the NATO chief, said`: it begins the clause and a comma follows it."""
    limit = max(0, comma - 2 * LONGEST)
    for place in range(comma - 1, limit - 1, -1):
        token = tokens[place]
        if token.quote >= 0 or token.text in (".", ";", ":", "?", "!"):
            limit = place + 1
            break
    candidates = [limit] + [
        i + 1 for i in range(limit, comma) if tokens[i].text in COMMAS or tokens[i].low in ("and", "but", "that")
    ]
    for place in candidates:
        while place < comma and (tokens[place].text in COMMAS or tokens[place].low in CONJUNCTIONS):
            place += 1
        phrase = phrase_at(tokens, place, lenient=True)
        if phrase is None or phrase.end >= comma or (phrase.kind == "pronoun" and tokens[phrase.end].text != ","):
            continue
        if tokens[phrase.end].text in COMMAS or tokens[phrase.end].low in ("who", "of", "in", "at", "from", "with"):
            return phrase
    return None


def _shared_subject(tokens: Sequence[Token], conjunction: int) -> Phrase | None:
    """Return the subject in `Rutte met the press and said that …`."""
    start = next(
        (i + 1 for i in range(conjunction - 1, max(-1, conjunction - 2 * LONGEST), -1) if tokens[i].quote >= 0), 0
    )
    return None if start else subject_of(tokens[: min(conjunction, OPENING)])
