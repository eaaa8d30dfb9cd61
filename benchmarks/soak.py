"""Whether an index stays right over a long time of edits, kills and questions.

    python benchmarks/soak.py [--minutes 10] [--model hashing] [--seed 1]

Round after round articles are added, changed, moved and removed at random, while `natoqa index` runs in a process that
is killed at a random moment in half of the rounds, and while this process asks without a pause. At the end, one last
run must make the index equal to one that is built from scratch: the same articles with the same texts, the same answers
to the same searches. No question may fail; open files and memory of the asking process must be level: their growth from
the first quarter of the time to the last one is printed. Exit code 1 when something of this does not hold.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from natoqa import Chatbot, Index, Settings

PLACES = ("Osterlich", "Larnstead", "Vell", "Quern", "Tarnow", "Marrick", "Isolde Bay", "Petrel", "Sandmoor", "Gault")
THINGS = ("harbour", "bridge", "museum", "school", "tunnel", "library", "market", "hospital", "stadium", "archive")
ACTS = ("was opened", "was closed", "was sold", "was flooded", "was repaired", "was searched", "was named anew")
MOST_FILES = 300
LONGEST_RUN_S = 120
ALLOWED_FILES, ALLOWED_MB = 8, 64
"""Growth that is none: pools and caches that fill once."""


@dataclass
class Asked:
    """What the asking saw: how many questions, what failed, and samples of (seconds, open files, memory in MB)."""

    questions: int = 0
    failures: list[str] = field(default_factory=list)
    samples: list[tuple[float, int, float]] = field(default_factory=list)

    def growth(self) -> tuple[float, float]:
        """Return how many files and MB more were held in the last quarter of the time than in the second one."""
        quarter = max(1, len(self.samples) // 4)
        early, late = self.samples[quarter : 2 * quarter], self.samples[-quarter:]
        return (
            max(files for _, files, _ in late) - max((files for _, files, _ in early), default=0),
            max(mb for *_, mb in late) - max((mb for *_, mb in early), default=0),
        )


class Newsroom:
    """A folder of articles in which somebody is always at work."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.folder = folder
        self._rng = rng
        self._number = 0
        for _ in range(50):
            self._add()

    def work(self) -> None:
        """Do a few things."""
        for _ in range(self._rng.randint(1, 20)):
            files = sorted(self.folder.rglob("*.md"))
            act = self._rng.choice((self._add, self._add, self._change, self._move, self._remove))
            if not files or (act == self._add and len(files) < MOST_FILES):
                self._add()
            elif act in (self._change, self._move, self._remove):
                act(self._rng.choice(files))

    def _add(self, _: Path | None = None) -> None:
        self._number += 1
        file = self.folder / self._rng.choice("abc") / f"{self._number}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self._text(), encoding="utf-8")

    def _change(self, file: Path) -> None:
        file.write_text(self._text(), encoding="utf-8")

    def _move(self, file: Path) -> None:
        self._number += 1
        target = self.folder / self._rng.choice("abcd") / f"{self._number}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        file.rename(target)

    def _remove(self, file: Path) -> None:
        file.unlink()

    def _text(self) -> str:
        said = [
            f"The {self._rng.choice(THINGS)} of {self._rng.choice(PLACES)} {self._rng.choice(ACTS)} on day "
            f"{self._rng.randint(1, 10**6)}, the mayor said."
            for _ in range(self._rng.randint(2, 12))
        ]
        day = f"2025-{self._rng.randint(1, 12):02}-{self._rng.randint(1, 28):02}"
        return f"---\ntitle: {said[0][:60]}\noutlet: The Herald\npublished: {day}\n---\n\n" + "\n\n".join(said) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Keep everything going for the time, then compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--model", default="hashing")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        corpus, place = Path(folder, "corpus"), Path(folder, "index")
        room = Newsroom(corpus, rng)
        _indexed(corpus, place, options.model)
        asked, over = Asked(), threading.Event()
        asking = threading.Thread(target=_ask, args=(place, options.model, asked, over, options.seed), daemon=True)
        asking.start()
        rounds, kills, until = 0, 0, time.monotonic() + 60 * options.minutes
        while time.monotonic() < until:
            room.work()
            rounds += 1
            moment = rng.uniform(0.5, 4) if rng.random() < 0.5 else None
            kills += _indexed(corpus, place, options.model, kill_after=moment)
        over.set()
        asking.join()
        _indexed(corpus, place, options.model)
        differences = _differences(corpus, place, Path(folder, "anew"), options.model)
    files, memory = asked.growth() if len(asked.samples) >= 4 else (0.0, 0.0)
    print(
        f"{rounds} rounds, {kills} runs killed, {asked.questions:,} questions, {len(asked.failures)} failed, "
        f"{files:+} open files, {memory:+.0f} MB, {len(differences)} differences from an index built from scratch"
    )
    for line in (*asked.failures[:5], *differences[:5]):
        print(line)
    level = files <= ALLOWED_FILES and memory <= ALLOWED_MB
    return 0 if level and not asked.failures and not differences else 1


def _indexed(corpus: Path, place: Path, model: str, *, kill_after: float | None = None) -> bool:
    """Run `natoqa index` in a process of its own; return whether it was killed before its end."""
    command = [sys.executable, "-m", "natoqa", "index", "-q", "--allow-removals", "--corpus", str(corpus)]
    environment = os.environ | {"NATOQA_EMBEDDING_MODEL": model}
    with subprocess.Popen([*command, "--index", str(place)], env=environment, stdout=subprocess.DEVNULL) as run:
        try:
            code = run.wait(kill_after or LONGEST_RUN_S)
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            run.wait()
            if kill_after is None:
                raise
            return True
    if code:
        raise SystemExit(f"natoqa index ended with {code}")
    return False


def _ask(place: Path, model: str, asked: Asked, over: threading.Event, seed: int) -> None:
    """Ask until it is over; every sentence cited must stand in its article."""
    rng = random.Random(seed)
    started = time.monotonic()
    with Index.open(place, settings=Settings(index=place, embedding_model=model), create=False) as index:
        while not over.is_set():
            question = f"What happened to the {rng.choice(THINGS)} of {rng.choice(PLACES)}?"
            try:
                answer = Chatbot(index).ask(question)
                for each in answer.citations:
                    text = index.article(each.article_id, version=each.version).text
                    if text[each.start : each.end] != each.quote:
                        asked.failures.append(f"{question}: the quotation is not in the article")
            except Exception as error:
                asked.failures.append(f"{question}: {error!r}")
            asked.questions += 1
            asked.samples.append((time.monotonic() - started, len(list(Path("/proc/self/fd").iterdir())), _memory_mb()))


def _memory_mb() -> float:
    with Path("/proc/self/status").open(encoding="ascii") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def _differences(corpus: Path, place: Path, anew: Path, model: str) -> list[str]:
    """Return how the index differs from one that is built from scratch now."""
    _indexed(corpus, anew, model)
    found = []
    with (
        Index.open(place, settings=Settings(index=place, embedding_model=model)) as kept,
        Index.open(anew, settings=Settings(index=anew, embedding_model=model)) as fresh,
    ):
        found += [f"{path}: {what}" for path, what in _unlike(_contents(kept), _contents(fresh))]
        for thing in THINGS:
            for town in PLACES:
                hits = [
                    sorted((round(hit.score, 4), hit.path, hit.start) for hit in index.search(f"{thing} {town}", k=5))
                    for index in (kept, fresh)
                ]
                if [score for score, *_ in hits[0]] != [score for score, *_ in hits[1]]:
                    found.append(f"{thing} {town}: other hits")
    return found


def _contents(index: Index) -> dict[str, object]:
    return {each.path: (each.title, each.published, each.text) for each in index.articles()}


def _unlike(one: dict[str, object], other: dict[str, object]) -> list[tuple[str, str]]:
    return [
        (path, "only in one" if path not in one or path not in other else "other content")
        for path in sorted({*one, *other})
        if one.get(path) != other.get(path)
    ]


if __name__ == "__main__":
    sys.exit(main())
