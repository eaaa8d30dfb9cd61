"""Every reader fed with damaged files for a bounded time, guided by the code that they reach.

    python benchmarks/fuzz.py [--seconds 60] [--format json] [--keep FOLDER]

Needs atheris, which the extra `dev` brings where it can be installed. Each format has a process of its own, which
starts from sound files (`specimens.py`). Printed are the runs, the failures by kind and the slowest input. A fault is
an exception that `readers.read` would have to catch at the last moment, an article with characters that are never
stored, or an input that takes longer than 10 s; it is kept as a file, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from specimens import MAKERS, SEVERAL, Story

SLOW_S = 10.0
"""Seconds after which an input is a fault: files of this size take milliseconds."""

LARGEST = 20_000
"""Bytes of an input."""

KINDS = {name.partition(".")[2]: name for name in MAKERS}
"""The formats by what their files' names end in."""

FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz each format for its share of the time; return 1 where a fault was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="seconds for each format")
    parser.add_argument("--format", choices=sorted(KINDS), action="append", help="only this format")
    parser.add_argument("--keep", type=Path, default=Path("faults"), help="folder for inputs that found a fault")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        _fuzz(options.one, options.seconds, options.keep)
        return 0
    return max(_apart(kind, options.seconds, options.keep) for kind in options.format or sorted(KINDS))


def _apart(kind: str, seconds: int, keep: Path) -> int:
    """Fuzz one format in a process of its own, which a fault in C code would take with it."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        command = [sys.executable, __file__, "--one", kind, "--seconds", str(seconds), "--keep", str(keep.absolute())]
        with log.open("wb") as out:
            code = subprocess.run(command, stdout=subprocess.PIPE, stderr=out, check=False)
        told = code.stdout.decode(errors="replace").strip()
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        print(f"{kind:11}{told or 'ended without a report: ' + ' | '.join(lines[-3:])}", flush=True)
    return int(code.returncode != 0 or not told or "0 faults" not in told)


class Fuzzed:
    """One reader, and what came of the inputs so far."""

    def __init__(self, kind: str, read: Callable[[bytes], tuple[int, str]], keep: Path) -> None:
        self.kind = kind
        self.read = read
        self.keep = keep
        self.runs = 0
        self.outcomes: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.slowest_s = 0.0
        self.slowest = b""

    def one(self, data: bytes) -> None:
        """Read one input and note what comes of it."""
        started = time.perf_counter()
        try:
            articles, outcome = self.read(data)
            self.outcomes[outcome if not articles else "read"] += 1
        except Exception as error:
            self.fault(f"{type(error).__name__}: {str(error)[:80]}", data)
        took = time.perf_counter() - started
        self.runs += 1
        if took > self.slowest_s:
            self.slowest_s, self.slowest = took, data
        if took > SLOW_S:
            self.fault("took too long", data)

    def fault(self, what: str, data: bytes) -> None:
        """Count a fault, and keep the first input that showed it."""
        self.faults[what] += 1
        if self.faults[what] == 1:
            self.keep.mkdir(parents=True, exist_ok=True)
            (self.keep / f"{len(self.faults)}-{KINDS[self.kind]}").write_bytes(data)

    def report(self) -> str:
        """Return what is printed of this format."""
        frequent = "; ".join(f"{count:,} {what}" for what, count in self.outcomes.most_common(6))
        slow = f"slowest {self.slowest_s * 1000:.0f} ms ({len(self.slowest):,} bytes)"
        faults = f"{len(self.faults)} faults" + "".join(f"; {count} × {what}" for what, count in self.faults.items())
        return f"{self.runs:,} runs, {faults}, {slow}: {frequent}"


def _fuzz(kind: str, seconds: int, keep: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["natoqa.readers", "email", "warcio", "zipfile", "docx"]):
        read = _reader(kind)
    fuzzed = Fuzzed(kind, read, keep)
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds(kind)):
            Path(folder, str(number)).write_bytes(seed)
        ends = time.monotonic() + seconds

        def one(data: bytes) -> None:
            fuzzed.one(data)
            if time.monotonic() > ends:
                print(fuzzed.report(), flush=True)
                os._exit(0)

        atheris.Setup([sys.argv[0], folder, f"-max_len={LARGEST}", "-timeout=120", "-rss_limit_mb=2000"], one)
        atheris.Fuzz()


def seeds(kind: str) -> list[bytes]:
    """Return the sound files that the search starts from."""
    stories = [Story(title=f"Bridge {number}", paragraphs=["The bridge is closed. “No,” said Ann.", "It was old."])
               for number in range(2)]  # fmt: skip
    name = KINDS[kind]
    content = MAKERS[name](*(stories if name in SEVERAL else stories[:1]))
    return [content, content[: len(content) // 2]]


def _reader(kind: str) -> Callable[[bytes], tuple[int, str]]:
    """Return what reads the bytes of a file of this kind: how many articles, or the reason why there are none.

    Documents are taken apart in this process, not in the one that guards against them: their faults are to be seen.
    """
    from natoqa import readers
    from natoqa.errors import ArticleError
    from natoqa.readers import documents
    from natoqa.readers.documents import docx, eml, html, pdf
    from natoqa.readers.fields import BUILT_IN

    extractors = {"html": html.extract, "pdf": pdf.extract, "docx": docx.extract, "eml": eml.extract}

    class Here:
        def extract(self, kind: str, data: bytes, *, max_chars: int) -> object:
            try:
                return extractors[kind](data)
            except (RecursionError, MemoryError) as error:
                raise ArticleError("it is nested too deeply") from error

    documents._worker = Here()  # type: ignore[assignment]
    name = f"a.{kind}"
    reader = readers._reader(name, BUILT_IN)
    if reader is None:
        raise ValueError(f"no reader for {name}")

    def read(data: bytes) -> tuple[int, str]:
        try:
            reading = reader(io.BufferedReader(io.BytesIO(data)), name=name, max_bytes=10 * LARGEST)
        except ArticleError as error:
            return 0, _kind_of(str(error))
        for article in reading.articles:
            if FORBIDDEN.search(article.text + article.title) or not article.title:
                raise AssertionError("a character that is never stored")
            json.dumps(article.to_dict(), ensure_ascii=False).encode()
        return len(reading.articles), _kind_of(reading.failures[0].error if reading.failures else "left out")

    return read


def _kind_of(error: str) -> str:
    return re.split(r"[:;(]|'", error)[0].strip()[:50]


if __name__ == "__main__":
    sys.exit(main())
