"""What a run of `natoqa index` costs, and whether the cost follows the change.

    python benchmarks/sync.py --articles ARTICLES.jsonl [--count 20000] [--model NAME] [--json FILE]

The articles, one a line with `text` and whatever else natoqa reads, are repeated in altered form until there are
`--count` files. Then come: the first run, one right after it, one with nothing to do, and one each after 10 files were
changed, removed and moved. Printed are the seconds, their share of the first run's, how many passages were embedded,
and the peak memory of this process so far. The model `hashing` takes the embedding out of the comparison, which makes
the shares larger.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from natoqa import Index, Settings
from natoqa.embedding import load

TOUCHED = 10
"""Files that are changed, removed or moved at a time."""

IN_A_FOLDER = 500
"""Files in one folder of the corpus made."""


@dataclass(frozen=True)
class Run:
    """What a run took: seconds, passages embedded, the peak memory so far in MB, and what it reported."""

    name: str
    seconds: float
    embedded: int
    peak_mb: float
    report: str


class Counting:
    """The embedding model, and how many passages it was given."""

    def __init__(self, name: str) -> None:
        self._model = load(name)
        self.embedded = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def embed(self, texts: Sequence[str]) -> Any:
        """Embed the texts and count them."""
        self.embedded += len(texts)
        return self._model.embed(texts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the corpus, run, and print what each run took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, required=True, help="JSONL file of articles")
    parser.add_argument("--count", type=int, default=20_000, help="how many files are made of them")
    parser.add_argument("--model", default=Settings().embedding_model, help="embedding model, or hashing")
    parser.add_argument("--json", type=Path, help="write the figures into this file")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        files = made(options.articles, corpus, options.count)
        runs = []
        for run in measured(corpus, Path(folder, "index"), files, options.model):
            runs.append(run)
            share = run.seconds / runs[0].seconds
            print(
                f"{run.name:16}{run.seconds:9.2f} s{share:9.2%}{run.embedded:10,} embedded{run.peak_mb:9,.0f} MB  "
                f"{run.report}",
                flush=True,
            )
    if options.json:
        options.json.write_text(json.dumps([asdict(run) for run in runs], indent=1) + "\n", encoding="utf-8")
    return 0


def made(articles: Path, corpus: Path, count: int) -> list[Path]:
    """Write `count` files of articles that are all different, and return them."""
    with articles.open(encoding="utf-8") as lines:
        given = [json.loads(line) for line in lines]
    files = []
    for number in range(count):
        record = given[number % len(given)]
        file = corpus / f"{number // IN_A_FOLDER}" / f"{number}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_altered(record, number), encoding="utf-8")
        files.append(file)
    return files


def _altered(record: dict[str, Any], number: int) -> str:
    """Return an article that differs from the others made of the same one in every paragraph."""
    rng = random.Random(number)
    paragraphs = [each for each in str(record["text"]).split("\n") if each.strip()]
    rng.shuffle(paragraphs)
    body = "\n\n".join(f"{each} That is report {number}." for each in paragraphs)
    head = {"title": f"{record.get('title') or 'Report'} ({number})", "published": str(record.get("published") or "")}
    fields = "".join(f"{name}: {json.dumps(value)}\n" for name, value in head.items() if value)
    return f"---\n{fields}---\n\n{body}\n"


def measured(corpus: Path, folder: Path, files: list[Path], model: str) -> Iterator[Run]:
    """Yield the runs, one after the other."""
    embedding = Counting(model)
    embedding.embed(["The model is loaded before the clock starts."])
    rng = random.Random(7)
    picked = rng.sample(files, min(3 * TOUCHED, len(files)))
    changed, removed, moved = (picked[first::3] for first in range(3))
    settings = Settings(index=folder, embedding_model=model)
    with Index.open(folder, settings=settings, embedding=embedding) as index:
        yield _run("first", index, corpus, embedding)
        # Files written in the seconds before they were first looked at are read once more.
        yield _run("right after it", index, corpus, embedding)
        yield _run("nothing to do", index, corpus, embedding)
        for name, touched, touch in (
            ("10 changed", changed, _change),
            ("10 removed", removed, Path.unlink),
            ("10 moved", moved, _move),
        ):
            _each(touched, touch)
            yield _run(name, index, corpus, embedding)


def _each(files: Sequence[Path], touch: Callable[[Path], object]) -> None:
    for file in files:
        touch(file)


def _change(file: Path) -> None:
    with file.open("a", encoding="utf-8") as text:
        text.write("\nA paragraph was added by the evening edition, and it has a sentence of its own.\n")


def _move(file: Path) -> None:
    place = file.with_name(f"moved-{file.name}")
    file.rename(place)


def _run(name: str, index: Index, corpus: Path, embedding: Counting) -> Run:
    before, started = embedding.embedded, time.monotonic()
    done = index.sync(corpus)
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    said = {key: getattr(done, key) for key in ("added", "changed", "moved", "removed", "unchanged")}
    report = ", ".join(f"{value:,} {key}" for key, value in said.items() if value)
    return Run(name, round(seconds, 3), embedding.embedded - before, round(peak, 1), report)


if __name__ == "__main__":
    sys.exit(main())
