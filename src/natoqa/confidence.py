"""How likely an answer is right, and when that is too little to give it.

A logistic regression over what the vote, the reader and retrieval say about the best answer (`weights.json`, learned
by `training/answers.py`); its reliability and the risk at each coverage are in docs/quality.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from natoqa.evidence import Candidate
from natoqa.learned import learned
from natoqa.settings import Caution
from natoqa.types import Hit
from natoqa.voting import SURE, Contender

FEATURES = (
    "share",  # share of the votes of the strongest contender
    "log share",  # its logarithm: among small shares, those of plain questions in other words, it tells more
    "margin",  # by how much it leads the second
    "strength",  # its votes, as log-odds
    "sentence",  # log-odds of the best sentence
    "hit",  # score of the best passage
    "stories",  # articles that vote for it, of which no two are copies, as a logarithm
    "sure span",  # the reader's log-odds of its best span, between 0 and 1
)

# Log-odds of a certain sentence: beyond, one feature would outweigh all others.
CERTAIN = 0.99

# A smaller share is none.
LEAST_SHARE = 1e-4


def confidence(contenders: Sequence[Contender], candidates: Sequence[Candidate], hits: Sequence[Hit]) -> float:
    """Return how likely the best answer is right, 0 to 1; 0 where no words of any passage are proposed as one."""
    if not contenders:
        return 0.0
    return learned().confidence.probability(describe(contenders, candidates, hits))


def describe(
    contenders: Sequence[Contender], candidates: Sequence[Candidate], hits: Sequence[Hit]
) -> tuple[float, ...]:
    """Return the features."""
    first, second = [*contenders, None, None][:2]
    share = first.share if first else 0.0
    probability = min(candidates[0].probability, CERTAIN) if candidates else 1 - CERTAIN
    return (
        share,
        math.log(max(share, LEAST_SHARE)),
        share - (second.share if second else 0.0),
        first.strength if first else learned().votes.bias,
        math.log(max(probability, 1 - CERTAIN) / (1 - probability)),
        max((hit.score for hit in hits), default=0.0),
        math.log(len({vote.article.article_id for vote in first.votes})) if first else 0.0,
        max(vote.features[SURE] for vote in first.votes) if first else 0.0,
    )


def threshold(caution: Caution, *, read: bool) -> float:
    """Return the probability below which natoqa rather says that the articles do not tell; `read`: by the reader."""
    return learned().thresholds["confidence" if read else "evidence"][caution]
