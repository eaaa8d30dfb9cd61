"""How often does a follow-up question reach the right article? Measured on conversations written by hand.

    python benchmarks/conversations.py [--part "held out"] [--show]
    python benchmarks/conversations.py --articles ARTICLES.jsonl [ARTICLE.md ...] [--part "held out"] [--show]

Without `--articles` the conversations of tests/quality on the starter corpus are held; with it those of
`conversations.jsonl` beside this file, on real articles: the training weeks of RealTimeQA, of which the articles of
`MONTH` with fewer than `LONGEST` characters are indexed, and any further article file. The conversations have questions
of our own, and name an article by its file or its id. Their part "tuned" was read while the rules were improved; the
part "held out", every third one, was only counted, and is the one to quote.

Only later turns count, and of these only the ones that an article answers. A turn is *found* when the right article is
among the first `HITS` hits of the query that was made of the question, *cited* when the first citation is from it, and
*right* when it is cited or, where nothing is cited, found. Beside it stands what the bare questions would have found.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from natoqa import Answer, Chatbot, Index

ROOT = Path(__file__).parents[1]
MONTH = "2023-01"
LONGEST = 4_000
HITS = 3


@dataclass(frozen=True)
class Outcome:
    """What became of one turn."""

    part: str
    kind: str
    answer: Answer
    found: bool
    found_bare: bool
    cited: bool

    @property
    def right(self) -> bool:
        """Whether the answer rests on the right article or, where nothing is cited, the search found it."""
        return self.cited or (not self.answer.citations and self.found)


def main() -> int:
    """Print the shares of turns that found, cited and were right, by part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, nargs="+", help="JSONL file of articles, and article files")
    parser.add_argument("--part", choices=["tuned", "held out"], help="only this part of the conversations")
    parser.add_argument("--index", type=Path, help="keep the index in this folder (default: a temporary one)")
    parser.add_argument("--show", action="store_true", help="print every turn that did not find its article")
    options = parser.parse_args()
    file = Path(__file__).with_suffix(".jsonl") if options.articles else ROOT / "tests/quality/conversations.jsonl"
    with tempfile.TemporaryDirectory() as folder, Index.open(options.index or Path(folder, "index")) as index:
        index.sync(_selected(options.articles, Path(folder, "corpus")) if options.articles else ROOT / "corpus")
        conversations = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        outcomes = [
            outcome
            for conversation in conversations
            if options.part in (None, conversation["part"])
            for outcome in hold(conversation, index)
        ]
    for outcome in outcomes:
        if options.show and not outcome.found:
            print(f"{outcome.kind}: {outcome.answer.question!r} was searched for as {outcome.answer.query!r}")
    for part in dict.fromkeys(outcome.part for outcome in outcomes):
        _report(part, [outcome for outcome in outcomes if outcome.part == part])
    _report("all", outcomes)
    return 0


def hold(conversation: dict[str, Any], index: Index) -> Iterator[Outcome]:
    """Yield the outcomes of the turns after the first."""
    bot = Chatbot(index)
    for number, turn in enumerate(conversation["turns"]):
        answer = bot.ask(turn["question"])
        right = {turn["article"]} if isinstance(turn["article"], str) else set(turn["article"])
        if number and right:
            yield Outcome(
                part=conversation["part"],
                kind=conversation["kind"],
                answer=answer,
                found=_finds(answer.query, right, index),
                found_bare=_finds(answer.question, right, index),
                cited=bool(answer.citations) and not right.isdisjoint(_names(answer.citations[0])),
            )


def _finds(query: str, right: set[str], index: Index) -> bool:
    return any(not right.isdisjoint(_names(hit)) for hit in index.search(query, k=HITS))


def _names(source: Any) -> set[str]:
    """Return what the article of a hit or a citation may be called: its file, or its id in a file of several."""
    return {source.path, source.article.record}


def _selected(articles: Sequence[Path], corpus: Path) -> Path:
    """Copy the articles to be indexed into a folder and return it."""
    corpus.mkdir()
    for file in articles:
        if file.suffix != ".jsonl":
            shutil.copy(file, corpus)
            continue
        lines = [(line, json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
        chosen = [
            line
            for line, article in lines
            if (article["published"] or "").startswith(MONTH) and len(article["text"]) < LONGEST
        ]
        (corpus / file.name).write_text("\n".join(chosen), encoding="utf-8")
    return corpus


def _report(part: str, outcomes: Sequence[Outcome]) -> None:
    def share(name: str) -> str:
        return f"{sum(getattr(outcome, name) for outcome in outcomes) / max(len(outcomes), 1):.1%}"

    print(
        f"{part}: {len(outcomes)} turns, found {share('found')} (bare question {share('found_bare')}),"
        f" cited {share('cited')}, right {share('right')}"
    )


if __name__ == "__main__":
    sys.exit(main())
