"""`natoqa chat --terminal`: a conversation in the terminal.

Every line is a question, or a command that begins with a colon. What goes wrong with one question is told, and the
conversation goes on. From a pipe or a file the lines are read the same way, with no prompt.
"""

from __future__ import annotations

import contextlib
import io
import logging
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from natoqa.cli import report
from natoqa.cli.console import Console
from natoqa.cli.options import text
from natoqa.errors import NatoqaError
from natoqa.types import Answer, IndexStatus

if TYPE_CHECKING:
    from natoqa.chatbot import Chatbot

logger = logging.getLogger(__name__)

PROMPT = "> "
HELP = """\
Every line is a question; it may lean on the last answer ("And what did Rutte say about that?").
  :open 2   show source [2] of the last answer within its article
  :new      begin a new conversation
  :help     show this
  :quit     leave, like Ctrl-D
Ctrl-C stops an answer or empties the line; twice in a row it leaves."""


def converse(console: Console, begin: Callable[[], Chatbot], status: IndexStatus) -> None:
    """Hold a conversation until the user leaves; `begin` returns a new one. Raises what `begin` raises at first.

    The user leaves by :quit or the end of the input; by Ctrl-C, which raises `KeyboardInterrupt`.
    """
    conversation = Conversation(console, begin)
    newest = f", the newest from {status.newest.isoformat()}" if status.newest else ""
    if console.verbosity >= 0:
        console.line(f"{status.articles:,} articles{newest}; :help tells how to go on, :quit leaves")
    for line in _lines(console):
        if line in (":quit", ":q"):
            return
        conversation.take(line)


def _lines(console: Console) -> Iterator[str]:
    """Yield the lines that are not empty; at the prompt, only a second Ctrl-C in a row raises `KeyboardInterrupt`."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")
    prompting = sys.stdin.isatty() and console.on_terminal
    interrupted = False
    while True:
        try:
            line = text(_typed(console) if prompting else sys.stdin.readline())
        except KeyboardInterrupt:
            console.show("")
            if interrupted or not prompting:
                raise
            interrupted = True
            continue
        if not line:
            return
        interrupted = False
        if line.strip():
            yield line.strip()


def _typed(console: Console) -> str:
    """Return the line typed at the prompt, with a line break; nothing at the end of the input."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 -- lets `input` edit the line and remember the ones before

    console.show("")
    with console.with_stdout():
        try:
            return input(PROMPT) + "\n"
        except EOFError:
            console.show("")
            return ""


class Conversation:
    """The questions and commands of one user, answered on the console."""

    def __init__(self, console: Console, begin: Callable[[], Chatbot]) -> None:
        self._console = console
        self._begin = begin
        self._chatbot = begin()
        self._last: Answer | None = None

    def take(self, line: str) -> None:
        """Answer a question or carry out a command; an error is told, Ctrl-C stops the answer."""
        try:
            if line.startswith(":"):
                self._command(*line[1:].split())
            else:
                self._ask(line)
        except NatoqaError as error:
            logger.debug("The error comes from here:", exc_info=True)
            self._console.error(str(error), error.hint)
        except KeyboardInterrupt:
            if not self._console.on_terminal:
                raise
            self._console.line("stopped")
        except Exception as error:
            logger.info("The error comes from here:", exc_info=True)
            self._console.error(f"unexpected {type(error).__name__}: {error}", "Ask again, or start again with -v.")

    def _ask(self, question: str) -> None:
        self._last = None
        self._console.progress("looking through the articles …", last=True)
        streamed = ""
        for piece in self._chatbot.stream(question):
            if isinstance(piece, Answer):
                self._last = piece
                self._finish(piece, streamed)
            elif piece.strip():
                streamed += piece
                self._console.show("\n" + report.wrapped(piece, self._console.width))

    def _finish(self, answer: Answer, streamed: str) -> None:
        """Show what stands below the answer, and itself where not all that was streamed has come to stay."""
        stands = " ".join(streamed.split()).endswith(" ".join(answer.text.split()))
        below = report.sources if stands else report.answer
        if not stands:
            self._console.show("\nWhat remains after checking:")
        self._console.show("\n" + below(answer, self._console.width))

    def _command(self, name: str = "", *arguments: str) -> None:
        match name:
            case "open":
                self._open(*arguments)
            case "new":
                self._chatbot, self._last = self._begin(), None
                self._console.line("a new conversation")
            case "help":
                self._console.show(HELP)
            case _:
                self._console.error(f"there is no command :{name}", ":help lists the commands.")

    def _open(self, number: str = "", *_: str) -> None:
        citations = self._last.citations if self._last else ()
        chosen = next((each for each in citations if str(each.number) == number.strip("[]")), None)
        if chosen:
            self._console.show("\n" + report.opened(chosen, self._console.width))
        elif citations:
            self._console.error(
                f"the last answer has the sources 1 to {len(citations)}", ":open 1 shows the first of them."
            )
        else:
            self._console.error("the last answer has no sources to open", "Ask a question that the articles answer.")
