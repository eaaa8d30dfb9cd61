"""A question that leans on the one before it, made to stand alone, by rule.

What is carried over: the person whom "he" or "she" means (the last one who was cited), and the topic, that is the
telling part of the query before, for "that", "it", "there" and questions without a topic of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from natoqa.question import Question
from natoqa.types import Turn
from natoqa.words import question_words

_OPENING = re.compile(r"^\W*(?:and|but|so|then|also|ok|okay|now)\b[\s,]*", re.IGNORECASE)
_ABOUT = re.compile(r"^\W*(?:what|how) about\b", re.IGNORECASE)
_PERSON = re.compile(r"\b(?:he|she|him|her|his|hers)\b", re.IGNORECASE)
_THING = re.compile(
    r"\b(?:it|its|that|this|these|those|they|them|their|there|then|the same)\b(?!\s+\w+ed\b)", re.IGNORECASE
)
_OBJECT = re.compile(r"\b(about|on|for|against|to|of|with)\s+(?:that|this|it|these|those|them)\b", re.IGNORECASE)

# Fewer words that mean something than this, and no name: too little to search for alone.
OWN_TOPIC = 2


def standalone(question: str, turns: Sequence[Turn]) -> str:
    """Return the query for a question after the given turns: the question itself when it stands alone.

    Example: after "Will US troops go to Ukraine?", "And what did Rutte say about that?" becomes
    "what did Rutte say about “US troops go to Ukraine”?"
    """
    asked = question.strip()
    if not turns:
        return asked
    opened = _OPENING.sub("", asked) or asked
    leaning = opened != asked or _ABOUT.match(opened) is not None
    before = turns[-1]
    person = _last_person(before)
    if _PERSON.search(opened) and person:
        opened = _name_person(opened, person)
    elif not (leaning or _THING.search(opened) or _bare(opened)):
        return asked
    if _THING.search(opened) or _ABOUT.match(opened) or _bare(opened) or (leaning and not _has_topic(opened)):
        return _with_topic(opened, before)
    return opened


def _has_topic(text: str) -> bool:
    question = Question(text)
    return len(question.content) - sum(len(name) for name in question.names) >= OWN_TOPIC


def _bare(text: str) -> bool:
    question = Question(text)
    return not question.names and len(question.content) < OWN_TOPIC


def _last_person(turn: Turn) -> str | None:
    speakers = [citation.speaker for citation in turn.answer.citations if citation.speaker]
    return speakers[0] if speakers else None


def _name_person(text: str, person: str) -> str:
    """Put the name in the place of the first pronoun: "What else did he say?" -> "What else did Pete Hegseth say?"."""

    def name(match: re.Match[str]) -> str:
        return f"{person}’s" if match[0].lower() in ("his", "hers") else person

    return _PERSON.sub(name, text, count=1)


def _with_topic(text: str, before: Turn) -> str:
    """Put the topic of the turn before in the place of "about that", else at the end."""
    topic = _topic(before.answer.query, {word.stem for word in question_words(text)})
    if not topic:
        return text
    replaced, count = _OBJECT.subn(lambda match: f"{match[1]} “{topic}”", text, count=1)
    return replaced if count else f"{text.rstrip(' ?!.')} (“{topic}”)?"


def _topic(query: str, own: set[str]) -> str:
    """Return what a query is about: what follows "say about", else from its first to its last telling word."""
    question = Question(query)
    told = [word for word in question.content if word.stem not in own]
    about = re.search(r"\babout\s+", query) if question.kind == "said" else None
    if about and any(word.start >= about.end() for word in told):
        told = [word for word in told if word.start >= about.end()]
    return query[told[0].start : told[-1].end].replace("“", "").replace("”", "") if told else ""
