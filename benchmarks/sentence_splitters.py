"""Sentence splitters side by side: errors on the hard cases of the tests, and speed on news text.

    python benchmarks/sentence_splitters.py [ARTICLES.jsonl]

The peers (pysbd, sentencex) are measured if they are installed. A case is an error if the sentences differ from the
expected ones in any character but white space at their ends. Without ARTICLES the speed is that on the cases, repeated.
"""

from __future__ import annotations

import argparse
import importlib
import json
import runpy
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from natoqa.sentences import split

TESTS = Path(__file__).parents[1] / "tests" / "test_sentences.py"
SPEED_CHARACTERS = 300_000  # the slowest peer needs about ten seconds for them

Splitter = Callable[[str], Iterable[str]]


def splitters() -> Iterator[tuple[str, Splitter]]:
    """Yield our splitter and the peers that are installed."""
    yield "natoqa", lambda text: [sentence.text for sentence in split(text)]
    try:
        pysbd = importlib.import_module("pysbd")
    except ImportError:
        pass
    else:
        yield "pysbd", pysbd.Segmenter(language="en", clean=False).segment
    try:
        sentencex = importlib.import_module("sentencex")
    except ImportError:
        pass
    else:
        yield "sentencex", lambda text: sentencex.segment("en", text)


def errors(splitter: Splitter, cases: Iterable[tuple[str, list[str]]]) -> int:
    """Count the cases that are not split as expected."""
    return sum([part.strip() for part in splitter(text) if part.strip()] != expected for text, expected in cases)


def megabytes_per_second(splitter: Splitter, texts: list[str]) -> float:
    """Measure the speed in millions of characters a second."""
    started = time.perf_counter()
    for text in texts:
        list(splitter(text))
    return sum(map(len, texts)) / 1e6 / (time.perf_counter() - started)


def sample(path: Path | None, cases: list[str]) -> list[str]:
    """Return about `SPEED_CHARACTERS` of text."""
    if path is None:
        paragraph = " ".join(cases)
        return [paragraph] * (SPEED_CHARACTERS // len(paragraph) + 1)
    texts: list[str] = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            texts.append(json.loads(line)["text"])
            if sum(map(len, texts)) >= SPEED_CHARACTERS:
                break
    return texts


def main() -> None:
    """Print one line a splitter: errors in each group of cases, errors in all, speed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", nargs="?", type=Path, help="JSONL with a field text")
    arguments = parser.parse_args()

    table = runpy.run_path(str(TESTS))
    groups = {
        name: [table["text_and_sentences"](case) for case in cases] for name, cases in table["HARD_CASES"].items()
    }
    everything = [case for cases in groups.values() for case in cases]
    texts = sample(arguments.articles, [text for text, _ in everything])
    for name, splitter in splitters():
        print(f"{name}: {errors(splitter, everything)} errors in {len(everything)} cases", end=", ")
        print(f"{megabytes_per_second(splitter, texts):.2f} MB/s")
        for group, cases in groups.items():
            print(f"    {errors(splitter, cases):3} of {len(cases):3}  {group}")


if __name__ == "__main__":
    main()
