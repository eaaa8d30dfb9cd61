"""The second process of `apart`: reads documents from its standard input and writes what they hold to the output."""

from __future__ import annotations

import importlib
import json
import select
import signal
import sys
import traceback
from dataclasses import asdict
from typing import IO, Any

from natoqa.errors import ArticleError
from natoqa.readers.documents.apart import IDLE_S, LIMIT_MB, LIMIT_S
from natoqa.readers.documents.extract import Extract
from natoqa.readers.reading import too_large

SPARE_S = 10
"""Seconds after the limit at which the process ends itself, should the one that watches it be gone."""


def main() -> None:
    """Serve until the input ends or nothing comes for a while."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    _limit_memory()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while _comes(requests) and (line := requests.readline()):
        _alarm(int(LIMIT_S) + SPARE_S)
        request = json.loads(line)
        answer = _answer(request["kind"], requests.read(request["size"]), request["max_chars"])
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()
        _alarm(0)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows: the limit on time is all there is
        return
    limit = LIMIT_MB << 20
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _alarm(seconds: int) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _comes(requests: IO[bytes]) -> bool:
    """Wait for the next document; False when none comes for a while."""
    if sys.platform == "win32":
        return True
    return bool(select.select([requests], [], [], IDLE_S)[0])


def _answer(kind: str, data: bytes, max_chars: int) -> dict[str, Any]:
    try:
        extract: Extract = importlib.import_module(f"natoqa.readers.documents.{kind}").extract(data)
        if len(extract.body) > max_chars:
            raise too_large(max_chars)
        return asdict(extract)
    except ArticleError as error:
        return {"refused": str(error)}
    except MemoryError:
        return {"refused": f"reading it takes more than {LIMIT_MB} MB of memory"}
    except RecursionError:
        return {"refused": "it is nested too deeply"}
    except Exception:
        return {"fault": traceback.format_exc()}


if __name__ == "__main__":
    main()
