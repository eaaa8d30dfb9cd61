"""How often does natoqa name the right speaker? Measured on sentences labelled by hand.

    python benchmarks/speakers.py --articles ARTICLES.jsonl [--part "held out"] [--show]

The articles are those of RealTimeQA's mini selection, one a line with `id`, `title` and `text`. `speakers.jsonl` has
only ids, offsets into the text and names: `speaker` is null where nobody speaks, `acceptable` has further answers that
are right (null: saying nothing is right, too). Its part "tuned" was read while the rules were written, the part
"held out" was labelled afterwards, from other articles, and is the one to quote.
"""

from __future__ import annotations

import argparse
import json
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Literal

from natoqa.sentences import read
from natoqa.types import Sentence

LABELS = Path(__file__).with_suffix(".jsonl")
Outcome = Literal["right", "wrong", "unknown"]


def main() -> int:
    """Print accuracy, the share of wrong speakers and the share of speakers that were not found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, required=True, help="JSONL file with the labelled articles")
    parser.add_argument("--part", choices=["tuned", "held out"], help="only this part of the labels")
    parser.add_argument("--show", action="store_true", help="print every sentence that is not right")
    options = parser.parse_args()
    labels: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        if options.part in (None, label["part"]):
            labels[label["article"]].append(label)
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    for article in _articles(options.articles, set(labels)):
        sentences = read(article["text"], title=article["title"])
        for label in labels[article["id"]]:
            found = _name(_sentence_at(sentences, label["start"], label["end"]))
            outcome = judge(label, found)
            kind = "somebody speaks" if label["speaker"] else "nobody speaks"
            outcomes[label["part"]].update([outcome, f"{kind}: {outcome}"])
            if options.show and outcome != "right":
                text = " ".join(article["text"][label["start"] : label["end"]].split())
                sys.stdout.write(f"{outcome}: {found!r}, not {label['speaker']!r} ({article['id']}): {text[:200]}\n")
    for part, counts in outcomes.items():
        _report(part, counts)
    return 0 if outcomes else 1


def judge(label: dict[str, Any], found: str | None) -> Outcome:
    """Return whether a speaker is the labelled one, another one, or missing."""
    right = {_plain(name) for name in [label["speaker"], *label.get("acceptable", [])]}
    if _plain(found) in right:
        return "right"
    return "wrong" if found else "unknown"


def _plain(name: str | None) -> str | None:
    return (
        unicodedata.normalize("NFC", name).casefold().replace("’", "'").removeprefix("the ").removeprefix("a ")
        if name
        else None
    )


def _name(sentence: Sentence | None) -> str | None:
    return sentence.speaker.name if sentence and sentence.speaker else None


def _sentence_at(sentences: tuple[Sentence, ...], start: int, end: int) -> Sentence | None:
    """Return the sentence that covers most of a labelled span."""
    return max(sentences, key=lambda sentence: min(sentence.end, end) - max(sentence.start, start), default=None)


def _articles(path: Path, wanted: set[str]) -> list[dict[str, str]]:
    articles = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line)
    return [
        {"id": article["id"], "title": article["title"], "text": article["text"].replace("\r\n", "\n")}
        for article in articles
        if article["id"] in wanted
    ]


def _report(part: str, counts: Counter[str]) -> None:
    total = counts["right"] + counts["wrong"] + counts["unknown"]
    shares = ", ".join(f"{outcome} {counts[outcome] / total:.1%}" for outcome in ("right", "wrong", "unknown"))
    sys.stdout.write(f"{part}: {total} sentences, {shares}\n")
    for kind in ("somebody speaks", "nobody speaks"):
        of_kind = {outcome: counts[f"{kind}: {outcome}"] for outcome in ("right", "wrong", "unknown")}
        sys.stdout.write(f"  {kind}: {of_kind}\n")


if __name__ == "__main__":
    sys.exit(main())
