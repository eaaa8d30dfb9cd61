"""Reads files in processes of their own, for tests of what reading costs: `python reading_apart.py MAX_BYTES`.

Each line of standard input is a JSON list of files, which a fork of this process reads. It prints a line of JSON for
each file: what it holds, the seconds, and the peak memory in MB of this process and of the one that takes documents
apart, both so far. The last line is the fork's exit code.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import time
from pathlib import Path

from natoqa import readers
from natoqa.readers import documents

_UNIT = 1 << 10 if sys.platform == "linux" else 1 << 20
"""What `ru_maxrss` counts in, in MB."""


def main() -> None:
    for line in sys.stdin:
        reader = os.fork()
        if reader == 0:
            _read(json.loads(line), max_bytes=int(sys.argv[1]))
            documents._worker.close()
            os._exit(0)
        _, status = os.waitpid(reader, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _read(files: list[str], *, max_bytes: int) -> None:
    for file in map(Path, files):
        started = time.monotonic()
        reading = readers.read(file, name=file.name, max_bytes=max_bytes)
        seconds = time.monotonic() - started
        outcome = {
            "articles": [[article.title, article.text] for article in reading.articles],
            "failures": [[failure.path, failure.error] for failure in reading.failures],
            "notes": reading.notes,
            "seconds": seconds,
            "peak_mb": _peak_here() + _peak_of_worker(),
        }
        print(json.dumps(outcome), flush=True)


def _peak_here() -> float:
    # What the system counts for a process begins with what its parent had.
    return _peak_of(os.getpid()) or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _UNIT


def _peak_of_worker() -> float:
    """Return the peak of the process that takes documents apart now, or of those that have ended."""
    process = documents._worker._process
    return max(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _UNIT, _peak_of(process.pid) if process else 0)


def _peak_of(pid: int) -> float:
    """Return the peak of a process that runs, 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    told = re.search(r"VmHWM:\s*(\d+) kB", status.read_text()) if status.exists() else None
    return int(told[1]) / 1024 if told else 0


if __name__ == "__main__":
    main()
