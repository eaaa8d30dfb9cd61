"""Learn `evidence` of `src/natoqa/weights.json`: how much each feature says that a sentence answers.

    python training/evidence.py --squad dev-v2.0.json --news DIR [--questions 1500] [--out src/natoqa/weights.json]

The examples are made by natoqa's own pipeline: the texts are indexed, each question retrieves its passages, and their
sentences are the candidates. `--squad` is a file in SQuAD 2.0's format (half of its questions have no answer);
a sentence is right when it is in the question's paragraph and holds the answer. `--news` is a folder with
`articles.jsonl` (or `.xz`) and `questions.jsonl` in natoqa's formats; a sentence is right when it holds the answer,
which is noisier, so these examples weigh half. Everything is seeded; two runs give the same weights on one machine.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from natoqa.embedding import Matrix, ModelEmbedding, Vector
from natoqa.evaluation.comparing import contains
from natoqa.evidence import FEATURES, describe, ranked
from natoqa.extractive import UNREAD
from natoqa.index import Index
from natoqa.question import Question
from natoqa.settings import Settings

SEED = 20250213
NEWS_WEIGHT = 0.5


@dataclass(frozen=True)
class Gold:
    """A question, its answers (none: it has none), and the article of the right sentence (None: any)."""

    text: str
    answers: tuple[str, ...]
    article_id: str | None
    until: date | None


class Remembering(ModelEmbedding):
    """The packaged model, embedding each text once: questions on one paragraph share their candidates."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._known: dict[str, Vector] = {}

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return the vectors of the texts."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(fresh, super().embed(fresh), strict=True))
        return np.stack([self._known[text] for text in texts]) if texts else super().embed(texts)


def squad(file: Path, corpus: Path) -> list[Gold]:
    """Write the paragraphs as articles into the corpus and return the questions."""
    gold = []
    with (corpus / "squad.jsonl").open("w", encoding="utf-8") as out:
        for topic in json.loads(file.read_text(encoding="utf-8"))["data"]:
            for number, paragraph in enumerate(topic["paragraphs"]):
                article_id = f"{topic['title']}-{number}".replace(",", "").replace("(", "").replace(")", "")
                title = topic["title"].replace("_", " ")
                out.write(json.dumps({"id": article_id, "title": title, "text": paragraph["context"]}) + "\n")
                for qa in paragraph["qas"]:
                    answers = tuple(sorted({answer["text"] for answer in qa["answers"]}))
                    gold.append(Gold(qa["question"], answers, article_id, None))
    return gold


def news(folder: Path, corpus: Path, limit: int) -> list[Gold]:
    """Write the articles that belong to `limit` questions into the corpus and return those questions."""
    lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    chosen = random.Random(SEED).sample([json.loads(line) for line in lines], limit)
    wanted = {article_id for entry in chosen for article_id in entry.get("searched_ids", ())}
    with (corpus / "news.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(line for line in _lines(folder / "articles.jsonl") if json.loads(line)["id"] in wanted)
    return [
        Gold(entry["question"], tuple(entry["answers"]), None, date.fromisoformat(entry["date"])) for entry in chosen
    ]


def _lines(file: Path) -> Iterator[str]:
    packed = file.with_name(f"{file.name}.xz")
    with lzma.open(packed, "rt", encoding="utf-8") if packed.exists() else file.open(encoding="utf-8") as lines:
        yield from lines


@dataclass
class Examples:
    """One row a candidate sentence; `groups` numbers its question, `weights` tells how much it counts."""

    rows: NDArray[np.float64]
    labels: NDArray[np.bool_]
    groups: NDArray[np.int64]
    weights: NDArray[np.float64]

    def __add__(self, other: Examples) -> Examples:
        """Return both, the questions numbered on."""
        groups = other.groups + (self.groups.max() + 1 if len(self.groups) else 0)
        return Examples(
            np.concatenate([self.rows, other.rows]),
            np.concatenate([self.labels, other.labels]),
            np.concatenate([self.groups, groups]),
            np.concatenate([self.weights, other.weights]),
        )


def collect(index: Index, gold: Sequence[Gold], weight: float) -> Examples:
    """Ask every question and return its candidates as examples."""
    found: list[Examples] = []
    for number, each in enumerate(gold):
        if number % 100 == 0:
            print(f"{number} of {len(gold)}", flush=True)
        question = Question(each.text)
        quotes = ranked(index.search(each.text, k=UNREAD, until=each.until))
        if not quotes:
            continue
        table = describe(question, quotes, embedding=index.embedding, frequencies=index.frequencies)
        right = [
            bool(each.answers)
            and each.article_id in (None, quote.article.article_id)
            and contains(quote.sentence.text, each.answers)
            for quote, _ in quotes
        ]
        count = len(quotes)
        found.append(Examples(table, np.array(right), np.full(count, len(found)), np.full(count, weight)))
    return Examples(
        np.concatenate([each.rows for each in found]),
        np.concatenate([each.labels for each in found]),
        np.concatenate([each.groups for each in found]),
        np.concatenate([each.weights for each in found]),
    )


def learn(examples: Examples) -> dict[str, Any]:
    """Return the weights and the threshold, learned from four fifths of the questions; print how the rest fares."""
    from sklearn.linear_model import LogisticRegression

    rows, labels, groups, weights = examples.rows, examples.labels, examples.groups, examples.weights
    held_out = groups % 5 == 0
    model = LogisticRegression(C=1.0, max_iter=3000)
    model.fit(rows[~held_out], labels[~held_out], sample_weight=weights[~held_out])
    probabilities = model.predict_proba(rows)[:, 1]
    sets = [
        _by_question(probabilities, labels, groups, (weights == weight) & ~held_out) for weight in np.unique(weights)
    ]
    threshold = _threshold(sets)
    for weight in np.unique(weights):
        mine = _by_question(probabilities, labels, groups, (weights == weight) & held_out)
        shown = mine.best >= threshold
        print(
            f"held out, weight {weight:g}: {len(mine.best)} questions, {mine.answerable.mean():.3f} of them answerable;"
        )
        print(f"    the best sentence is right for {mine.right[mine.answerable].mean():.3f} of the answerable;")
        print(f"    answered {shown.mean():.3f}, right when answered {mine.right[shown].mean():.3f}")
    print(f"threshold {threshold:.4f}: write it into thresholds.evidence.balanced")
    return {
        "weights": {name: round(float(value), 4) for name, value in zip(FEATURES, model.coef_[0], strict=True)},
        "bias": round(float(model.intercept_[0]), 4),
    }


@dataclass
class ByQuestion:
    """For each question: the best probability, whether that sentence is right, whether any candidate is."""

    best: NDArray[np.float64]
    right: NDArray[np.bool_]
    answerable: NDArray[np.bool_]

    def f1(self, threshold: float) -> float:
        """Return the F1 of answering at this threshold: right answers among those given and those possible."""
        shown = self.best >= threshold
        return float(2 * (shown & self.right).sum() / (shown.sum() + self.answerable.sum()))


def _by_question(
    probabilities: NDArray[np.float64], labels: NDArray[np.bool_], groups: NDArray[np.int64], chosen: NDArray[np.bool_]
) -> ByQuestion:
    best, right, answerable = [], [], []
    for group in np.unique(groups[chosen]):
        mine = groups == group
        top = int(np.argmax(probabilities[mine]))
        best.append(probabilities[mine][top])
        right.append(labels[mine][top])
        answerable.append(labels[mine].any())
    return ByQuestion(np.array(best), np.array(right), np.array(answerable))


# F1 is flat around its best: anything within this much of it is noise.
TOLERANCE = 0.01


def _threshold(sets: Sequence[ByQuestion]) -> float:
    """Return the middle of the thresholds whose F1, the mean of the sets, hardly differs from the best."""
    candidates = np.arange(0.01, 0.6, 0.01)
    scores = np.array([np.mean([each.f1(threshold) for each in sets]) for threshold in candidates])
    return float(np.median(candidates[scores >= scores.max() - TOLERANCE]))


def main() -> None:
    """Parse the arguments, learn, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--squad", type=Path, required=True)
    parser.add_argument("--news", type=Path)
    parser.add_argument("--questions", type=int, default=1500)
    parser.add_argument("--news-questions", type=int, default=250)
    parser.add_argument("--examples", type=Path, help="file that keeps the examples, for learning again without asking")
    parser.add_argument("--out", type=Path, default=Path("src/natoqa/weights.json"))
    arguments = parser.parse_args()
    if arguments.examples and arguments.examples.exists():
        kept = np.load(arguments.examples)
        examples = Examples(kept["rows"], kept["labels"], kept["groups"], kept["weights"])
    else:
        examples = _collected(arguments)
        if arguments.examples:
            np.savez(arguments.examples, **vars(examples))
    content = json.loads(arguments.out.read_text(encoding="utf-8"))
    content["evidence"] = learn(examples)
    arguments.out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _collected(arguments: argparse.Namespace) -> Examples:
    embedding = Remembering(Settings().embedding_model)
    found: list[Examples] = []
    for source, weight in (("squad", 1.0), ("news", NEWS_WEIGHT)):
        with tempfile.TemporaryDirectory() as folder:
            corpus = Path(folder, "corpus")
            corpus.mkdir()
            if source == "squad":
                gold = random.Random(SEED).sample(squad(arguments.squad, corpus), arguments.questions)
            elif arguments.news:
                gold = news(arguments.news, corpus, arguments.news_questions)
            else:
                continue
            with Index.open(Path(folder, "index"), settings=Settings(reader="none"), embedding=embedding) as index:
                print(index.sync(corpus), flush=True)
                found.append(collect(index, gold, weight))
    return found[0] + found[1] if len(found) == 2 else found[0]


if __name__ == "__main__":
    main()
