"""From what the reader found in each passage to the answer: every span is a vote, and independent stories add up.

    readings -> votes -> contenders (the same words, whoever tells them) -> the likeliest, with the share of the votes

A vote weighs what the reader thinks of the span, of its sentence and of its passage, what retrieval thinks of the
passage, and whether it is the kind of thing that is asked for. An article votes once for a contender, with its best
vote, and of a story's copies retrieval shows one: five outlets that print one report are one voice. The weights were
learned by `training/answers.py`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from natoqa import expected
from natoqa.learned import learned, sure
from natoqa.premise import is_off, said_before
from natoqa.question import Question
from natoqa.types import Article, Hit, Reading
from natoqa.words import words

FEATURES = (
    "span",  # log-odds of the span against "no answer here"
    "sure",  # the same between 0 and 1
    "sentence",  # log-odds that its sentence holds the answer
    "passage",  # log-odds that its passage answers
    "hit",  # the passage's score in retrieval
    "kind",  # 1: what is asked for, -1: it is not, 0: no kind is asked for
    "first",  # 1: the best span of its passage
    "words",  # its length in words, up to 10, a tenth each
)

SURE = FEATURES.index("sure")

_ARTICLES = frozenset("a an the".split())


@dataclass(frozen=True, slots=True)
class Vote:
    """A span that one passage proposes: its characters in the article, and its features."""

    article: Article
    text: str
    start: int
    end: int
    features: tuple[float, ...]
    off: bool = False
    """Whether its sentence is off the question (`premise`): it is no contender, but the others gain nothing by that."""


@dataclass(frozen=True, slots=True)
class Contender:
    """An answer that votes were given for, the best vote first; `share` of all votes, 0 to 1."""

    votes: tuple[Vote, ...]
    strength: float
    share: float = field(default=0.0)

    @property
    def text(self) -> str:
        """The words as the best vote has them."""
        return self.votes[0].text


def votes_in(question: Question, hits: Sequence[Hit], readings: Sequence[Reading]) -> list[Vote]:
    """Return all spans but those that only repeat the question."""
    asked = {word.stem for word in question.words}
    return [
        vote
        for hit, reading in zip(hits, readings, strict=True)
        for vote in _votes_of(question, hit, reading)
        if not asked.issuperset(key_of(vote.text))
    ]


def contend(votes: Sequence[Vote]) -> list[Contender]:
    """Return the answers that the votes are for, the strongest first."""
    weigh = learned().votes
    weighed = [(vote, weigh(vote.features) - weigh.bias) for vote in votes]
    found = [_contender(group) for group in grouped(item for item in weighed if not item[0].off)]
    others = [_contender(group) for group in grouped(item for item in weighed if item[0].off)]
    total = sum(math.exp(each.strength) for each in [*found, *others]) + math.exp(weigh.bias)
    shares = [Contender(each.votes, each.strength, math.exp(each.strength) / total) for each in found]
    return sorted(shares, key=lambda each: -each.strength)


def key_of(text: str) -> tuple[str, ...]:
    """Return what makes two answers the same: their words, whatever their form, without articles.

    Example: "the Tories’ leaders" and "Tory leader" -> the same
    """
    return tuple(word.stem for word in words(text) if word.text.lower() not in _ARTICLES)


def grouped(weighed: Iterable[tuple[Vote, float]]) -> list[list[tuple[Vote, float]]]:
    """Return the votes of each answer; a surname's go to the one full name that ends in it."""
    groups: defaultdict[tuple[str, ...], list[tuple[Vote, float]]] = defaultdict(list)
    for vote, weight in weighed:
        if key := key_of(vote.text):
            groups[key].append((vote, weight))
    for key in [key for key in groups if len(key) == 1 and groups[key][0][0].text[:1].isupper()]:
        full = [each for each in groups if len(each) in (2, 3) and each[-1] == key[0] and _is_name(groups[each][0][0])]
        if len(full) == 1:
            groups[full[0]].extend(groups.pop(key))
    return list(groups.values())


def _is_name(vote: Vote) -> bool:
    return all(word[:1].isupper() for word in vote.text.split())


def _contender(group: Sequence[tuple[Vote, float]]) -> Contender:
    """Return a contender: the votes of different articles add up, those of one count as its best."""
    ordered = sorted(group, key=lambda item: -item[1])
    longest = max(len(key_of(vote.text)) for vote, _ in ordered)
    best: dict[str, float] = {}
    for vote, weight in ordered:
        best.setdefault(vote.article.article_id, weight)
    strength = math.log(sum(math.exp(weight) for weight in best.values()))
    # A full name is shown rather than the surname that a stronger vote may have.
    shown = sorted((vote for vote, _ in ordered), key=lambda vote: len(key_of(vote.text)) < longest)
    return Contender(tuple(shown), strength)


def _votes_of(question: Question, hit: Hit, reading: Reading) -> Iterator[Vote]:
    for rank, span in enumerate(reading.spans):
        text = hit.text[span.start : span.end]
        fits = expected.is_kind(question, text)
        start, end, sentence = next(
            (each for each in reading.sentences if each[0] <= span.start < each[1]), (span.start, span.end, 0.0)
        )
        yield Vote(
            article=hit.article,
            text=text,
            start=hit.start + span.start,
            end=hit.start + span.end,
            features=(
                span.logit,
                sure(span.logit),
                sentence,
                reading.answers,
                hit.score,
                0.0 if fits is None else 1.0 if fits else -1.0,
                float(rank == 0),
                min(len(text.split()), 10) / 10,
            ),
            off=expected.cannot_answer(question, text)
            or is_off(question, hit.text[start:end], said_before(hit.article, hit.start + start)),
        )
