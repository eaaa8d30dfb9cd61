"""Whether a sentence tells that something happened, or only that it may, should, shall not, or did to another.

"When did Ukraine join NATO?" takes for granted that it did. A sentence that says "Ukraine would join one day" has all
the words of an answer and none: it speaks of a plan. The words tell, without grammar: what is asked for stands behind
"would", "should", "not" and the like, and nowhere else in the sentence. Nor does a sentence answer "when" that has no
word of what is dated, if the one before it has none either.
"""

from __future__ import annotations

import re

from natoqa.concepts import concept_of
from natoqa.question import Question
from natoqa.types import Article
from natoqa.words import Word, is_country, words

# What stands before a verb when its deed is a plan, a wish or a denial.
_UNREAL = frozenset(
    "will would shall should could may might must cannot not never won't wouldn't shouldn't couldn't can't didn't "
    "doesn't don't hasn't haven't hadn't isn't wasn't aren't weren't".split()
)
# What is wished for, with "to" behind it, is not done yet: "an invitation to join"; nor what is hoped for: "hopes of
# joining". "Applied for membership" has been done.
_HOPES = frozenset("hope hopes hoped ambition prospect prospects chance chances talk idea dream dreams".split())
_WISHES = _HOPES | frozenset(
    "invitation invited want wants wanted plan plans planned promise promised ask asked intend intends intended "
    "seek seeks sought bid apply applied aim aims aimed wish wishes wished path".split()
)
_TOWARDS = frozenset("to of for".split())
# What a question asks behind these is not taken for done: "By when did she want to build it?"
_WANTS = frozenset("want wanted hope hoped plan planned intend intended wish wished expect expected".split())
_NO_DEEDS = frozenset("year day date month week time become became becoming".split())
# Stands between the two: "would one day be", "will also have".
_BETWEEN = frozenset(
    "be been being become a an have also soon yet one day ever never eventually only then first finally probably "
    "likely".split()
)
# A question about the past that leaves no doubt about it. "Which country joined?" is left alone: on quiz questions of
# summer 2024 and held-out ones of SQuAD, sentences like "Mexico will elect a woman" then were right answers more often.
_ASKS_OF_DEEDS = re.compile(r"\b(?:did|has|have|had)\b|\bwhen (?:was|were)\b", re.IGNORECASE)


def is_off(question: Question, sentence: str, before: str = "") -> bool:
    """Return whether a sentence cannot answer: it plans what is asked for, tells it of another, or does not tell it.

    `before` is what its article says before it: "She applied to join. The request was signed on 3 May."
    """
    return (
        is_only_planned(question, sentence)
        or is_done_by_another(question, sentence)
        or is_not_told(question, sentence, before)
    )


# Characters before a sentence that are read for what it is about: about the sentence before.
_CONTEXT = 250


def said_before(article: Article, start: int) -> str:
    """Return what an article says right before a character, behind its title."""
    return f"{article.title}. {article.text[max(0, start - _CONTEXT) : start]}"


def is_not_told(question: Question, sentence: str, before: str = "") -> bool:
    """Return whether a sentence gives no day for what a question dates, but for something else.

    Neither the sentence nor what stands before it has a word of what is dated, or only as a plan. On held-out
    questions of SQuAD such a sentence was the reader's choice eight times, and right once.

    >>> asked = Question("When did Ukraine join NATO?")
    >>> is_not_told(asked, "The president signed the request on 30 September 2022.", "Ukraine applied to join NATO.")
    True
    >>> asked = Question("When did Ukraine apply to join NATO?")
    >>> is_not_told(asked, "The president signed the request on 30 September 2022.", "Ukraine applied to join NATO.")
    False
    """
    if question.kind != "when":
        return False
    asked, doer = _deeds(question), _doer(question)
    if doer:  # the verb comes right behind: "apply" in "When did Ukraine apply for membership?"
        behind = [word.stem for word in question.content if word.start > doer[-1].start and word.stem in asked]
        asked = frozenset(behind[:1])
    deeds = asked | {concept_of(word.text.lower()) for word in question.words if word.stem in asked}
    if not deeds or any(_tells(word, deeds) for word in words(sentence)):
        return False
    said = words(before)
    return not any(_tells(word, deeds) and not _is_unreal(said, place) for place, word in enumerate(said))


def _tells(word: Word, deeds: frozenset[str]) -> bool:
    return word.stem in deeds or concept_of(word.text.lower()) in deeds


def is_only_planned(question: Question, sentence: str) -> bool:
    """Return whether a sentence speaks of a deed that the question takes for done as a plan, a wish, or as undone.

    >>> asked = Question("When did Ukraine join NATO?")
    >>> is_only_planned(asked, "The bloc said in 2008 that Ukraine would eventually join.")
    True
    >>> is_only_planned(asked, "Finland joined NATO in 2023.")
    False
    >>> is_only_planned(Question("When will Ukraine join NATO?"), "Ukraine will join NATO in 2040, he said.")
    False
    """
    asked = _deeds(question)
    if not asked:
        return False
    said = words(sentence)
    found = {(word.stem, _is_unreal(said, place)) for place, word in enumerate(said) if word.stem in asked}
    planned = {stem for stem, unreal in found if unreal}
    return bool(planned) and not any((stem, False) in found for stem in planned)


# "When did Ukraine join NATO?", "Where was Hungary admitted?": what follows is who did it.
_DOER = re.compile(r"\b(?:when|where|why|how)\b[^,;]*?\b(?:did|has|have|had|was|were)\s+(?:the\s+)?", re.IGNORECASE)
# Words between who did something and the verb: "Sweden, which finally had joined".
_REACH = 4


def is_done_by_another(question: Question, sentence: str) -> bool:
    """Return whether a sentence tells what the question asks of one country, of another country only.

    >>> asked = Question("When did Ukraine join NATO?")
    >>> is_done_by_another(asked, "Sweden, which joined in March 2024, took part for the first time.")
    True
    >>> is_done_by_another(asked, "It joined in 2023.")
    False
    """
    doer = _doer(question)
    if doer is None or not is_country(doer[-1].stem):
        return False
    said = words(sentence)
    if any(word.stem == doer[-1].stem for word in said):
        return False
    if any(is_country(word.stem) for word in said[:_REACH]):
        return True
    deed = next((word.stem for word in question.content if word.start > doer[-1].start), "")
    verbs = [place for place, word in enumerate(said) if word.stem == deed]
    return bool(verbs) and all(any(is_country(word.stem) for word in said[max(0, at - _REACH) : at]) for at in verbs)


def _doer(question: Question) -> tuple[Word, ...] | None:
    """Return the name behind "when did"."""
    match = _DOER.search(question.text)
    return next((name for name in question.names if match and name[0].start == match.end()), None)


def _deeds(question: Question) -> frozenset[str]:
    """Return the stems of what the question takes for done: its words that no plan or denial stands before."""
    if not _ASKS_OF_DEEDS.search(question.text):
        return frozenset()
    names = {word.start for name in question.names for word in name}
    meaning = {word.start for word in question.content} - names
    wanted = next((word.start for word in question.words if word.text.lower() in _WANTS), len(question.text))
    return frozenset(
        word.stem
        for place, word in enumerate(question.words)
        if word.start in meaning
        and word.start < wanted
        and word.text.lower() not in _NO_DEEDS
        and not _is_unreal(question.words, place)
    )


def _is_unreal(said: list[Word], place: int) -> bool:
    """Return whether the word at a place stands behind a plan, a wish or a denial: "would soon join"."""
    lowered = ""
    for before in reversed(said[max(0, place - 4) : place]):
        behind, lowered = lowered, before.text.lower().replace("’", "'")
        if lowered in _UNREAL or lowered in {"to": _WISHES, "of": _HOPES, "for": _HOPES}.get(behind, frozenset()):
            return True
        if lowered not in _TOWARDS and lowered not in _BETWEEN and not lowered.endswith("ly"):
            return False
    return False
