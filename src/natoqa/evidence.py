"""Evidence: how likely is it that a sentence of an article answers the question.

Each candidate sentence is described by a dozen numbers between about -1 and 1 (`FEATURES`): likeness of meaning, shared
words weighted by rarity, names, numbers, and whether the kind of thing asked for stands in it. A logistic regression
(`weights.json`, learned by `training/evidence.py`) turns them into a probability.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from natoqa.citations import Quote, quote_at, quotes_in, written_day
from natoqa.embedding import Embedding
from natoqa.expected import mentions
from natoqa.learned import learned
from natoqa.question import Question, same_name
from natoqa.types import Article, Hit
from natoqa.words import Word, content, stems, words

FEATURES = (
    "meaning",  # cosine of question and sentence
    "meaning_titled",  # cosine of question and title with sentence
    "coverage",  # share of the question's words in the sentence, rare words count more
    "coverage_context",  # the same for title, speaker, sentence before and sentence
    "coverage_article",  # the same for the whole article
    "pairs",  # share of the question's neighbouring words that stand near each other in the sentence
    "names",  # names of the question in the sentence, title or sentence before
    "names_article",  # the worst covered name of the question, in the whole article
    "numbers_missing",  # a number of the question stands neither in the sentence nor near it
    "kind_found",  # the kind of thing asked for stands in the sentence
    "kind_missing",  # it does not
    "short",  # fewer than six words
    "is_question",  # the sentence asks
    "rank",  # 1 / rank of its passage
)

Frequencies = Callable[[Sequence[str]], tuple[dict[str, int], int]]

# Passages that are taken to exist beside those in the index, so that words weigh sensibly in a corpus of one article.
UNSEEN = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, its characters in the article, and how likely it does (0 to 1)."""

    article: Article
    start: int
    end: int
    probability: float

    @property
    def text(self) -> str:
        """The sentence."""
        return self.article.text[self.start : self.end]

    @property
    def quote(self) -> Quote:
        """The sentence as the article has it, with its speaker."""
        return quote_at(self.article, self.start)


def ranked(hits: Sequence[Hit]) -> list[tuple[Quote, int]]:
    """Return the sentences of the hits, each once and with the rank of its passage."""
    found: dict[tuple[str, int], tuple[Quote, int]] = {}
    for hit in hits:
        for quote in quotes_in([hit]):
            found.setdefault((hit.article_id, quote.sentence.start), (quote, hit.rank))
    return list(found.values())


def rate(
    question: Question, quotes: Sequence[tuple[Quote, int]], *, embedding: Embedding, frequencies: Frequencies
) -> list[Candidate]:
    """Return the quotes, each given with the rank of its passage, as candidates, the most probable first."""
    if not quotes:
        return []
    rows = describe(question, quotes, embedding=embedding, frequencies=frequencies)
    found = [
        Candidate(
            quote.article,
            quote.sentence.start,
            quote.sentence.end,
            learned().evidence.probability(row),
        )
        for (quote, _), row in zip(quotes, rows.tolist(), strict=True)
    ]
    return sorted(found, key=lambda candidate: -candidate.probability)


def describe(
    question: Question, quotes: Sequence[tuple[Quote, int]], *, embedding: Embedding, frequencies: Frequencies
) -> NDArray[np.float64]:
    """Return the features (quotes, FEATURES)."""
    plain = [quote.sentence.text for quote, _ in quotes]
    titled = [f"{quote.article.title}\n{quote.sentence.text}" for quote, _ in quotes]
    vectors = embedding.embed([*plain, *titled])
    cosines = vectors @ embedding.embed_query(question.text)
    weigh = _Weigher(question, frequencies)
    rows = [
        [float(cosines[number]), float(cosines[len(quotes) + number]), *_shared(question, quote, weigh), 1 / rank]
        for number, (quote, rank) in enumerate(quotes)
    ]
    return np.asarray(rows, dtype=np.float64)


def _shared(question: Question, quote: Quote, weigh: _Weigher) -> list[float]:
    """Return all features between "coverage" and "is_question"."""
    inside = words(quote.sentence.text)
    here = frozenset(word.stem for word in inside)
    near = here | stems(_surroundings(quote))
    article = stems_of(quote.article)
    names = [same_name(name, near) for name in question.names]
    found = mentions(question, quote.sentence)
    return [
        weigh(here),
        weigh(near),
        weigh(article),
        _pairs(question.content, content(inside)),
        sum(names) / len(names) if names else 0.5,
        min((same_name(name, article) for name in question.names), default=0.75),
        float(any(number not in near for number in _number_stems(question))),
        float(found is True),
        float(found is False),
        float(len(inside) < 6),
        float(quote.sentence.text.rstrip("”\"'’) ").endswith("?")),
    ]


class _Weigher:
    """The share of a question's words that a text has, each word weighing as much as it is rare in the index."""

    def __init__(self, question: Question, frequencies: Frequencies) -> None:
        asked = list(dict.fromkeys(word.stem for word in question.content))
        found, total = frequencies(asked)
        total += UNSEEN
        self._weights = {
            each: math.log(1 + (total - found.get(each, 0) + 0.5) / (found.get(each, 0) + 0.5)) for each in asked
        }
        self._sum = sum(self._weights.values())

    def __call__(self, there: frozenset[str]) -> float:
        """Return the share, 0 to 1; 0 for a question without words that mean something."""
        return sum(weight for each, weight in self._weights.items() if each in there) / self._sum if self._sum else 0.0


def stems_of(article: Article) -> frozenset[str]:
    """Return the stems of an article's title and text."""
    return _stems(article.title, article.text)


@lru_cache(maxsize=512)
def _stems(title: str, text: str) -> frozenset[str]:
    return stems(f"{title}\n{text}")


def _surroundings(quote: Quote) -> str:
    """Return what a reader knows at the sentence: title, day, speaker, and the two hundred characters before."""
    article, sentence = quote.article, quote.sentence
    speaker = f"{sentence.speaker.name} {sentence.speaker.role or ''}" if sentence.speaker else ""
    day = written_day(article.published)
    before = article.text[max(0, sentence.start - 200) : sentence.start]
    return f"{article.title}\n{day}\n{speaker}\n{before}"


def _number_stems(question: Question) -> list[str]:
    return [word.stem for word in question.words if word.text[0].isdigit()]


def _pairs(asked: Sequence[Word], said: Sequence[Word]) -> float:
    """Return the share of neighbouring words of the question that stand within three words of each other.

    Example: asked "US troops Ukraine", said "troops from the US entered Ukraine" -> 1.0
    """
    wanted = [(one.stem, other.stem) for one, other in pairwise(asked) if one.stem != other.stem]
    if not wanted:
        return 0.0
    places: dict[str, list[int]] = {}
    for place, word in enumerate(said):
        places.setdefault(word.stem, []).append(place)
    near = sum(
        any(abs(a - b) <= 3 for a in places.get(one, ()) for b in places.get(other, ())) for one, other in wanted
    )
    return near / len(wanted)
