"""Clauses of speech: the words outside of the quotations that say who says it.

`“…,” Rutte said`, `“…,” said Rutte`, `Rutte has warned that …`, `according to Rutte`, `Rutte, the NATO chief, said`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from natoqa.sentences.speakers.complements import reports_speech
from natoqa.sentences.speakers.phrases import LONGEST, Phrase, ends_phrase, is_group, phrase_at, tells_when
from natoqa.sentences.speakers.subjects import (
    COMMAS,
    OPENING,
    is_verb,
    subject_before,
    subject_behind_insertion,
    subject_ending_at,
    subject_of,
)
from natoqa.sentences.speakers.tokens import Token
from natoqa.sentences.speakers.words import (
    ADVERBS,
    ARTICLES,
    AUXILIARIES,
    BASES,
    BE,
    DAYS,
    FINDING,
    FUNCTION_WORDS,
    NEGATIONS,
    PHRASAL,
    POSSESSIVES,
    RELATIVE,
    SPEECH,
    STANCES,
    SUBORDINATING,
    TELLING,
    VIEWS,
    WENT_ON,
    WRITINGS,
    Form,
    Strength,
)

_ENDS = frozenset((".", "!", "?", ";", ":", "…"))
_PLACES_OF_SPEECH = frozenset(("in", "on", "during", "at", "via", "through", "when"))
_AFTER_SPEAKER = frozenset("in on of at after during as while about to from for with and".split())
"""What may follow in `said Rutte on Monday`; another word would be the verb of what is said."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Who says it. `rank` orders the clauses of one sentence: the smallest is the one that carries it.

    0 stands at a quotation, 1 closes or opens the sentence around what is said, 2 leads it, 3 and more are weaker.
    `quote` is the number of the quotation it stands at, else -1.
    """

    subject: Phrase
    rank: int
    quote: int = -1


def clauses(tokens: Sequence[Token]) -> list[Clause]:
    """Return the clauses of speech of a frame, the one that carries the sentence first."""
    found = [clause for place in range(len(tokens)) if (clause := _clause(tokens, place) or _colon(tokens, place))]
    found.sort(key=lambda clause: (clause.rank, clause.subject.start))
    return found


def _clause(tokens: Sequence[Token], place: int) -> Clause | None:
    token = tokens[place]
    if not token.word:
        return None
    if token.low == "according":
        return _according(tokens, place)
    if token.low == "in":
        return _in_view_of(tokens, place)
    if (token.capital and place == 0) or token.possessive:
        return None
    verb = _verb_at(tokens, place)
    if verb is None:
        return None
    if verb.form == "ing":
        return _participle(tokens, verb)
    left = _left_of_verb(tokens, place, verb.form)
    if left is None:
        return None
    end, compound = left
    return _inverted(tokens, verb, end, compound) or _subject_first(tokens, verb, end)


@dataclass(frozen=True, slots=True)
class _Verb:
    """A verb of speech over `tokens[start : last + 1]`."""

    start: int
    last: int
    strength: Strength
    form: Form
    takes_stance: bool = False


def _verb_at(tokens: Sequence[Token], place: int) -> _Verb | None:
    low = tokens[place].low
    second = tokens[place + 1].low if place + 1 < len(tokens) else ""
    form: Form = "ing" if low.endswith("ing") else "finite"
    if second in PHRASAL.get(low, ()):
        return _Verb(place, place + 1, "weak", form)
    if second == "it" and place + 2 < len(tokens) and tokens[place + 2].low in PHRASAL.get(low, ()):
        return _Verb(place, place + 2, "weak", form)
    if low in FINDING and second == "it":
        that = next((i for i in range(place + 3, min(len(tokens), place + 6)) if tokens[i].low == "that"), 0)
        return _Verb(place, that - 1, "weak", "finite") if that else None
    if second in STANCES.get(low, ()):
        return _Verb(place, place + 1, "judging", form, takes_stance=True)
    known = SPEECH.get(low)
    if known is None or (low in TELLING and second == "that"):
        return None
    return _Verb(place, place, *known)


def _colon(tokens: Sequence[Token], place: int) -> Clause | None:
    """Return the clause in `Rutte also had a message to Moscow: “…”`."""
    if tokens[place].text != ":" or place + 1 >= len(tokens) or tokens[place + 1].quote < 0:
        return None
    subject = subject_of(tokens[: min(place, OPENING)])
    return Clause(subject, 5, tokens[place + 1].quote) if subject is not None and subject.end < place else None


def _according(tokens: Sequence[Token], place: int) -> Clause | None:
    if place + 1 >= len(tokens) or tokens[place + 1].low != "to":
        return None
    phrase = phrase_at(tokens, place + 2, lenient=True)
    if phrase is None or not ends_phrase(tokens, phrase.end) or phrase.kind == "pronoun":
        return None
    return Clause(phrase, 1 if place == 0 else 3, _quote_beside(tokens, place - 1, place + LONGEST))


def _in_view_of(tokens: Sequence[Token], place: int) -> Clause | None:
    """Return the clause in `in his view,` and `in Rutte’s opinion`."""
    view = next((i for i in range(place + 1, min(len(tokens), place + 6)) if tokens[i].low in VIEWS), 0)
    owner = tuple(tokens[place + 1 : view])
    if not owner or (view + 1 < len(tokens) and tokens[view + 1].word):
        return None
    rank = 1 if place == 0 else 3
    if len(owner) == 1 and owner[0].low in ("his", "her"):
        pronoun = owner[0]._replace(low="he" if owner[0].low == "his" else "she")
        return Clause(Phrase("pronoun", place + 1, view, name=(pronoun,)), rank)
    if owner[-1].possessive and all(token.capital and token.word for token in owner):
        return Clause(Phrase("name", place + 1, view, name=owner), rank)
    return None


def _left_of_verb(tokens: Sequence[Token], place: int, form: Form) -> tuple[int, bool] | None:
    """Return where what stands before the verb and its auxiliaries ends; None when it was not said.

    The second value tells whether there was an auxiliary: then the subject is no inverted one.
    """
    end = place
    helped = False
    while end > 0 and place - end < 6:
        token = tokens[end - 1]
        if token.low in BE or token.low in NEGATIONS:
            return _went_on(tokens, end - 1) if form == "base" else None
        if token.low in AUXILIARIES or token.low in ADVERBS or (token.low.endswith("ly") and not token.capital):
            helped = helped or token.low in AUXILIARIES
            end -= 1
        else:
            break
    if form == "base" and (tokens[place].low not in BASES or (end == place and not _plural(tokens, end))):
        return None
    if tokens[end].low == "that":
        return None
    return end, helped


def _went_on(tokens: Sequence[Token], to: int) -> tuple[int, bool] | None:
    if tokens[to].low == "to" and to > 0 and tokens[to - 1].low in WENT_ON:
        end = to - 1
        if end > 0 and tokens[end - 1].low in AUXILIARIES:
            end -= 1
        return end, True
    return None


def _plural(tokens: Sequence[Token], end: int) -> bool:
    """Whether `say` can have what stands before it as its subject."""
    if end == 0:
        return False
    before = tokens[end - 1]
    return before.low == "they" or is_group(before) or (before.capital and before.word)


def _inverted(tokens: Sequence[Token], verb: _Verb, end: int, helped: bool) -> Clause | None:
    """Return the clause in `“…,” said Rutte` and `…, said Rutte, the NATO chief`."""
    place, strength = verb.start, verb.strength
    if helped or end != place or strength == "judging" or tokens[place].low in ("told", "tells", "tell"):
        return None
    before = tokens[place - 1] if place else None
    after_quote = before is not None and (
        before.quote >= 0 or (before.text in COMMAS and place > 1 and tokens[place - 2].quote >= 0)
    )
    if not (after_quote or (before is not None and before.text in COMMAS)):
        return None
    phrase = phrase_at(tokens, verb.last + 1, lenient=True)
    if phrase is None:
        return _unknown(tokens, place) if after_quote and _noun_follows(tokens, verb.last + 1) else None
    follows = tokens[phrase.end] if phrase.end < len(tokens) else None
    closed = (
        follows is None
        or not follows.word
        or tells_when(follows)
        or follows.low
        in DAYS
        | RELATIVE
        | {"in", "on", "of", "at", "after", "during", "as", "while", "about", "to", "from", "for", "with", "and"}
    )
    if not closed and not after_quote:
        return None
    if not after_quote and (strength != "strong" or phrase.kind == "pronoun"):
        return None
    if not after_quote and follows is not None and follows.word and subject_behind_insertion(tokens, place - 1):
        return None
    goes_on = follows is not None and follows.low in FUNCTION_WORDS
    if not closed and phrase.kind != "pronoun" and not goes_on:
        return _unknown(tokens, place) if follows and not follows.capital else None
    quote = next((tokens[i].quote for i in range(place - 1, max(-1, place - 3), -1) if tokens[i].quote >= 0), -1)
    return Clause(phrase, 0 if after_quote else 1, quote)


def _noun_follows(tokens: Sequence[Token], place: int) -> bool:
    return place < len(tokens) and (
        tokens[place].low in ARTICLES | POSSESSIVES or (tokens[place].word and tokens[place].low not in FUNCTION_WORDS)
    )


def _unknown(tokens: Sequence[Token], place: int) -> Clause:
    return Clause(Phrase("unknown", place, place + 1), 0, _quote_beside(tokens, place - 1, place + 1))


def _subject_first(tokens: Sequence[Token], verb: _Verb, end: int) -> Clause | None:
    subject = subject_before(tokens, end)
    if subject is None:
        return None
    quote = _quote_beside(tokens, subject.start - 1, verb.last)
    if _says(tokens, verb.last, subject, verb.strength):
        return Clause(subject, _rank(tokens, verb.last, subject, quote), quote)
    stance = _takes_stance(tokens, verb) and subject.kind != "unknown"
    if not stance and not reports_speech(tokens, verb.start):
        return None
    before = _before_clause(tokens, subject)
    inside = before is not None and (before.low in SUBORDINATING | RELATIVE or before.low == "that")
    return None if inside else Clause(subject, 3)


def _takes_stance(tokens: Sequence[Token], verb: _Verb) -> bool:
    """Whether an object follows: "ruled out soldiers", but not "ruled out for the season"."""
    following = tokens[verb.last + 1] if verb.takes_stance and verb.last + 1 < len(tokens) else None
    return following is not None and following.word and following.low not in ("of", "for", "by", "from", "as")


def _says(tokens: Sequence[Token], place: int, subject: Phrase, strength: Strength) -> bool:
    """Whether something said stands around a verb that can also mean an act."""
    low = tokens[place].low
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if strength == "strong":
        return not (low in ("told", "tell", "tells") and following is None)
    if strength == "judging":
        passive = following is not None and following.low in ("of", "by")
        return not passive and any(token.quote >= 0 for token in tokens[place + 1 : place + LONGEST])
    if following is not None and (following.quote >= 0 or following.low == "that" or following.text == ":"):
        return True
    if following is not None and following.text == "," and any(t.low == "that" for t in tokens[place + 2 : place + 5]):
        return True
    if low in ("asked", "asks") and following is not None and following.low in ("whether", "if", "why", "how"):
        return True
    before = _before_clause(tokens, subject)
    after_content = before is not None and (before.quote >= 0 or before.text in COMMAS)
    open_ended = following is None or not following.word or following.low in _PLACES_OF_SPEECH or following.low in DAYS
    if after_content and open_ended:
        return before is not None and (before.quote >= 0 or following is None or following.text != ",")
    soon = tokens[place + 1 : place + 8]
    return open_ended and following is not None and any(token.quote >= 0 or token.low == "that" for token in soon)


def _rank(tokens: Sequence[Token], place: int, subject: Phrase, quote: int) -> int:
    before = _before_clause(tokens, subject)
    if before is not None and before.low in SUBORDINATING and subject.start > 1:
        return 6
    if before is not None and (before.low in RELATIVE or before.low == "that"):
        return 4
    if quote >= 0 and before is not None and (before.quote >= 0 or before.text in COMMAS):
        return 0
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    follows_end = following is None or following.text in _ENDS or following.text in COMMAS
    if before is not None and before.text in COMMAS and follows_end:
        return 1
    return 2


def _before_clause(tokens: Sequence[Token], subject: Phrase) -> Token | None:
    """Return what stands before a subject and the common nouns that belong to it ("public television broadcaster")."""
    place = subject.start
    while place > 0 and subject.start - place < 5 and _common(tokens[place - 1]):
        place -= 1
    return tokens[place - 1] if place else None


def _common(token: Token) -> bool:
    return token.word and not token.capital and token.low not in FUNCTION_WORDS and not is_verb(token)


def _quote_beside(tokens: Sequence[Token], before: int, verb: int) -> int:
    """Return the number of the quotation that ends right before a clause or begins right behind its verb."""
    for place in (before, before - 1):
        if 0 <= place < len(tokens) and tokens[place].quote >= 0:
            return tokens[place].quote
        if place >= 0 and place < len(tokens) and tokens[place].word:
            break
    for place in range(verb + 1, min(len(tokens), verb + 14)):
        if tokens[place].quote >= 0:
            return tokens[place].quote
    return -1


def _participle(tokens: Sequence[Token], verb: _Verb) -> Clause | None:
    """Return the clause in `Rutte rejected the idea, saying that …` and `Rutte was quoted as saying`."""
    place, strength = verb.start, verb.strength
    before = tokens[place - 1] if place else None
    if before is None:
        return None
    if before.low == "as" or before.low == "quoted":
        subject = _quoted_as(tokens, place - (before.low == "as"))
        return Clause(subject, 2, _quote_beside(tokens, -1, place)) if subject else None
    if before.low in BE:
        return None
    following = tokens[verb.last + 1] if verb.last + 1 < len(tokens) else None
    reports = reports_speech(tokens, place) or _takes_stance(tokens, verb)
    announced = any(token.low in WRITINGS for token in tokens[max(0, place - 6) : place])
    if before.text not in COMMAS and before.low not in ("by", "and") and not announced:
        return None
    quotes = any(token.quote >= 0 for token in tokens[place + 1 : place + LONGEST])
    if following is None or (strength != "strong" and not quotes and not reports):
        return None
    if strength == "weak" and not reports and following.quote < 0 and following.low != "that":
        return None
    subject = subject_of(tokens[: min(place, OPENING)])
    if subject is None or (subject.kind == "pronoun" and subject.name[0].low == "it"):
        return None
    return Clause(subject, 5, _quote_beside(tokens, -1, place))


def _quoted_as(tokens: Sequence[Token], as_: int) -> Phrase | None:
    verb = as_ - 1
    if verb > 0 and tokens[verb].low in ("quoted", "cited") and tokens[verb - 1].low in BE:
        end = verb - 1
        while end > 0 and tokens[end - 1].low in AUXILIARIES:
            end -= 1
        return subject_ending_at(tokens, end)
    for place in range(as_ - 1, max(-1, as_ - LONGEST), -1):
        if tokens[place].low in ("quoted", "cited", "quotes", "quoting"):
            phrase = phrase_at(tokens, place + 1)
            return phrase if phrase is not None and phrase.end == as_ else None
    return None
