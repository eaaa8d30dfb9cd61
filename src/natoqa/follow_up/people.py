"""Whom "he", "the minister" or "the latter" means: the persons of the turns before, the most talked of first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from natoqa.follow_up.topic import asked_before, plain
from natoqa.question import Question
from natoqa.sentences.speakers.given_names import GENDER_OF, GIVEN_NAMES
from natoqa.sentences.speakers.words import BODIES, ORGANISATION_WORDS, PLACES, ROLES, Gender
from natoqa.types import Turn
from natoqa.words import Word, is_country, stems, words

# Longer ones are no names; what is cited was written by others.
LONGEST_NAME = 60

_FULL_NAME = re.compile(
    r"\b[A-Z][^\W\d_]*(?:[-'’][A-Z]?[^\W\d_]+)*(?:\s+(?:(?:van|von|der|den|de|la|al|bin)\s+)*[A-Z][^\W\d_]*\.?"
    r"(?:[-'’][A-Z]?[^\W\d_]+)*)+"
)
_NO_PERSON = ORGANISATION_WORDS | BODIES | PLACES

_PRONOUN = re.compile(r"\b(he|she|him|her|his|hers)\b", re.IGNORECASE)
_GENDER: dict[str, Gender] = {"he": "m", "him": "m", "his": "m", "she": "f", "her": "f", "hers": "f"}
# After "her", these do not belong to her: "What did they tell her about …?".
_NOT_OWNED = re.compile(r"\s*(?:$|[?.,!;]|(?:about|in|on|at|to|for|by|with|from|and|or|when|that|as|before|after)\b)")
_ONE_OF_TWO = re.compile(
    r"\bthe (former|latter|first(?: one)?|second(?: one)?)(?: of (?:them|the two))?\b(?!\s+\w+ing\b)"
)
_ROLES = "|".join(sorted(ROLES, key=len, reverse=True))
_ROLE = re.compile(
    rf"\b(?:the|this|that)\s+((?:[\w-]+\s+){{0,2}}?)({_ROLES})\b(?:\s+general\b)?",
    re.IGNORECASE,
)


def named(text: str, turns: Sequence[Turn]) -> str:
    """Return a question with the person named whom its first pronoun, role or "the latter" means, if one is known.

    Example: after a quotation of Pete Hegseth "What else did he say?" -> "What else did Pete Hegseth say?"
    """
    if _PRONOUN.search(text):
        return _pronoun_named(text, turns)
    if _ONE_OF_TWO.search(text):
        return _one_of_two_named(text, turns)
    return _role_named(text, turns[-1])


def _pronoun_named(text: str, turns: Sequence[Turn]) -> str:
    match = _PRONOUN.search(text)
    if match is None or _persons_in(text[: match.start()], only_given=False):  # it is named in the question itself
        return text
    pronoun = match[0].lower()
    person = _last_person(turns, _GENDER[pronoun])
    if person is None:
        return text
    owned = pronoun in ("his", "hers") or (pronoun == "her" and not _NOT_OWNED.match(text[match.end() :]))
    return f"{text[: match.start()]}{person}{'’s' if owned else ''}{text[match.end() :]}"


def _last_person(turns: Sequence[Turn], gender: Gender) -> str | None:
    """Return the name of the person who was talked of last and may be meant by a pronoun of this gender."""
    for turn in reversed(turns):
        for person in _persons(turn):
            given = person.split()[0].lower()
            if GENDER_OF.get(given, gender) == gender:
                return person
    return None


def _persons(turn: Turn) -> Iterator[str]:
    """Yield the persons of a turn: who answers "who", who is asked about, who is cited, who stands in a quotation."""
    asked, answer = asked_before(turn), turn.answer
    speakers = [plain(each.speaker, LONGEST_NAME) for each in answer.citations if each.speaker]
    quoted = [person for each in answer.citations for person in _persons_in(each.quote, only_given=True)]
    of_question = [_in_full(person, [*speakers, *quoted]) for person in _persons_asked_about(asked, speakers)]
    if Question(asked).kind == "who":
        yield from _persons_in(answer.short_answer or "", only_given=False)
        yield from (person for person in quoted if person not in of_question)
    yield from of_question
    yield from (speaker for speaker in speakers if _persons_in(speaker, only_given=False))
    yield from quoted


def _persons_asked_about(asked: str, speakers: Sequence[str]) -> list[str]:
    question = Question(asked)
    cited = {_surname(speaker) for speaker in speakers if " " in speaker}
    persons = []
    for name in (*question.asked_speakers, *question.names):
        text = asked[name[0].start : name[-1].end]
        persons += _persons_in(text, only_given=False) or ([_bare(text)] if _surname(text) in cited else [])
    return persons


def _persons_in(text: str, *, only_given: bool) -> list[str]:
    """Return the names of a text that are surely persons': no country, no body, at least two words.

    `only_given` leaves out those that do not begin with a common given name, as places may have two words, too.
    """
    persons = []
    for match in _FULL_NAME.finditer(text):
        name = _without_office(match[0].split())
        lowered = [_bare(part).lower() for part in name]
        known = bool(lowered) and lowered[0] in GIVEN_NAMES
        if len(name) < 2 or len(name) > 6 or {*lowered} & _NO_PERSON or (only_given and not known):
            continue
        if known or not any(is_country(word.stem) for word in words(" ".join(name))):
            persons.append(plain(_bare(" ".join(name)), LONGEST_NAME))
    return persons


def _without_office(name: Sequence[str]) -> Sequence[str]:
    """Drop what stands before the person: "European Commission President Ursula von der Leyen"."""
    if " ".join(name).isupper():  # a dateline
        return ()
    for number in range(len(name) - 2, 0, -1):
        if name[number].lower() in GIVEN_NAMES and name[number - 1].lower() not in GIVEN_NAMES:
            return name[number:]
    while name and (name[0].lower() in ROLES or is_country(words(name[0])[0].stem)):
        name = name[1:]
    return name


def _in_full(person: str, others: Iterable[str]) -> str:
    """Return a surname with the given name that it has where it is cited."""
    if " " in person:
        return person
    return next((other for other in others if " " in other and _surname(other) == _surname(person)), person)


def _surname(name: str) -> str:
    return words(name)[-1].stem if words(name) else ""


def _bare(text: str) -> str:
    return text.removesuffix("'s").removesuffix("’s")


def _one_of_two_named(text: str, turns: Sequence[Turn]) -> str:
    """Name the former or the latter: the first two of the names in the last question or answer that lists some."""
    for turn in reversed(turns):
        question = Question(asked_before(turn))
        answered = Question(f"by {turn.answer.short_answer or ''}")
        quoted = Question(f"by {turn.answer.citations[0].quote}" if turn.answer.citations else "")
        for listing in (question, answered, quoted):
            if listing.lists_names:
                return _one_of_two(text, _listed(listing))
    return text


def _one_of_two(text: str, names: tuple[str, str]) -> str:
    def name(match: re.Match[str]) -> str:
        return names[match[1].lower().startswith(("latter", "second"))]

    return _ONE_OF_TWO.sub(name, text, count=1)


def _written(name: Sequence[Word]) -> str:
    return plain(_bare(" ".join(word.text for word in name)), LONGEST_NAME)


def _listed(question: Question) -> tuple[str, str]:
    """Return the two names that stand beside each other with "and" or a comma between them."""
    for one, other in zip(question.names, question.names[1:], strict=False):
        if Question(question.text[one[0].start : other[-1].end].join(("by ", ""))).lists_names:
            return _written(one), _written(other)
    return _written(question.names[0]), _written(question.names[1])


def _role_named(text: str, before: Turn) -> str:
    """Put the name of who was cited in that role in the place of "the minister", unless it says whose minister."""
    for match in _ROLE.finditer(text):
        role = stems(f"{match[1]} {match[2]}")
        if any(is_country(stem) for stem in role):
            continue
        for citation in before.answer.citations:
            if citation.speaker and citation.role and role <= stems(citation.role):
                return f"{text[: match.start()]}{plain(citation.speaker, LONGEST_NAME)}{text[match.end() :]}"
    return text
