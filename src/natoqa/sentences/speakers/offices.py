"""Offices: what a role says of its holder, and whether "the Ukrainian leader" or "the former president" fits it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from natoqa.sentences.speakers.countries import countries
from natoqa.sentences.speakers.phrases import Phrase
from natoqa.sentences.speakers.tokens import Token
from natoqa.sentences.speakers.words import (
    ALLIANCES,
    ARTICLES,
    DESCRIPTIVE,
    FORMER,
    FUNCTION_WORDS,
    HEADS_OF_BODIES,
    HEADS_OF_STATE,
    LOWER_RANKS,
    MODIFIERS,
    OFFICIALS,
    PARTIES,
    PREPOSITIONS,
    ROLES,
    SPOKES,
    TITLES,
)

GENERIC = frozenset(("leader", "chief", "head", "boss"))
"""Nouns that stand for another office: "the Kremlin chief" is a president."""

BY_THE_WAY, OPEN, EXACT = 1, 2, 3
"""How well an office fits a description: it is another time's, nothing speaks against it, it is what is described."""


@dataclass(frozen=True, slots=True)
class Office:
    """What one role says. `words` has all of its words and those of whose it is, `heads` the nouns that name it."""

    heads: frozenset[str]
    words: frozenset[str]
    countries: frozenset[str]


def office(role: Sequence[Token], owner: Sequence[Token]) -> Office:
    """Return the office that a role names; `owner` is whose it is: the bloc’s secretary general."""
    own = [*owner, *_own(role)]
    return Office(_heads(role), frozenset(_spelled(own)), countries(own))


def _own(role: Sequence[Token]) -> Sequence[Token]:
    """Return a role without what it only points at: "ambassador to Moscow" is no Russian."""
    end = next((i for i, token in enumerate(role) if i and token.low in PREPOSITIONS and token.low != "of"), len(role))
    return role[:end]


def _heads(role: Sequence[Token]) -> frozenset[str]:
    heads = {token.low for token in role if token.low in ROLES}
    heads |= {title.lower() for token in role if token.low in TITLES and (title := TITLES[token.low][0])}
    if heads & SPOKES:
        heads |= SPOKES
    return frozenset(heads | {"official"} if heads & OFFICIALS else heads)


def _spelled(tokens: Iterable[Token]) -> Iterable[str]:
    for token in tokens:
        yield from ("defense" if part == "defence" else part for part in token.low.split("-"))


@dataclass(frozen=True, slots=True)
class Description:
    """What "the former British prime minister" asks of a person: a noun, countries, and words of the office.

    `bodies` are words that the person need not have, but a fitting office has: NATO in "the NATO chief".
    """

    head: str
    countries: frozenset[str]
    words: frozenset[str]
    bodies: frozenset[str]

    @property
    def is_marked(self) -> bool:
        """Whether it says of which country or body."""
        return bool(self.countries or self.bodies)


def described(phrase: Phrase, body: str | None) -> Description:
    """Return what a role phrase asks for. `body` is what "the alliance" means where it is the owner."""
    role, owner = phrase.role[:-1], phrase.owner if phrase.owner != phrase.role else ()
    own = _own(phrase.role)[:-1] if role else ()
    head = phrase.role[-1].low.rpartition("-")[2] if phrase.role[-1].low not in ROLES else phrase.role[-1].low
    asked = [token for token in own if not countries([token]) and token.low in MODIFIERS - DESCRIPTIVE]
    named = [token for token in (*role, *owner) if token.capital and token.low not in MODIFIERS | ROLES]
    bodies = {part for token in named if not countries([token]) for part in _spelled([token])}
    bodies -= FUNCTION_WORDS | ARTICLES
    if body is not None:
        bodies |= set(body.lower().split())
    return Description(head, countries((*role, *owner)), frozenset(_spelled(asked)), frozenset(bodies))


def fit(description: Description, held: Office, origin: frozenset[str]) -> int:
    """Return `EXACT` when an office is what is described, `OPEN` when nothing speaks against it, else less.

    `origin` has all countries that the article gives its holder.
    """
    head, asked = description.head, description.words
    foreign = bool(description.countries and origin and not description.countries & origin)
    other_party = bool(asked & PARTIES and held.words & PARTIES and not asked & held.words & PARTIES)
    if foreign or other_party or not asked - FORMER - PARTIES <= held.words:
        return 0
    if head != "official" and (held.words ^ asked) & LOWER_RANKS:
        return 0
    known = description.countries <= origin and asked & PARTIES <= held.words and _of_body(description.bodies, held)
    same_time = bool(held.words & FORMER) == bool(asked & FORMER)
    if head in held.heads:
        return (EXACT if known else OPEN) if same_time else _other_time(asked, held)
    return EXACT if known and same_time and description.is_marked and _stands_for(description, held) else 0


def _other_time(asked: frozenset[str], held: Office) -> int:
    """Return how well "the president" fits a former one and the other way round; that of a body tells it apart."""
    return BY_THE_WAY if not asked & FORMER or held.words <= held.heads | asked | MODIFIERS else 0


def _stands_for(description: Description, held: Office) -> bool:
    """Whether a generic noun can mean this office: "leader" a president, "NATO chief" a secretary general."""
    if description.head not in GENERIC:
        return False
    of_state = bool(held.words & HEADS_OF_STATE) or {"prime", "minister"} <= held.words
    if description.countries and not description.words:
        return of_state
    return bool(held.words & HEADS_OF_BODIES) or {"secretary", "general"} <= held.words or bool(description.words)


def _of_body(bodies: frozenset[str], held: Office) -> bool:
    if bodies <= held.words:
        return True
    # A secretary general of no other body than the alliance that the article is about.
    return bool(bodies & ALLIANCES.keys()) and held.words <= {"secretary", "general"}
