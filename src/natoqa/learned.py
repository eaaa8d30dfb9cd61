"""The numbers that natoqa learned from questions with known answers: `weights.json`, written by `training/`."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Linear:
    """A weighted sum: of what, how much, and what is added."""

    names: tuple[str, ...]
    weights: tuple[float, ...]
    bias: float = 0.0

    def __call__(self, features: Sequence[float]) -> float:
        """Return the sum for features in the order of `names`.

        >>> Linear(("span", "passage"), (2.0, 0.5), -1.0)([1.0, 4.0])
        3.0
        """
        return self.bias + sum(weight * value for weight, value in zip(self.weights, features, strict=True))

    def probability(self, features: Sequence[float]) -> float:
        """Return the sum, which is log-odds, as a probability.

        >>> Linear(("span",), (2.0,), -2.0).probability([1.0])
        0.5
        """
        return 1 / (1 + math.exp(-self(features)))


@dataclass(frozen=True, slots=True)
class Learned:
    """One linear model a decision; those that end in a probability are logistic regressions."""

    evidence: Linear
    """How likely a sentence answers, by its words and likeness alone; without the reader."""
    relevance: Linear
    """How likely a passage answers, for reranking."""
    votes: Linear
    """How much a span's vote weighs; the bias is the strength of "none of these"."""
    sentences: Linear
    """How likely a sentence holds the answer."""
    confidence: Linear
    """How likely the answer is right."""
    thresholds: dict[str, dict[str, float]]
    """By answerer ("evidence", "confidence") and caution: the probability below which natoqa abstains."""


def sure(logit: float) -> float:
    """Return log-odds of the reader between 0 and 1, flat where it is certain either way.

    >>> sure(0.0), round(sure(8.0), 2), round(sure(-20.0), 2)
    (0.5, 0.98, 0.0)
    """
    return 1 / (1 + math.exp(-logit / 2))


@cache
def learned() -> Learned:
    """Return what was learned, read once."""
    content: dict[str, Any] = json.loads(files("natoqa").joinpath("weights.json").read_text(encoding="utf-8"))
    models = {
        name: Linear(tuple(each["weights"]), tuple(each["weights"].values()), each["bias"])
        for name, each in content.items()
        if name != "thresholds"
    }
    return Learned(**models, thresholds=content["thresholds"])
