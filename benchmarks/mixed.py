"""What `natoqa index` says about a folder as newsrooms have them: files of all kinds, some broken, copied, undated.

    python benchmarks/mixed.py [--files 1000] [--keep FOLDER]

A corpus of so many files of every kind that natoqa reads is made from generated stories: of a hundred files about three
are broken, each in a way of its own, five are copies of another and ten have no day. Then `natoqa index` runs on it,
with the model `hashing`; what it prints is what a user sees. `--keep` leaves the corpus there.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from specimens import MAKERS, SEVERAL, Story, page, pdf, word

BROKEN, COPIED, UNDATED = 0.03, 0.05, 0.10
"""Shares of the files."""

PLACES = ["Larnham", "Tarn", "Port Ellis", "Westmere", "Ashby", "Kilmore", "Old Brae", "Sandwick", "Hollin", "Marrow"]
PEOPLE = ["Mayor Ana Lopez", "the harbour master", "Councillor Weber", "the transport department", "a spokesman"]
THINGS = [
    "bridge",
    "mill",
    "ferry",
    "market hall",
    "school",
    "sea wall",
    "library",
    "railway line",
    "clinic",
    "theatre",
]
DEEDS = ["will be closed from June", "costs more than was planned", "opens a year late", "is to be sold", "was flooded"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the corpus, index it, and show what is printed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1_000, help="how many files there are")
    parser.add_argument("--keep", type=Path, help="make the corpus in this folder, and leave it there")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        corpus = options.keep or Path(folder, "corpus")
        made(corpus, options.files)
        places = ["--corpus", str(corpus), "--index", str(Path(folder, "index"))]
        command = [sys.executable, "-m", "natoqa", "index", *places]
        done = subprocess.run(command, env=os.environ | {"NATOQA_EMBEDDING_MODEL": "hashing"}, check=False)
    return 0 if done.returncode in (0, 3) else done.returncode


def made(corpus: Path, count: int) -> None:
    """Write `count` files into the folder `corpus`, the same ones each time."""
    rng = random.Random(7)
    earlier: list[tuple[str, bytes]] = []
    for number in range(count):
        kind = rng.choice(sorted(MAKERS))
        dice = rng.random()
        if dice < COPIED and earlier:
            kind, content = rng.choice(earlier)
        else:
            told = None if rng.random() < UNDATED else date(2024, 1, 1) + timedelta(days=rng.randrange(420))
            stories = [story(rng, told) for _ in range(rng.randint(2, 4) if kind in SEVERAL else 1)]
            content = MAKERS[kind](*stories)
            earlier.append((kind, content))
        if dice > 1 - BROKEN:
            kind, content = rng.choice(DAMAGES)(kind, content, rng)
        file = corpus / f"{2024 + number % 2}" / f"{number:04}{kind.partition('.')[1]}{kind.partition('.')[2]}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def story(rng: random.Random, day: date | None) -> Story:
    """Return a story that no other has."""
    place, thing, deed = rng.choice(PLACES), rng.choice(THINGS), rng.choice(DEEDS)
    paragraphs = [f"The {thing} of {place} {deed}, {rng.choice(PEOPLE)} said."]
    for _ in range(rng.randint(4, 9)):
        other, figure = rng.choice(PLACES), rng.randint(2, 900)
        paragraphs.append(
            f"{rng.choice(PEOPLE).capitalize()} told {figure} people in {other} that the {rng.choice(THINGS)} "
            f"{rng.choice(DEEDS)}. It is {rng.randint(2, 90)} miles from there to the {rng.choice(THINGS)} of {place}."
        )
    number = rng.randrange(10**6)
    return Story(
        title=f"The {thing} of {place} {deed}",
        paragraphs=paragraphs,
        day=day,
        outlet=rng.choice(["The Larn Letter", "Westmere Post", "Tarn Daily"]),
        url=f"https://news.example.org/stories/{number}",
    )


Damage = Callable[[str, bytes, random.Random], tuple[str, bytes]]


def _cut_off(kind: str, content: bytes, rng: random.Random) -> tuple[str, bytes]:
    kind, content = ("a.html", page(story(rng, None))) if kind in ("a.txt", "a.md") else (kind, content)
    return kind, content[: int(len(content) * rng.uniform(0.3, 0.8))]


def _empty(kind: str, content: bytes, rng: random.Random) -> tuple[str, bytes]:
    return kind, b""


def _renamed(kind: str, content: bytes, rng: random.Random) -> tuple[str, bytes]:
    return rng.choice(["a.txt", "a.md"]), rng.choice([page, pdf, word])(story(rng, None))


def _scanned(kind: str, content: bytes, rng: random.Random) -> tuple[str, bytes]:
    return "a.pdf", pdf(Story(title=" ", paragraphs=[" "]))


def _binary(kind: str, content: bytes, rng: random.Random) -> tuple[str, bytes]:
    return "a.txt", bytes(rng.randrange(256) for _ in range(400)) + b"\0"


DAMAGES: tuple[Damage, ...] = (_cut_off, _cut_off, _empty, _renamed, _scanned, _binary)


if __name__ == "__main__":
    sys.exit(main())
