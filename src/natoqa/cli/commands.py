"""The commands: each takes its arguments, calls the Python API and hands the result to the console.

All heavy imports are inside of the commands, so that `natoqa --help` answers at once.
"""

from __future__ import annotations

import functools
import logging
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TextIO

import click

from natoqa import __version__
from natoqa.cli import report
from natoqa.cli.console import Console, document
from natoqa.cli.keeping import conversations, feedback
from natoqa.cli.logins import user
from natoqa.cli.options import ANSWERING, Commands, filters, passages, takes, text
from natoqa.errors import CorpusMissingError
from natoqa.settings import Settings

if TYPE_CHECKING:
    from natoqa.evaluation import Verdict
    from natoqa.index import Index
    from natoqa.types import SyncReport

_LOG = logging.getLogger(__name__)

SOME_FAILED, INTERRUPTED = 3, 130


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="natoqa %(version)s")
def natoqa() -> None:
    """Ask a folder of news articles; every sentence of the answer is tied to a sentence of an article.

    Settings come from the flag, the variable NATOQA_<NAME>, natoqa.toml in the current folder, or the default.
    Exit codes: 0 done, 1 failure, 2 wrong usage, 3 done while some article stands failed, 130 interrupted.

    For example:
        natoqa index
        natoqa ask "Will US troops go to Ukraine?"
    """


def _misuse(message: str) -> click.UsageError:
    return click.UsageError(message, click.get_current_context())


def _open(settings: Settings) -> Index:
    from natoqa.index import Index

    return Index.open(settings.index, settings=settings, create=False)


@natoqa.command()
@click.argument("source", nargs=-1, metavar="[SOURCE]...")
@click.option("--rebuild", is_flag=True, help="Make the index anew, as after a change of the embedding model.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@click.option("--watch", is_flag=True, help="Go on until Ctrl-C: index again whenever the corpus changes.")
@click.option("--allow-removals", is_flag=True, help="Remove articles even if most of the corpus is gone.")
@takes("max_file_mb")
def index(
    console: Console,
    settings: Settings,
    *,
    source: tuple[str, ...],
    rebuild: bool,
    dry_run: bool,
    watch: bool,
    allow_removals: bool,
) -> int:
    """Make the index equal the corpus, or only add SOURCE.

    Without SOURCE the corpus folder is the whole truth. With SOURCE, files, folders and web addresses (of articles,
    feeds, sitemaps) are added or updated and nothing is removed; what lies outside of the corpus is copied into it.

    For example:
        natoqa index
        natoqa index ~/Downloads/interview.md
        natoqa index https://example.org/feed.xml
    """
    if watch and (console.as_json or dry_run):
        raise _misuse(f"--watch does not end, so it cannot go with {'--json' if console.as_json else '--dry-run'}.")
    if not settings.corpus.is_dir():
        # Told before the index is made: an empty one would answer questions from nothing.
        raise CorpusMissingError(f"there is no corpus folder {settings.corpus}")
    from natoqa.catalog import FILE_NAME
    from natoqa.index import Index

    with ExitStack() as stack:
        # A dry run writes nothing, not even an empty index.
        nowhere = dry_run and not (settings.index / FILE_NAME).exists()
        folder = stack.enter_context(TemporaryDirectory()) if nowhere else settings.index
        opened = stack.enter_context(Index.open(folder, settings=settings, salvage=rebuild and not dry_run))
        update = functools.partial(
            opened.sync,
            settings.corpus,
            allow_removals=allow_removals,
            progress=lambda so_far: console.progress(report.indexing(so_far)),
        )
        done = update(sources=source, rebuild=rebuild, dry_run=dry_run)
        _show_sync(console, done, dry_run=dry_run)
        if watch:
            _watch(console, settings, functools.partial(update, fetch=False), opened.retry_in)
    return SOME_FAILED if done.failed else 0


def _show_sync(console: Console, done: SyncReport, *, dry_run: bool = False) -> None:
    console.result(done.to_dict(), report.sync(done, console.width, dry_run=dry_run))


def _watch(
    console: Console, settings: Settings, update: Callable[[], SyncReport], retry_in: Callable[[], float | None]
) -> None:
    from natoqa.cli.watching import keep_in_step

    def sync() -> float | None:
        done = update()
        if done.added or done.changed or done.moved or done.removed or done.failed:
            _show_sync(console, done)
        return retry_in()

    console.line(f"watching {settings.corpus}; Ctrl-C ends it")
    keep_in_step(settings.corpus, settings.index, sync, console)


@natoqa.command()
@click.argument("question", type=text)
@filters
@takes(*ANSWERING)
def ask(
    console: Console,
    settings: Settings,
    *,
    question: str,
    since: date | None,
    until: date | None,
    outlet: tuple[str, ...],
) -> None:
    """Answer QUESTION from the articles, sentence by cited sentence.

    What the articles do not say, natoqa does not say either: it names the nearest articles instead, and the sentences
    in them that come closest.

    For example:
        natoqa ask "Will US troops go to Ukraine?" --until 2025-02-13
    """
    from natoqa.chatbot import Chatbot

    with _open(settings) as opened:
        answer = Chatbot(opened, answerer=settings.answerer).ask(question, since=since, until=until, outlet=outlet)
    console.result(answer.to_dict(), report.answer(answer, console.width))


@natoqa.command()
@click.argument("query", type=text)
@passages
@filters
@takes()
def search(
    console: Console,
    settings: Settings,
    *,
    query: str,
    k: int,
    since: date | None,
    until: date | None,
    outlet: tuple[str, ...],
) -> None:
    """Print the passages that match QUERY best.

    For example:
        natoqa search "European peacekeepers" -k 5 --outlet "natoqa briefs"
    """
    if not re.search(r"\w", query):
        raise _misuse("QUERY holds no word to search for.")
    with _open(settings) as opened:
        found = opened.retrieve(query, k=k, since=since, until=until, outlet=outlet)
    console.result(found.to_dict(), report.retrieval(found, console.width))


@natoqa.command()
@click.option("--terminal", is_flag=True, help="Have the conversation here in the terminal, without the page.")
@takes("host", "port", "root_path", "log_format", *ANSWERING)
def chat(console: Console, settings: Settings, *, terminal: bool) -> None:
    """Serve the chat page until Ctrl-C, or have the conversation in the terminal.

    In the terminal, :open 2 shows the second source, :help tells the rest, and Ctrl-D leaves.

    For example:
        natoqa chat --port 8000
        natoqa chat --terminal
    """
    if terminal:
        _converse(console, settings)
    else:
        _serve(console, settings)


def _serve(console: Console, settings: Settings) -> None:
    from natoqa import ui
    from natoqa.serving.logs import json_line

    records = settings.log_format == "json"

    def announce(line: str) -> None:
        address = re.search(r"https?://\S+", line)
        if console.as_json and address:
            console.result({"url": address[0]}, line)
        if records:
            warns = line.startswith("warning: ")
            _LOG.log(logging.WARNING if warns else logging.INFO, "%s", line.removeprefix("warning: "))
        elif not (console.as_json and address):
            console.line(line)

    with console.logging_records(json_line) if records else nullcontext():
        ui.serve(settings, announce=announce)


def _converse(console: Console, settings: Settings) -> None:
    if console.as_json:
        raise _misuse("--terminal is for people, so it cannot go with --json; `natoqa ask --json` is for programs.")
    from natoqa.chatbot import Chatbot
    from natoqa.cli.terminal import converse

    with _open(settings) as opened:
        converse(console, lambda: Chatbot(opened, answerer=settings.answerer), opened.status())


@natoqa.command()
@takes(*ANSWERING)
def mcp(console: Console, settings: Settings) -> None:
    """Serve the tools ask, search and get_article to an assistant over stdin and stdout (Model Context Protocol).

    The assistant's program starts this command itself and ends it; what natoqa has to say goes to stderr.

    For example:
        natoqa mcp --index ~/news/index
    """
    if console.as_json:
        raise _misuse("natoqa mcp writes nothing but its protocol to stdout, so it cannot go with --json.")
    from natoqa.mcp import serve

    before = signal.signal(signal.SIGINT, _leave)
    try:
        with console.with_stdout():
            serve(settings)
    finally:
        signal.signal(signal.SIGINT, before)


def _leave(*_: object) -> None:
    """End the process at once: a thread is waiting for the client's next line, and nothing can wake it."""
    os.write(sys.stderr.fileno(), b"interrupted\n")
    os._exit(INTERRUPTED)


@natoqa.command()
@click.option(
    "--changes", type=click.IntRange(min=1), metavar="N", help="Show what changed in the N articles changed last, too."
)
@takes("max_file_mb")
def status(console: Console, settings: Settings, *, changes: int | None) -> None:
    """Print what is indexed, and whether it is up to date.

    For example:
        natoqa status --json
        natoqa status --changes 5
    """
    with _open(settings) as opened:
        found = opened.status(settings.corpus)
        changed = opened.changes(limit=changes) if changes else None
    besides = {} if changed is None else {"changes": [each.to_dict() for each in changed]}
    shown = report.status(found, console.width)
    console.result(
        found.to_dict() | besides, shown if changed is None else report.changes(shown, changed, console.width)
    )


@natoqa.command()
@click.argument("questions", type=click.Path(path_type=Path), metavar="QUESTIONS.jsonl")
@passages
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Ask only the first N questions.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write every answer and its verdict to FILE, as JSONL.",
)
@takes(*ANSWERING)
def eval(  # noqa: A001 -- the command's name
    console: Console, settings: Settings, *, questions: Path, k: int, limit: int | None, out: Path | None
) -> None:
    """Measure the quality on questions with known answers.

    The file holds one JSON object a line: {"question", "answers", "date"}. Every question is asked as on its date and
    in a conversation of its own. A share of nothing is 1: where nothing was abstained, no abstention was wrong.

    For example:
        natoqa eval questions.jsonl --limit 50 --out verdicts.jsonl
    """
    from natoqa.evaluation import evaluate, read_questions

    gold = read_questions(questions)
    with ExitStack() as stack:
        opened = stack.enter_context(_open(settings))
        verdicts = stack.enter_context(_create(out, unlike=questions)) if out else None
        began = time.monotonic()

        def progress(verdict: Verdict, number: int, total: int) -> None:
            if verdicts:
                verdicts.write(document(verdict.to_dict(), indent=None) + "\n")
            console.progress(report.asking(number, total, time.monotonic() - began))

        done = evaluate(opened, gold, k=k, answerer=settings.answerer, limit=limit, progress=progress)
    console.result(done.to_dict(), report.evaluation(done))


def _create(out: Path, *, unlike: Path) -> TextIO:
    """Open the file of --out, before the long work rather than after it."""
    if out.exists() and out.samefile(unlike):
        raise _misuse(f"--out {out} is the file of the questions; it would be overwritten.")
    try:
        return out.open("w", encoding="utf-8")
    except OSError as error:
        raise _misuse(f"--out {out} cannot be written: {error.strerror}.") from error


for command in (conversations, feedback, user):
    natoqa.add_command(command)
