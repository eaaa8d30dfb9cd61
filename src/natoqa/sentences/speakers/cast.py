"""The cast of an article: who is named in it, under which names, in which role."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from natoqa.sentences.speakers.bodies import Bodies
from natoqa.sentences.speakers.countries import countries
from natoqa.sentences.speakers.given_names import GENDER_OF
from natoqa.sentences.speakers.names import Mention, Name, core, is_heading, named, personal, written
from natoqa.sentences.speakers.offices import EXACT, GENERIC, OPEN, Description, Office, fit, office
from natoqa.sentences.speakers.tokens import Token
from natoqa.sentences.speakers.words import (
    ARTICLES,
    GENDERED,
    OFFICIALS,
    ORGANISATION_WORDS,
    PARTICLES,
    PLACES,
    POSSESSIVES,
    TITLES,
    Gender,
)
from natoqa.types import Speaker

_MOST_ROLES = 24
"""Roles that are kept of one person; the first ones introduce."""

_MOST_CANDIDATES = 32
"""People of one office or country among whom one is chosen; where there are more, a noun does not tell them apart."""


@dataclass(eq=False, slots=True)
class Voice:
    """Somebody who speaks in an article. `speaker` is None for one who speaks but is not named."""

    speaker: Speaker | None
    person: bool = False
    gender: Gender | None = None
    offices: tuple[Office, ...] = ()
    origin: frozenset[str] = frozenset()
    """The countries that this person stands for."""
    since: int = 0
    """The sentence that names this person in full first."""

    def may_be(self, gender: Gender) -> bool:
        """Whether "he" or "she" can mean this one."""
        return self.person and self.gender in (None, gender)

    @property
    def is_official(self) -> bool:
        """Whether one of the offices is a public one and is spelled out: more than a short title."""
        return any(held.words & OFFICIALS for held in self.offices)

    def fits(self, description: Description) -> int:
        """Return how well this one is what is described, 0 for not at all."""
        return max((fit(description, held, self.origin) for held in self.offices), default=0)


@dataclass(eq=False, slots=True)
class _Person:
    name: str
    gender: Gender | None
    since: int
    roles: list[Name] = field(default_factory=list)
    offices: dict[Office, None] = field(default_factory=dict)
    origin: frozenset[str] = frozenset()

    def add(self, mention: Mention) -> None:
        posts = mention.posts[: _MOST_ROLES - len(self.roles)]
        held = [office(post.role, post.owner) for post in posts]
        self.roles += [post.role for post in posts]
        self.offices.update(dict.fromkeys(held))
        self.origin = self.origin.union(countries(mention.owner), *(one.countries for one in held))
        for token in (token for post in posts for token in post.role):
            title_gender = TITLES[token.low][1] if token.low in TITLES else None
            self.gender = self.gender or GENDERED.get(token.low) or title_gender

    def voice(self) -> Voice:
        return Voice(
            Speaker(self.name, _best(self.roles)),
            person=True,
            gender=self.gender,
            offices=tuple(self.offices),
            origin=self.origin,
            since=self.since,
        )


_Key = tuple[str, str]


class Cast:
    """The people of an article, found by any of their names."""

    def __init__(self, sentences: Sequence[Sequence[Token]], title: Sequence[Token] = ()) -> None:
        self._bodies = Bodies(sentences, title)
        sentences = [*sentences, title]
        self._lower = {token.low for sentence in sentences for token in sentence if token.word and not token.capital}
        self._people: dict[_Key, _Person] = {}
        self._family: dict[str, dict[_Key, None]] = {}
        self._named_at: dict[str, list[tuple[int, _Key]]] = {}
        self._meet(
            [
                (number, mention)
                for number, words in enumerate(sentences)
                if not is_heading(words)
                for mention in named(words, self._lower)
            ]
        )
        self._full = {key: person.voice() for key, person in self._people.items()}
        self._short = self._by_one_name()
        self._head_of = {name: self._head(keys, {token.text for token in title}) for name, keys in self._family.items()}
        self._others: dict[str, Voice] = {}
        self._by_head: dict[str, list[Voice]] = {}
        self._by_origin: dict[str, list[Voice]] = {}
        self._index()

    def _index(self) -> None:
        for voice in self._full.values():
            heads = {head for held in voice.offices for head in held.heads}
            for head in sorted(heads | GENERIC if heads else heads):
                self._by_head.setdefault(head, []).append(voice)
            for country in sorted(voice.origin):
                self._by_origin.setdefault(country, []).append(voice)

    def _meet(self, found: Sequence[tuple[int, Mention]]) -> None:
        """Take in all full names first: a family name with a title belongs to one of them if it can."""
        for number, mention in found:
            name = mention.name
            if len(name) > 1:
                key = (name[0].low, name[-1].low)
                self._named_at.setdefault(name[-1].low, []).append((number, key))
                self._person(key, name, GENDER_OF.get(name[0].low), number).add(mention)
            elif mention.body:
                self._bodies.add(number, mention.body)
        for number, mention in found:
            if len(mention.name) == 1 and mention.posts:
                family = mention.name[0].low
                keys = self._family.get(family) or {("", family): None}
                if len(keys) == 1:
                    self._person(next(iter(keys)), mention.name, None, number).add(mention)

    def _person(self, key: _Key, name: Name, gender: Gender | None, number: int) -> _Person:
        self._family.setdefault(key[1], {})[key] = None
        return self._people.setdefault(key, _Person(written(name), gender, number))

    def _by_one_name(self) -> dict[str, Voice]:
        """Return who is meant by a family name, or by a given name, that only one person has."""
        given: dict[str, list[_Key]] = {}
        for key in self._people:
            given.setdefault(key[0], []).append(key)
        single = {name: self._full[next(iter(keys))] for name, keys in self._family.items() if len(keys) == 1}
        for name, keys in given.items():
            if name and len(keys) == 1 and name not in self._family and name not in PLACES:
                single[name] = self._full[keys[0]]
        return single

    def _head(self, keys: Iterable[_Key], title: set[str]) -> Voice | None:
        """Return whom a family's name alone means: the only one in the title, else the only one in office."""
        family = [self._full[key] for key in keys]
        titled = [voice for voice in family if voice.speaker and title.issuperset(voice.speaker.name.split())]
        official = [voice for voice in family if voice.is_official]
        return next((group[0] for group in (titled, official) if len(group) == 1), None)

    def find(self, name: Sequence[Token], *, article: bool = False, speaks: bool = False, sentence: int = 0) -> Voice:
        """Return the person of that name, else a body (or somebody) called as written.

        Somebody who `speaks` is taken for a person more easily. `sentence` is where the name stands.
        """
        words = core(name)
        if words and not article:
            voice = self._full.get((words[0].low, words[-1].low)) if len(words) > 1 else self._short.get(words[0].low)
            voice = voice or self._by_family_name(words, sentence)
            if voice is not None:
                return voice
        text = written(name)
        if text not in self._others:
            newcomer = self._newcomer(text, words, article=article or not speaks)
            if not speaks:
                return newcomer
            self._others[text] = newcomer
        return self._others[text]

    def _newcomer(self, text: str, words: Name, *, article: bool) -> Voice:
        """Return the voice of a name that only its speaking tells: a person called India Miller, or a body."""
        if article or not words:
            return Voice(Speaker(text))
        if len(words) == 1:
            known = words[0].low in PLACES | ORGANISATION_WORDS or words[0].text.isupper()
            return Voice(Speaker(text), person=not known)
        person = words[-1].low not in PLACES and bool(personal(words, described=True, speaks=True))
        voice = Voice(Speaker(text), person=person)
        if person:
            self._short.setdefault(words[-1].low, voice)
        return voice

    def _by_family_name(self, words: Name, sentence: int) -> Voice | None:
        """Return the person of two family names (`Drake Rodríguez`), or whom a shared family name alone means.

        That is the head of the family, else the one whom the article has named last.
        """
        if len(words) > 1:
            voice = self._short.get("-".join(word.low for word in words)) or self._short.get(words[-1].low)
            full = voice.speaker.name.replace("-", " ") if voice and voice.speaker else ""
            return voice if full.endswith(" " + written(words)) else None
        name = words[0].low
        places = self._named_at.get(name)
        if not places or self._head_of[name]:
            return self._head_of.get(name)
        last = bisect_right(places, sentence, key=lambda place: place[0]) - 1
        return self._full[places[max(0, last)][1]]

    def is_common(self, word: Token) -> bool:
        """Whether a capitalised word is a common noun that begins a sentence."""
        return word.low in self._lower and word.low not in self._short and not word.text.isupper()

    def person(self, name: Sequence[Token]) -> Voice | None:
        """Return the person of that name, None when it is nobody's in this article."""
        voice = self.find(name)
        return voice if voice.person else None

    def named_in(self, frame: Sequence[Token]) -> set[Voice]:
        """Return the people whose family names stand in a frame, possessives left out."""
        return {
            voice
            for token in frame
            if token.capital and not token.possessive and (voice := self._short.get(token.low)) is not None
        }

    def body(self, name: Sequence[Token], role: str | None = None) -> Voice:
        """Return the body called as written, with the role of who speaks for it."""
        return Voice(Speaker(written(name), role))

    def body_meant(self, noun: Sequence[Token], sentence: int) -> str | None:
        """Return the name of the body that common nouns ("the alliance") stand for in a sentence, None if unclear."""
        return self._bodies.meant(tuple(noun), sentence)

    def described(self, description: Description) -> Voice | None:
        """Return the only one in the article who is described, or whose office it can be if nobody shares it."""
        candidates = self._by_head.get(description.head, ())
        if len(candidates) > _MOST_CANDIDATES:
            return None
        rated = [(voice.fits(description), voice) for voice in candidates]
        exact = [voice for rating, voice in rated if rating == EXACT]
        others = {rating for rating, _ in rated if rating != EXACT}
        if len(exact) == 1 and (description.is_marked or OPEN not in others):
            return exact[0]
        return candidates[0] if len(candidates) == 1 and rated[0][0] == OPEN else None

    def compatriots(self, country: str, gender: Gender | None, sentence: int) -> list[Voice]:
        """Return who stands for a country among those named up to a sentence; among all when none has been."""
        voices = self._by_origin.get(country, ())
        if len(voices) > _MOST_CANDIDATES:
            return []
        fitting = [voice for voice in voices if gender is None or voice.may_be(gender)]
        return [voice for voice in fitting if voice.since <= sentence] or fitting


def _best(roles: Sequence[Name]) -> str | None:
    """Return the role that says most: one with a capital before one without, then the first."""
    known = [text for role in roles if (text := role_text(role))]
    return max(known, key=lambda role: any(part[0].isupper() for part in role.split()), default=None)


def role_text(role: Sequence[Token]) -> str | None:
    """Return a role as it is read: short titles in full, "Mr." and "Dr." left out."""
    words = list(role)
    while words and words[0].low in ARTICLES | POSSESSIVES | PARTICLES:
        words.pop(0)
    parts = []
    for i, token in enumerate(words):
        title = TITLES[token.low][0] if token.low in TITLES else token.text
        if title:
            parts.append(title + ("’s" if token.possessive and i < len(words) - 1 else ""))
    return " ".join(parts).replace(" .", "").strip() or None
