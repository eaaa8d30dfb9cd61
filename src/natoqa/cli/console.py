"""The two streams of a command: results go to stdout, progress and log to stderr.

Article text, file names and addresses are other people's: `visible` keeps their control characters from the
terminal, and `document` keeps JSON valid whatever they hold.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import shutil
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from natoqa.sanitizing import one_line, visible

# Faster than this nobody reads, and the terminal becomes the slow part.
PROGRESS_EVERY_S = 0.1

_SURROGATES = re.compile(r"[\ud800-\udfff]")
_BARE_CONTROLS = re.compile(r"[\x7f-\x9f]")


def document(value: Any, *, indent: int | None = 2) -> str:
    """Return the value as one JSON document that every parser takes and no terminal obeys."""
    written = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    written = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", written)
    return _BARE_CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", written)


class Console:
    """Where one command writes: results, lines for the log, and a progress line that is overwritten."""

    def __init__(self, *, as_json: bool = False, verbosity: int = 0) -> None:
        """Take the streams as they are now; verbosity is -1 (errors only), 0, 1 (INFO) or 2 (DEBUG)."""
        self.as_json = as_json
        self.verbosity = verbosity
        self._out = sys.stdout
        self._err = sys.stderr
        # With -v the log tells the same, line by line.
        self._shows_progress = verbosity == 0 and self._err.isatty()
        self._progress_width = 0
        self._next_progress = 0.0

    @property
    def width(self) -> int:
        """Columns for text: those of the terminal, but no longer than lines that read well."""
        return max(40, min(100, shutil.get_terminal_size().columns))

    @property
    def on_terminal(self) -> bool:
        """Whether a person reads stdout as it is written."""
        return self._out.isatty()

    def result(self, value: Any, text: str) -> None:
        """Write a result: the value with --json, else the text."""
        if self.as_json:
            self.clear_progress()
            self._write((document(value) + "\n").encode())
        else:
            self.show(text)

    def show(self, text: str) -> None:
        """Write text to stdout, with a line break at its end."""
        self.clear_progress()
        encoding = self._out.encoding or "utf-8"
        self._write((visible(text).rstrip("\n") + "\n").encode(encoding, "replace"))

    def _write(self, content: bytes) -> None:
        """Write to stdout; that its reader has seen enough and closed the pipe is no failure."""
        try:
            self._out.flush()
            self._out.buffer.write(content)
            self._out.buffer.flush()
        except OSError as error:
            # What is still buffered would fail again, and loudly, when the interpreter ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._out.fileno())
            if not isinstance(error, BrokenPipeError):
                raise

    def line(self, text: str) -> None:
        """Write a line to stderr."""
        self.clear_progress()
        self._say(one_line(text) + "\n")

    def error(self, message: str, hint: str) -> None:
        """Write what happened and what to do: two lines on stderr."""
        self.line(f"error: {message}")
        self.line(f"hint: {hint}")

    def progress(self, text: str, *, last: bool = False) -> None:
        """Overwrite the progress line, if stderr is a terminal; `last` ones are never skipped."""
        now = time.monotonic()
        if not self._shows_progress or (now < self._next_progress and not last):
            return
        self._next_progress = now + PROGRESS_EVERY_S
        shown = one_line(text)[: shutil.get_terminal_size().columns - 1]
        self._say("\r" + shown.ljust(self._progress_width))
        self._progress_width = len(shown)

    def clear_progress(self) -> None:
        """Take the progress line away."""
        if self._progress_width:
            self._say("\r" + " " * self._progress_width + "\r")
            self._progress_width = 0

    def _say(self, text: str) -> None:
        # Nobody reads stderr any more: the command's work is worth finishing all the same.
        with contextlib.suppress(BrokenPipeError):
            self._err.write(text)
            self._err.flush()

    @contextlib.contextmanager
    def with_stdout(self) -> Iterator[None]:
        """Inside of `at_work`: give stdout back to what has to use it by its own name."""
        with contextlib.redirect_stdout(self._out):
            yield

    @contextlib.contextmanager
    def logging_records(self, write: Callable[[logging.LogRecord], str]) -> Iterator[None]:
        """Inside of `at_work`: each record from INFO on (with -q: of errors) is a line on stderr, made by `write`.

        The web server's warnings are among them.
        """
        handler = _RecordHandler(self, write)
        handler.setLevel(min(logging.INFO, _LEVELS[self.verbosity]) if self.verbosity >= 0 else logging.ERROR)
        before = [(log, log.handlers[:], log.level) for log in map(logging.getLogger, ("natoqa", "uvicorn"))]
        for log, _, _ in before:
            log.handlers = [handler]
            log.setLevel(handler.level if log.name == "natoqa" else logging.WARNING)
        try:
            yield
        finally:
            for log, handlers, level in before:
                log.handlers = handlers
                log.setLevel(level)

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """While a command works: its log goes to stderr, and what libraries print stays off stdout.

        Their logs and warnings are for their developers: they are shown with -vv only.
        """
        root, ours = logging.getLogger(), logging.getLogger("natoqa")
        # A root logger without any handler would print other libraries' warnings.
        handlers = [(root, logging.NullHandler()), (root if self.verbosity >= 2 else ours, _LogHandler(self))]
        level = ours.level
        ours.setLevel(_LEVELS[self.verbosity])
        for log, handler in handlers:
            log.addHandler(handler)
        with contextlib.redirect_stdout(self._err), warnings.catch_warnings():
            if self.verbosity < 2:
                warnings.simplefilter("ignore")
            try:
                yield
            finally:
                self.clear_progress()
                ours.setLevel(level)
                for log, handler in handlers:
                    log.removeHandler(handler)


class _RecordHandler(logging.Handler):
    """Writes log records as lines that `write` makes of them."""

    def __init__(self, console: Console, write: Callable[[logging.LogRecord], str]) -> None:
        super().__init__()
        self._console = console
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        self._console.line(self._write(record))


_LEVELS = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO, 2: logging.DEBUG}


class _LogHandler(logging.Handler):
    """Writes log records as lines of the console."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        message, *traceback = self.format(record).splitlines() or [""]
        for line in (f"{record.levelname.lower()}: {message}", *traceback):
            self._console.line(line)
