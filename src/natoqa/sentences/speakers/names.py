"""Personal names in a sentence, and the roles that stand before and behind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from natoqa.sentences.speakers.given_names import GIVEN_NAMES
from natoqa.sentences.speakers.phrases import Phrase, is_name_word, is_role, named_behind, phrase_at
from natoqa.sentences.speakers.tokens import Token
from natoqa.sentences.speakers.words import (
    ARTICLES,
    FUNCTION_WORDS,
    MODIFIERS,
    ORGANISATION_WORDS,
    PLACES,
    POSSESSIVES,
    PREPOSITIONS,
    RELATIVE,
    SPEECH,
    SUFFIXES,
)

Name = tuple[Token, ...]
_LONGEST_ROLE = 14
"""Words of an apposition that are kept as a role; a longer one is a story and not a role."""


@dataclass(frozen=True, slots=True)
class Post:
    """A role as it stands beside a name, and whose it is: `secretary general`, `NATO`."""

    role: Name
    owner: Name


@dataclass(frozen=True, slots=True)
class Mention:
    """A personal name with the posts beside it and the country or body it belongs to (`Hungary’s Viktor Orban`).

    `name` is empty where `body` has the name of something else.
    """

    name: Name
    posts: tuple[Post, ...] = ()
    owner: Name = ()
    body: Name = ()


def is_heading(sentence: Sequence[Token]) -> bool:
    """Whether capitals mean nothing here: a headline in which every word has one."""
    words = [token for token in sentence if token.word]
    if sentence and sentence[-1].text in (".", "!", "?", "”", '"', "…"):
        return False
    return len(words) > 5 and sum(token.capital for token in words) >= 0.8 * len(words)


def named(sentence: Sequence[Token], lower: set[str]) -> Iterable[Mention]:
    """Yield the names of a sentence, people's with the roles that stand before and behind them."""
    place = 0
    first = next((i for i, token in enumerate(sentence) if token.word), 0)
    while place < len(sentence):
        if not sentence[place].word:
            place += 1
            continue
        start = place
        if place == first and sentence[place].low in lower and sentence[place].low not in GIVEN_NAMES:
            place += 1
            if is_name_word(sentence[start]) and not (is_role(sentence[start]) or sentence[start].low in MODIFIERS):
                continue
        phrase = phrase_at(sentence, start)
        if phrase is None or phrase.kind != "name":
            behind = named_behind(sentence, phrase) if phrase is not None and phrase.kind == "role" else None
            if behind is not None and (name := personal(behind.name, described=True)):
                yield Mention(name, (Post(behind.role, behind.owner),))
            place = start + 1
            continue
        place = phrase.end
        owner = personal(phrase.owner)
        if owner:
            yield Mention(owner)
        article = sentence[start].low in ARTICLES and not phrase.role
        before = (Post(phrase.role, phrase.owner),) if phrase.role else ()
        posts = (*before, *_apposition(sentence, phrase.end))
        name = personal(phrase.name, titled=bool(phrase.role), described=bool(posts)) if not article else ()
        yield Mention(name, posts, phrase.owner) if name else Mention((), body=_body(sentence, phrase, lower))


def _body(sentence: Sequence[Token], phrase: Phrase, lower: set[str]) -> Name:
    """Return a name that is no person's; of `Fish and Wildlife Service`, also what a phrase leaves out."""
    before = phrase.start - 2
    if before < 0 or sentence[before + 1].low != "and" or not sentence[before].capital:
        return phrase.name
    common = sentence[before].low in lower or (before > 0 and sentence[before - 1].low in PLACES)
    return (*sentence[before : phrase.start], *phrase.name) if common else ()


def personal(name: Sequence[Token], *, titled: bool = False, described: bool = False, speaks: bool = False) -> Name:
    """Return the words of a person's name, nothing when the name looks like another thing's.

    `titled` tells that a role stands before it, `described` that one stands before or behind it.
    """
    words = core(name)
    adjective = next((i + 1 for i in range(len(words) - 3, -1, -1) if words[i].low in PLACES), 0)
    words = words[adjective:]
    if not words or len(words) > 5 or any(word.low in ("of", "for", "and", "&") for word in words):
        return ()
    if len(words) == 1:
        return words if titled and words[0].low not in PLACES | ORGANISATION_WORDS else ()
    if words[0].low == words[-1].low:
        return ()
    if words[0].low in GIVEN_NAMES and words[-1].low not in ORGANISATION_WORDS:
        return words
    if any(word.low in ORGANISATION_WORDS or (word.text.isupper() and len(word.text) > 2) for word in words):
        return ()
    if (
        (words[0].low in PLACES and not speaks)
        or (words[-1].low in PLACES and not described)
        or any(word.possessive for word in words[:-1])
    ):
        return ()
    return words


def _apposition(sentence: Sequence[Token], end: int) -> tuple[Post, ...]:
    """Return the role in `, the bloc’s Secretary-General,` behind a name."""
    if end >= len(sentence) or sentence[end].text != ",":
        return ()
    place = end + 1
    if place + 1 < len(sentence) and sentence[place].text.isdigit() and sentence[place + 1].text == ",":
        place += 2
    stop = place
    while stop < len(sentence) and stop - place <= _LONGEST_ROLE:
        token = sentence[stop]
        joined = token.word or token.text in ("&", "/", "’", "'")
        if not joined or token.low in RELATIVE or token.low in SPEECH:
            break
        stop += 1
    words = tuple(sentence[place:stop])
    if words and words[0].low in ARTICLES | POSSESSIVES:
        words = words[1:]
    head = next((i for i, word in enumerate(words) if word.low in PREPOSITIONS or not word.word), len(words))
    reset = next((i + 1 for i in range(head - 1, -1, -1) if words[i].possessive), 0)
    owner, words, head = words[:reset], words[reset:], head - reset
    if len(words) >= _LONGEST_ROLE:
        words = words[:head]
    return (Post(words, owner),) if head and is_role(words[head - 1]) and not _verbal(words[:head]) else ()


def _verbal(words: Sequence[Token]) -> bool:
    return any(word.low in FUNCTION_WORDS and not word.capital and word.low not in ("and", "first") for word in words)


def core(name: Sequence[Token]) -> Name:
    """Return a name without the Jr. or III at its end."""
    words = tuple(name)
    while len(words) > 1 and words[-1].low in SUFFIXES:
        words = words[:-1]
    return words


def written(tokens: Sequence[Token]) -> str:
    """Return words as they are written, a possessive inside included ("Peru’s Ombudsman")."""
    last = len(tokens) - 1
    return " ".join(token.text + ("’s" if token.possessive and i < last else "") for i, token in enumerate(tokens))
