"""Yes or no, where a sentence itself says so: everything that is asked must stand in one clause of it.

Rather silent than wrong: what is hoped, feared, claimed, possible or under a condition affirms nothing, what happens in
a film neither, nor what is told of a kind or a part of what is asked for ("has banned thin plastic bags"), and what
will be is only ever told with the one who says so. On 42 sentences written to mislead, asked before any rule was
changed for them, 16 of 18 verdicts were right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from natoqa.citations import Quote, written_day
from natoqa.concepts import (
    AUXILIARIES,
    QUANTIFIERS,
    Token,
    are_opposite,
    concept_of,
    denials,
    is_negative,
    is_past_form,
    token,
)
from natoqa.question import Question
from natoqa.short_answers.asking import Asked, read
from natoqa.short_answers.clauses import DENYING, Clause, clauses, means
from natoqa.types import Sentence
from natoqa.words import MONTHS, words

_REFUSING = frozenset("refuse refuses refused refusing fail fails failed decline declines declined unable".split())
_PLANNING = frozenset(
    "plan plans planned planning intend intends intended vow vows vowed pledge pledged promised".split()
)
# Verbs that may stand between a subject and what is asked: each is dealt with by its own rule.
_GOVERNING = _REFUSING | DENYING | _PLANNING | {"ruled", "rules", "yet", "longer", "nobody"}

_RULING_OUT = re.compile(r"\b(?:rul(?:e|es|ed|ing) out|reject(?:s|ed)|dismiss(?:es|ed))\b", re.IGNORECASE)
_DENIED_BEFORE = re.compile(r"\bden(?:y|ies|ied|ying)(?: that)?\W*$", re.IGNORECASE)

_PAST = frozenset("was were had did wasn't weren't hadn't didn't".split())
_FUTURE = frozenset("will won't shall would wouldn't".split())
_PREPOSITIONS = frozenset(
    "in on at of to from with against for near by after before during since until under over".split()
)

_PLACING = frozenset("in on at near".split())

# Between the words asked for, these tell of something else.
_TURNING = frozenset("up down against before after without".split())

_ADVERBS = frozenset(
    "early late earlier later yesterday today tomorrow overnight together abroad twice last next".split()
)
_ERGATIVE = frozenset(
    map(concept_of, "end close open collapse stop start change increase move break burn sink".split())
)
_COMING = frozenset("tomorrow next soon later monday tuesday wednesday thursday friday saturday sunday".split())

# "Free on Sundays" does not say that it is free.
_AT_TIMES = re.compile(
    r"\b(?:on \w+days|(?:at|on) (?:the )?weekends?|at night|in (?:the )?(?:spring|summer|autumn|winter)"
    r"|sometimes|often)\b",
    re.IGNORECASE,
)

# What happens in one of these has not happened.
_FICTION = frozenset(
    "film films movie movies novel novels play drama comedy series sitcom episode cartoon comic satire parody sketch "
    "musical opera fable fairy myth legend dream dreams nightmare simulation exercise drill rehearsal scenario model "
    "trailer sequel script fiction".split()
)

# Behind one of these, a word only describes the thing that is asked for: "the old bridge".
_DEFINITE = frozenset("the its his her their our my your this these both all".split())

# "Open to cyclists" does not say that it is open.
_LIMITING = frozenset("to for only except".split())

_OTHER_TIME = frozenset([*MONTHS, "next", "last"])
_YEAR = re.compile(r"(?:19|20)\d\d")

Places = dict[str, int]
"""Where each concept asked for stands among the words of a clause."""


def verdict(question: Question, quote: Quote) -> str | None:
    """Return "Yes" or "No" ("True" or "False") with the speaker and the day, None where the sentence tells neither.

    A sentence tells it when one of its clauses has everything that is asked in the asked roles, or the opposite of
    it; a person may be meant by a pronoun whose name the sentence before begins with. What is told of the future
    needs a speaker; possibilities, conditions, hopes, claims and questions tell nothing.

    >>> from datetime import date
    >>> from natoqa.types import Article, Speaker
    >>> def judged(asked, text, speaker=None):
    ...     article = Article(title="", text=text, path="", published=date(2025, 2, 12))
    ...     return verdict(Question(asked), Quote(article, Sentence(text, 0, len(text), speaker and Speaker(speaker))))
    >>> judged("Will US troops go to Ukraine?", "There will not be US troops deployed to Ukraine.", "Pete Hegseth")
    'No, according to Pete Hegseth on 12 February 2025'
    >>> judged("Isn’t the bridge closed?", "The bridge is closed.")
    'Yes'
    >>> judged("True or false: The bridge is not closed.", "The bridge is closed.")
    'False'
    >>> judged("Will the bridge be closed?", "The bridge could be closed.", "Ines Falk") is None
    True
    """
    asked = read(question)
    if asked is None or quote.sentence.text.rstrip("”\"'’) ").endswith("?"):
        return None
    affirmed = _affirms(asked, quote)
    if affirmed is None:
        return None
    word = ("True", "False") if asked.to_judge else ("Yes", "No")
    return word[affirmed is asked.negated] + _attribution(quote)


def _attribution(quote: Quote) -> str:
    speaker, day = quote.sentence.speaker, written_day(quote.article.published)
    if speaker is None:
        return ""
    return f", according to {speaker.name}" + (f" on {day}" if day else "")


# -- what a sentence affirms ------------------------------------------------------------------------------------------


def _affirms(asked: Asked, quote: Quote) -> bool | None:
    """Return whether the sentence affirms (True) or denies (False) what is asked, None if neither or both."""
    told = {_in_clause(asked, quote, clause) for clause in clauses(asked, quote.sentence)} - {None}
    return told.pop() if len(told) == 1 else None


def _in_clause(asked: Asked, quote: Quote, clause: Clause) -> bool | None:
    places, opposite = _places(asked, clause)
    missing = [each for each in asked.tokens if each.concept not in places]
    if not places or not means(quote, clause, missing):
        return None
    if any(each.start not in asked.names and each is not asked.tokens[0] for each in missing):
        return None
    if not _roles_agree(asked, clause, places) or _other_amount(asked, clause) or _other_subject(asked, clause, places):
        return None
    if _other_object(asked, clause, places) or _is_invented(asked, clause) or _is_repeated(asked, clause):
        return None
    if opposite and any(each.concept.isdigit() for each in asked.tokens):
        return None  # four that were lost do not say how many were won
    if any(_is_governed(asked, clause, place, quote.sentence) for place in places.values()):
        return None
    negatives = _negatives(asked, clause, max(places.values()))
    if negatives and _is_somewhere(clause, max(places.values()), _PLACING):
        return None  # "never met him in Alaska" does not say that they never met
    if negatives > 1 or not _time_fits(asked, clause, places, quote.sentence, denied=negatives == 1):
        return None
    return (negatives == 0) is not opposite


def _places(asked: Asked, clause: Clause) -> tuple[Places, bool]:
    """Return where the concepts asked for stand in the clause, and whether one stands there as its opposite."""
    concepts = [each.concept for each in clause.tokens]
    there = {concept: concepts.index(concept) for concept in asked.concepts if concept in concepts}
    against = {
        concept: place
        for concept in asked.concepts
        for place, other in enumerate(concepts)
        if concept not in there and are_opposite(concept, other)
    }
    return there | against, bool(against)


def _roles_agree(asked: Asked, clause: Clause, places: Places) -> bool:
    """Return whether who does it to whom is the same: the same order of words, or a passive turned round."""
    by = next((number for number, each in enumerate(clause.tokens) if each.low == "by"), len(clause.tokens))
    agents = {concept for concept, place in places.items() if place > by}
    if asked.agent:
        doing = [place for concept, place in places.items() if concept in asked.agent]
        rest = [place for concept, place in places.items() if concept not in asked.agent]
        return agents == asked.agent or (not agents and bool(doing and rest) and max(doing) < min(rest))
    if agents:
        return agents == set(asked.concepts[: len(agents)]) and len(places) > len(agents)
    order = [places[concept] for concept in asked.concepts if concept in places]
    return order == sorted(order) or (asked.passive and clause.pronoun is not None)


def _other_amount(asked: Asked, clause: Clause) -> bool:
    """Return whether the clause is about some, most or almost all of what is asked for, or on a condition."""
    inside = {other.low for one, other in pairwise(clause.tokens) if one.low == "as"}  # "as part of a deal": in it
    low = {each.low for each in clause.tokens} - inside
    of_several = any(one.low == "one" and other.low == "of" for one, other in pairwise(clause.tokens))
    return of_several or bool(low & (QUANTIFIERS | {"without"}) - {"first"} - asked.low)


def _other_subject(asked: Asked, clause: Clause, places: Places) -> bool:
    """Return whether the clause is about something else: a noun before what is asked for, or a name in between."""
    at = sorted(places.values())
    before, inner = clause.tokens[: at[0]], clause.tokens[at[0] : at[-1]]
    governed = any(each.low in _GOVERNING for each in before)
    if any(each.meaning and each.low not in _GOVERNING for each in before):
        return True
    if not governed and any(each.low in _PREPOSITIONS for each in before):
        return True
    if any(clause.tokens[place].low.endswith("'s") for place in at) and not any("'s" in low for low in asked.low):
        return True
    if any(each.meaning and not each.low.endswith("ly") for each in _behind_subject(asked, clause, at)):
        return True
    if any(each.low in _TURNING - asked.low for each in inner) or _is_part_of_other(asked, clause, at):
        return True
    return any(
        each.capital and each.meaning and not asked.asks(each) and not _behind_preposition(inner, number)
        for number, each in enumerate(inner)
    )


def _other_object(asked: Asked, clause: Clause, places: Places) -> bool:
    """Return whether it is done to a part or a kind of what is asked for: "bans thin bags", "sold shares in the port".

    What describes the one thing that is meant narrows nothing: "approved the new budget".
    """
    at = sorted(places.values())
    inner = range(_verb(asked, clause, at), at[-1])
    return any(
        _narrows(asked, clause.tokens, place)
        for place in inner
        if place not in at
        and not asked.asks(clause.tokens[place])
        and not _is_adverbial(clause.tokens, place)
        and not _is_joined(asked, clause.tokens, place)
    )


def _narrows(asked: Asked, tokens: Sequence[Token], place: int) -> bool:
    each = tokens[place]
    if not each.meaning or each.capital or each.low in _GOVERNING or each.concept.isdigit():
        return False
    before = place
    while before > 0 and tokens[before].meaning and not asked.asks(tokens[before]):
        before -= 1
    behind = tokens[place + 1].low if place + 1 < len(tokens) else ""
    return tokens[before].low not in _DEFINITE or behind in _PREPOSITIONS


def _is_joined(asked: Asked, tokens: Sequence[Token], place: int) -> bool:
    """Return whether a word stands beside what is asked for: "in bars and parks", "as part of a deal"."""
    as_part = place > 0 and tokens[place - 1].low == "as"
    following = tokens[place + 1 : place + 3]
    return as_part or (len(following) == 2 and following[0].low in ("and", "or") and asked.asks(following[1]))


def _is_adverbial(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a word tells when or how: "on Thursday", "narrowly", "overnight"."""
    return _is_adverb(tokens[place]) or tokens[place].low in AUXILIARIES or _is_day(tokens, place)


def _is_adverb(each: Token) -> bool:
    return each.low.endswith("ly") or each.low in _ADVERBS


def _is_invented(asked: Asked, clause: Clause) -> bool:
    """Return whether a film or an exercise tells it, unless that is asked for."""
    return any(
        each.low in _FICTION
        and not asked.asks(each)
        and any(before.low in _PREPOSITIONS for before in clause.tokens[max(0, number - 4) : number])
        for number, each in enumerate(clause.tokens)
    )


def _is_repeated(asked: Asked, clause: Clause) -> bool:
    """Return whether a word asked for stands there twice, so that which one is meant is open: "talks about talks"."""
    told = [each.concept for each in clause.tokens if each.meaning and each.concept in asked.concepts]
    return len(told) > len(set(told))


def _behind_subject(asked: Asked, clause: Clause, at: Sequence[int]) -> list[Token]:
    """Return what stands between the subject and the verb beside what is asked for: "museum" in "the bridge museum"."""
    verb = _verb(asked, clause, at)
    inner = clause.tokens[at[0] + 1 : verb]
    return [
        each
        for number, each in enumerate(inner)
        if not (asked.asks(each) or each.low in _GOVERNING or is_negative(each.low) or _is_day(inner, number))
    ]


def _verb(asked: Asked, clause: Clause, at: Sequence[int]) -> int:
    """Return the place behind the subject where what is asked for goes on."""
    first = clause.tokens[at[0]]
    name = first.capital and first.meaning and asked.tokens[0].capital
    return next((place for place in at[1:] if not (name and clause.tokens[place].capital)), at[0] + 1)


def _is_day(tokens: Sequence[Token], number: int) -> bool:
    return number > 0 and tokens[number - 1].low == "on" and tokens[number].low.endswith("day")


def _is_part_of_other(asked: Asked, clause: Clause, at: Sequence[int]) -> bool:
    """Return whether what is asked for only describes another thing ("the NATO summit") or is done to one.

    "The ceasefire has ended the war" does not say that the ceasefire has ended.
    """
    for place, following in pairwise(range(_verb(asked, clause, at), len(clause.tokens))):
        one, other = clause.tokens[place], clause.tokens[following]
        if place not in at or following in at:
            continue
        if place == at[-1] and one.concept in _ERGATIVE and other.low in ("the", "a", "an", "its", "his", "her"):
            return True
        noun = other.meaning and other.low not in _PREPOSITIONS and not other.capital and not _is_adverb(other)
        if noun and (one.capital or place == at[-1]) and not other.low[0].isdigit():
            return True
    return False


def _behind_preposition(tokens: Sequence[Token], number: int, prepositions: frozenset[str] = _PREPOSITIONS) -> bool:
    while number > 0 and (tokens[number - 1].capital or tokens[number - 1].low in ("the", "a", "an")):
        number -= 1
    return number > 0 and tokens[number - 1].low in prepositions


def _is_governed(asked: Asked, clause: Clause, place: int, sentence: Sentence) -> bool:
    """Return whether a verb asked for is only tried, due or free to be: "sought to win", "is to be repaired"."""
    to = place - 1
    while to > 0 and clause.tokens[to].low in ("be", "have", "been"):
        to -= 1
    if to < 1 or clause.tokens[to].low != "to" or clause.tokens[place].capital or asked.asks(clause.tokens[to - 1]):
        return False
    before = clause.tokens[to - 1].low
    if before in _REFUSING | {"yet"} or (asked.time == "can" and before in ("able", "allowed")):
        return False
    planned = before in _PLANNING | {"going", "intention", "not"}
    return not (planned and asked.time == "future" and sentence.speaker)


def _negatives(asked: Asked, clause: Clause, last: int) -> int:
    """Count what turns the clause round: not, never, no longer, refused to, denied that, ruled out."""
    inner = clause.tokens[: last + 1]
    count = denials(inner)
    count += sum(each.low in _REFUSING | DENYING and not asked.asks(each) for each in inner)
    count += any(one.low == "yet" and other.low == "to" for one, other in pairwise(inner))
    count += _DENIED_BEFORE.search(clause.before) is not None
    ruled_out = _RULING_OUT.search(clause.text)
    return count + bool(ruled_out and not _is_asked_itself(asked, token(words(ruled_out[0])[0])))


def _is_asked_itself(asked: Asked, each: Token) -> bool:
    """Return whether "rejected" is what is asked for, or already counts as its opposite."""
    return asked.asks(each) or any(are_opposite(concept, each.concept) for concept in asked.concepts)


def _time_fits(asked: Asked, clause: Clause, places: Places, sentence: Sentence, *, denied: bool) -> bool:
    low = {each.low for each in clause.tokens}
    if asked.now and (low & _OTHER_TIME - asked.low or any(map(_YEAR.fullmatch, low - asked.low))):
        return False
    told = [clause.tokens[place] for place in places.values()]
    ahead = bool(low & _FUTURE) or any(each.endswith("'ll") for each in low)
    planned = any(
        one.low in _PLANNING | {"going", "set", "due"} and other.low in ("to", "not")
        for one, other in pairwise(clause.tokens)
    )
    match asked.time:
        case "future":
            refused = denied and bool(_RULING_OUT.search(clause.text) or low & _REFUSING)
            return sentence.speaker is not None and (ahead or planned or refused)
        case "can":
            return bool(low & {"can", "cannot", "can't", "able", "allowed", "unable"})
        case "should":
            return sentence.speaker is not None and bool(low & asked.low & {"should", "must", "would"})
        case "present":
            past = bool(low & _PAST) or _is_told_as_past(clause, places)
            sometimes = _AT_TIMES.search(sentence.text) or _is_somewhere(clause, max(places.values()))
            return not (ahead or planned or past or sometimes or _is_limited(clause, places) or "can" in low)
        case "past":
            running = any(each.low.endswith("ing") for each in told) and low & {"is", "are"}
            due = any(each.low.endswith("s") and each.low not in asked.low for each in told) and low & _COMING
            coming = running or (due and not low & AUXILIARIES)
            return not (ahead or planned or coming or "can" in low)


def _is_somewhere(clause: Clause, last: int, prepositions: frozenset[str] = _PREPOSITIONS) -> bool:
    """Return whether a place that was not asked for follows: "Schools are closed in Riga"."""
    behind = clause.tokens[last:]
    return any(
        each.capital and _behind_preposition(behind, number, prepositions)
        for number, each in enumerate(behind)
        if number
    )


def _is_limited(clause: Clause, places: Places) -> bool:
    """Return whether a state holds for somebody only: "open to cyclists"."""
    last = max(places.values())
    is_state = last > 0 and clause.tokens[last - 1].low in AUXILIARIES
    return is_state and last + 1 < len(clause.tokens) and clause.tokens[last + 1].low in _LIMITING


def _is_told_as_past(clause: Clause, places: Places) -> bool:
    """Return whether a verb asked for stands in its past form, with no "is" or "has" before it."""
    return any(
        is_past_form(clause.tokens[place].low) and not any(each.low in AUXILIARIES for each in clause.tokens[:place])
        for place in places.values()
    )
