"""Noun phrases that can be a speaker: `US Defense Secretary Pete Hegseth`, `the minister`, `officials`, `he`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from natoqa.sentences.speakers.given_names import GIVEN_NAMES
from natoqa.sentences.speakers.tokens import Token
from natoqa.sentences.speakers.words import (
    ARTICLES,
    DAYS,
    DOCUMENTS,
    FUNCTION_WORDS,
    GROUPS,
    HE,
    INDEFINITE,
    MODIFIERS,
    MOMENTS,
    NAME_MONTHS,
    ORGANISATION_WORDS,
    PARTICLES,
    POSSESSIVES,
    PREFIXES,
    REPORTS,
    ROLES,
    ROLES_THAT_ARE_NAMES,
    SPEECH,
    SPOKES,
    SUFFIXES,
    TITLES,
)

LONGEST = 24
"""Tokens that a phrase may have: real ones stay far below, and hostile text costs no more than this a word."""

_DETERMINERS = ARTICLES | POSSESSIVES | INDEFINITE

Kind = Literal["pronoun", "name", "role", "group", "unknown"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase over `tokens[start:end]`.

    `name` has the words of a proper name or of a group, `role` those that tell what a person is, `owner` whose
    minister or spokesman it is. `definite` holds for "the minister", not for "a minister".
    """

    kind: Kind
    start: int
    end: int
    name: tuple[Token, ...] = ()
    role: tuple[Token, ...] = ()
    owner: tuple[Token, ...] = ()
    definite: bool = False

    @property
    def words(self) -> tuple[Token, ...]:
        """The words of a role or a group together with whose it is: `Biden’s campaign`."""
        own = self.role or self.name
        return (*self.owner, *own) if self.owner and self.owner[-1].possessive else own


def is_role(token: Token) -> bool:
    """Whether a word says what one person is: minister, spokeswoman, Sen."""
    return _says_role(token.low)


@lru_cache(maxsize=1 << 15)
def _says_role(low: str) -> bool:
    first, _, last = low.partition("-")
    if low in ROLES or low in TITLES or low.endswith("-year-old"):
        return True
    return (first in PREFIXES and last in ROLES) or (first in ROLES and last in ("elect", "designate"))


def is_group(token: Token) -> bool:
    """Whether a common noun means several people or a body that speaks as one."""
    if not token.low.endswith("s"):
        return token.low in GROUPS
    one = token.low[:-3] + "y" if token.low.endswith("ies") else token.low[:-1]
    return token.low in GROUPS or one in ROLES or one in GROUPS


def is_name_word(token: Token) -> bool:
    """Whether a word may belong to a proper name."""
    if not token.word or not token.capital or token.low in DAYS:
        return False
    contracted = token.low.partition("'")[0] in FUNCTION_WORDS
    return not contracted or (token.text.isupper() and len(token.text) > 1)


def _nominal(token: Token) -> bool:
    if not token.word or token.low in DAYS:
        return False
    return (
        token.low in MODIFIERS
        or token.text[0].isdigit()
        or "-" in token.text
        or is_name_word(token)
        or is_role(token)
        or is_group(token)
    )


def _joins(words: Sequence[Token], place: int) -> int:
    """Return how many connecting words stand at `place` inside a name (`Bank of Japan`, `Ursula von der Leyen`)."""
    before, low = words[place - 1], words[place].low
    if not before.capital or before.possessive:
        return 0
    width = 1
    while width < 3 and place + width < len(words) and words[place + width].low in PARTICLES | {"the"}:
        width += 1
    if place + width >= len(words) or not is_name_word(words[place + width]):
        return 0
    if low in PARTICLES or low == "&":
        return width
    body = before.low in ORGANISATION_WORDS or before.low in GROUPS or (before.text.isupper() and len(before.text) > 1)
    if (low == "of" and (body or is_role(before))) or (low == "for" and body):
        return width
    organisation = before.low in ORGANISATION_WORDS or any(token.low in ("of", "for") for token in words[:place][-4:])
    return width if low == "and" and width == 1 and organisation else 0


def phrase_at(tokens: Sequence[Token], start: int, *, lenient: bool = False) -> Phrase | None:
    """Return the noun phrase that begins at `tokens[start]`, None when none that can speak does.

    `lenient` lets common nouns stand before a name: "plumber Pat DeBiasse" after "said".
    """
    if start < len(tokens) and tokens[start].low in HE:
        return Phrase("pronoun", start, start + 1, name=(tokens[start],))
    if not lenient and not _may_begin(tokens, start):
        return None
    window = tokens[start : start + LONGEST]
    place, definite = 0, True
    owner: tuple[Token, ...] = ()
    if window and window[0].low in _DETERMINERS:
        definite = window[0].low not in INDEFINITE
        place = 1
    has_article = place == 1 and window[0].low in ARTICLES
    first = place
    skipped = 0
    while place < len(window):
        token = window[place]
        if lenient and place > first and token.low in MOMENTS and _ends_name(window[place - 1]):
            break  # "said Klein late on Monday", but "the late Klein"
        if _nominal(token):
            place += 1
            if token.possessive and place < len(window):
                owner, first, has_article, definite = tuple(window[first:place]), place, False, True
        elif place > first and (width := _joins(window, place)):
            place += width
        elif token.low in NAME_MONTHS and place > first and is_role(window[place - 1]):
            place += 1
        elif lenient and skipped < 5 and _common(token) and not (place > first and tells_when(token)):
            place, skipped = place + 1, skipped + 1
        else:
            break
    words = tuple(window[first:place])
    phrase = _read(words, start, start + place, definite=definite, article=has_article or definite is False)
    if phrase is None or (skipped and phrase.kind != "name"):
        return None
    if phrase.kind == "role" and (both := _of_two_roles(tokens, phrase)):
        return both
    phrase = replace(phrase, owner=owner or phrase.owner, definite=definite)
    return _with_owner(tokens, phrase) if phrase.kind in ("role", "group") else phrase


def _of_two_roles(tokens: Sequence[Token], phrase: Phrase) -> Phrase | None:
    """Return the name behind two roles of one person.

    "Author and activist Ann Lee" is one, "the mayor and Governor Ann Lee" and "his wife and son Ian Lee" are two.
    """
    start, place = phrase.start, phrase.end
    if place + 2 >= len(tokens) or tokens[place].low != "and" or tokens[place + 1].low in _DETERMINERS:
        return None
    if any(token.low in POSSESSIVES or token.possessive for token in tokens[max(0, start - 1) : start + 1]):
        return None
    second = phrase_at(tokens, place + 1)
    if second is None or second.kind != "name" or not second.role:
        return None
    if second.role[-1].capital or second.role[-1].low.endswith("-year-old"):
        return None
    return replace(second, start=start, role=tuple(tokens[start : second.end - len(second.name)]))


def _may_begin(tokens: Sequence[Token], start: int) -> bool:
    """Whether a nominal word stands at `start` or behind the article there: most words of a text end here."""
    head = start + 1 if start < len(tokens) and tokens[start].low in _DETERMINERS else start
    return head < len(tokens) and _nominal(tokens[head])


def _ends_name(token: Token) -> bool:
    return token.capital and not token.possessive


def _common(token: Token) -> bool:
    return token.word and not token.capital and token.low not in FUNCTION_WORDS and token.low not in SPEECH


def tells_when(token: Token) -> bool:
    """Whether a word behind a name is no noun that belongs to it: `said Rutte shortly after the vote`."""
    return token.low in MOMENTS or token.text[0].isdigit()


def _read(words: tuple[Token, ...], start: int, end: int, *, definite: bool, article: bool) -> Phrase | None:
    """Return what a row of nominal words is: role and name, name, role or group."""
    if not words:
        return None
    last = words[-1]
    if not last.capital:
        capitals = tuple(word for word in words if word.capital)
        if is_role(last):
            return Phrase("role", start, end, role=words, owner=capitals)
        return Phrase("group", start, end, name=words) if is_group(last) else None
    cut = _behind_office(words) or _name_begins(words)
    name, role = words[cut:], words[:cut]
    if not name:
        return Phrase("role", start, end, role=words)
    if name[-1].low in TITLES or (len(name) > 1 and name[-1].low in REPORTS):
        return None
    alone = not role or len(name) > 1 or name[-1].low not in ROLES_THAT_ARE_NAMES
    if is_role(name[-1]) and (article or alone) and _only_role(name):
        return Phrase("role", start, end, role=words, owner=tuple(word for word in words if not is_role(word)))
    return Phrase("name", start, end, name=name, role=role if any(map(is_role, role)) else ())


def _only_role(name: tuple[Token, ...]) -> bool:
    if len(name) == 2 and name[0].low in GIVEN_NAMES:
        return False
    return name[-1].low not in ROLES_THAT_ARE_NAMES or len(name) == 1


def _name_begins(words: tuple[Token, ...]) -> int:
    """Return where, in a row that ends in a capital, the proper name begins: behind the last role or common word."""
    for place in range(len(words) - 1, -1, -1):
        word = words[place]
        particle = word.low in PARTICLES or word.low in ("of", "the", "for", "and", "&")
        if not word.capital and not particle and not (word.text[0].isdigit() and word.text.isupper()):
            return place + 1
        if word.possessive and place < len(words) - 1:
            return place + 1
        if (
            word.text.isupper()
            and len(word.text) in (2, 3)
            and place < len(words) - 2
            and words[place + 1].low in GIVEN_NAMES
        ):
            return place + 1
        if is_role(word) and place < len(words) - 1 and not _part_of_name(words, place):
            return place + 1
    return 0


def _behind_office(words: tuple[Token, ...]) -> int:
    """Return where the name begins in `Secretary of State Antony Blinken`, 0 when there is no such office."""
    of = next((i for i, word in enumerate(words) if i and word.low == "of" and is_role(words[i - 1])), 0)
    if not of or len(words) - of < 4:
        return 0
    given = next((i for i in range(of + 2, len(words) - 1) if words[i].low in GIVEN_NAMES), 0)
    return given or len(words) - 2


def _part_of_name(words: tuple[Token, ...], place: int) -> bool:
    """Whether a role word belongs to the name around it: `Judge` in `Mike Judge Jr.`, `Attorney` in an office."""
    after = words[place + 1]
    if after.low in SUFFIXES or after.low in ("of", "for", "and", "&"):
        return True
    return after.low in ORGANISATION_WORDS


def _with_owner(tokens: Sequence[Token], phrase: Phrase) -> Phrase:
    """Take in what follows a role or a group: `for Meta` tells the owner, `in Kyiv` is only passed over."""
    end = phrase.end
    for _ in range(2):
        if end >= len(tokens) or tokens[end].low not in ("for", "of", "at", "in", "from", "with"):
            break
        rest = phrase_at_name(tokens, end + 1)
        if rest is None:
            break
        owned = phrase.kind == "role" and not phrase.owner and tokens[end].low != "in"
        phrase = replace(phrase, end=rest[1], owner=rest[0] if owned else phrase.owner)
        end = phrase.end
    return phrase


def phrase_at_name(tokens: Sequence[Token], start: int) -> tuple[tuple[Token, ...], int] | None:
    """Return the words of the body or place named at `start` (`the Health Ministry`, `the company`) and its end."""
    place = start
    window_end = min(len(tokens), start + LONGEST)
    if place < window_end and tokens[place].low in ARTICLES | POSSESSIVES:
        place += 1
    first = place
    while place < window_end:
        if _nominal(tokens[place]):
            place += 1
        elif place > first and (width := _joins(tokens[first:window_end], place - first)):
            place += width
        else:
            break
    return (tuple(tokens[first:place]), place) if place > first else None


def is_spokesperson(phrase: Phrase) -> bool:
    """Whether somebody speaks for another: the other is the speaker."""
    return phrase.kind == "role" and bool(phrase.role) and phrase.role[-1].low in SPOKES


def ends_phrase(tokens: Sequence[Token], end: int) -> bool:
    """Whether nothing follows at `end` that would make another noun the head: "the Emerson poll"."""
    if end >= len(tokens):
        return True
    token = tokens[end]
    if not token.word or token.low in FUNCTION_WORDS or token.low in DAYS:
        return True
    return token.low in SPEECH and token.low not in DOCUMENTS


def named_behind(tokens: Sequence[Token], phrase: Phrase) -> Phrase:
    """Return the name that follows a role (`the attorney general, Patricia Benavides,`), else the phrase itself."""
    end = phrase.end
    if end < len(tokens) and tokens[end].low == "and":
        second = phrase_at(tokens, end + 1)
        end = second.end if second is not None and second.kind == "role" else end
    if phrase.kind != "role" or end >= len(tokens) or tokens[end].text != ",":
        return phrase
    behind = phrase_at(tokens, end + 1)
    closed = behind is not None and (behind.end >= len(tokens) or tokens[behind.end].text in (",", ".", ";"))
    if behind is None or not closed or behind.kind != "name" or behind.role or len(behind.name) < 2:
        return phrase
    return replace(behind, start=phrase.start, role=phrase.role, owner=phrase.owner)
