"""How likely each sentence of the passages that were read holds the answer.

The reader's opinion of the sentence, its best span and its passage, the place of the passage in retrieval, and the
share of the votes that the answers in it have: a logistic regression (`weights.json`, learned by
`training/answers.py`) turns them into a probability.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from natoqa.evidence import Candidate
from natoqa.learned import learned, sure
from natoqa.types import Hit, Reading
from natoqa.voting import Contender

FEATURES = (
    "sentence",  # log-odds that the sentence holds the answer
    "span",  # log-odds of its best span, 0.5 below the passage's worst where it has none
    "passage",  # log-odds that the passage answers
    "sure span",  # the span's log-odds between 0 and 1
    "sure sentence",  # the sentence's
    "hit",  # the passage's score in retrieval
    "share",  # share of the votes of the best contender in it
    "best",  # 1: the strongest contender stands in it
    "question",  # 1: it asks
)


def rate(hits: Sequence[Hit], readings: Sequence[Reading], contenders: Sequence[Contender]) -> list[Candidate]:
    """Return the sentences of the hits, the likeliest first."""
    shares = shares_of(contenders)
    found = [
        Candidate(hit.article, start, end, learned().sentences.probability(features))
        for hit, reading in zip(hits, readings, strict=True)
        for start, end, features in describe(hit, reading, shares)
    ]
    return sorted(found, key=lambda candidate: -candidate.probability)


Shares = dict[tuple[str, int], tuple[float, bool]]


def shares_of(contenders: Sequence[Contender]) -> Shares:
    """Return for article and first character of each vote: the share of its contender, and if that is the strongest."""
    return {
        (vote.article.article_id, vote.start): (each.share, rank == 0)
        for rank, each in reversed(list(enumerate(contenders)))
        for vote in each.votes
    }


def describe(hit: Hit, reading: Reading, shares: Shares) -> Iterator[tuple[int, int, list[float]]]:
    """Yield start and end in the article, and the features, of each sentence of a passage."""
    worst = min((span.logit for span in reading.spans), default=0.0)
    for start, end, logit in reading.sentences:
        inside = [span for span in reading.spans if start <= span.start < end]
        best = max((span.logit for span in inside), default=worst - 0.5)
        told = [shares.get((hit.article_id, hit.start + span.start), (0.0, False)) for span in inside]
        yield (
            hit.start + start,
            hit.start + end,
            [
                logit,
                best,
                reading.answers,
                sure(best),
                sure(logit),
                hit.score,
                max((share for share, _ in told), default=0.0),
                float(any(strongest for _, strongest in told)),
                float(hit.text[start:end].rstrip("”\"'’) ").endswith("?")),
            ],
        )
