"""A second process that takes documents apart: what hostile files do to a parser, they do there.

Parsers of HTML, XML and PDF are large and partly written in C. On files made for it they take minutes, gigabytes, or
the whole process with them; none of that can be stopped from within. So they run in a process of their own with a
limit on time and memory, which is started with the first document, serves all later ones, and ends by itself when it is
idle. A document costs 0.4 to 3 ms more than in this process, the first one the start of the process (0.1 to 0.2 s).
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

from natoqa.errors import ArticleError
from natoqa.readers.documents.extract import Extract
from natoqa.readers.reading import Remark

LIMIT_S = 25.0
"""Seconds for one document. A PDF of 500 full pages takes 13 s on a busy machine, a web page of 1 MB of text 0.4 s."""

LIMIT_MB = 800
"""Memory of the process; 25 MB at its start, 180 with a web page of 3.5 MB, 450 with one of 600,000 open elements."""

IDLE_S = 60.0
"""Seconds without a document after which the process ends, to give its memory back."""

_log = logging.getLogger(__name__)


class _EndedError(Exception):
    """The process is gone; `idle` when it had gone before it was asked."""

    def __init__(self, *, idle: bool, timed_out: bool) -> None:
        super().__init__()
        self.idle = idle
        self.timed_out = timed_out


class Worker:
    """The second process, one document at a time; may be used from several threads."""

    def __init__(self, *, limit_s: float = LIMIT_S) -> None:
        self.limit_s = limit_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def extract(self, kind: str, data: bytes, *, max_chars: int) -> Extract:
        """Return what the document `data` of a `kind` holds, at most `max_chars` of text.

        Raises `ArticleError` for a document that cannot be read, or not within the limits.
        """
        with self._lock:
            try:
                answer = self._asked(kind, data, max_chars)
            except _EndedError as ended:
                reason = f"more than {self.limit_s:.0f} s" if ended.timed_out else f"more than {LIMIT_MB} MB of memory"
                likely = f"reading it took {reason}" if ended.timed_out else f"reading it broke off, or took {reason}"
                raise ArticleError(f"{likely}: it is too large, damaged, or made to do harm") from ended
        if reason := answer.get("refused"):
            raise ArticleError(reason)
        if fault := answer.get("fault"):
            _log.error("taking a document of the kind %s apart failed: %s", kind, fault)
            raise ArticleError(f"it cannot be read: {fault.strip().rpartition(chr(10))[2]}")
        answer["remarks"] = tuple(Remark(*remark) for remark in answer["remarks"])
        return Extract(**answer)

    def close(self) -> None:
        """End the process; the next document starts another."""
        with self._lock:
            self._stop()

    def _asked(self, kind: str, data: bytes, max_chars: int) -> Any:
        try:
            return self._exchange(kind, data, max_chars)
        except _EndedError as ended:
            if not ended.idle:
                raise
        return self._exchange(kind, data, max_chars)

    def _exchange(self, kind: str, data: bytes, max_chars: int) -> Any:
        process = self._running()
        assert process.stdin is not None  # noqa: S101 – asked for in _start
        assert process.stdout is not None  # noqa: S101
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self.limit_s, stop)
        timer.daemon = True
        timer.start()
        try:
            with suppress(OSError):
                request = {"kind": kind, "size": len(data), "max_chars": max_chars}
                process.stdin.write(json.dumps(request).encode() + b"\n" + data)
                process.stdin.flush()
            line = process.stdout.readline()
        except BaseException:
            # Interrupted in between: what comes next from the process would be taken for another document's.
            self._stop()
            raise
        finally:
            timer.cancel()
        if not line.endswith(b"\n"):
            self._stop()
            raise _EndedError(idle=process.returncode == 0, timed_out=late.is_set())
        return json.loads(line)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            self._process = _start()
            atexit.register(self.close)
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        process.kill() if process.poll() is None else None
        process.wait()
        atexit.unregister(self.close)


def _start() -> subprocess.Popen[bytes]:
    if not sys.executable:
        raise ArticleError("it cannot be read inside of another program: Python's own path is not known")
    # The same modules as here and nothing from the current folder (-P), where an article could lie as a module.
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "natoqa.readers.documents"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": paths},
    )
