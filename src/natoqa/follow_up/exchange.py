"""A name, role, place or year alone, put in the place of its like in the question before.

"What did Rutte say about the promise?", then "And Pistorius?" is "What did Pistorius say about the promise?".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from natoqa.follow_up.opening import Opened
from natoqa.follow_up.topic import points_back
from natoqa.question import Question
from natoqa.sentences.speakers.words import ROLES
from natoqa.words import Word, is_country, words

# More words are a sentence of its own.
LONGEST_FRAGMENT = 8

_ASKS = re.compile(
    r"^\W*(?:(?:in|on|at|by|to|for|from|until|since|with)\s+)?(?:who|whom|whose|what|which|when|where|why|how|is|are|was"
    r"|were|will|would|can|could|may|might|should|must|do|does|did|has|have|had|tell|give|show)\b",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r"^(?:in|on|at|from|by|for|to|with|of|about|during|after|before)\s+", re.IGNORECASE)
_ONE = re.compile(r"^the\s+(\w[\w-]*)\s+ones?$", re.IGNORECASE)
_ONE_IN = re.compile(r"^the\s+ones?\s+(?:in|at|of|from|on)\s+(.+)$", re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:(?:\d{1,2}\s+)?(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?:\s+\d{1,2}(?:,|\b))?\s*)?\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_OBJECT = re.compile(r"\b(about|on)\s+([^?]+?)(?=\s*\??$|\s*\(“)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A name or role in a question, with the article before it, and what it is."""

    start: int
    end: int
    text: str
    is_country: bool
    has_role: bool


def exchanged(opened: Opened, before: str) -> str | None:
    """Return the question before with the fragment in the place of its like; None for whole questions and new topics.

    Example: "Will France send troops?", "What about Slovakia?" -> "Will Slovakia send troops?"
    """
    fragment = _fragment(opened)
    if fragment is None:
        return None
    if (time := _TIME.fullmatch(fragment)) and _TIME.search(before):
        return _TIME.sub(lambda _: time[0], before, count=1)
    there = _phrases(before)
    here = _phrases(f"by {fragment}")
    if len(here) != 1 or not there:
        return _of_another_object(fragment, before)
    return (
        _beside_the_same_noun(fragment, before, there)
        or _of_its_kind(here[0], fragment, before, there)
        or _of_another_object(fragment, before)
    )


def _fragment(opened: Opened) -> str | None:
    text = opened.text.strip(" ?!.")
    alone = len(text.split()) == 1 and opened.text.endswith("?") and bool(Question(f"by {text}").names)
    if not (opened.leans or alone) or _ASKS.match(text) or not 0 < len(text.split()) <= LONGEST_FRAGMENT:
        return None
    text = _PREPOSITION.sub("", text)
    if one := _ONE.match(text):
        return one[1] if _phrases(f"by {one[1]}") else None
    if one := _ONE_IN.match(text):
        return one[1]
    return None if points_back(text) else text


def _phrases(text: str) -> list[_Phrase]:
    """Return the names of a text, each with the words of a role beside it, and the roles without a name."""
    found = words(text)
    named = {word.start for name in Question(text).names for word in name}
    phrases: list[_Phrase] = []
    run: list[Word] = []
    for word in [*found, None]:
        belongs = word is not None and (word.start in named or _is_role(word, text))
        follows = bool(run) and word is not None and text[run[-1].end : word.start] == " " and not _owns(run[-1])
        if run and not (belongs and follows):
            phrases.append(_phrase(run, text, named))
            run = []
        if belongs and word is not None:
            run.append(word)
    return phrases


def _is_role(word: Word, text: str) -> bool:
    lowered = word.text.lower().removesuffix("'s").removesuffix("’s")
    following = text[word.end :].split(maxsplit=1)[:1]
    return lowered in ROLES or (lowered in ("prime", "foreign", "defence", "defense", "finance", "vice", "secretary")
                                and bool(following) and following[0].lower().strip("?.,") in ROLES)  # fmt: skip


def _owns(word: Word) -> bool:
    return word.text.endswith(("'s", "’s"))


def _phrase(run: Sequence[Word], text: str, named: set[int]) -> _Phrase:
    start = run[0].start
    if text[:start].lower().endswith("the "):
        start -= len("the ")
    names = [word for word in run if word.start in named]
    return _Phrase(
        start,
        run[-1].end,
        text[start : run[-1].end],
        is_country=bool(names) and all(is_country(word.stem) for word in names) and len(names) == len(run),
        has_role=len(names) < len(run),
    )


def _beside_the_same_noun(fragment: str, before: str, there: Sequence[_Phrase]) -> str | None:
    """Exchange what stands before a noun that both have: "the Vilnius summit" for "the Bucharest summit"."""
    *names, noun = words(fragment)
    for phrase in there:
        following = words(before[phrase.end :])[:1]
        if names and following and following[0].stem == noun.stem and not before[phrase.end :].startswith("?"):
            changed = fragment[: noun.start].strip()
            return f"{before[: phrase.start]}{changed}{before[phrase.end :]}"
    return None


def _of_its_kind(new: _Phrase, fragment: str, before: str, there: Sequence[_Phrase]) -> str | None:
    """Exchange a possessive for a possessive, a country for a country, and whoever else for the first who is none."""
    text = fragment if new.text.lower() in fragment.lower() else new.text
    if fragment.endswith(("'s", "’s")):
        old = next((phrase for phrase in there if phrase.text.endswith(("'s", "’s"))), None)
        return _put(text, old, before) if old else None
    if new.is_country:
        for phrase in there:
            if word := _country_in(phrase):
                start = phrase.start if phrase.is_country else phrase.start + word.start
                end = phrase.end if phrase.is_country else start + len(word.text)
                return f"{before[:start]}{text}{before[end:]}"
        return None
    other = next((phrase for phrase in there if not phrase.is_country), None) or there[0]
    return _put(text, other, before)


def _country_in(phrase: _Phrase) -> Word | None:
    """Return the country of "France" and "the Polish prime minister"; one in the name of a body is not its own."""
    if not (phrase.is_country or phrase.has_role):
        return None
    return next((word for word in words(phrase.text) if is_country(word.stem)), None)


def _put(text: str, old: _Phrase, before: str) -> str:
    owned = "’s" if old.text.endswith(("'s", "’s")) and not text.endswith(("'s", "’s")) else ""
    return f"{before[: old.start]}{text}{owned}{before[old.end :]}"


def _of_another_object(fragment: str, before: str) -> str | None:
    """Ask the same person about something else: "… say about free speech?", then "And Romania?"."""
    if Question(before).kind != "said" or not _OBJECT.search(before):
        return None
    return _OBJECT.sub(lambda match: f"{match[1]} {fragment}", before, count=1)
