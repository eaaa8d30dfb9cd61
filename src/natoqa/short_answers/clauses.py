"""The clauses of a sentence that a verdict rests on: cut apart, and what in them is doubtful or only referred to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from natoqa.citations import Quote
from natoqa.concepts import Token, token
from natoqa.short_answers.asking import Asked
from natoqa.types import Sentence
from natoqa.words import words

# Any of these, unless it is asked for, and a sentence affirms nothing.
_DOUBTING = frozenset(
    "if unless whether could may might perhaps possibly possible maybe likely unlikely reportedly allegedly alleged "
    "accused suspected rumoured rumored believe believes believed think thinks thought fear fears feared hope hopes "
    "hoped hoping claim claims claimed expect expects expected suggest suggests suggested argue argues want wants "
    "wanted ask asked urge urged consider considers considering propose proposed proposes predict predicts predicted "
    "seek seeks worry worries doubt doubts evidence try tries tried trying threaten threatens threatened wish wishes "
    "supposedly seems appears unclear wonder wonders demand demands demanded call called calls question questions "
    "unconfirmed rumours rumors joke jokes joked joking should must would false untrue wrong myth hoax mistake".split()
)
_NOT_QUITE = re.compile(r"\bnot (?:only|just|all|every|necessarily|entirely)\b|\babout \d", re.IGNORECASE)

_SAYING = frozenset(
    "said says say saying told tells tell added adds announced announces stated states confirmed confirms declared "
    "insisted insists stressed stresses wrote writes according warned warns".split()
)
DENYING = frozenset("deny denies denied denying".split())

_BREAK = re.compile(
    r"[,;:–—()“”\"?!]"
    r"|\b(?:that|who|which|while|but|although|though|because|when|why|how|as(?! part of)|whether|if|unless|where|than"
    r"|until)\b",
    re.IGNORECASE,
)
# A clause behind one of these is told of something else; behind "that", it is told when somebody says so.
_TOLD_OF = re.compile(r"\b(?:which|who|whose|where|when|why|how|as|than|that)$", re.IGNORECASE)
_SAID_THAT = re.compile(rf"\b(?:{'|'.join(sorted(_SAYING | DENYING))})(?:\W+\w+){{0,3}}\W+that$", re.IGNORECASE)

_PARTS = re.compile(r";|,? but\b|,? although\b", re.IGNORECASE)
_QUOTED = re.compile(r"“[^”]*”?|\"[^\"]*\"?")
_PRONOUNS = frozenset("i we he she it they".split())


@dataclass(frozen=True, slots=True)
class Clause:
    """Words that belong together, their text, and what stands before them in their part of the sentence."""

    tokens: tuple[Token, ...]
    text: str
    before: str

    @property
    def pronoun(self) -> str | None:
        """The pronoun that is the subject."""
        first = next((each.low.split("'")[0] for each in self.tokens if each.low not in ("and", "then", "yet")), "")
        return first if first in _PRONOUNS else None


def clauses(asked: Asked, sentence: Sentence) -> Iterator[Clause]:
    """Yield the clauses of a sentence that is told as a fact or by its speaker, cut behind verbs of saying, too."""
    for part in _PARTS.split(sentence.text):
        if not _is_doubtful(asked, part, sentence):
            yield from _clauses(asked, part)


def _is_doubtful(asked: Asked, part: str, sentence: Sentence) -> bool:
    """Return whether a part of a sentence leaves open what it tells, or has it from somebody unknown."""
    low = {each.low for each in map(token, words(part)) if not asked.asks(each) and not _is_may(each)}
    if sentence.speaker and asked.time == "future":
        low.discard("would")  # "she said she would" is "I will"
    if sentence.speaker is None and low & (_SAYING | DENYING):
        return True
    return bool(low & _DOUBTING) or _NOT_QUITE.search(part) is not None


def _is_may(each: Token) -> bool:
    """Return whether a word is the month; "may" begins no statement."""
    return each.low == "may" and each.capital


def _clauses(asked: Asked, text: str) -> Iterator[Clause]:
    inside = [token(word) for word in words(text)]
    cuts = [0, *(match.end() for match in _BREAK.finditer(text)), len(text) + 1]
    for start, end in pairwise(cuts):
        before = text[:start].rstrip()
        if _TOLD_OF.search(before) and not _SAID_THAT.search(before):
            continue
        part = [each for each in inside if start <= each.start and each.end <= end]
        said = next((n for n, each in enumerate(part[:-1]) if each.low in _SAYING and not asked.asks(each)), None)
        for tokens in (part,) if said is None else (part[:said], part[said + 1 :]):
            if tokens:
                yield Clause(tuple(tokens), text[tokens[0].start : tokens[-1].end], text[: tokens[0].start])


def means(quote: Quote, clause: Clause, missing: Sequence[Token]) -> bool:
    """Return whether what a clause lacks is whom its pronoun stands for: the speaker, or the subject before it."""
    lacking = {each.concept for each in missing}
    speaker = quote.sentence.speaker
    if not lacking:
        return True
    match clause.pronoun:
        case None:
            return False
        case "i" | "we":
            outside = _QUOTED.sub(" ", quote.sentence.text)
            return speaker is not None and lacking <= _concepts(f"{speaker.name} {speaker.role or ''} {outside}")
        case _:
            return lacking <= _concepts(_subject(clause.before) or _subject(_sentence_before(quote)))


def _concepts(text: str) -> frozenset[str]:
    return frozenset(token(word).concept for word in words(text))


def _sentence_before(quote: Quote) -> str:
    return re.split(r"(?<=[.!?”])\s+", quote.article.text[: quote.sentence.start].strip())[-1]


def _subject(text: str) -> str:
    """Return the only name of a text: whom "he" or "it" most likely means behind it."""
    found = re.findall(r"(?:[A-Z][\w’'-]*\s+)*[A-Z][\w’'-]*", re.sub(r"^\W*(?:The|A)\s", "", text))
    return str(found[0]) if len(found) == 1 else ""
