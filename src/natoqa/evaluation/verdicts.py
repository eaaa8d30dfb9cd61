"""What each answer is worth, and the figures that all of them come to.

Each figure but the counts and latencies is a share of verdicts. A share of nothing is 1.0: where no question was
abstained there is no wrong abstention, where no sentence was quoted there is no wrong quotation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from natoqa.evaluation.comparing import contains, exact_match, f1
from natoqa.evaluation.questions import GoldQuestion
from natoqa.types import Answer, Article, Hit, Json

# recall@10 and mrr@10 are always reported, so this many passages are always looked at.
LOOKED_AT = 10
# Of 370 questions, the bounds are within 0.006 of those of 200,000 resamples: a twentieth of the interval.
RESAMPLES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One question, what natoqa found and answered, and how that compares with the gold."""

    gold: GoldQuestion
    answerable: bool
    hits: tuple[Hit, ...]
    answer: Answer
    rank: int | None
    """Rank of the first hit that holds an answer (or comes from a gold article), None if none does."""
    right: bool
    """Whether a sentence of the answer holds an answer (or cites a gold article)."""
    exact: float
    f1: float
    valid_quotes: int
    latency_ms: float

    @property
    def abstained(self) -> bool:
        """Whether natoqa said that the articles do not say."""
        return self.answer.status == "not_in_corpus"

    @property
    def verdict(self) -> str:
        """The verdict in words: right, wrong, rightly abstained or wrongly abstained."""
        if self.abstained:
            return "wrongly abstained" if self.answerable else "rightly abstained"
        return "right" if self.right else "wrong"

    def found_within(self, k: int) -> bool:
        """Return whether one of the first k passages holds an answer."""
        return self.rank is not None and self.rank <= k

    def to_dict(self) -> Json:
        """Return the verdict as a line of `natoqa eval --out`."""
        return {
            "question": self.gold.question,
            "answers": list(self.gold.answers),
            "date": self.gold.date.isoformat() if self.gold.date else None,
            "kind": self.gold.kind,
            "answerable": self.answerable,
            "verdict": self.verdict,
            "rank": self.rank,
            "short_answer_em": self.exact,
            "short_answer_f1": round(self.f1, 4),
            "valid_quotes": self.valid_quotes,
            "latency_ms": round(self.latency_ms, 1),
            "answer": self.answer.to_dict(),
            "hits": [hit.to_dict() for hit in self.hits],
        }


def judge(
    gold: GoldQuestion,
    hits: Sequence[Hit],
    answer: Answer,
    *,
    answerable: bool,
    valid_quotes: int,
    latency_ms: float,
) -> Verdict:
    """Hold the hits and the answer against the gold; `answerable` is used where the question does not say."""
    abstained = answer.status == "not_in_corpus"
    short_answer = "" if abstained else answer.short_answer or ""
    return Verdict(
        gold=gold,
        answerable=answerable if gold.answerable is None else gold.answerable,
        hits=tuple(hits),
        answer=answer,
        rank=next((rank for rank, hit in enumerate(hits, 1) if _holds(hit.text, hit.article, gold)), None),
        right=not abstained and _is_right(answer, gold),
        exact=exact_match(short_answer, gold.answers),
        f1=f1(short_answer, gold.answers),
        valid_quotes=valid_quotes,
        latency_ms=latency_ms,
    )


def _holds(text: str, article: Article, gold: GoldQuestion) -> bool:
    return contains(text, gold.answers) if gold.answers else gold.is_gold(article)


def _is_right(answer: Answer, gold: GoldQuestion) -> bool:
    if gold.answers:
        return any(contains(sentence.text, gold.answers) for sentence in answer.sentences)
    return any(gold.is_gold(citation.article) for citation in answer.citations)


Share = Callable[[Verdict], tuple[float, float]]
"""What one verdict adds to the numerator and to the denominator of a figure."""


def _recall_at(k: int) -> Share:
    return lambda verdict: (verdict.found_within(k), 1)


def _reciprocal_rank(verdict: Verdict) -> tuple[float, float]:
    return (1 / verdict.rank if verdict.rank and verdict.found_within(10) else 0.0), 1


_SHARES: Mapping[str, Share] = {
    "recall@1": _recall_at(1),
    "recall@5": _recall_at(5),
    "recall@10": _recall_at(10),
    "mrr@10": _reciprocal_rank,
    "answer_recall": lambda verdict: (verdict.right, 1),
    "short_answer_em": lambda verdict: (verdict.exact, 1),
    "short_answer_f1": lambda verdict: (verdict.f1, 1),
    "abstained": lambda verdict: (verdict.abstained, 1),
    "abstention_precision": lambda verdict: (verdict.abstained and not verdict.answerable, verdict.abstained),
    "abstention_recall": lambda verdict: (verdict.abstained and not verdict.answerable, not verdict.answerable),
    "quote_validity": lambda verdict: (verdict.valid_quotes, len(verdict.answer.citations)),
}


@dataclass(frozen=True, slots=True, repr=False)
class Evaluation:
    """The verdicts on at least one question, and the figures that they come to."""

    verdicts: tuple[Verdict, ...]
    k: int = LOOKED_AT

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value:.3f}" for name, value in self.figures().items())
        return f"Evaluation({len(self.verdicts)} questions, {shown})"

    def figures(self) -> dict[str, float]:
        """Return the shares by name, each from 0 to 1."""
        return {name: _share(self.verdicts, share) for name, share in self._shares().items()}

    def latencies(self) -> dict[str, float]:
        """Return the median and the 95th percentile of the time of an answer, in milliseconds."""
        import numpy as np

        times = [verdict.latency_ms for verdict in self.verdicts]
        return {f"latency_ms_p{percent}": round(float(np.percentile(times, percent)), 1) for percent in (50, 95)}

    def intervals(self, *, seed: int = 0) -> dict[str, tuple[float, float]]:
        """Return the 95 % bootstrap interval of every share: the questions drawn anew, with replacement."""
        import numpy as np

        shares = self._shares()
        parts = np.array([[share(verdict) for share in shares.values()] for verdict in self.verdicts], dtype=float)
        count = len(self.verdicts)
        drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
        top, bottom = drawn @ parts[:, :, 0], drawn @ parts[:, :, 1]
        resampled = np.divide(top, bottom, out=np.ones_like(top), where=bottom > 0)
        low, high = np.percentile(resampled, (2.5, 97.5), axis=0)
        return {name: (float(low[at]), float(high[at])) for at, name in enumerate(shares)}

    def by_kind(self) -> dict[str, Json]:
        """Return the figures of the questions of each kind, the most frequent first."""
        counts = Counter(verdict.gold.kind for verdict in self.verdicts)
        return {
            name: _counts(chosen) | _rounded({each: _share(chosen, share) for each, share in self._shares().items()})
            for name, _ in counts.most_common()
            for chosen in [[verdict for verdict in self.verdicts if verdict.gold.kind == name]]
        }

    def to_dict(self) -> Json:
        """Return the figures as in `natoqa eval --json`."""
        intervals = {name: [round(low, 4), round(high, 4)] for name, (low, high) in self.intervals().items()}
        figures = _counts(self.verdicts) | _rounded(self.figures()) | self.latencies()
        return figures | {"ci95": intervals, "by_kind": self.by_kind()}

    def _shares(self) -> dict[str, Share]:
        asked_for = {} if f"recall@{self.k}" in _SHARES else {f"recall@{self.k}": _recall_at(self.k)}
        return dict(_SHARES) | asked_for


def _share(verdicts: Iterable[Verdict], share: Share) -> float:
    parts = [share(verdict) for verdict in verdicts]
    of = sum(bottom for _, bottom in parts)
    return sum(top for top, _ in parts) / of if of else 1.0


def _counts(verdicts: Sequence[Verdict]) -> dict[str, int]:
    return {"questions": len(verdicts), "answerable": sum(verdict.answerable for verdict in verdicts)}


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in figures.items()}
