"""Measure how well a reader reads questions of the kind it learned from, about articles it did not learn from.

    python training/apart.py --news DIR [--weights FILE]

Asks the questions of `training/questions-apart.tsv`, which no training sees: `--news` holds `articles.jsonl(.xz)`,
`--weights` is the reader (default: the packaged one). Prints the share of answers whose words are exactly right, in the
passage the question was written over and in all passages that are given, and how well the reader tells the passages
that answer from those that do not (area under the ROC curve, of the best span's log-odds and of the passage's).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from examples import Group, load_news, written

from natoqa.evaluation.comparing import exact_match
from natoqa.span_reader import Reader, SpanReader, Text
from natoqa.types import Reading

# Log-odds of the best span of a passage that has none.
NO_SPAN = -20.0


def main() -> None:
    """Parse the arguments, ask, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--news", type=Path, required=True)
    parser.add_argument("--weights", type=Path)
    arguments = parser.parse_args()
    file = Path(__file__).with_name("questions-apart.tsv")
    groups = list(written(file, load_news(arguments.news), until="9999"))
    for name, value in figures(groups, SpanReader(arguments.weights)).items():
        print(f"{name}: {value:.3f}")


def figures(groups: Sequence[Group], reader: Reader) -> dict[str, float]:
    """Return what is printed; the first passage of a group is the one that its question was written over."""
    from sklearn.metrics import roc_auc_score

    alone, among, answerable, spans, passages = [], [], [], [], []
    for group in groups:
        readings = reader.read(group.question, [Text(each.title, each.text, each.sentences) for each in group.examples])
        own = group.examples[0]
        answerable.append(own.answers)
        spans.append(_logit(readings[0]))
        passages.append(readings[0].answers)
        if own.answers:
            gold = [own.text[start:end] for start, end in own.spans]
            best = max(range(len(readings)), key=lambda number: _logit(readings[number]))
            alone.append(exact_match(_words(own.text, readings[0]), gold))
            among.append(exact_match(_words(group.examples[best].text, readings[best]), gold))
    return {
        "exactly right in the passage": float(np.mean(alone)),
        "exactly right among all passages": float(np.mean(among)),
        "AUC of the span": float(roc_auc_score(answerable, spans)),
        "AUC of the passage": float(roc_auc_score(answerable, passages)),
    }


def _logit(reading: Reading) -> float:
    return reading.spans[0].logit if reading.spans else NO_SPAN


def _words(text: str, reading: Reading) -> str:
    return text[reading.spans[0].start : reading.spans[0].end] if reading.spans else ""


if __name__ == "__main__":
    main()
