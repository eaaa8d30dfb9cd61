"""Learn what becomes of the reader's opinions.

These are `relevance`, `votes`, `sentences`, `confidence` and `thresholds` of `src/natoqa/weights.json`.

    python training/answers.py --news DIR [--since 2024-07-01] [--work DIR]

`--news` is a folder with `articles.jsonl` (or `.xz`) and `questions.jsonl` in natoqa's formats, of which the questions
from `--since` on are used, and those of `training/questions.tsv` about articles published since; the reader must not
have learned from them. Quizzes ask indirectly, the written questions mostly as people do who look for a fact; a quarter
of the latter assumes what is not so. What is found for them, and what the reader makes of it, is kept in `--work`:
delete `read.pickle` there after the reader has changed.

Four small models follow each other, each on the output of the ones before: whether a passage holds the answer, which
span is the answer, whether a sentence holds it, whether the answer given is right. Nothing is random.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import lzma
import pickle
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np
from examples import Written, load_written

from natoqa import confidence, learned, reading, retrieval, sentences, voting
from natoqa.evaluation.comparing import contains, needles, normalize, padded, stands_in
from natoqa.index import Index
from natoqa.learned import Learned, Linear
from natoqa.question import Question
from natoqa.settings import Settings
from natoqa.span_reader import Text, packaged
from natoqa.types import Hit, Reading

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Read:
    """A question with its answers, and the passages found for it, as they were read; hits carry their fused score."""

    question: Question
    answers: tuple[str, ...]
    told: bool
    """Whether an answer stands in any article up to the question's day."""
    hits: tuple[Hit, ...]
    readings: tuple[Reading, ...]
    day: date | None = None
    """The day it was asked on, for a quiz."""

    def newness(self, hit: Hit) -> float:
        """Return how new the article of a hit was then."""
        return retrieval.newness(hit.article.published, self.day)

    def in_text(self, text: str) -> bool:
        """Return whether an answer stands in a text."""
        return contains(text, self.answers)

    def answered_by(self, votes: Sequence[voting.Vote]) -> bool:
        """Return whether one of the votes is for an answer."""
        return any(_is_answer(vote.text, self.answers) for vote in votes)


def main() -> None:
    """Parse the arguments, learn, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--news", type=Path, required=True)
    parser.add_argument("--since", default="2024-07-01")
    parser.add_argument("--work", type=Path, default=Path("build/answers"))
    parser.add_argument("--out", type=Path, default=Path("src/natoqa/weights.json"))
    arguments = parser.parse_args()
    content = json.loads(arguments.out.read_text(encoding="utf-8"))
    content |= learn(_kept(arguments.work, lambda: _asked_of_news(arguments.news, arguments.since, arguments.work)))
    arguments.out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


# -- asking ------------------------------------------------------------------------------------------------------------


def _kept(work: Path, make: Callable[[], list[Read]]) -> list[Read]:
    file = work / "read.pickle"
    if file.exists():
        with file.open("rb") as known:
            return pickle.load(known)  # type: ignore[no-any-return]  # our own file, written below
    (work / "corpus").mkdir(parents=True, exist_ok=True)
    found = make()
    with file.open("wb") as out:
        pickle.dump(found, out)
    return found


def _asked_of_news(folder: Path, since: str, work: Path) -> list[Read]:
    """Return the quiz and written questions since a day, over the articles that were found for them."""
    asked = [json.loads(line) for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    asked = [each for each in asked if each["date"] >= since]
    wanted = {article_id for each in asked for article_id in each["searched_ids"]}
    about: defaultdict[str, list[Written]] = defaultdict(list)
    for question in load_written(Path(__file__).with_name("questions.tsv")):
        about[question.article_id].append(question)
    written: list[tuple[str, list[str]]] = []
    with (work / "corpus" / "articles.jsonl").open("w", encoding="utf-8") as out:
        for line in _lines(folder / "articles.jsonl"):
            article = json.loads(line)
            recent = about[article["id"]] if (article["published"] or "") >= since else []
            written += [
                (each.question, [article["text"][slice(*each.answer)]] if each.answer else []) for each in recent
            ]
            if recent or article["id"] in wanted:
                out.write(line)
    with _index(work) as index:
        texts = [(article.published, padded(article.text)) for article in index.articles()]
        found = []
        for each in asked:
            day, wanted_words = date.fromisoformat(each["date"]), needles(each["answers"])
            told = any(known and known <= day and stands_in(text, wanted_words) for known, text in texts)
            found.append(_asked(index, each["question"], each["answers"], told, day=day))
        return found + [_asked(index, text, answers, bool(answers)) for text, answers in written]


@contextlib.contextmanager
def _index(work: Path) -> Iterator[Index]:
    with Index.open(work / "index", settings=Settings(reader="none")) as index:
        print(index.sync(work / "corpus"), flush=True)
        yield index


def _asked(
    index: Index,
    question: str,
    answers: Sequence[str],
    told: bool,
    *,
    day: date | None = None,
) -> Read:
    hits = index.search(question, k=retrieval.READ, until=day)
    passages = [Text(each.title, each.text, _places(each.text)) for each in hits]
    readings = packaged().read(question, passages)
    return Read(Question(question), tuple(answers), told, tuple(hits), tuple(readings), day)


def _places(text: str) -> tuple[tuple[int, int], ...]:
    return tuple((each.start, each.end) for each in sentences.split(text))


def _lines(file: Path) -> Iterator[str]:
    packed = file.with_name(f"{file.name}.xz")
    with lzma.open(packed, "rt", encoding="utf-8") if packed.exists() else file.open(encoding="utf-8") as lines:
        yield from lines


# -- learning ----------------------------------------------------------------------------------------------------------


def learn(read: Sequence[Read]) -> dict[str, Any]:
    """Return the four models and the thresholds; print how good each is where it was learned."""
    now = replace(learned.learned(), relevance=_relevance(read))
    _print_recall("fused", read)
    reranked = [_reranked(each, now.relevance) for each in read]
    _print_recall("reranked", reranked)
    now = replace(now, votes=_votes(reranked))
    with _using(now):
        now = replace(now, sentences=_sentences(reranked))
    with _using(now):
        judged = [_judged(each) for each in reranked]
    now = replace(now, confidence=_confidence(judged))
    thresholds = _thresholds(judged, now.confidence)
    models = {name: getattr(now, name) for name in ("relevance", "votes", "sentences", "confidence")}
    return {name: _written(model) for name, model in models.items()} | {
        "thresholds": now.thresholds | {"confidence": thresholds}
    }


def _written(model: Linear) -> dict[str, Any]:
    weights = {name: round(weight, 4) for name, weight in zip(model.names, model.weights, strict=True)}
    return {"weights": weights, "bias": round(model.bias, 4)}


@contextlib.contextmanager
def _using(now: Learned) -> Iterator[None]:
    """Let natoqa use these models while the next one is learned."""
    with contextlib.ExitStack() as stack:
        for room in (voting, reading, confidence):
            stack.enter_context(mock.patch.object(room, "learned", return_value=now))
        yield


def _logistic(names: Sequence[str], rows: Sequence[Sequence[float]], labels: Sequence[bool]) -> Linear:
    from sklearn.linear_model import LogisticRegression

    table = np.asarray(rows, dtype=float)
    scale = table.std(axis=0) + 1e-9
    model = LogisticRegression(C=1.0, max_iter=5000).fit(table / scale, np.asarray(labels))
    return Linear(tuple(names), tuple((model.coef_[0] / scale).tolist()), float(model.intercept_[0]))


def _relevance(read: Sequence[Read]) -> Linear:
    rows = [
        retrieval.features(hit.score, reading, each.newness(hit))
        for each in read
        for hit, reading in zip(each.hits, each.readings, strict=True)
    ]
    labels = [each.in_text(hit.text) for each in read for hit in each.hits]
    return _logistic(retrieval.FEATURES, rows, labels)


def _reranked(each: Read, relevance: Linear) -> Read:
    scored = [
        (replace(hit, score=relevance(retrieval.features(hit.score, reading, each.newness(hit)))), reading)
        for hit, reading in zip(each.hits, each.readings, strict=True)
    ]
    scored.sort(key=lambda item: -item[0].score)
    return replace(each, hits=tuple(hit for hit, _ in scored), readings=tuple(reading for _, reading in scored))


def _print_recall(name: str, read: Sequence[Read]) -> None:
    ranks = [next((rank for rank, hit in enumerate(each.hits) if each.in_text(hit.text)), 999) for each in read]
    shares = ", ".join(f"{k}: {np.mean([rank < k for rank in ranks]):.3f}" for k in (1, 5, 10, retrieval.READ))
    print(f"{name}: an answer is among the first {shares}")


def _votes(read: Sequence[Read]) -> Linear:
    """Return the weights of greatest likelihood: the right contender, or "none of these", has most of the votes."""
    import torch

    cases = []
    for each in read:
        votes = voting.votes_in(each.question, each.hits, each.readings)
        groups = voting.grouped((vote, 0.0) for vote in votes if not vote.off)
        if groups:
            rows = torch.tensor([vote.features for group in groups for vote, _ in group], dtype=torch.float64)
            owners = [(number, vote.article.article_id) for number, group in enumerate(groups) for vote, _ in group]
            right = [number for number, group in enumerate(groups) if each.answered_by([vote for vote, _ in group])]
            cases.append((rows, owners, len(groups), right))
    weights = torch.full((len(voting.FEATURES),), 0.3, dtype=torch.float64, requires_grad=True)
    silence = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, silence], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        total = 1e-3 * weights.square().sum() * len(cases)
        for rows, owners, count, right in cases:
            strengths = _strengths(rows @ weights, owners, count)
            every = torch.cat([strengths, silence[None]]).logsumexp(0)
            total = total + every - (strengths[right].logsumexp(0) if right else silence)
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return Linear(voting.FEATURES, tuple(weights.tolist()), float(silence))


def _strengths(weighed: torch.Tensor, owners: Sequence[tuple[int, str]], count: int) -> torch.Tensor:
    """Return each contender's strength: of an article the best vote, over articles the sum of their exponents."""
    import torch

    best: dict[tuple[int, str], int] = {}
    values = weighed.tolist()
    for place, owner in enumerate(owners):
        if owner not in best or values[place] > values[best[owner]]:
            best[owner] = place
    places = torch.tensor(list(best.values()))
    groups = torch.tensor([group for group, _ in best])
    sums = torch.zeros(count, dtype=torch.float64).index_add(0, groups, weighed[places].exp())
    return sums.log()


def _is_answer(text: str, answers: Sequence[str]) -> bool:
    return any(
        normalize(text) == normalize(answer) or voting.key_of(text) == voting.key_of(answer) for answer in answers
    )


def _sentences(read: Sequence[Read]) -> Linear:
    rows, labels = [], []
    for each in read:
        contenders = voting.contend(voting.votes_in(each.question, each.hits, each.readings))
        shares = reading.shares_of(contenders)
        for hit, one in zip(each.hits, each.readings, strict=True):
            for start, end, features in reading.describe(hit, one, shares):
                rows.append(features)
                labels.append(each.in_text(hit.article.text[start:end]))
    return _logistic(reading.FEATURES, rows, labels)


@dataclass(frozen=True)
class Judged:
    """What an answer would be, and whether it is right."""

    features: tuple[float, ...]
    right: bool
    told: bool
    found: bool
    """Whether an answer stands in the first five passages."""
    quiz: bool


def _judged(each: Read) -> Judged:
    contenders = voting.contend(voting.votes_in(each.question, each.hits, each.readings))
    candidates = reading.rate(each.hits, each.readings, contenders)
    return Judged(
        features=confidence.describe(contenders, candidates, each.hits),
        right=bool(contenders) and each.answered_by(contenders[0].votes),
        told=each.told,
        found=any(each.in_text(hit.text) for hit in each.hits[:5]),
        quiz=each.day is not None,
    )


def _confidence(judged: Sequence[Judged]) -> Linear:
    return _logistic(confidence.FEATURES, [each.features for each in judged], [each.right for each in judged])


def _thresholds(every: Sequence[Judged], model: Linear) -> dict[str, float]:
    """Return the probability below which natoqa abstains, by caution, and print what that does.

    They are set on the quizzes: of those that no article answers "balanced" leaves 72 % unanswered, "careful" 90 %,
    "eager" a third. Of the written questions that assume what is not so "balanced" leaves 72 % unanswered, too.
    """
    judged = [each for each in every if each.quiz]
    sure = np.array([model.probability(each.features) for each in judged])
    right, told, found = (np.array([getattr(each, name) for each in judged]) for name in ("right", "told", "found"))
    surest = right[np.argsort(-sure)[: int(0.3 * len(sure))]]
    print(f"short answers right: {right.mean():.3f}; of the surest 30 %: {surest.mean():.3f}")
    print(f"answers in some article: {told.mean():.3f}, in the first five passages: {found.mean():.3f}")
    thresholds = {}
    for caution, share in (("careful", 0.9), ("balanced", 0.72), ("eager", 0.33)):
        least = float(np.quantile(sure[~told], share))
        shown = sure >= least
        print(
            f"{caution}: {least:.3f}; answered {shown.mean():.3f}, right when answered {right[shown].mean():.3f}, "
            f"unanswered of those with an answer in the first five {(~shown[found]).mean():.3f}"
        )
        thresholds[caution] = round(least, 4)
    return thresholds


if __name__ == "__main__":
    main()
